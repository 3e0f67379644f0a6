/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header, then the tensors' bytes.
 * Source: huggingface/safetensors, README "Format". The reader believes nothing that it has not checked.
 */
import { LensError } from './errors.ts';

export type Dtype = 'F64' | 'F32' | 'I32' | 'U32' | 'U8';
export type TensorData = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major values. */
  readonly data: TensorData;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const itemSize: Record<Dtype, number> = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1 };
const foreignItemSize: Record<string, number> = {
  BOOL: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
};
const headerLimit = 100_000_000;
const maxRank = 8;

const invalid = (what: string): LensError =>
  new LensError('invalid-model-file', `This is not a valid safetensors file: ${what}.`);

/** Copies `bytes` into an aligned array of the dtype; the platform is little-endian, as WebAssembly is. */
function toTyped(dtype: Dtype, bytes: Uint8Array): TensorData {
  // Not `slice`: Node's Buffer, which is a Uint8Array, returns a view of its pool from it.
  const buffer = new Uint8Array(bytes).buffer;
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer);
    case 'F32':
      return new Float32Array(buffer);
    case 'I32':
      return new Int32Array(buffer);
    case 'U32':
      return new Uint32Array(buffer);
    case 'U8':
      return new Uint8Array(buffer);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Length in bytes of the JSON header, or an error. Needs the first 8 bytes only. */
export function headerLength(start: Uint8Array, fileSize: number): number {
  if (start.length < 8 || fileSize < 8) throw invalid('it is shorter than 8 bytes');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(headerLimit)) throw invalid('its header claims to be over 100 MB');
  if (8 + Number(length) > fileSize) throw invalid('its header is longer than the file');
  return Number(length);
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor with a dtype that we read, in file order; offsets from the start of the data. */
  readonly entries: readonly Entry[];
}

/** Checks a header against the number of data bytes that follow it. Tensors of foreign dtypes are checked, then left out. */
export function parseHeader(json: Uint8Array, dataBytes: number): SafetensorsHeader {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw invalid('its header is not JSON');
  }
  if (!isRecord(header)) throw invalid('its header is not an object');
  const metadata: [string, string][] = [];
  const entries: Entry[] = [];
  const spans: { begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (!isRecord(value)) throw invalid(`the entry “${name}” is not an object`);
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw invalid(`the metadata “${key}” is not text`);
        metadata.push([key, text]);
      }
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = value;
    if (typeof dtype !== 'string') throw invalid(`the tensor “${name}” has no dtype`);
    const size = Object.hasOwn(itemSize, dtype) ? itemSize[dtype as Dtype] : foreignItemSize[dtype];
    if (size === undefined) throw invalid(`the tensor “${name}” has an unknown dtype`);
    if (!Array.isArray(shape) || shape.length > maxRank || !shape.every(isCount)) {
      throw invalid(`the tensor “${name}” has no valid shape`);
    }
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
      throw invalid(`the tensor “${name}” has no valid offsets`);
    }
    const [begin, end] = offsets as [number, number];
    if (begin > end || end > dataBytes) throw invalid(`the tensor “${name}” reaches beyond the file`);
    const count = (shape as number[]).reduce((a, b) => a * b, 1);
    if (!Number.isSafeInteger(count) || count * size !== end - begin) {
      throw invalid(`the tensor “${name}” has a length that does not fit its shape`);
    }
    spans.push({ begin, end });
    if (Object.hasOwn(itemSize, dtype)) {
      entries.push({ name, dtype: dtype as Dtype, shape: shape as number[], begin, end });
    }
  }
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { begin, end } of spans) {
    if (begin !== covered) throw invalid('its tensors overlap or leave gaps');
    covered = end;
  }
  if (covered !== dataBytes) throw invalid('its length is not what its header says');
  return {
    metadata: Object.fromEntries(metadata),
    entries: entries.sort((a, b) => a.begin - b.begin),
  };
}

/**
 * Reads a whole file.
 * @throws LensError `invalid-model-file` if any length, offset, dtype or shape does not hold.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const length = headerLength(bytes.subarray(0, 8), bytes.length);
  const data = bytes.subarray(8 + length);
  const { metadata, entries } = parseHeader(bytes.subarray(8, 8 + length), data.length);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, { dtype, shape, data: toTyped(dtype, data.subarray(begin, end)) });
  }
  return { metadata, tensors };
}

/** Writes a file; tensors keep the map's order, the header is padded so that the data is 8-byte aligned. */
export function writeSafetensors({ metadata, tensors }: SafetensorsFile): Uint8Array {
  // Without a prototype, so that a tensor may be called anything, `__proto__` included.
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  // Widest items first, so that every tensor starts at a multiple of its item size.
  const ordered = [...tensors].sort(([, a], [, b]) => itemSize[b.dtype] - itemSize[a.dtype]);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  let position = 8 + padded;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}
