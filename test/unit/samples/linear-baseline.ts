/** The linear baseline of the sample images: principal components, residuals, and the area under the ROC curve. */
import { SampleRandom } from '../../../src/extension/samples/random.ts';

/** Centred images as rows: [count, size], row-major, levels 0 to 1 minus the mean image. */
function centred(images: readonly Uint8Array[], mean: Float64Array): Float64Array[] {
  return images.map((pixels) => Float64Array.from(pixels, (value, i) => value / 255 - (mean[i] as number)));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (source[i] as number);
}

/** Gram-Schmidt, twice over, in place. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, i) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, i)) addScaled(vector, earlier, -dot(vector, earlier));
    }
    const length = Math.sqrt(dot(vector, vector));
    vector.forEach((value, k) => (vector[k] = value / length));
  });
}

/** Leading eigenvectors of a symmetric positive semi-definite matrix (its rows), by orthogonal iteration. */
function leadingEigenvectors(matrix: readonly Float64Array[], count: number): Float64Array[] {
  const random = new SampleRandom(7, 'orthogonal iteration', 0);
  let vectors = Array.from({ length: count }, () => Float64Array.from(matrix, () => random.bell()));
  orthonormalise(vectors);
  for (let round = 0; round < 160; round++) {
    vectors = vectors.map((vector) => Float64Array.from(matrix, (row) => dot(row, vector)));
    orthonormalise(vectors);
  }
  return vectors;
}

/** A linear model fitted to images: the mean image and orthonormal components. */
export interface LinearBaseline {
  readonly mean: Float64Array;
  readonly components: readonly Float64Array[];
}

/** Fits principal components to images of one size, over whichever of the two Gram matrices is the smaller. */
export function fitBaseline(images: readonly Uint8Array[], count: number): LinearBaseline {
  const size = images[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const pixels of images)
    pixels.forEach((v, i) => (mean[i] = (mean[i] as number) + v / 255 / images.length));
  const rows = centred(images, mean);
  const byPixel = size <= images.length;
  const columns = byPixel
    ? Array.from({ length: size }, (_, i) => Float64Array.from(rows, (row) => row[i] as number))
    : rows;
  const gram = columns.map(() => new Float64Array(columns.length));
  for (let i = 0; i < columns.length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(columns[i] as Float64Array, columns[j] as Float64Array);
      (gram[i] as Float64Array)[j] = value;
      (gram[j] as Float64Array)[i] = value;
    }
  }
  const vectors = leadingEigenvectors(gram, count);
  if (byPixel) return { mean, components: vectors };
  const components = vectors.map((vector) => {
    const component = new Float64Array(size);
    rows.forEach((row, i) => addScaled(component, row, vector[i] as number));
    return component;
  });
  orthonormalise(components);
  return { mean, components };
}

/** Mean squared error of each image against its projection on the components. */
export function residuals(baseline: LinearBaseline, images: readonly Uint8Array[]): number[] {
  return centred(images, baseline.mean).map((row) => {
    const energy = dot(row, row);
    const kept = baseline.components.reduce((sum, component) => sum + dot(component, row) ** 2, 0);
    return (energy - kept) / row.length;
  });
}

/** The probability that a random anomalous score exceeds a random good one; ties count half. */
export function auroc(good: readonly number[], anomalous: readonly number[]): number {
  let wins = 0;
  for (const a of anomalous) for (const g of good) wins += a > g ? 1 : a === g ? 0.5 : 0;
  return wins / (good.length * anomalous.length);
}
