/**
 * Records of packed images as a cache keeps them: the model's view U8 `[H, W, C]`, for photos the gray plane U8
 * `[256, 256]`, then 16 hexadecimal digits over path, fitting and pixels. A record that was cut, mixed up with another
 * file's or damaged on disk does not prove itself, and the file is decoded again.
 */
import { fittingKey, type Fitting } from '../../shared/packed.ts';
import { Fingerprint } from './fingerprint.ts';
import { planeBytes } from './gray-planes.ts';

const proofBytes = 16;

export interface Unpacked {
  readonly view: Uint8Array;
  readonly plane: Uint8Array | undefined;
}

const viewBytes = ({ height, width, channels }: Fitting): number => height * width * channels;
const pixelBytes = (fitting: Fitting): number => viewBytes(fitting) + (fitting.planes ? planeBytes : 0);

/** Length of every record of a fitting. */
export const recordBytes = (fitting: Fitting): number => pixelBytes(fitting) + proofBytes;

const proofOf = (path: string, fitting: Fitting, pixels: Uint8Array): Uint8Array =>
  new TextEncoder().encode(
    new Fingerprint()
      .text(`${fittingKey(fitting)} ${path}`)
      .update(pixels)
      .digest(),
  );

/** @param record filled whole, {@link recordBytes} long */
export function writeRecord(record: Uint8Array, path: string, fitting: Fitting, image: Unpacked): void {
  record.set(image.view);
  if (image.plane) record.set(image.plane, image.view.length);
  record.set(proofOf(path, fitting, record.subarray(0, pixelBytes(fitting))), pixelBytes(fitting));
}

/** The record's parts, views into it; undefined where it does not prove to be this file's in this fitting. */
export function readRecord(record: Uint8Array, path: string, fitting: Fitting): Unpacked | undefined {
  if (record.length !== recordBytes(fitting)) return undefined;
  const pixels = record.subarray(0, pixelBytes(fitting));
  const proof = record.subarray(pixels.length);
  if (!proofOf(path, fitting, pixels).every((byte, i) => byte === proof[i])) return undefined;
  const view = pixels.subarray(0, viewBytes(fitting));
  return { view, plane: fitting.planes ? pixels.subarray(view.length) : undefined };
}

/**
 * Whether a record comes faster than its file: bytes to the page cost some 40 ns each and a decode 0.75 ms (measured in a
 * remote window on two cores; `npm run bench -- load`) and 25 ns a pixel (estimated). Small JPEG files of photos do not pay.
 */
export const isWorthKeeping = (fileBytes: number, pixels: number, fitting: Fitting): boolean =>
  recordBytes(fitting) < fileBytes + 19_000 + 0.6 * pixels;
