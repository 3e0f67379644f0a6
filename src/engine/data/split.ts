/**
 * Which image serves what. Three disjoint sets are cut from the images that are free to be split: fit (training),
 * validation (loss, stopping) and calibration (threshold; selects nothing else). Images of `validation` folders are the
 * validation set; images of `test` folders are kept apart.
 *
 * Sizes: validation takes a tenth of the free images, calibration a fifth where that is at least 50, else a tenth, at most
 * 5,000 each. Calibration is raised to 200 where that takes at most a third of the units (images, or clusters of
 * near-duplicates, which count once), else to 100 where that takes at most 30 % of them: with 100 a false-positive rate of
 * 1 % can be promised, but its threshold is the largest score of all, and one odd image decides it; with 200 it is the
 * second largest.
 * With fewer than {@link minFitImages} images left to fit there is no split.
 */
import type { Split, SplitCounts } from '../../shared/dataset.ts';
import { splits } from '../../shared/dataset.ts';
import { LensError } from '../../shared/errors.ts';
import { keyedRandom, permutation, streams } from '../../shared/random.ts';

/** Fewer teach a model nothing. Twenty free images are the least that leave as many. */
export const minFitImages = 16;

const validationShare = 0.1;
const calibrationShare = 0.2;
/** A fifth of fewer images would be fewer than 50, and is better left to the fit. */
const fewestForFifth = 250;
const largestPart = 5000;
/** Calibration is raised to the first of these whose share of the free images is small enough. */
const calibrationWanted = [
  { images: 200, share: 1 / 3 },
  { images: 100, share: 0.3 },
] as const;

/** Values of {@link assignSplit}'s answer. */
export const roles = { fit: 0, validation: 1, calibration: 2, test: 3 } as const;
export type Role = keyof typeof roles;

/** The code of a wanted split: its index in `splits`, −1 for an image that is free to be split. */
export const splitCode = (split: Split | null): number => (split === null ? -1 : splits.indexOf(split));

const validationCode = splitCode('validation');
const testCode = splitCode('test');

export interface SplitOptions {
  /**
   * `detector` cuts as described above. `notebook` is the notebook's own protocol: every free image is fitted, the
   * given validation images are the validation set, nothing is calibrated.
   */
  readonly protocol?: 'detector' | 'notebook';
}

/** Images by what their folders ask for. */
export interface WantedCounts {
  /** Images of `train` folders and of folders that ask for nothing. */
  readonly free: number;
  readonly validation: number;
  readonly test: number;
  /** Clusters and single images among the free ones; as many as these where nothing is known of clusters. */
  readonly units?: number;
}

/** The sizes of the four sets. Never throws; see {@link requireEnough} for what is too little. */
export function planSplit(wanted: WantedCounts, { protocol = 'detector' }: SplitOptions = {}): SplitCounts {
  const { free, test, units = free } = wanted;
  if (protocol === 'notebook') return { fit: free, validation: wanted.validation, calibration: 0, test };
  const part = (share: number): number => Math.min(largestPart, Math.round(free * share));
  const raised = calibrationWanted.find(({ images, share }) => images <= units * share)?.images ?? 0;
  const calibration = Math.max(raised, part(free < fewestForFifth ? validationShare : calibrationShare));
  const cut = wanted.validation > 0 ? 0 : part(validationShare);
  return { fit: free - cut - calibration, validation: wanted.validation + cut, calibration, test };
}

/** @throws LensError `too-few-images` where fewer than {@link minFitImages} are left to fit */
export function requireEnough(counts: SplitCounts): void {
  if (counts.fit >= minFitImages) return;
  throw new LensError(
    'too-few-images',
    `There are too few images to train on: ${counts.fit} would be left to fit the model, and at least ${minFitImages} ` +
      'are needed (20 images, as some are set aside for validation and calibration). Choose a folder with more ' +
      'images; some hundreds make a verdict worth something.',
  );
}

export interface SplitInput {
  /** I32 `[N]`: class of each image, −1 where it has none; a class of its own for stratification. */
  readonly labels: Int32Array;
  /** I8 `[N]`: {@link splitCode} of each image. */
  readonly wanted: Int8Array;
  readonly seed: number;
  /** I32 `[N]`: equal numbers are near-duplicates and stay on one side; −1 for an image on its own. */
  readonly group?: Int32Array;
}

/** Images that are assigned together: `[image, …]`. */
type Unit = readonly number[];

/** Splits `total` among classes in proportion to their sizes (largest remainder; ties go to the class first in `order`). */
function apportion(sizes: readonly number[], total: number, order: Uint32Array): number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum === 0) return sizes.map(() => 0);
  // Integer arithmetic: quotient and remainder of size · total / sum.
  const quotas = sizes.map((size) => Math.floor((size * total) / sum));
  const remainders = sizes.map((size) => (size * total) % sum);
  const missing = total - quotas.reduce((a, b) => a + b, 0);
  [...order]
    .sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0))
    .slice(0, missing)
    .forEach((k) => {
      quotas[k] = (quotas[k] ?? 0) + 1;
    });
  return quotas;
}

/**
 * A group with a member in a given set follows it: into `test` first, else into `validation`.
 * @returns the effective wanted split of every image
 */
function followGroups(wanted: Int8Array, group: Int32Array): Int8Array {
  const given = new Map<number, number>();
  group.forEach((g, image) => {
    const code = wanted[image] ?? -1;
    if (g < 0 || (code !== validationCode && code !== testCode)) return;
    if (given.get(g) !== testCode) given.set(g, code);
  });
  return wanted.map((code, image) => given.get(group[image] ?? -1) ?? code);
}

/** The free images by class, in units that stay together; a group counts for the class of its first image. */
function unitsByClass(labels: Int32Array, free: readonly number[], group: Int32Array | undefined): Unit[][] {
  const units: number[][] = [];
  const ofGroup = new Map<number, number[]>();
  for (const image of free) {
    const g = group?.[image] ?? -1;
    const known = g < 0 ? undefined : ofGroup.get(g);
    if (known) {
      known.push(image);
      continue;
    }
    const unit = [image];
    units.push(unit);
    if (g >= 0) ofGroup.set(g, unit);
  }
  const classes = new Map<number, Unit[]>();
  for (const unit of units) {
    const label = labels[unit[0] ?? 0] ?? -1;
    const known = classes.get(label);
    if (known) known.push(unit);
    else classes.set(label, [unit]);
  }
  return [...classes].sort(([a], [b]) => a - b).map(([, list]) => list);
}

/**
 * Assigns every image to a set; stratified by class and keyed by (seed, {@link streams.split}). Without groups the
 * sets' sizes are those of {@link planSplit}; with groups they are at most that, since a group is never cut: what does
 * not fit stays in the fit set.
 * @returns U8 `[N]`: {@link roles}
 * @throws LensError `too-few-images`
 */
export function assignSplit(input: SplitInput, options: SplitOptions = {}): Uint8Array {
  const { labels, seed, group } = input;
  const wanted = group ? followGroups(input.wanted, group) : input.wanted;
  const assigned = new Uint8Array(labels.length).fill(roles.fit);
  const free: number[] = [];
  wanted.forEach((code, image) => {
    if (code === testCode) assigned[image] = roles.test;
    else if (code === validationCode) assigned[image] = roles.validation;
    else free.push(image);
  });
  const given = { validation: roleCount(assigned, 'validation'), test: roleCount(assigned, 'test') };
  const byClass = unitsByClass(labels, free, group);
  const units = byClass.reduce((sum, list) => sum + list.length, 0);
  const plan = planSplit({ free: free.length, units, ...given }, options);
  requireEnough(plan);

  const classes = byClass.map((units, k) => {
    const order = permutation(keyedRandom(seed, streams.split, k), units.length);
    return Array.from(order, (i) => units[i] as Unit);
  });
  const ties = permutation(keyedRandom(seed, streams.split, classes.length), classes.length);
  const cut = (role: Role, total: number): void => {
    const sizes = classes.map((units) => units.reduce((sum, unit) => sum + unit.length, 0));
    const quotas = apportion(sizes, total, ties);
    classes.forEach((units, k) => {
      let room = quotas[k] ?? 0;
      const kept: Unit[] = [];
      for (const unit of units) {
        if (unit.length > room) {
          kept.push(unit);
          continue;
        }
        room -= unit.length;
        for (const image of unit) assigned[image] = roles[role];
      }
      classes[k] = kept;
    });
  };
  cut('calibration', plan.calibration);
  cut('validation', plan.validation - given.validation);
  return assigned;
}

export const roleCount = (assigned: Uint8Array, role: Role): number => {
  let count = 0;
  for (const value of assigned) if (value === roles[role]) count++;
  return count;
};

/** U32: the images of one set, ascending. */
export function imagesOf(assigned: Uint8Array, role: Role): Uint32Array {
  const images = new Uint32Array(roleCount(assigned, role));
  let next = 0;
  assigned.forEach((value, image) => {
    if (value === roles[role]) images[next++] = image;
  });
  return images;
}

export const countsOf = (assigned: Uint8Array): SplitCounts => ({
  fit: roleCount(assigned, 'fit'),
  validation: roleCount(assigned, 'validation'),
  calibration: roleCount(assigned, 'calibration'),
  test: roleCount(assigned, 'test'),
});
