// @ts-check
// A handful of small images for tests of files and windows; nothing is measured on them.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';

/**
 * Writes `count` gray PNG files of a ring, each a little elsewhere, as `ring-000.png` … into a folder.
 * The same arguments write the same bytes.
 * @param {string} folder made if it is missing
 * @param {number} count
 * @param {object} [options]
 * @param {number} [options.size] side in pixels
 * @param {boolean} [options.crossed] with a bright bar across, as an odd one among rings
 * @param {string} [options.prefix] of the file names
 * @returns {string[]} absolute paths
 */
export function writePracticeImages(folder, count, { size = 28, crossed = false, prefix = 'ring' } = {}) {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const angle = index * 2.399963; // The golden angle spreads the centres evenly.
    const shift = 0.06 * size * Math.sqrt((index % 32) / 32);
    const [x0, y0] = [size / 2 + shift * Math.cos(angle), size / 2 + shift * Math.sin(angle)];
    const data = new Uint8Array(size * size);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const distance = Math.abs(Math.hypot(x + 0.5 - x0, y + 0.5 - y0) - 0.3 * size);
        const bar = crossed && Math.abs(x + 0.5 - y0 + (y + 0.5 - x0)) < 0.08 * size;
        data[y * size + x] = bar ? 255 : Math.round(255 * Math.max(0, 1 - distance / (0.08 * size)));
      }
    const file = path.join(folder, `${prefix}-${String(index).padStart(3, '0')}.png`);
    writeFileSync(file, encode({ width: size, height: size, channels: 1, depth: 8, data }));
    return file;
  });
}
