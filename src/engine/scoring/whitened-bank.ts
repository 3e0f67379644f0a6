/**
 * Distance to the nearest fitted images in a whitened space of principal components: channels B (small images) and D
 * (photos) over orientation histograms. A bank is fitted once and then only read.
 */
import { leadingEigenpairs } from './leading-eigenvectors.ts';

/** How a bank is fitted and asked. */
export interface BankRecipe {
  /** Principal components, at most. */
  readonly components: number;
  /** Share of the mean leading eigenvalue that is added to each. */
  readonly ridge: number;
  /** Stored images that a distance is the mean of, at most. */
  readonly neighbours: number;
}

export interface WhitenedBank {
  /** Numbers of a histogram D, components k, stored images n. */
  readonly size: number;
  readonly components: number;
  readonly count: number;
  /** Of the recipe. */
  readonly neighbours: number;
  /** F32 `[D]`. */
  readonly mean: Float32Array;
  /** F32 `[k, D]`: principal directions, each divided by its scale. */
  readonly projection: Float32Array;
  /** F32 `[k]`: √(eigenvalue + ridge). */
  readonly scale: Float32Array;
  /** F32 `[n, k]`: the stored images' coordinates. */
  readonly bank: Float32Array;
}

/** A component needs some images to be more than accident. */
const imagesPerComponent = 5;
const rowsPerBreath = 200;
/** The picture of a departure is against the mean of so many: that of one or two shows what is theirs alone. */
const pictured = 5;

/** F64 `[D]`: mean of the rows. */
function meanOf(rows: Float32Array, count: number, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (rows[n * size + i] as number);
  }
  for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) / count;
  return mean;
}

/** Covariance F64 `[D, D]` of the rows, divided by their number. */
async function covarianceOf(
  rows: Float32Array,
  count: number,
  mean: Float64Array,
  breathe: () => Promise<void>,
): Promise<Float64Array> {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  // Four images at a time: a pass over the matrix costs more than the arithmetic.
  const four = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let n = 0; n < count; n += 4) {
    four.forEach((row, k) => {
      if (n + k >= count) row.fill(0);
      else {
        const at = (n + k) * size;
        for (let i = 0; i < size; i++) row[i] = (rows[at + i] as number) - (mean[i] as number);
      }
    });
    const [a, b, c, d] = four;
    for (let i = 0; i < size; i++) {
      const [p, q, s, t] = [a[i] as number, b[i] as number, c[i] as number, d[i] as number];
      const to = i * size;
      for (let j = i; j < size; j++) {
        covariance[to + j] =
          (covariance[to + j] as number) +
          p * (a[j] as number) +
          q * (b[j] as number) +
          s * (c[j] as number) +
          t * (d[j] as number);
      }
    }
    if (n % rowsPerBreath < 4) await breathe();
  }
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = (covariance[i * size + j] as number) / count;
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return covariance;
}

/**
 * Fits the components on `count` histograms and stores all of them.
 * @param rows F32 `[n, D]`, n ≥ 1
 */
export async function fitBank(
  rows: Float32Array,
  count: number,
  size: number,
  { components: most, ridge, neighbours }: BankRecipe,
  breathe: () => Promise<void>,
): Promise<WhitenedBank> {
  const mean = meanOf(rows, count, size);
  const covariance = await covarianceOf(rows, count, mean, breathe);
  const wanted = Math.max(1, Math.floor(count / imagesPerComponent));
  const components = Math.min(most, wanted, size);
  const { values, vectors } = await leadingEigenpairs(covariance, size, components, breathe);
  const meanValue = values.reduce((a, b) => a + b, 0) / components;
  const projection = new Float32Array(components * size);
  // A direction without variance says nothing, and must not divide by 0.
  const scale = Float32Array.from(values, (value) => Math.sqrt(value + ridge * meanValue + 1e-12));
  for (let r = 0; r < components; r++) {
    for (let i = 0; i < size; i++) {
      projection[r * size + i] = (vectors[r * size + i] as number) / (scale[r] as number);
    }
  }
  const model = { size, components, count, neighbours, mean: Float32Array.from(mean), projection, scale };
  const bank = new Float32Array(count * components);
  const coordinates = new Float64Array(components);
  for (let n = 0; n < count; n++) {
    project(model, rows, n * size, coordinates);
    bank.set(coordinates, n * components);
    if (n % rowsPerBreath === 0) await breathe();
  }
  return { ...model, bank };
}

/** Whitened coordinates of a histogram, summed in double precision. @param out F64 `[k]` */
export function project(
  { size, components, mean, projection }: Omit<WhitenedBank, 'bank'>,
  histogram: ArrayLike<number>,
  offset: number,
  out: Float64Array,
): void {
  for (let r = 0; r < components; r++) {
    let sum = 0;
    for (let i = 0, at = r * size; i < size; i++, at++) {
      sum += (projection[at] as number) * ((histogram[offset + i] as number) - (mean[i] as number));
    }
    out[r] = sum;
  }
}

export interface Nearest {
  /** Mean Euclidean distance to the nearest stored images. */
  readonly score: number;
  /** Numbers in the bank of the five nearest, nearest first, for {@link departureMap}. */
  readonly indices: readonly number[];
}

/** The nearest stored images to a histogram, in the whitened space. */
export function nearestInBank(model: WhitenedBank, histogram: ArrayLike<number>, offset = 0): Nearest {
  const { components, count, neighbours, bank } = model;
  const point = new Float64Array(components);
  project(model, histogram, offset, point);
  const kept = Math.min(Math.max(neighbours, pictured), count);
  const distances = new Float64Array(kept).fill(Number.POSITIVE_INFINITY);
  const indices = new Int32Array(kept);
  let worst = Number.POSITIVE_INFINITY;
  for (let n = 0; n < count; n++) {
    let sum = 0;
    const row = n * components;
    // Most images are told to be too far by their first components.
    for (let i = 0; i < components && sum < worst;) {
      const end = Math.min(components, i + 8);
      for (; i < end; i++) {
        const difference = (point[i] as number) - (bank[row + i] as number);
        sum += difference * difference;
      }
    }
    if (sum >= worst) continue;
    let place = kept - 1;
    while (place > 0 && (distances[place - 1] as number) > sum) {
      distances[place] = distances[place - 1] as number;
      indices[place] = indices[place - 1] as number;
      place--;
    }
    distances[place] = sum;
    indices[place] = n;
    worst = distances[kept - 1] as number;
  }
  const asked = Math.min(neighbours, count);
  let total = 0;
  for (let i = 0; i < asked; i++) total += Math.sqrt(distances[i] as number);
  return { score: total / asked, indices: [...indices] };
}

/**
 * Where a histogram departs from its nearest stored images: squared differences between it and their mean, both as the
 * components see it, summed over the orientations of each cell.
 * @returns F64 `[cells]`
 */
export function departureMap(
  model: WhitenedBank,
  histogram: ArrayLike<number>,
  indices: readonly number[],
  bins: number,
): Float64Array {
  const { size, components, bank, projection, scale } = model;
  const point = new Float64Array(components);
  project(model, histogram, 0, point);
  const difference = new Float64Array(size);
  for (let r = 0; r < components; r++) {
    let mean = 0;
    for (const n of indices) mean += (bank[n * components + r] as number) / indices.length;
    // A row is direction / scale, a coordinate is in units of scale: back to the histogram's own units.
    const weight = ((point[r] as number) - mean) * (scale[r] as number) ** 2;
    for (let i = 0; i < size; i++) {
      difference[i] = (difference[i] as number) + weight * (projection[r * size + i] as number);
    }
  }
  const map = new Float64Array(size / bins);
  for (let i = 0; i < size; i++) {
    const cell = Math.floor(i / bins);
    map[cell] = (map[cell] as number) + (difference[i] as number) ** 2;
  }
  return map;
}
