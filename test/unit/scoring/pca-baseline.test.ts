import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measurePcaBaseline } from '../../../src/engine/scoring/pca-baseline.ts';
import { fitPca, pcaScores } from '../../../src/engine/scoring/pca.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';

const breathe = async (): Promise<void> => undefined;
const numbers = (from: number, count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => from + i);

/** Noise, for which no component is better than another. */
function noise(count: number, side: number) {
  const next = keyedRandom(4);
  const pixels = Uint8Array.from({ length: count * side * side }, () => uniform(next) * 255);
  return { shape: { height: side, width: side, channels: 1 as const }, count, pixels };
}

test('the baseline is the mean residual of the validation images on components of the fit images', async () => {
  const images = noise(260, 8);
  const split = { fit: numbers(0, 200), validation: numbers(200, 60) };
  const baseline = await measurePcaBaseline(images, split, 5, 3, breathe);
  const scores = pcaScores(await fitPca(images, split.fit, 5, 3, breathe), images, split.validation);
  assert.deepEqual(baseline?.card, {
    components: 5,
    images: 200,
    validation: scores.reduce((a, b) => a + b, 0) / 60,
    skipped: null,
  });
});

test('no validation images, no baseline; more components than pixels are all there are, and leave nothing', async () => {
  const images = noise(300, 8);
  const none = { fit: numbers(0, 300), validation: new Uint32Array(0) };
  assert.equal(await measurePcaBaseline(images, none, 5, 3, breathe), null);
  const split = { fit: numbers(0, 250), validation: numbers(250, 50) };
  const all = (await measurePcaBaseline(images, split, 1024, 3, breathe))?.card;
  assert.equal(all?.components, 64);
  assert.ok((all.validation ?? 1) < 1e-6, `${all.validation}`);
});

test('what would take too long is left out, with the reason', async () => {
  // Sizes and counts alone decide: no pixel is looked at.
  const images = {
    shape: { height: 256, width: 256, channels: 3 as const },
    count: 2_000,
    pixels: new Uint8Array(0),
  };
  const split = { fit: numbers(0, 1_500), validation: numbers(1_500, 500) };
  const baseline = (await measurePcaBaseline(images, split, 100, 3, breathe))?.card;
  assert.equal(baseline?.validation, null);
  assert.equal(baseline.images, 0);
  assert.match(baseline.skipped ?? '', /100 components.*too long/);
});

test('waiting callers are let in while it fits, and can end it', async () => {
  const images = noise(700, 8);
  let breaths = 0;
  const ending = async (): Promise<void> => {
    if (++breaths === 3) throw new Error('enough');
  };
  await assert.rejects(
    measurePcaBaseline(images, { fit: numbers(0, 650), validation: numbers(650, 50) }, 5, 3, ending),
    /enough/,
  );
});
