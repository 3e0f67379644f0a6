// The points of a model file: what is written is read, and nothing that does not hold is believed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointTensors, principalProjection, projectionTensors } from '../../../src/engine/latents/points.ts';
import { LensError } from '../../../src/shared/errors.ts';
import {
  pointName,
  readPoints,
  readProjection,
  readTsne,
  type MapPoints,
} from '../../../src/shared/map-points.ts';
import type { ModelCard } from '../../../src/shared/model-card.ts';
import {
  readModelFile,
  tensorNames,
  tsneTensors,
  writeModelFile,
  type ModelFile,
} from '../../../src/shared/model-file.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';
import type { Tensor } from '../../../src/shared/safetensors.ts';
import { cardOf } from '../extension/support/model-bytes.ts';

const points: MapPoints = {
  count: 4,
  total: 9,
  heldOut: 3,
  latent: 2,
  latents: Float32Array.of(0, 0, 1, 2, -1, 3, 5, -2),
  labels: Int32Array.of(1, 0, -1, 1),
  sets: Uint8Array.of(1, 2, 3, 0),
  scores: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  files: Int32Array.of(0, 0, 1, 2),
  positions: Int32Array.of(0, 7, 0, 0),
  paths: ['a.png', 'über/“数”.png', 'c d.png'],
  thumbnails: { count: 3, height: 2, width: 1, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) },
};

const card: ModelCard = {
  ...cardOf(),
  spec: { ...notebookSpec, latent: 2 },
  points: { count: 4, total: 9, heldOut: 3 },
};
const classes = [
  { name: 'x', count: 4 },
  { name: 'y', count: 5 },
];
card.dataset = { ...card.dataset, classes };

function file(
  change: Partial<ModelCard> = {},
  tensors: readonly (readonly [string, Tensor | null])[] = [],
): ModelFile {
  const all = new Map<string, Tensor>(pointTensors(points));
  for (const [name, tensor] of tensors) {
    if (tensor) all.set(name, tensor);
    else all.delete(name);
  }
  return readModelFile(writeModelFile({ card: { ...card, ...change }, tensors: all }));
}

test('points survive the file', () => {
  assert.deepEqual(readPoints(file()), points);
  const without = readPoints(file({}, [[tensorNames.pointThumbnails, null]]));
  assert.deepEqual(without, { ...points, thumbnails: null });
});

test('a projection survives the file, and a method that is not there is null', async () => {
  const projected = await principalProjection(points, '2026-11-24T08:00:00Z');
  const stored = file({ projections: [projected.card] }, projectionTensors(projected));
  assert.deepEqual(readProjection(stored, 'pca'), projected);
  assert.equal(readProjection(stored, 'tsne'), null);
});

test('a file of the first version opens: no points, no projections, no baseline', () => {
  const late = ['points', 'projections', 'begunProjection', 'pcaBaseline'];
  const old = Object.fromEntries(Object.entries(card).filter(([key]) => !late.includes(key)));
  const read = readModelFile(writeModelFile({ card: old as ModelCard, tensors: new Map() }));
  assert.equal(read.card.points, null);
  assert.deepEqual(read.card.projections, []);
  assert.equal(read.card.begunProjection, null);
  assert.equal(read.card.pcaBaseline, null);
  assert.equal(readPoints(read), null);
  assert.equal('beta' in read.card.spec, false);
});

const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const text = (value: string): Tensor => {
  const data = new TextEncoder().encode(value);
  return { dtype: 'U8', shape: [data.length], data };
};

const broken: Readonly<Record<string, readonly [string, Tensor | null]>> = {
  'latents missing': [tensorNames.pointLatents, null],
  'latents of another size': [
    tensorNames.pointLatents,
    { dtype: 'F32', shape: [2, 4], data: new Float32Array(8) },
  ],
  'latents of another type': [
    tensorNames.pointLatents,
    { dtype: 'F64', shape: [4, 2], data: new Float64Array(8) },
  ],
  'a latent that is no number': [
    tensorNames.pointLatents,
    { dtype: 'F32', shape: [4, 2], data: floats(0, 0, 0, NaN, 0, 0, 0, 0) },
  ],
  'a score that is no number': [
    tensorNames.pointScores,
    { dtype: 'F64', shape: [4], data: Float64Array.of(0, Infinity, 0, 0) },
  ],
  'a class that is not there': [
    tensorNames.pointLabels,
    { dtype: 'I32', shape: [4], data: Int32Array.of(0, 0, 2, 0) },
  ],
  'a class below −1': [
    tensorNames.pointLabels,
    { dtype: 'I32', shape: [4], data: Int32Array.of(0, -2, 0, 0) },
  ],
  'an unknown set': [tensorNames.pointSets, { dtype: 'U8', shape: [4], data: Uint8Array.of(0, 1, 2, 4) }],
  'a file that is not there': [
    tensorNames.pointFiles,
    { dtype: 'I32', shape: [4], data: Int32Array.of(0, 1, 2, 3) },
  ],
  'a negative position': [
    tensorNames.pointPositions,
    { dtype: 'I32', shape: [4], data: Int32Array.of(0, -1, 0, 0) },
  ],
  'paths that are no JSON': [tensorNames.pointPaths, text('["a"')],
  'paths that are no strings': [tensorNames.pointPaths, text('["a", 1, "c"]')],
  'paths that are no text': [
    tensorNames.pointPaths,
    { dtype: 'U8', shape: [3], data: Uint8Array.of(0x22, 0xff, 0x22) },
  ],
  'more pictures than points': [
    tensorNames.pointThumbnails,
    { dtype: 'U8', shape: [5, 1, 1, 1], data: new Uint8Array(5) },
  ],
  'pictures of other channels': [
    tensorNames.pointThumbnails,
    { dtype: 'U8', shape: [1, 1, 1, 3], data: new Uint8Array(3) },
  ],
  'pictures without size': [
    tensorNames.pointThumbnails,
    { dtype: 'U8', shape: [2, 0, 1, 1], data: new Uint8Array(0) },
  ],
};

const rejected = (error: unknown): boolean =>
  error instanceof LensError && error.code === 'invalid-model-file' && error.message.length > 30;

for (const [name, replaced] of Object.entries(broken)) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readPoints(file({}, [replaced])), rejected);
  });
}

test('a t-SNE that was begun lies beside the finished one, each with what it needs to go on', () => {
  const cards = [1000, 340].map((iterations) => ({
    ...{ method: 'tsne' as const, count: 3, perplexity: 2, iterations, planned: 1000, seed: 7, kl: 1.2 },
    ...{ recall: null, trustworthiness: null, engine: 'wasm-simd', when: '2026-11-24T08:00:00Z' },
  }));
  const [finished, begun = null] = cards;
  assert.ok(finished);
  const of = (first: number): Tensor => ({
    ...{ dtype: 'F32', shape: [3, 2] },
    data: Float32Array.from({ length: 6 }, (_, i) => first + i),
  });
  const tensors: [string, Tensor][] = (['tsne', 'begun'] as const).flatMap((name, n) =>
    Object.values(tsneTensors(name)).map((key, k): [string, Tensor] => [key, of(100 * n + 10 * k)]),
  );
  const change = { projections: [finished], begunProjection: begun };
  const both = file(change, tensors);
  assert.deepEqual(readTsne(both, 'tsne'), {
    ...{ card: finished, coordinates: of(0).data, velocities: of(10).data, gains: of(20).data },
  });
  assert.deepEqual(readTsne(both, 'begun'), {
    ...{ card: begun, coordinates: of(100).data, velocities: of(110).data, gains: of(120).data },
  });
  assert.equal(readTsne(file({ projections: [finished] }, tensors), 'begun'), null);

  const { coordinates, gains, velocities } = tsneTensors('begun');
  const bare = file(change, [...tensors, [gains, null]]);
  assert.equal(readTsne(bare, 'begun'), null, 'it can be looked at, not gone on with');
  assert.deepEqual(readProjection(bare, 'begun')?.coordinates, of(100).data);
  const short: Tensor = { dtype: 'F32', shape: [2, 2], data: new Float32Array(4) };
  const wild: Tensor = { dtype: 'F32', shape: [3, 2], data: floats(0, 1, 2, NaN, 4, 5) };
  for (const key of [coordinates, gains, velocities])
    for (const broken of [short, wild])
      assert.throws(() => readTsne(file(change, [...tensors, [key, broken]]), 'begun'), rejected);
});

test('refused: counts that contradict each other, and projections of what is not there', async () => {
  for (const counts of [
    { count: 4, total: 3, heldOut: 3 },
    { count: 4, total: 9, heldOut: 5 },
  ]) {
    assert.throws(() => readPoints(file({ points: counts })), rejected);
  }
  const projected = await principalProjection(points, 'now');
  const more = { ...projected.card, count: 5 };
  const five: Tensor = { dtype: 'F32', shape: [5, 2], data: new Float32Array(10) };
  assert.throws(
    () => readProjection(file({ projections: [more] }, [['projection.pca', five]]), 'pca'),
    rejected,
  );
  assert.throws(() => readProjection(file({ projections: [projected.card] }), 'pca'), rejected);
  const wild: Tensor = { dtype: 'F32', shape: [4, 2], data: new Float32Array(8).fill(NaN) };
  assert.throws(
    () => readProjection(file({ projections: [projected.card] }, [['projection.pca', wild]]), 'pca'),
    rejected,
  );
});

test('a point is called by its path, within IDX files with its number', () => {
  assert.equal(pointName(points, 2, 'folder'), 'über/“数”.png');
  assert.equal(pointName(points, 1, 'idx'), 'a.png #8');
});
