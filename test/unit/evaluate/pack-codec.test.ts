// A pack's way through HTTP: what arrives is what was sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeAnswer, encodeAnswer, type PackAnswer } from '../../../scripts/evaluate/pack-codec.ts';
import type { Pack, PackSegment } from '../../../src/shared/transport.ts';

const exact = (message: Uint8Array): ArrayBuffer => Uint8Array.from(message).buffer;

// JSON gives ordinary objects.
const ordinary = { noNullPrototype: true } as const;

const segment = fc.record(
  {
    file: fc.record(
      {
        index: fc.nat(),
        path: fc.string({ unit: 'binary' }),
        role: fc.constantFrom('image' as const, 'idx-images' as const, 'idx-labels' as const),
        label: fc.integer({ min: -1, max: 1000 }),
        split: fc.constantFrom(null, 'train' as const, 'validation' as const, 'test' as const),
      },
      ordinary,
    ),
    offset: fc.nat(),
    length: fc.nat(),
    size: fc.nat(),
  },
  ordinary,
) satisfies fc.Arbitrary<PackSegment>;

const pack: fc.Arbitrary<Pack> = fc.record(
  {
    segments: fc.array(segment, { maxLength: 4 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
    next: fc.option(fc.record({ file: fc.nat(), offset: fc.nat() }, ordinary)),
  },
  ordinary,
);

test('a pack arrives as it was sent, its bytes in a buffer of their own', () => {
  fc.assert(
    fc.property(pack, (sent) => {
      const answer = decodeAnswer(exact(encodeAnswer({ pack: sent })));
      assert.ok('pack' in answer);
      assert.deepEqual(
        { ...answer.pack, bytes: [...answer.pack.bytes] },
        { ...sent, bytes: [...sent.bytes] },
      );
      assert.equal(answer.pack.bytes.buffer.byteLength, sent.bytes.length);
    }),
  );
});

test('a refusal arrives with its code', () => {
  const refusal: PackAnswer = {
    error: { code: 'read-failed', message: 'Could not read “ä”.', detail: 'EIO' },
  };
  assert.deepEqual(decodeAnswer(exact(encodeAnswer(refusal))), refusal);
});

test('a message that ends too soon is an error, not a pack', () => {
  const message = encodeAnswer({ pack: { segments: [], bytes: new Uint8Array(5), next: null } });
  for (const length of [0, 3, 4, 10]) {
    assert.throws(() => decodeAnswer(exact(message.subarray(0, length))), `${length} bytes`);
  }
});
