import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LensError } from '../../../src/shared/errors.ts';
import {
  headerLength,
  readSafetensors,
  writeSafetensors,
  type Dtype,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
} from '../../../src/shared/safetensors.ts';

const rejected =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, 'invalid-model-file');
    assert.match(error.message, words);
    return true;
  };

/** A file with this header text and this many data bytes. */
function fileOf(header: unknown, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const arrays: Record<Dtype, (length: number) => TensorData> = {
  F64: (n) => new Float64Array(n),
  F32: (n) => new Float32Array(n),
  I32: (n) => new Int32Array(n),
  U32: (n) => new Uint32Array(n),
  U8: (n) => new Uint8Array(n),
};

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom<Dtype>('F64', 'F32', 'I32', 'U32', 'U8'),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.nat(),
  })
  .map(({ dtype, shape, seed }) => {
    const data = arrays[dtype](shape.reduce((a, b) => a * b, 1));
    data.forEach((_, i) => (data[i] = dtype.startsWith('F') ? Math.sin(seed + i) : (seed + i * 77) % 100));
    return { dtype, shape, data };
  });
const file: fc.Arbitrary<SafetensorsFile> = fc.record({
  metadata: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
  tensors: fc
    .array(
      fc.tuple(
        fc.string().filter((name) => name !== '__metadata__'),
        tensor,
      ),
      { maxLength: 6 },
    )
    .map((entries) => new Map(entries)),
});

describe('safetensors', () => {
  it('reads what it wrote, for any names, dtypes and shapes', () => {
    fc.assert(
      fc.property(file, (original) => {
        const read = readSafetensors(writeSafetensors(original));
        assert.deepEqual(Object.entries(read.metadata).sort(), Object.entries(original.metadata).sort());
        assert.deepEqual(new Map([...read.tensors].sort()), new Map([...original.tensors].sort()));
      }),
      { numRuns: 500 },
    );
  });

  it('starts every tensor at a multiple of its item size', () => {
    fc.assert(
      fc.property(file, (original) => {
        const bytes = writeSafetensors(original);
        const length = headerLength(bytes.subarray(0, 8), bytes.length);
        assert.equal((8 + length) % 8, 0);
        const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
          string,
          { data_offsets: [number, number]; dtype: Dtype }
        >;
        for (const [name, entry] of Object.entries(header)) {
          if (name === '__metadata__') continue;
          assert.equal(entry.data_offsets[0] % arrays[entry.dtype](1).BYTES_PER_ELEMENT, 0);
        }
      }),
    );
  });

  it('reads a file from anywhere in a larger buffer', () => {
    const bytes = writeSafetensors({
      metadata: { a: 'b' },
      tensors: new Map([['w', { dtype: 'F64', shape: [2], data: Float64Array.of(1.5, -2) }]]),
    });
    const larger = new Uint8Array(bytes.length + 11);
    larger.set(bytes, 3);
    const read = readSafetensors(larger.subarray(3, 3 + bytes.length));
    assert.deepEqual(read.tensors.get('w')?.data, Float64Array.of(1.5, -2));
  });

  it('leaves out tensors of dtypes it does not use, once it has checked them', () => {
    const header = {
      half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      w: { dtype: 'U8', shape: [3], data_offsets: [4, 7] },
    };
    assert.deepEqual([...readSafetensors(fileOf(header, 7)).tensors.keys()], ['w']);
    const wrong = { ...header, half: { ...header.half, shape: [3] } };
    assert.throws(() => readSafetensors(fileOf(wrong, 7)), rejected(/“half”.*fit its shape/));
  });

  it('names what does not hold', () => {
    const one = (over: object, dataBytes = 4): Uint8Array =>
      fileOf({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...over } }, dataBytes);
    assert.equal(readSafetensors(one({})).tensors.size, 1);
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [new Uint8Array(0), /shorter than 8 bytes/],
      [new Uint8Array(7), /shorter than 8 bytes/],
      [fileOf('{}', 0, 3n), /longer than the file/],
      [fileOf('{}', 0, 2n ** 64n - 1n), /over 100 MB/],
      [fileOf('{}', 0, 2n ** 63n), /over 100 MB/],
      [fileOf('{', 0), /not JSON/],
      [fileOf('[]'), /not an object/],
      [fileOf('null'), /not an object/],
      [fileOf({ w: 3 }), /“w” is not an object/],
      [fileOf({ __metadata__: { a: 1 } }), /metadata “a” is not text/],
      [one({ dtype: undefined }), /no dtype/],
      [one({ dtype: 'F31' }), /unknown dtype/],
      [one({ dtype: 'constructor' }), /dtype|shape/],
      [one({ dtype: '__proto__' }), /dtype|shape/],
      [one({ shape: [1, -1] }), /no valid shape/],
      [one({ shape: [0.5] }), /no valid shape/],
      [one({ shape: 1 }), /no valid shape/],
      [one({ shape: new Array(9).fill(1) }), /no valid shape/],
      [one({ shape: ['1'] }), /no valid shape/],
      [one({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }), /fit its shape/],
      [one({ data_offsets: [0] }), /no valid offsets/],
      [one({ data_offsets: [4, 0] }), /beyond the file/],
      [one({ data_offsets: [0, 2 ** 53] }), /no valid offsets/],
      [one({ data_offsets: [0, 8] }), /beyond the file/],
      [one({ data_offsets: [1, 5] }, 5), /overlap or leave gaps/],
      [one({}, 5), /length is not what its header says/],
    ];
    for (const [bytes, words] of cases) assert.throws(() => readSafetensors(bytes), rejected(words));
    const overlapping = {
      a: { dtype: 'U8', shape: [3], data_offsets: [0, 3] },
      b: { dtype: 'U8', shape: [3], data_offsets: [2, 5] },
    };
    assert.throws(() => readSafetensors(fileOf(overlapping, 5)), rejected(/overlap or leave gaps/));
  });

  it('does not allocate what a header only claims', () => {
    const claims = { w: { dtype: 'F32', shape: [2 ** 50, 0], data_offsets: [0, 0] } };
    assert.equal(readSafetensors(fileOf(claims)).tensors.get('w')?.data.length, 0);
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [
        `t${i}`,
        { dtype: 'U8', shape: [1e9], data_offsets: [0, 1e9] },
      ]),
    );
    assert.throws(() => readSafetensors(fileOf(many, 10)), rejected(/beyond the file/));
  });

  it('answers or throws a LensError for any bytes', () => {
    const mutated = fc
      .tuple(file, fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 10 }), fc.option(fc.nat(2000)))
      .map(([original, edits, length]) => {
        const bytes = writeSafetensors(original).slice(0, length ?? undefined);
        for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
        return bytes;
      });
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('F32', 'U8', '__proto__', [0, 4], [1], 2 ** 60));
    const headers = fc
      .dictionary(
        fc.string(),
        fc.oneof(odd, fc.record({ dtype: odd, shape: odd, data_offsets: odd }, { requiredKeys: [] })),
      )
      .map((header) => fileOf(header, 4));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated, headers), (bytes) => {
        try {
          let read = 0;
          for (const { data } of readSafetensors(bytes).tensors.values()) read += data.byteLength;
          assert.ok(read <= bytes.length);
        } catch (error) {
          assert.ok(error instanceof LensError, String((error as Error).stack));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
