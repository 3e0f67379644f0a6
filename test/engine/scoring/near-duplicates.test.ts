// Near-duplicates on MNIST: strangers that look alike must not grow together.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { findNearDuplicates } from '../../../src/engine/data/near-duplicates/clusters.ts';
import { requireOrSkip } from '../../support/data.ts';
import { mnistTest } from '../support/mnist.ts';

test('no cluster swallows a class of MNIST: the largest stays below 1 % of its 10,000 test images', async (t) => {
  if (!requireOrSkip(t, mnistTest)) return;
  const pixels = new Uint8Array(gunzipSync(readFileSync(mnistTest)).subarray(16));
  const { largest, twins, clusters } = await findNearDuplicates(
    { count: 10_000, height: 28, width: 28, pixels },
    null,
    async () => undefined,
  );
  t.diagnostic(`${clusters} clusters of ${twins} images, the largest of ${largest}`);
  assert.ok(largest < 100, `${largest}`);
  assert.ok(twins < 1000, `${twins}`);
});
