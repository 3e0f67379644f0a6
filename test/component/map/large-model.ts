// A model of as many points as are wanted, without training: what the map is measured with.
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { parameterTensors, tensor } from '../../../src/engine/model/model-tensors.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { pointTensors, projectionTensors } from '../../../src/engine/latents/points.ts';
import type { MapPoints } from '../../../src/shared/map-points.ts';
import { tensorNames, writeModelFile } from '../../../src/shared/model-file.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';
import { keyedRandom, normalPair, uniform } from '../../../src/shared/random.ts';
import { cardOf } from '../../unit/extension/support/model-bytes.ts';

const classCount = 10;

/**
 * The model file: ten clusters of latents, placed as t-SNE places them. The untrained decoder makes everything gray, so
 * that the score of an even image is about (value − 0.5)²; the threshold lies just below 0.1.
 */
export function largeModel(count: number): Uint8Array {
  const { latent } = notebookSpec;
  const next = keyedRandom(9, 1);
  const centres = Array.from({ length: classCount }, () => ({
    latent: Array.from({ length: latent }, () => 6 * normalPair(next)[0]),
    x: 120 * (uniform(next) - 0.5),
    y: 90 * (uniform(next) - 0.5),
  }));
  const points: MapPoints = {
    ...{ count, total: count, heldOut: count / 7, latent },
    latents: new Float32Array(count * latent),
    labels: Int32Array.from({ length: count }, (_, n) => n % classCount),
    sets: Uint8Array.from({ length: count }, (_, n) => (n < count / 7 ? 3 : 0)),
    scores: Float64Array.from({ length: count }, () => 0.02 + 0.06 * uniform(next) ** 4),
    files: Int32Array.from({ length: count }, (_, n) => n),
    positions: new Int32Array(count),
    paths: Array.from({ length: count }, (_, n) => `${n % classCount}/${Math.floor(n / classCount)}.png`),
    thumbnails: null,
  };
  const coordinates = new Float32Array(2 * count);
  for (let n = 0; n < count; n++) {
    const centre = centres[n % classCount];
    if (!centre) continue;
    for (let i = 0; i < latent; i++)
      points.latents[n * latent + i] = (centre.latent[i] ?? 0) + normalPair(next)[0];
    const [a, b] = normalPair(next);
    coordinates[2 * n] = centre.x + 11 * a;
    coordinates[2 * n + 1] = centre.y + 11 * b;
  }
  const card = cardOf({
    points: { count, total: count, heldOut: count / 7 },
    projections: [
      {
        ...{ method: 'tsne', count, perplexity: 30, iterations: 1000, planned: 1000, seed: 1 },
        ...{ kl: 1.7, recall: 0.45, trustworthiness: 0.98, engine: 'wasm-fma', when: '2026-11-24T08:00:00Z' },
      },
    ],
  });
  card.dataset = {
    ...card.dataset,
    images: count,
    classes: Array.from({ length: classCount }, (_, digit) => ({
      name: String(digit),
      count: count / classCount,
    })),
  };
  const network = buildNetwork(card.spec);
  const [projection] = card.projections;
  if (!projection) throw new Error('the card has a projection');
  if (card.calibration) card.calibration.threshold = 0.0495;
  return writeModelFile({
    card,
    tensors: new Map([
      ...parameterTensors(network, initialParameters(network, 1)),
      ...pointTensors(points),
      [
        tensorNames.calibrationScores,
        tensor(
          [200],
          Float64Array.from({ length: 200 }, (_, n) => n / 2000),
        ),
      ],
      ...projectionTensors({ card: projection, coordinates }),
    ]),
  });
}
