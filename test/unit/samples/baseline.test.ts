// The samples must be neither trivial nor hopeless for a linear model. No other score was looked at while they were designed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultSampleSeed,
  sampleDatasets,
  type SampleDataset,
  type SampleGroup,
  type SampleName,
} from '../../../src/extension/samples/index.ts';
import { auroc, fitBaseline, residuals } from './linear-baseline.ts';

const RANGES: Readonly<Record<SampleName, readonly [number, number]>> = {
  digits: [0.75, 0.95],
  parts: [0.6, 0.95],
};

function draw(dataset: SampleDataset, wanted: (group: SampleGroup) => boolean): Uint8Array[] {
  return dataset.groups
    .filter(wanted)
    .flatMap(({ count, draw: image }) =>
      Array.from({ length: count }, (_, index) => image(defaultSampleSeed, index)),
    );
}

test('auroc counts wins, and ties by half', () => {
  assert.equal(auroc([1, 2], [3, 4]), 1);
  assert.equal(auroc([1, 2], [1, 2]), 0.5);
  assert.equal(auroc([3], [1, 2, 3, 4]), 0.375);
});

test('the baseline leaves nothing of images that lie on its components', () => {
  const images = Array.from({ length: 12 }, (_, i) => Uint8Array.of(10 * i, 20 * i, 5 * (i % 3), 50));
  const baseline = fitBaseline(images, 2);
  assert.ok(Math.max(...residuals(baseline, images)) < 1e-9);
  assert.ok((residuals(baseline, [Uint8Array.of(0, 0, 0, 250)])[0] ?? 0) > 0.1);
});

for (const dataset of sampleDatasets) {
  const [low, high] = RANGES[dataset.name];
  test(`PCA-20 separates good from anomalous ${dataset.name} with an AUROC between ${low} and ${high}`, (t) => {
    const baseline = fitBaseline(
      draw(dataset, ({ folder }) => folder.includes('/train/')),
      20,
    );
    const good = residuals(
      baseline,
      draw(dataset, ({ folder }) => folder.endsWith('/test/good')),
    );
    const anomalous = residuals(
      baseline,
      draw(dataset, (group) => group.anomalous),
    );
    const area = auroc(good, anomalous);
    t.diagnostic(`${dataset.name}: PCA-20 AUROC ${area.toFixed(4)}`);
    assert.ok(area >= low && area <= high, `AUROC ${area}`);
  });
}
