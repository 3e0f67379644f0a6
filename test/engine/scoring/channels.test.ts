// The channels against torch, written from the same formulas.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { normaliseContrast, shrink, type Plane } from '../../../src/engine/scoring/gray.ts';
import { histogramSize, orientationHistogram } from '../../../src/engine/scoring/orientation.ts';
import { fitResidual, residualMap, worstPlace } from '../../../src/engine/scoring/residual-map.ts';
import { orientationBank, wholeBank } from '../../../src/engine/scoring/score-model.ts';
import { structureMap, structureScore } from '../../../src/engine/scoring/structure.ts';
import { fitBank, nearestInBank } from '../../../src/engine/scoring/whitened-bank.ts';
import { keyedRandom, uniform } from '../../../src/shared/random.ts';
import { root, skipOrFail } from '../../support/data.ts';

/** Debian's Python, which python3-torch installs for; another may stand first on the PATH. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const script = path.join(root, 'test/engine/scoring/channels_oracle.py');

/** Pictures of some soft strokes over a slope: F32 `[count, height, width]`. */
function pictures(count: number, height: number, width: number, seed: number): Float32Array {
  const pixels = new Float32Array(count * height * width);
  for (let n = 0; n < count; n++) {
    const next = keyedRandom(seed, n);
    const strokes = Array.from({ length: 3 }, () => ({
      y: uniform(next) * height,
      x: uniform(next) * width,
      angle: uniform(next) * Math.PI,
      width: (0.03 + 0.05 * uniform(next)) * height,
    }));
    const slope = 0.3 * uniform(next);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let value = slope * (x / width);
        for (const stroke of strokes) {
          const [dy, dx] = [y - stroke.y, x - stroke.x];
          const across = dx * Math.sin(stroke.angle) - dy * Math.cos(stroke.angle);
          value += 0.7 * Math.exp(-((across / stroke.width) ** 2));
        }
        pixels[(n * height + y) * width + x] = Math.min(1, value);
      }
    }
  }
  return pixels;
}

const planeAt = (pixels: Float32Array, n: number, height: number, width: number): Plane => ({
  height,
  width,
  values: Float64Array.from(pixels.subarray(n * height * width, (n + 1) * height * width)),
});

const breathe = async (): Promise<void> => undefined;

type Answer = Record<
  'structure' | 'histogram' | 'oddHistogram' | 'nearest' | 'whole' | 'map' | 'worst',
  number[]
>;

function assertNear(
  actual: ArrayLike<number>,
  expected: readonly number[],
  relative: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN))));
  assert.ok(worst <= relative * scale, `${what}: off by ${worst} of ${scale}`);
}

test('structure, orientation, nearest, worst place and whole image are those of their formulas', async (t) => {
  if (spawnSync(python, ['-c', 'import numpy, torch'], { stdio: 'ignore' }).status !== 0) {
    skipOrFail(t, 'torch is missing (Debian’s python3-torch)');
    return;
  }
  const fit = { small: 230, large: 40 };
  const counts = { small: 250, odd: 1, large: 46 };
  const recipes = { orientation: orientationBank, whole: wholeBank };
  const small = pictures(counts.small, 28, 28, 1);
  const rebuilt = Float32Array.from(small, (value, i) => 0.8 * value + 0.1 * (small[i + 1] ?? 0));
  const odd = pictures(counts.odd, 19, 33, 2);
  const large = pictures(counts.large, 256, 256, 3);
  const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-channels-'));
  try {
    writeFileSync(path.join(folder, 'task.json'), JSON.stringify({ ...counts, fit, recipes }));
    for (const [name, data] of Object.entries({ small, rebuilt, odd, large })) {
      writeFileSync(path.join(folder, `${name}.f32`), data);
    }
    const expected = JSON.parse(
      execFileSync(python, [script, folder], { encoding: 'utf8', maxBuffer: 1e8 }),
    ) as Answer;

    const structure = Array.from({ length: counts.small }, (_, n) =>
      structureScore(structureMap(planeAt(small, n, 28, 28), planeAt(rebuilt, n, 28, 28))),
    );
    assertNear(structure, expected.structure, 1e-9, 'structure');

    const size = histogramSize(28, 28, 4);
    assert.equal(size, 392);
    const histograms = new Float32Array(counts.small * size);
    for (let n = 0; n < counts.small; n++) {
      orientationHistogram(planeAt(small, n, 28, 28), 4, histograms, n * size);
    }
    assertNear(histograms.subarray(0, size), expected.histogram, 1e-6, 'histogram');
    const oddHistogram = new Float64Array(histogramSize(19, 33, 4));
    orientationHistogram(planeAt(odd, 0, 19, 33), 4, oddHistogram);
    assertNear(oddHistogram, expected.oddHistogram, 1e-9, 'histogram of odd sides');

    const bank = await fitBank(histograms, fit.small, size, orientationBank, breathe);
    const nearest = expected.nearest.map(
      (_, i) => nearestInBank(bank, histograms, (fit.small + i) * size).score,
    );
    assertNear(nearest, expected.nearest, 2e-3, 'nearest');

    const place = new Float32Array(counts.large * 8192);
    const whole = new Float32Array(counts.large * 512);
    for (let n = 0; n < counts.large; n++) {
      const plane = planeAt(large, n, 256, 256);
      orientationHistogram(normaliseContrast(plane), 8, place, n * 8192);
      orientationHistogram(normaliseContrast(shrink(plane, 4)), 8, whole, n * 512);
    }
    const residual = await fitResidual(place.slice(0, fit.large * 8192), fit.large, 32, breathe);
    assert.equal(residual.components, 8);
    const maps = expected.worst.map((_, i) => residualMap(residual, place, (fit.large + i) * 8192));
    assertNear(maps[0] ?? [], expected.map, 1e-4, 'map');
    assertNear(
      maps.map((map) => worstPlace(map, 32)),
      expected.worst,
      1e-4,
      'worst place',
    );
    const wholeImages = await fitBank(whole, fit.large, 512, wholeBank, breathe);
    const wholes = expected.whole.map(
      (_, i) => nearestInBank(wholeImages, whole, (fit.large + i) * 512).score,
    );
    assertNear(wholes, expected.whole, 1e-3, 'whole image');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
