// What tests put into a workspace, and what they read back from it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultSampleSeed, encodeGrayPng, sampleDatasets } from '../../../src/extension/samples/index.ts';
import { readModelFile, type ModelFile } from '../../../src/shared/model-file.ts';

/**
 * Draws images of one of the product's sample folders, e.g. `digits/train/3`, as PNG files `000.png` …
 * @param source folder of the sample data set
 * @param folder absolute path, made if it is missing
 * @param prefix of the file names
 * @param change of every gray value
 */
export function writeSampleImages(
  source: string,
  folder: string,
  count: number,
  prefix = '',
  change: (pixel: number) => number = (pixel) => pixel,
): void {
  mkdirSync(folder, { recursive: true });
  for (const { groups, width, height } of sampleDatasets)
    for (const group of groups) {
      if (group.folder !== source) continue;
      if (count > group.count) throw new RangeError(`${source} has only ${group.count} images`);
      for (let index = 0; index < count; index++)
        writeFileSync(
          path.join(folder, `${prefix}${String(index).padStart(3, '0')}.png`),
          encodeGrayPng(width, height, group.draw(defaultSampleSeed, index).map(change)),
        );
      return;
    }
  throw new RangeError(`there is no sample folder ${source}`);
}

/** Ten classes of digits, `count` images each, in folders `0` … `9`. */
export function writeDigits(folder: string, count: number): void {
  for (let digit = 0; digit < 10; digit++)
    writeSampleImages(`digits/train/${digit}`, path.join(folder, String(digit)), count);
}

/** Absolute path of a model's file in the workspace. */
export const modelPath = (workspace: string, name: string): string =>
  path.join(workspace, 'latent-lens', `${name}.lens.safetensors`);

/** Reads and checks a model file; undefined where there is none. */
export function readModel(file: string): ModelFile | undefined {
  return existsSync(file) ? readModelFile(readFileSync(file)) : undefined;
}

/** A PNG file of 33 bytes that claims a size: signature and IHDR, nothing else. */
export function hugePng(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(33);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.set([8, 0, 0, 0, 0], 24);
  return bytes;
}
