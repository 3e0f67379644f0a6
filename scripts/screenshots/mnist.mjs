// @ts-check
// MNIST where it is at hand: below LATENT_LENS_DATA, else beside the repository, as for the tests.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../lib/paths.mjs';

const folder = path.join(process.env['LATENT_LENS_DATA'] ?? path.join(root, '../shared/data'), 'mnist');
const files = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
];
/** Bytes before the first image of an IDX file, and of an image. */
const HEADER = 16;
const SIDE = 28;

export const hasMnist = () => files.every((name) => existsSync(path.join(folder, name)));

/** Puts the four files into a folder. @param {string} target */
export function copyMnist(target) {
  mkdirSync(target, { recursive: true });
  for (const name of files) copyFileSync(path.join(folder, name), path.join(target, name));
}

/**
 * A test image, its gray bytes row-major.
 * @param {number} index 0 … 9,999
 */
export function testImage(index) {
  const all = gunzipSync(readFileSync(path.join(folder, 't10k-images-idx3-ubyte.gz')));
  const start = HEADER + index * SIDE * SIDE;
  return { side: SIDE, pixels: new Uint8Array(all.subarray(start, start + SIDE * SIDE)) };
}

/** The same image lying on its side. @param {{side: number, pixels: Uint8Array}} image */
export const quarterTurn = ({ side, pixels }) => ({
  side,
  pixels: Uint8Array.from(
    pixels,
    (_, i) => pixels[(side - 1 - (i % side)) * side + Math.floor(i / side)] ?? 0,
  ),
});
