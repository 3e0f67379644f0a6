/** The points of the map, taken at the end of a training: which images, their latents, what they are. */
import { pointSets, type MapPoints } from '../../shared/map-points.ts';
import { projectionTensor, tensorNames } from '../../shared/model-file.ts';
import type { PointsCard, ProjectionCard } from '../../shared/model-card.ts';
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import type { Tensor } from '../../shared/safetensors.ts';
import { tensor } from '../model/model-tensors.ts';
import type { StageHooks } from '../projection/hooks.ts';
import { principalPlane } from '../projection/pca.ts';
import type { ScoredImages } from '../scoring/reconstruction-error.ts';
import type { LoadedData, SplitIndices } from '../training/loaded-data.ts';
import { makeThumbnails } from './thumbnails.ts';

/** Bytes of all latents in a file. */
export const latentBudget = 16 * 2 ** 20;

export interface ChosenPoints {
  /** Image numbers: validation, calibration, test, then fit; each ascending. */
  readonly images: Uint32Array;
  readonly heldOut: number;
}

/** Some of the images, chosen by the seed, in their own order. */
function sampled(images: Uint32Array, wanted: number, seed: number): Uint32Array {
  if (wanted >= images.length) return images;
  const order = permutation(keyedRandom(seed, streams.sample), images.length);
  return order
    .slice(0, wanted)
    .sort()
    .map((i) => images[i] ?? 0);
}

const concatenated = (...parts: readonly Uint32Array[]): Uint32Array =>
  Uint32Array.from(parts.flatMap((part) => [...part]));

/**
 * All images while their latents fit the budget; else those never trained on; else a seeded sample of those, or of
 * the fitted ones where nothing was held out.
 */
export function choosePoints(
  split: SplitIndices,
  latent: number,
  seed: number,
  budget = latentBudget,
): ChosenPoints {
  const room = Math.floor(budget / (4 * latent));
  const heldOut = concatenated(split.validation, split.calibration, split.test);
  if (heldOut.length + split.fit.length <= room) {
    return { images: concatenated(heldOut, split.fit), heldOut: heldOut.length };
  }
  if (heldOut.length === 0) return { images: sampled(split.fit, room, seed), heldOut: 0 };
  const images = sampled(heldOut, room, seed);
  return { images, heldOut: images.length };
}

/** U8: the set of each chosen image, as an index into {@link pointSets}. */
function setsOf({ images }: ChosenPoints, split: SplitIndices, count: number): Uint8Array {
  const setOf = new Uint8Array(count);
  pointSets.forEach((set, code) => split[set].forEach((image) => (setOf[image] = code)));
  return Uint8Array.from(images, (image) => setOf[image] ?? 0);
}

/** The paths in use and, for each point, its index among them. */
function pathsInUse(all: readonly string[], files: Int32Array): { paths: string[]; files: Int32Array } {
  const paths: string[] = [];
  const known = new Map<number, number>();
  const indices = files.map((file) => {
    const before = known.get(file);
    if (before !== undefined) return before;
    known.set(file, paths.length);
    return paths.push(all[file] ?? '') - 1;
  });
  return { paths, files: indices };
}

/**
 * Encodes and scores the chosen images.
 * @param score the verdict's scores and the latents of images, in order; throws to cancel
 * @param breathe called between thumbnails
 */
export async function collectPoints(
  { images, split }: LoadedData,
  chosen: ChosenPoints,
  latent: number,
  score: (indices: Uint32Array) => Promise<ScoredImages>,
  breathe: () => Promise<void>,
): Promise<MapPoints> {
  const { latents, scores } = await score(chosen.images);
  const of = (values: Int32Array, missing: number): Int32Array =>
    Int32Array.from(chosen.images, (image) => values[image] ?? missing);
  const thumbnails = await makeThumbnails(images, chosen.images, breathe);
  return {
    ...{ count: chosen.images.length, total: images.count, heldOut: chosen.heldOut },
    ...{ latent, latents, scores },
    labels: of(images.labels, -1),
    sets: setsOf(chosen, split, images.count),
    positions: of(images.positions, 0),
    ...pathsInUse(images.paths, of(images.files, 0)),
    thumbnails: thumbnails.count > 0 ? thumbnails : null,
  };
}

export const pointsCard = ({ count, total, heldOut }: MapPoints): PointsCard => ({ count, total, heldOut });

/** Points as the tensors that map-points.ts reads. */
export function pointTensors(points: MapPoints): [string, Tensor][] {
  const { count, latent, thumbnails } = points;
  const paths = new TextEncoder().encode(JSON.stringify(points.paths));
  const tensors: [string, Tensor][] = [
    [tensorNames.pointLatents, tensor([count, latent], points.latents)],
    [tensorNames.pointLabels, tensor([count], points.labels)],
    [tensorNames.pointSets, tensor([count], points.sets)],
    [tensorNames.pointScores, tensor([count], points.scores)],
    [tensorNames.pointFiles, tensor([count], points.files)],
    [tensorNames.pointPositions, tensor([count], points.positions)],
    [tensorNames.pointPaths, tensor([paths.length], paths)],
  ];
  if (thumbnails) {
    const shape = [thumbnails.count, thumbnails.height, thumbnails.width, thumbnails.channels];
    tensors.push([tensorNames.pointThumbnails, tensor(shape, thumbnails.pixels)]);
  }
  return tensors;
}

/** A projection with its coordinates, F32 `[card.count, 2]`. */
export interface ProjectedPoints {
  readonly card: ProjectionCard;
  readonly coordinates: Float32Array;
}

export const projectionTensors = ({ card, coordinates }: ProjectedPoints): [string, Tensor][] => [
  [projectionTensor(card.method), tensor([card.count, 2], coordinates)],
];

/** All points on their principal plane. @throws what the hooks throw */
export async function principalProjection(
  { latents, count, latent }: Pick<MapPoints, 'latents' | 'count' | 'latent'>,
  when: string,
  hooks: StageHooks = {},
): Promise<ProjectedPoints> {
  const { coordinates } = await principalPlane({ points: latents, count, dimensions: latent }, hooks);
  const card: ProjectionCard = {
    ...{ method: 'pca', count, perplexity: null, iterations: 0, planned: 0, seed: 0 },
    ...{ kl: null, recall: null, trustworthiness: null, engine: 'typed arrays, f64', when },
  };
  return { card, coordinates };
}
