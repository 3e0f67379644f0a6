/** The points of the map as a model file keeps them: latents, what they are, where they lie. The one reader of them. */
import * as v from 'valibot';
import { LensError } from './errors.ts';
import { projectionCardOf, type ProjectionCard, type ProjectionName } from './model-card.ts';
import { projectionTensor, tensorNames, tsneTensors, type ModelFile, type TsneName } from './model-file.ts';
import type { Dtype, TensorData } from './safetensors.ts';

/** Values of {@link MapPoints.sets}. */
export const pointSets = ['fit', 'validation', 'calibration', 'test'] as const;
export type PointSet = (typeof pointSets)[number];

/** Small pictures of the first points. */
export interface Thumbnails {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** U8 `[count, height, width, channels]`. */
  readonly pixels: Uint8Array;
}

/** Held-out points come first (validation, calibration, test), then the fitted ones. */
export interface MapPoints {
  readonly count: number;
  /** Images of the data set: n of N. */
  readonly total: number;
  /** The first so many points were never trained on. */
  readonly heldOut: number;
  /** Latent size k. */
  readonly latent: number;
  /** F32 `[n, k]`. */
  readonly latents: Float32Array;
  /** I32 `[n]`: index into the card's classes, −1 where there is none. */
  readonly labels: Int32Array;
  /** U8 `[n]`: index into {@link pointSets}. */
  readonly sets: Uint8Array;
  /** F64 `[n]`: mean squared error of the reconstruction. */
  readonly scores: Float64Array;
  /** I32 `[n]`: index into `paths`. */
  readonly files: Int32Array;
  /** I32 `[n]`: position within an IDX file; 0 for image files. */
  readonly positions: Int32Array;
  /** Relative to the data set's root. */
  readonly paths: readonly string[];
  readonly thumbnails: Thumbnails | null;
}

const largestThumbnail = 256;

const invalid = (name: string, what: string): LensError =>
  new LensError('invalid-model-file', `The map in this model file does not hold: “${name}” ${what}.`);

interface ArrayOf {
  F64: Float64Array;
  F32: Float32Array;
  I32: Int32Array;
  U32: Uint32Array;
  U8: Uint8Array;
}

/** The values of a tensor that has to be there in this dtype and shape (null: any size). */
function values<D extends Dtype>(
  { tensors }: ModelFile,
  name: string,
  dtype: D,
  shape: readonly (number | null)[],
): ArrayOf[D] {
  const tensor = tensors.get(name);
  if (!tensor) throw invalid(name, 'is missing');
  const fits =
    tensor.dtype === dtype &&
    tensor.shape.length === shape.length &&
    shape.every((size, axis) => size === null || tensor.shape[axis] === size);
  if (!fits) throw invalid(name, 'has an unexpected dtype or shape');
  return tensor.data as TensorData as ArrayOf[D];
}

const every = (array: ArrayLike<number>, holds: (value: number) => boolean): boolean => {
  for (let i = 0; i < array.length; i++) if (!holds(array[i] as number)) return false;
  return true;
};

function readPaths(bytes: Uint8Array): readonly string[] {
  try {
    const paths: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return v.parse(v.array(v.string()), paths);
  } catch {
    throw invalid(tensorNames.pointPaths, 'is not a list of paths');
  }
}

function readThumbnails(file: ModelFile, points: number): Thumbnails | null {
  const name = tensorNames.pointThumbnails;
  if (!file.tensors.has(name)) return null;
  const pixels = values(file, name, 'U8', [null, null, null, file.card.spec.channels]);
  const [count = 0, height = 0, width = 0] = file.tensors.get(name)?.shape ?? [];
  if (count > points) throw invalid(name, 'has more pictures than there are points');
  if (count === 0) return null;
  if (!(height >= 1 && width >= 1 && Math.max(height, width) <= largestThumbnail)) {
    throw invalid(name, 'has pictures of an impossible size');
  }
  return { count, height, width, channels: file.card.spec.channels, pixels };
}

/**
 * The points of a model; null where it has none (training is not over, or the file is of the first version).
 * @throws LensError `invalid-model-file` where a tensor is missing or does not fit the card
 */
export function readPoints(file: ModelFile): MapPoints | null {
  const { card } = file;
  if (!card.points) return null;
  const { count, total, heldOut } = card.points;
  if (heldOut > count || count > total) throw invalid('points', 'counts more than there are');
  const latents = values(file, tensorNames.pointLatents, 'F32', [count, card.spec.latent]);
  const labels = values(file, tensorNames.pointLabels, 'I32', [count]);
  const sets = values(file, tensorNames.pointSets, 'U8', [count]);
  const scores = values(file, tensorNames.pointScores, 'F64', [count]);
  const files = values(file, tensorNames.pointFiles, 'I32', [count]);
  const positions = values(file, tensorNames.pointPositions, 'I32', [count]);
  const paths = readPaths(values(file, tensorNames.pointPaths, 'U8', [null]));
  const { classes } = card.dataset;
  if (!every(latents, Number.isFinite))
    throw invalid(tensorNames.pointLatents, 'holds a value that is no number');
  if (!every(scores, Number.isFinite))
    throw invalid(tensorNames.pointScores, 'holds a value that is no number');
  if (!every(labels, (label) => label >= -1 && label < classes.length)) {
    throw invalid(tensorNames.pointLabels, 'names a class that is not there');
  }
  if (!every(sets, (set) => set < pointSets.length))
    throw invalid(tensorNames.pointSets, 'names an unknown set');
  if (!every(files, (index) => index >= 0 && index < paths.length)) {
    throw invalid(tensorNames.pointFiles, 'names a file that is not there');
  }
  if (!every(positions, (position) => position >= 0))
    throw invalid(tensorNames.pointPositions, 'is negative');
  return {
    ...{ count, total, heldOut, latent: card.spec.latent },
    ...{ latents, labels, sets, scores, files, positions, paths },
    thumbnails: readThumbnails(file, count),
  };
}

/** A projection as it stands in a file. */
export interface MapProjection {
  readonly card: ProjectionCard;
  /** F32 `[card.count, 2]`: coordinates of the first points. */
  readonly coordinates: Float32Array;
}

/** F32 `[count, 2]`, all of them numbers. */
function pairs(file: ModelFile, name: string, count: number): Float32Array {
  const read = values(file, name, 'F32', [count, 2]);
  if (!every(read, Number.isFinite)) throw invalid(name, 'holds a value that is no number');
  return read;
}

/**
 * A projection's coordinates; null where the file has none of this name.
 * @throws LensError `invalid-model-file` where they do not fit the card
 */
export function readProjection(file: ModelFile, name: ProjectionName): MapProjection | null {
  const card = projectionCardOf(file.card, name);
  if (!card) return null;
  const tensor = projectionTensor(name);
  if (card.count > (file.card.points?.count ?? 0)) throw invalid(tensor, 'has more points than the map');
  return { card, coordinates: pairs(file, tensor, card.count) };
}

/** A t-SNE with what it needs to go on, F32 `[card.count, 2]` each. */
export interface MapTsne extends MapProjection {
  readonly velocities: Float32Array;
  readonly gains: Float32Array;
}

/**
 * A t-SNE to go on with; null where the file has none of this name, or keeps no more of it than its coordinates.
 * @throws LensError `invalid-model-file` where a tensor does not fit the card
 */
export function readTsne(file: ModelFile, name: TsneName): MapTsne | null {
  const projection = readProjection(file, name);
  const { velocities, gains } = tsneTensors(name);
  if (!projection || !file.tensors.has(velocities) || !file.tensors.has(gains)) return null;
  const { count } = projection.card;
  return { ...projection, velocities: pairs(file, velocities, count), gains: pairs(file, gains, count) };
}

/** How a point is called: its path, or path and number (from 1) within an IDX file. */
export function pointName(
  { paths, files, positions }: Pick<MapPoints, 'paths' | 'files' | 'positions'>,
  point: number,
  kind: 'folder' | 'idx',
): string {
  const path = paths[files[point] ?? -1] ?? '';
  return kind === 'folder' ? path : `${path} #${(positions[point] ?? 0) + 1}`;
}
