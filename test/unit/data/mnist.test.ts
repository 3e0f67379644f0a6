import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadDataset } from '../../../src/engine/data/loader.ts';
import { assignSplit, countsOf } from '../../../src/engine/data/split.ts';
import { idxSplit, parseIdxName } from '../../../src/shared/dataset.ts';
import { packBytes } from '../../../src/shared/transport.ts';
import { dataPath, requireOrSkip } from '../../support/data.ts';
import { MemorySource, type MemoryFile } from './memory-source.ts';

const names = ['train-images', 'train-labels', 't10k-images', 't10k-labels'].map(
  (name) => `${name}-idx${name.endsWith('images') ? 3 : 1}-ubyte.gz`,
);

describe('MNIST', () => {
  it('is read whole: pixels, labels, train and test apart', async (t: TestContext) => {
    const paths = names.map((name) => dataPath('mnist', name));
    if (!requireOrSkip(t, ...paths)) return;
    const bytes = paths.map((path) => new Uint8Array(readFileSync(path)));
    const files = names.map((path, i): MemoryFile => {
      const { role, prefix } = parseIdxName(path) ?? assert.fail(path);
      return { path, role, split: idxSplit(prefix), bytes: bytes[i] ?? new Uint8Array(0) };
    });
    const memory = new MemorySource(files, packBytes);
    const images = await loadDataset({
      source: memory.source,
      pull: memory.pull,
      kind: 'idx',
      shape: { height: 28, width: 28, channels: 1 },
      mode: 'contain',
      memoryBudget: 70_000 * 784,
      signal: new AbortController().signal,
    });
    const raw = bytes.map((file) => gunzipSync(file));
    const pixels = Buffer.concat([
      raw[0]?.subarray(16) ?? Buffer.alloc(0),
      raw[2]?.subarray(16) ?? Buffer.alloc(0),
    ]);
    assert.ok(pixels.equals(images.pixels));
    const labels = Buffer.concat([
      raw[1]?.subarray(8) ?? Buffer.alloc(0),
      raw[3]?.subarray(8) ?? Buffer.alloc(0),
    ]);
    assert.ok(labels.equals(Uint8Array.from(images.labels)));
    assert.deepEqual(images.classes.map(({ name }) => name).join(''), '0123456789');
    assert.equal(images.skippedCount, 0);
    const assigned = assignSplit({ labels: images.labels, wanted: images.wanted, seed: 42 });
    assert.deepEqual(countsOf(assigned), { fit: 50_000, validation: 5000, calibration: 5000, test: 10_000 });
  });
});
