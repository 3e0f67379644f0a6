// Draws media/icon.png, the extension's icon: a lens over points of a latent space, one of them unlike the rest.
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const side = 128;
const samples = 4;

/** Coverage of a disk or ring, as distance functions in pixels. */
const disk = (x, y, cx, cy, r) => Math.hypot(x - cx, y - cy) <= r;
const ring = (x, y, cx, cy, r, width) => Math.abs(Math.hypot(x - cx, y - cy) - r) <= width / 2;
const bar = (x, y, x0, y0, x1, y1, width) => {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const t = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length));
  return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0)) <= width / 2;
};
const rounded = (x, y, radius) => {
  const dx = Math.max(radius - x, x - (side - radius), 0);
  const dy = Math.max(radius - y, y - (side - radius), 0);
  return Math.hypot(dx, dy) <= radius;
};

const points = [
  [37, 47],
  [50, 36],
  [49, 55],
  [34, 63],
  [60, 47],
  [45, 71],
];

/** Colour at a point, front to back; null is transparent. */
function colour(x, y) {
  if (!rounded(x, y, 26)) return null;
  if (points.some(([cx, cy]) => disk(x, y, cx, cy, 4.6))) return [126, 200, 255];
  if (disk(x, y, 68, 69, 6.4)) return [255, 166, 61];
  if (ring(x, y, 52, 54, 34, 7)) return [240, 246, 252];
  if (disk(x, y, 52, 54, 31)) return [26, 55, 92];
  if (bar(x, y, 77.5, 79.5, 103, 105, 12)) return [240, 246, 252];
  const shade = y / side;
  return [18 + 10 * shade, 34 + 14 * shade, 58 + 22 * shade];
}

const lines = Buffer.alloc(side * (side * 4 + 1));
for (let row = 0; row < side; row++) {
  for (let column = 0; column < side; column++) {
    const sum = [0, 0, 0, 0];
    for (let i = 0; i < samples * samples; i++) {
      const x = column + ((i % samples) + 0.5) / samples;
      const y = row + (Math.floor(i / samples) + 0.5) / samples;
      const rgb = colour(x, y);
      if (!rgb) continue;
      for (let c = 0; c < 3; c++) sum[c] += rgb[c];
      sum[3]++;
    }
    const at = row * (side * 4 + 1) + 1 + column * 4;
    for (let c = 0; c < 3; c++) lines[at + c] = sum[3] === 0 ? 0 : Math.round(sum[c] / sum[3]);
    lines[at + 3] = Math.round((255 * sum[3]) / (samples * samples));
  }
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(name, data) {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

const header = Buffer.alloc(13);
header.writeUInt32BE(side, 0);
header.writeUInt32BE(side, 4);
header.set([8, 6, 0, 0, 0], 8);
writeFileSync(
  new URL('../media/icon.png', import.meta.url),
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]),
);
