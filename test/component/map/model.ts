// A small model of drawn digits, trained and projected by the real engine: what the map is tested with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runProjection } from '../../../src/engine/latents/project.ts';
import { tsneProjection } from '../../../src/engine/latents/tsne.ts';
import { runTrainingJob } from '../../../src/engine/training/job.ts';
import { splitImages, type LoadedData } from '../../../src/engine/training/loaded-data.ts';
import { sampleDatasets } from '../../../src/extension/samples/index.ts';
import { readPoints, readProjection, type MapPoints } from '../../../src/shared/map-points.ts';
import { readModelFile, type ModelFile } from '../../../src/shared/model-file.ts';
import { projectionFiles } from '../../../scripts/build-kernels.mjs';
import { makeRun, plan } from '../../engine/support/spots-job.ts';

const side = 28;
const perClass = 40;
export const digitCount = 10 * perClass;

function digits(): LoadedData {
  const pixels = new Uint8Array(digitCount * side * side);
  const labels = new Int32Array(digitCount);
  const paths: string[] = [];
  const groups = sampleDatasets.flatMap((set) => set.groups);
  for (let n = 0; n < digitCount; n++) {
    const digit = n % 10;
    const index = Math.floor(n / 10);
    const group = groups.find(({ folder }) => folder === `digits/train/${digit}`);
    pixels.set(group?.draw(1, index) ?? [], n * side * side);
    labels[n] = digit;
    paths.push(`${digit}/${String(index).padStart(3, '0')}.png`);
  }
  const images = {
    shape: { height: side, width: side, channels: 1 as const },
    count: digitCount,
    pixels,
    labels,
    wanted: new Int8Array(digitCount).fill(-1),
    files: Int32Array.from({ length: digitCount }, (_, n) => n),
    positions: new Int32Array(digitCount),
    paths,
    classes: Array.from({ length: 10 }, (_, digit) => ({ name: String(digit), count: perClass })),
    skipped: [],
    skippedCount: 0,
    fingerprint: 'digits',
  };
  return { images, split: splitImages(images, 7) };
}

/** The model file, with both projections. */
export async function digitsModel(): Promise<Uint8Array> {
  const run = makeRun({ load: () => Promise.resolve(digits()) });
  const spec = { ...plan.spec, height: side, width: side, latent: 12 };
  const training = { ...plan.training, epochs: 5 };
  const dataset = { ...plan.dataset, name: 'digits', uri: 'file:///workspace/digits' };
  const outcome = await runTrainingJob(
    { ...plan, name: 'digits', dataset, location: 'digits', spec, training },
    run.environment,
    new AbortController().signal,
  );
  const model = run.saved.at(-1);
  if (model === undefined) throw new Error(outcome.error?.message ?? 'nothing was saved');
  const saved: Uint8Array[] = [];
  const kernels = {
    simd: new Uint8Array(readFileSync(projectionFiles.simd)).buffer,
    fma: new Uint8Array(readFileSync(projectionFiles.fma)).buffer,
  };
  const projection = await runProjection(
    {
      jobId: 'map',
      name: 'digits',
      model,
      points: 'all',
      perplexity: 20,
      iterations: 350,
      seed: 3,
      continue: false,
    },
    {
      projection: await tsneProjection(kernels),
      now: () => '2026-01-01T00:00:00.000Z',
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      save: (bytes) => {
        saved.push(bytes);
        return Promise.resolve({ savedAs: 'digits' });
      },
      publish: () => undefined,
      log: () => undefined,
    },
    new AbortController().signal,
  );
  const projected = saved.at(-1);
  if (projected === undefined) throw new Error(projection.error?.message ?? 'the projection was not saved');
  return projected;
}

/** The model with what the map reads of it. @throws AssertionError where it has no points or no t-SNE */
export async function digitsMap(): Promise<{
  readonly bytes: Uint8Array;
  readonly file: ModelFile;
  readonly points: MapPoints;
  /** Of the t-SNE, `[n, 2]`. */
  readonly coordinates: Float32Array;
}> {
  const bytes = await digitsModel();
  const file = readModelFile(bytes);
  const points = readPoints(file);
  const projection = readProjection(file, 'tsne');
  assert.ok(points && projection);
  return { bytes, file, points, coordinates: projection.coordinates };
}
