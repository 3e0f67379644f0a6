/** A small valid model file. */
import * as v from 'valibot';
import { modelCardSchema, type ModelCard } from '../../../../src/shared/model-card.ts';
import { writeModelFile } from '../../../../src/shared/model-file.ts';
import { notebookSpec, notebookTraining } from '../../../../src/shared/model-spec.ts';
import type { Tensor } from '../../../../src/shared/safetensors.ts';

export function cardOf(changes: Partial<ModelCard> = {}): ModelCard {
  // Parsed, so that what later versions of the card add takes its default.
  return v.parse(modelCardSchema, {
    format: 'latent-lens',
    version: 1,
    writtenBy: '0.1.0',
    created: '2026-11-24T08:00:00Z',
    name: 'digits',
    spec: notebookSpec,
    preprocessing: { fit: 'contain' },
    training: notebookTraining,
    progress: { state: 'finished', epoch: 20, step: 0, stepsPerEpoch: 32 },
    history: [{ epoch: 20, train: 0.008, validation: 0.007444, seconds: 1, imagesPerSecond: 1000 }],
    dataset: {
      name: 'digits',
      kind: 'folder',
      location: 'digits',
      images: 2400,
      classes: [],
      split: { fit: 1800, validation: 200, calibration: 200, test: 200 },
      skipped: [],
      skippedCount: 0,
      fingerprint: 'f',
    },
    engine: { kind: 'wasm', build: 'wasm-fma-1', reason: 'no GPU' },
    calibration: {
      score: 'mse',
      rule: 'split-conformal',
      images: 200,
      requestedRate: 0.01,
      promisedRate: 0.01,
      threshold: 0.0746,
      when: '2026-11-24T08:00:00Z',
    },
    notebookRule: null,
    points: null,
    projections: [],
    begunProjection: null,
    pcaBaseline: null,
    ...changes,
  });
}

export function modelBytes(changes: Partial<ModelCard> = {}, weight = 1): Uint8Array {
  const tensor: Tensor = { dtype: 'F32', shape: [4], data: new Float32Array(4).fill(weight) };
  return writeModelFile({ card: cardOf(changes), tensors: new Map([['weights', tensor]]) });
}
