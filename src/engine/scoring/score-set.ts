/** Many images through engine and channels. */
import { channelNames, type ChannelName } from '../../shared/model-card.ts';
import type { Engine } from '../backends/engine.ts';
import { largePlane, smallPlane } from '../data/gray-planes.ts';
import { gather, imageSize } from '../training/batches.ts';
import type { ChannelScores } from './combination.ts';
import { readImage, type Reading, type Seen } from './readings.ts';
import type { ScoredPixels, ScoreModel } from './score-model.ts';

export interface ScoredSet {
  readonly scores: ChannelScores;
  /** F32 `[n, k]`. */
  readonly latents: Float32Array;
}

export interface SetHooks {
  /** Called between images: lets messages in, throws to cancel. */
  readonly breathe: (done: number) => Promise<void>;
  /** Sees every image's readings, in order, while its maps can still be had. */
  readonly onReadings?: (readings: readonly Reading[], n: number) => void;
}

const smallBatch = 64;
/** A photo takes some milliseconds: breaths come between a few of them. */
const photoBatch = 8;

/** Photos can be scored where their large plane was kept; other images always. */
export const canBeScored = (model: ScoreModel, { planes }: ScoredPixels, image: number): boolean =>
  model.place === undefined || (planes !== undefined && largePlane(planes, image) !== undefined);

/**
 * Scores of the images at `indices`, in that order, by every channel that the model has and by mean squared error.
 * A photo whose plane was not kept has NaN where the plane is needed: see {@link canBeScored}.
 */
export async function scoreSet(
  engine: Engine,
  model: ScoreModel,
  images: ScoredPixels,
  indices: Uint32Array,
  latent: number,
  { breathe, onReadings }: SetHooks,
): Promise<ScoredSet> {
  const size = imageSize(images);
  const { shape, planes } = images;
  const batch = model.place ? photoBatch : smallBatch;
  const buffer = new Float32Array(Math.min(batch, indices.length) * size);
  const latents = new Float32Array(indices.length * latent);
  const scores = new Map<ChannelName, Float64Array>();
  for (const name of channelNames) {
    const present = name === 'error' || (name === 'structure' ? model.orientation : model[name]);
    if (present) scores.set(name, new Float64Array(indices.length).fill(Number.NaN));
  }
  for (let start = 0; start < indices.length; start += batch) {
    const chosen = indices.subarray(start, start + batch);
    chosen.forEach((image, row) => gather(images, image, buffer, row * size));
    const result = await engine.reconstruct(buffer, chosen.length);
    latents.set(result.latents.subarray(0, chosen.length * latent), start * latent);
    chosen.forEach((image, row) => {
      const seen: Seen = {
        ...{ shape, input: buffer, reconstruction: result.images, offset: row * size },
        plane: planes && largePlane(planes, image),
        ...(planes ? { small: smallPlane(planes, image) } : {}),
      };
      const readings = readImage(model, seen);
      for (const { name, score } of readings) {
        const column = scores.get(name);
        if (column) column[start + row] = score;
      }
      onReadings?.(readings, start + row);
    });
    await breathe(start + chosen.length);
  }
  return { scores, latents };
}
