/**
 * IDX files (the MNIST family): big-endian magic (0, 0, type, rank), one uint32 per dimension, then the bytes.
 * Source: LeCun, Cortes, Burges, "The MNIST database", FILE FORMATS. Only unsigned bytes (type 8) are read: images of
 * rank 3 `[N, H, W]` and labels of rank 1 `[N]`; plain or gzip, decided by the content.
 */
import { formatCount } from '../../shared/count.ts';
import { LensError } from '../../shared/errors.ts';
import { createInflater, isGzip, maxExpansion, type Inflater } from './gzip.ts';
import { maxPixels, maxSide } from './image-header.ts';

export type IdxRole = 'images' | 'labels';

export interface IdxHeader {
  readonly count: number;
  /** 1 × 1 for labels. */
  readonly height: number;
  readonly width: number;
}

/** Bytes of a header: magic and dimensions. */
export const idxHeaderBytes: Record<IdxRole, number> = { images: 16, labels: 8 };

const unsignedByte = 8;
const otherTypes: Record<number, string> = {
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};

const invalid = (name: string, what: string): LensError =>
  new LensError('invalid-dataset', `“${name}” is not a valid IDX file: ${what}.`);

/**
 * Reads a header and holds every number of it against the file's size.
 * @param start the first bytes of the unpacked file, at least {@link idxHeaderBytes}
 * @param limit the most bytes that the whole unpacked file can have
 * @throws LensError `invalid-dataset`, `unsupported-format`, `truncated`
 */
export function readIdxHeader(start: Uint8Array, role: IdxRole, limit: number, name: string): IdxHeader {
  const headerBytes = idxHeaderBytes[role];
  if (start.length < headerBytes) throw invalid(name, 'it is shorter than its header');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const [type, rank] = [view.getUint8(2), view.getUint8(3)];
  if (view.getUint16(0) !== 0) throw invalid(name, 'it does not begin with two zero bytes');
  if (type !== unsignedByte) {
    const other = otherTypes[type];
    if (other === undefined) throw invalid(name, 'its type is unknown');
    throw new LensError(
      'unsupported-format',
      `“${name}” holds ${other}; Latent Lens reads IDX files of unsigned bytes only.`,
    );
  }
  const expected = role === 'images' ? 3 : 1;
  if (rank !== expected) {
    throw invalid(
      name,
      `${role} have ${expected} dimension${expected === 1 ? '' : 's'}, this file has ${rank}`,
    );
  }
  const count = view.getUint32(4);
  const [height, width] = role === 'images' ? [view.getUint32(8), view.getUint32(12)] : [1, 1];
  if (height === 0 || width === 0 || height > maxSide || width > maxSide || height * width > maxPixels) {
    throw invalid(name, `its images would be ${formatCount(width)} × ${formatCount(height)} pixels`);
  }
  // The product of three uint32 may exceed 2⁵³, but then it exceeds the limit too.
  if (headerBytes + count * height * width > limit) {
    const what = role === 'images' ? `images of ${width} × ${height} pixels` : 'labels';
    throw new LensError(
      'truncated',
      `“${name}” is cut short: its header promises ${formatCount(count)} ${what}, but the file is too small to hold them.`,
    );
  }
  return { count, height, width };
}

export interface IdxSink {
  /** The header, checked: once, before any data. */
  header(header: IdxHeader): void;
  /** Whole items one after the other: `[n, H, W]` bytes, the first of them being item `first`. Not to be kept. */
  items(bytes: Uint8Array, first: number): void;
}

/**
 * Reads an IDX file as its bytes arrive, in constant memory: no more than one item and one chunk is held.
 * A gzip stream is unpacked no further than the header promises.
 */
export class IdxReader {
  readonly #inflater: Inflater;
  readonly #sink: IdxSink;
  readonly #name: string;
  readonly #role: IdxRole;
  readonly #limit: number;
  readonly #packed: boolean;
  #start = new Uint8Array(0);
  #header: IdxHeader | undefined;
  #carry = new Uint8Array(0);
  #carried = 0;
  #items = 0;

  /**
   * @param start the first bytes of the file (at least two, where it has them): gzip or not
   * @param size of the file in bytes
   */
  constructor(role: IdxRole, name: string, start: Uint8Array, size: number, sink: IdxSink) {
    this.#role = role;
    this.#name = name;
    this.#sink = sink;
    this.#packed = isGzip(start);
    this.#limit = this.#packed ? size * maxExpansion : size;
    const take = (bytes: Uint8Array): void => this.#take(bytes);
    this.#inflater = this.#packed ? createInflater(name, take) : { push: take, finish: () => undefined };
  }

  /** The next bytes of the file. @throws LensError as {@link readIdxHeader}; `invalid-dataset` for excess bytes */
  push(bytes: Uint8Array): void {
    this.#inflater.push(bytes);
  }

  /** After the last bytes. @throws LensError `truncated` where items are missing */
  finish(): IdxHeader {
    this.#inflater.finish();
    const header = this.#header;
    if (!header) throw invalid(this.#name, 'it is shorter than its header');
    if (this.#items < header.count) {
      throw new LensError(
        'truncated',
        `“${this.#name}” is cut short: it holds ${formatCount(this.#items)} of ${formatCount(header.count)} ${this.#role}.`,
      );
    }
    return header;
  }

  #take(bytes: Uint8Array): void {
    if (this.#header) {
      this.#data(bytes, this.#header);
      return;
    }
    const start = new Uint8Array(this.#start.length + bytes.length);
    start.set(this.#start);
    start.set(bytes, this.#start.length);
    this.#start = start;
    const headerBytes = idxHeaderBytes[this.#role];
    if (start.length < headerBytes) return;
    const header = readIdxHeader(start, this.#role, this.#limit, this.#name);
    this.#header = header;
    // Checked above: with one item at least, an item is no longer than the file can be.
    if (header.count > 0) this.#carry = new Uint8Array(header.height * header.width);
    this.#start = new Uint8Array(0);
    this.#sink.header(header);
    this.#data(start.subarray(headerBytes), header);
  }

  #data(bytes: Uint8Array, header: IdxHeader): void {
    const itemBytes = header.height * header.width;
    const rest = (header.count - this.#items) * itemBytes - this.#carried;
    if (bytes.length > rest) {
      throw invalid(
        this.#name,
        `it holds more data than the ${formatCount(header.count)} ${this.#role} of its header`,
      );
    }
    let at = 0;
    if (this.#carried > 0) {
      const part = bytes.subarray(0, itemBytes - this.#carried);
      this.#carry.set(part, this.#carried);
      this.#carried += part.length;
      at = part.length;
      if (this.#carried < itemBytes) return;
      this.#emit(this.#carry, 1);
      this.#carried = 0;
    }
    const whole = Math.floor((bytes.length - at) / itemBytes);
    if (whole > 0) {
      this.#emit(bytes.subarray(at, at + whole * itemBytes), whole);
      at += whole * itemBytes;
    }
    this.#carried = bytes.length - at;
    this.#carry.set(bytes.subarray(at));
  }

  #emit(bytes: Uint8Array, count: number): void {
    const first = this.#items;
    this.#items += count;
    this.#sink.items(bytes, first);
  }
}

export interface IdxFile extends IdxHeader {
  /** U8 `[count, height, width]`, row-major; for labels `[count]`. */
  readonly data: Uint8Array;
}

/**
 * Reads a whole IDX file, plain or gzip.
 * @param budget the most bytes of data to allocate
 * @throws LensError `invalid-dataset`, `unsupported-format`, `truncated`; `out-of-memory` over the budget
 */
export function parseIdx(bytes: Uint8Array, role: IdxRole, name: string, budget = 2 ** 31): IdxFile {
  let data = new Uint8Array(0);
  let itemBytes = 1;
  const reader = new IdxReader(role, name, bytes, bytes.length, {
    header({ count, height, width }) {
      itemBytes = height * width;
      if (count * itemBytes > budget) {
        throw new LensError('out-of-memory', `“${name}” is too large to be read at once.`);
      }
      data = new Uint8Array(count * itemBytes);
    },
    items: (items, first) => data.set(items, first * itemBytes),
  });
  reader.push(bytes);
  return { ...reader.finish(), data };
}
