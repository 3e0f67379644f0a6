/**
 * Principal components of images, the baseline beside every model: residual of the projection on k components.
 * Subspace iteration with Rayleigh–Ritz (Golub & Van Loan, Matrix Computations, §8.2.4; Halko et al. 2011, alg. 4.4)
 * on the centred images, without ever forming the covariance.
 */
import { keyedRandom, normalPair, permutation, streams } from '../../shared/random.ts';
import { imageSize, type Pixels } from '../training/batches.ts';

export interface PcaModel {
  readonly components: number;
  /** Images that it was fitted on. */
  readonly images: number;
  /** `[D]`, D = H·W·C, in 0–1. */
  readonly mean: Float64Array;
  /** `[k, D]`, row-major, orthonormal rows. */
  readonly basis: Float64Array;
}

const oversampling = 10;
/** The residual of images is then that of the exact components to four figures. */
const iterations = 9;
/** Enough for 20 components of small images; the cost grows with it. */
export const maxFitImages = 5_000;
const imagesPerBreath = 500;

/** Modified Gram–Schmidt, twice for orthogonality to working precision. Rows of `[rows, size]`, in place. */
export function orthonormalise(basis: Float64Array, rows: number, size: number): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let r = 0; r < rows; r++) {
      const row = basis.subarray(r * size, (r + 1) * size);
      for (let q = 0; q < r; q++) {
        const other = basis.subarray(q * size, (q + 1) * size);
        const overlap = dot(row, other);
        for (let i = 0; i < size; i++) row[i] = (row[i] ?? 0) - overlap * (other[i] ?? 0);
      }
      const length = Math.sqrt(dot(row, row));
      if (length < 1e-12) row.fill(0);
      else for (let i = 0; i < size; i++) row[i] = (row[i] ?? 0) / length;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function centred(images: Pixels, image: number, mean: Float64Array, into: Float64Array): void {
  const start = image * mean.length;
  for (let i = 0; i < mean.length; i++) into[i] = (images.pixels[start + i] ?? 0) / 255 - (mean[i] ?? 0);
}

/** Eigenvectors of a symmetric `[n, n]` matrix by cyclic Jacobi rotations, rows ordered by falling eigenvalue. */
export function symmetricEigenvectors(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const at = (r: number, c: number): number => a[r * n + c] ?? 0;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += at(p, q) ** 2;
    if (off < 1e-24) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(at(p, q)) < 1e-300) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotateColumns(a, n, p, q, c, t * c);
        rotateRows(a, n, p, q, c, t * c);
        rotateRows(vectors, n, p, q, c, t * c);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((p, q) => at(q, q) - at(p, p));
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n));
  return sorted;
}

function rotateRows(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const x = m[p * n + k] ?? 0;
    const y = m[q * n + k] ?? 0;
    m[p * n + k] = c * x - s * y;
    m[q * n + k] = s * x + c * y;
  }
}

function rotateColumns(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const x = m[k * n + p] ?? 0;
    const y = m[k * n + q] ?? 0;
    m[k * n + p] = c * x - s * y;
    m[k * n + q] = s * x + c * y;
  }
}

/** The chosen images, centred: F32 `[n, D]`. */
function centredRows(images: Pixels, chosen: Uint32Array, mean: Float64Array): Float32Array {
  const size = mean.length;
  const rows = new Float32Array(chosen.length * size);
  const { pixels } = images;
  chosen.forEach((image, n) => {
    for (let i = 0; i < size; i++) {
      rows[n * size + i] = (pixels[image * size + i] as number) / 255 - (mean[i] as number);
    }
  });
  return rows;
}

/**
 * Adds one image's part of B ← B·XᵀX: `image += (row·basisᵀ)ᵀ·row`, and of the small matrix of the projections.
 * Four basis rows at a time: this is where the time goes.
 * @param basis `[rows, D]`, rows a multiple of four
 */
function addImage(
  row: Float32Array,
  basis: Float64Array,
  projection: Float64Array,
  image: Float64Array,
): void {
  const size = row.length;
  for (let r = 0; r < projection.length; r += 4) {
    const [a, b, c, d] = [r * size, (r + 1) * size, (r + 2) * size, (r + 3) * size];
    let [p, q, s, t] = [0, 0, 0, 0];
    for (let i = 0; i < size; i++) {
      const x = row[i] as number;
      p += x * (basis[a + i] as number);
      q += x * (basis[b + i] as number);
      s += x * (basis[c + i] as number);
      t += x * (basis[d + i] as number);
    }
    projection[r] = p;
    projection[r + 1] = q;
    projection[r + 2] = s;
    projection[r + 3] = t;
    for (let i = 0; i < size; i++) {
      const x = row[i] as number;
      image[a + i] = (image[a + i] as number) + p * x;
      image[b + i] = (image[b + i] as number) + q * x;
      image[c + i] = (image[c + i] as number) + s * x;
      image[d + i] = (image[d + i] as number) + t * x;
    }
  }
}

/** Rows of the subspace for k components: some more, filled up to a multiple of four (rows beyond D or n are 0). */
const subspaceRows = (components: number): number => 4 * Math.ceil((components + oversampling) / 4);

/** Multiplications and additions that a fit takes, in pairs. */
export const pcaCost = (images: number, size: number, components: number): number =>
  2 * (iterations + 1) * images * size * subspaceRows(components);

/**
 * Fits k components on the images at `indices`.
 * @param maxImages at most so many of them, chosen by the seed
 */
export async function fitPca(
  images: Pixels,
  indices: Uint32Array,
  components: number,
  seed: number,
  breathe: () => Promise<void>,
  maxImages = maxFitImages,
): Promise<PcaModel> {
  const size = imageSize(images);
  const order = permutation(keyedRandom(seed, streams.sample), indices.length);
  const chosen = order.slice(0, maxImages).map((i) => indices[i] ?? 0);
  const mean = new Float64Array(size);
  for (const image of chosen) {
    for (let i = 0; i < size; i++) {
      mean[i] = (mean[i] as number) + (images.pixels[image * size + i] as number) / 255;
    }
  }
  for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) / chosen.length;

  const k = Math.min(components, size, chosen.length);
  const rows = subspaceRows(k);
  const used = Math.min(k + oversampling, size, chosen.length);
  const next = keyedRandom(seed, streams.projection);
  let basis = new Float64Array(rows * size);
  for (let i = 0; i < used * size; i++) basis[i] = normalPair(next)[0];
  orthonormalise(basis, rows, size);
  const data = centredRows(images, chosen, mean);
  const projection = new Float64Array(rows);
  let small = new Float64Array(rows * rows);
  for (let iteration = 0; iteration <= iterations; iteration++) {
    const image = new Float64Array(rows * size);
    small = new Float64Array(rows * rows);
    for (let n = 0; n < chosen.length; n++) {
      addImage(data.subarray(n * size, (n + 1) * size), basis, projection, image);
      for (let r = 0; r < rows; r++) {
        const weight = projection[r] as number;
        for (let q = 0; q < rows; q++) {
          small[r * rows + q] = (small[r * rows + q] as number) + weight * (projection[q] as number);
        }
      }
      if (n % imagesPerBreath === imagesPerBreath - 1) await breathe();
    }
    await breathe();
    if (iteration === iterations) break;
    basis = image;
    orthonormalise(basis, rows, size);
  }
  const rotation = symmetricEigenvectors(small, rows);
  const leading = new Float64Array(k * size);
  for (let r = 0; r < k; r++) {
    const target = leading.subarray(r * size, (r + 1) * size);
    for (let q = 0; q < rows; q++) {
      const weight = rotation[r * rows + q] ?? 0;
      const source = basis.subarray(q * size, (q + 1) * size);
      for (let i = 0; i < size; i++) target[i] = (target[i] ?? 0) + weight * (source[i] ?? 0);
    }
  }
  return { components: k, images: chosen.length, mean, basis: leading };
}

/** Mean squared residual after projection on the components, per image. */
export function pcaScores(model: PcaModel, images: Pixels, indices: Uint32Array): Float64Array {
  const size = imageSize(images);
  const row = new Float64Array(size);
  return Float64Array.from(indices, (image) => {
    centred(images, image, model.mean, row);
    let energy = dot(row, row);
    for (let r = 0; r < model.components; r++) {
      energy -= dot(row, model.basis.subarray(r * size, (r + 1) * size)) ** 2;
    }
    return Math.max(0, energy) / size;
  });
}
