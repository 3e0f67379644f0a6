/** Pictures as they are compared for near-duplicates: gray, with brightness and contrast taken out. */

/** Gray pictures of one size, U8 `[N, D]`. */
export interface GrayPictures {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

const pooledSide = 8;

/** Pearson distances between pictures: √(2 − 2ρ), 0 for pictures that differ in brightness and contrast alone, at most 2. */
export class Descriptors {
  readonly count: number;
  /** F32 `[N, pooledSize]`: coarse versions of unit length, for finding candidates. */
  readonly pooled: Float32Array;
  readonly pooledSize: number;
  readonly #pixels: Uint8Array;
  readonly #size: number;
  readonly #mean: Float64Array;
  /** Root of the summed squared deviations from the mean; 0 for a constant picture. */
  readonly #norm: Float64Array;

  constructor({ count, height, width, pixels }: GrayPictures) {
    this.count = count;
    this.#pixels = pixels;
    this.#size = height * width;
    this.#mean = new Float64Array(count);
    this.#norm = new Float64Array(count);
    const [rows, columns] = [Math.min(pooledSide, height), Math.min(pooledSide, width)];
    this.pooledSize = rows * columns;
    this.pooled = new Float32Array(count * this.pooledSize);
    const cellOf = Int32Array.from({ length: this.#size }, (_, i) => {
      const row = Math.floor((Math.floor(i / width) * rows) / height);
      return row * columns + Math.floor(((i % width) * columns) / width);
    });
    const cellSizes = new Float64Array(this.pooledSize);
    for (const cell of cellOf) cellSizes[cell] = (cellSizes[cell] as number) + 1;
    const cells = new Float64Array(this.pooledSize);
    for (let n = 0; n < count; n++) {
      const at = n * this.#size;
      let sum = 0;
      let squares = 0;
      cells.fill(0);
      for (let i = 0; i < this.#size; i++) {
        const value = pixels[at + i] as number;
        const cell = cellOf[i] as number;
        sum += value;
        squares += value * value;
        cells[cell] = (cells[cell] as number) + value;
      }
      const mean = sum / this.#size;
      this.#mean[n] = mean;
      // Sums of integers are exact, so the norm of a constant picture is 0 and not rounding.
      this.#norm[n] = Math.sqrt(Math.max(0, squares * this.#size - sum * sum) / this.#size);
      let length = 0;
      for (let c = 0; c < cells.length; c++) {
        cells[c] = (cells[c] as number) / (cellSizes[c] as number) - mean;
        length += (cells[c] as number) ** 2;
      }
      const scale = length > 0 ? 1 / Math.sqrt(length) : 0;
      for (let c = 0; c < cells.length; c++) {
        this.pooled[n * this.pooledSize + c] = (cells[c] as number) * scale;
      }
    }
  }

  distance(a: number, b: number): number {
    const [na, nb] = [this.#norm[a] as number, this.#norm[b] as number];
    if (na === 0 || nb === 0) return na === nb ? 0 : Math.SQRT2;
    const size = this.#size;
    const pixels = this.#pixels;
    let product = 0;
    for (let i = 0, p = a * size, q = b * size; i < size; i++, p++, q++) {
      product += (pixels[p] as number) * (pixels[q] as number);
    }
    const correlation = (product - size * (this.#mean[a] as number) * (this.#mean[b] as number)) / (na * nb);
    return Math.sqrt(Math.max(0, 2 - 2 * correlation));
  }
}
