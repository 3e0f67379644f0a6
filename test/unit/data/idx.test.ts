import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { IdxReader, parseIdx, type IdxRole } from '../../../src/engine/data/idx.ts';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import { idxFile } from './idx-file.ts';

const code =
  (expected: ErrorCode, text = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, expected);
    assert.match(error.message, text);
    return true;
  };
const gz = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

describe('IDX files', () => {
  const images = idxFile(
    [3, 2, 4],
    Uint8Array.from({ length: 24 }, (_, i) => i * 10),
  );
  const labels = idxFile([3], Uint8Array.of(7, 0, 255));

  it('reads images and labels, plain and gzip', () => {
    for (const pack of [(b: Uint8Array) => b, gz]) {
      const file = parseIdx(pack(images), 'images', 'a');
      assert.deepEqual([file.count, file.height, file.width], [3, 2, 4]);
      assert.deepEqual(file.data, images.subarray(16));
      assert.deepEqual([...parseIdx(pack(labels), 'labels', 'a').data], [7, 0, 255]);
    }
  });

  it('reads a gzip file of several members, and one without items', () => {
    const joined = new Uint8Array(Buffer.concat([gz(images.subarray(0, 20)), gz(images.subarray(20))]));
    assert.deepEqual(parseIdx(joined, 'images', 'a').data, images.subarray(16));
    assert.equal(parseIdx(idxFile([0, 28, 28], new Uint8Array(0)), 'images', 'a').count, 0);
  });

  it('gives whole items however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1 }),
        fc.boolean(),
        (cuts, packed) => {
          const bytes = packed ? gz(images) : images;
          const data = new Uint8Array(24);
          let items = 0;
          const reader = new IdxReader('images', 'a', bytes, bytes.length, {
            header: ({ count }) => assert.equal(count, 3),
            items: (part, first) => {
              assert.equal(part.length % 8, 0);
              assert.equal(first, items);
              items += part.length / 8;
              data.set(part, first * 8);
            },
          });
          for (let at = 0, k = 0; at < bytes.length; k++) {
            const cut = cuts[k % cuts.length] ?? 1;
            reader.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          reader.finish();
          assert.deepEqual(data, images.subarray(16));
        },
      ),
    );
  });

  it('names what is wrong', () => {
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = images.slice();
      bytes[at] = value;
      return bytes;
    };
    assert.throws(
      () => parseIdx(new Uint8Array(0), 'images', 'a'),
      code('invalid-dataset', /shorter than its header/),
    );
    assert.throws(() => parseIdx(changed(0, 1), 'images', 'a'), code('invalid-dataset', /two zero bytes/));
    assert.throws(() => parseIdx(changed(2, 13), 'images', 'a'), code('unsupported-format', /32-bit floats/));
    assert.throws(() => parseIdx(changed(2, 99), 'images', 'a'), code('invalid-dataset', /type/));
    assert.throws(() => parseIdx(labels, 'images', 'a'), code('invalid-dataset'));
    assert.throws(
      () => parseIdx(images, 'labels', 'a'),
      code('invalid-dataset', /1 dimension, this file has 3/),
    );
    assert.throws(() => parseIdx(changed(11, 0), 'images', 'a'), code('invalid-dataset', /4 × 0 pixels/));
    assert.throws(
      () => parseIdx(images.subarray(0, 39), 'images', 'a'),
      code('truncated', /promises 3 images/),
    );
    assert.throws(
      () => parseIdx(new Uint8Array([...images, 0]), 'images', 'a'),
      code('invalid-dataset', /more data/),
    );
  });

  it('refuses promises that the file cannot keep before it allocates anything', () => {
    const huge = idxFile([0xffffffff, 28, 28], new Uint8Array(100));
    assert.throws(() => parseIdx(huge, 'images', 'a'), code('truncated', /4,294,967,295 images/));
    assert.throws(() => parseIdx(gz(huge), 'images', 'a'), code('truncated'));
    const wide = idxFile([1, 0xffffffff, 0xffffffff], new Uint8Array(100));
    assert.throws(() => parseIdx(wide, 'images', 'a'), code('invalid-dataset', /pixels/));
  });

  it('unpacks no further than the header promises', () => {
    const bomb = gz(new Uint8Array(Buffer.concat([images, Buffer.alloc(200_000_000)])));
    assert.ok(bomb.length < 300_000);
    assert.throws(() => parseIdx(bomb, 'images', 'a'), code('invalid-dataset', /more data/));
    const plausible = gz(idxFile([4_000_000, 1, 1], new Uint8Array(4_000_000)));
    assert.throws(() => parseIdx(plausible, 'images', 'a', 1000), code('out-of-memory'));
  });

  it('says that a gzip file is cut short', () => {
    const noise = idxFile(
      [50, 8, 8],
      Uint8Array.from({ length: 3200 }, (_, i) => (i * 7919) >> 3),
    );
    const packed = gz(noise);
    for (const length of [3, 12, 40, packed.length >> 1]) {
      assert.throws(
        () => parseIdx(packed.subarray(0, length), 'images', 'a'),
        (error: unknown) => {
          assert.ok(error instanceof LensError);
          return error.code === 'invalid-dataset' || error.code === 'truncated';
        },
      );
    }
  });

  it('answers or throws a LensError for any bytes', () => {
    const role = fc.constantFrom<IdxRole>('images', 'labels');
    const near = fc
      .tuple(
        fc.constantFrom(images, labels, gz(images), gz(labels)),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255))),
      )
      .map(([bytes, edits]) => {
        const copy = bytes.slice();
        for (const [at, value] of edits) copy[at % copy.length] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), near), role, (bytes, kind) => {
        try {
          const { data, count, height, width } = parseIdx(bytes, kind, 'a');
          assert.equal(data.length, count * height * width);
          assert.ok(data.length <= bytes.length * 1032);
        } catch (error) {
          assert.ok(error instanceof LensError, String((error as Error).stack));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
