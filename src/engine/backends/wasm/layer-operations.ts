/** The three products of a layer (see geometry.ts), on `count` images that lie one after another. */
import type { Arena } from './arena.ts';
import type { Geometry } from './geometry.ts';
import type { Kernels, Pointer } from './kernels.ts';

/** Patches are made in strips of at most this many floats, or one line: they stay in the second-level cache. */
const stripFloats = 16 * 1024;
/** Depth of a partial product: its part of the weights stays in the cache for all images. */
const depthBlock = 256;
/**
 * Rows that lie a multiple of 4 KiB apart fall on the same few lines of the first-level cache and drive one another out
 * of it: where all of them are read side by side, they are spread by a line first.
 */
const aliasFloats = 1024;
const lineFloats = 16;
/** Columns per panel of a matrix that is not packed (gemm.ts). */
const panel = 8;

interface Strip {
  readonly firstLine: number;
  readonly lines: number;
  /** First position and number of positions on the small side. */
  readonly first: number;
  readonly positions: number;
}

const linesPerStrip = ({ small, patchRow }: Geometry): number =>
  Math.max(1, Math.floor(stripFloats / (small.width * patchRow)));

function* strips(geometry: Geometry, count: number): Generator<Strip> {
  const { height, width } = geometry.small;
  const step = linesPerStrip(geometry);
  for (let firstLine = 0; firstLine < count * height; firstLine += step) {
    const lines = Math.min(step, count * height - firstLine);
    yield { firstLine, lines, first: firstLine * width, positions: lines * width };
  }
}

const isSpread = ({ layer, bigSize }: Geometry): boolean => !layer.strided && bigSize % aliasFloats === 0;

/** Floats that {@link LayerOperations} needs for patches and spread rows of at most `capacity` images. */
export function workFloats(geometries: readonly Geometry[], capacity: number): number {
  const floats = geometries.map((g) => {
    if (g.layer.strided) return linesPerStrip(g) * g.small.width * g.patchRow;
    return isSpread(g) ? capacity * (g.bigSize + lineFloats) : 0;
  });
  return Math.max(0, ...floats);
}

/** Floats of a layer's packed transposed weights. */
export const packedFloats = ({ patch, small }: Geometry): number =>
  Math.ceil(patch / panel) * panel * small.channels;

export class LayerOperations {
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  /** Patches of a strip, or spread rows. */
  readonly #work: Pointer;

  /** @param work a buffer of {@link workFloats} */
  constructor(kernels: Kernels, arena: Arena, work: Pointer) {
    this.#kernels = kernels;
    this.#arena = arena;
    this.#work = work;
  }

  /** small = patches(big) · weights. */
  contract(geometry: Geometry, count: number, big: Pointer, weights: Pointer, small: Pointer): void {
    if (!geometry.layer.strided) {
      const { bigSize, smallSize } = geometry;
      for (let from = 0; from < bigSize; from += depthBlock) {
        const depth = Math.min(depthBlock, bigSize - from);
        const block = weights + 4 * from * smallSize;
        // prettier-ignore
        this.#kernels.gemm(
          count, smallSize, depth, big + 4 * from, bigSize, 1, block, panel, smallSize,
          small, smallSize, Number(from > 0),
        );
      }
      return;
    }
    for (const strip of strips(geometry, count)) {
      this.#gather(geometry, big, strip);
      this.#contractStrip(geometry, strip, weights, small);
    }
  }

  /**
   * big = scatter(small · weightsᵀ), weights packed by `packTransposed`.
   * `accumulate` adds to what big holds; only for layers that are not strided.
   */
  expand(
    geometry: Geometry,
    count: number,
    small: Pointer,
    packed: Pointer,
    big: Pointer,
    accumulate = false,
  ): void {
    const { patchRow, bigSize, small: shape } = geometry;
    const depth = shape.channels;
    const kernels = this.#kernels;
    if (!geometry.layer.strided) {
      // prettier-ignore
      kernels.gemm(
        count, bigSize, depth, small, depth, 1, packed, panel * depth, panel,
        big, bigSize, Number(accumulate),
      );
      return;
    }
    this.#arena.clear(big, count * bigSize);
    const { height, width, channels } = geometry.big;
    for (const { firstLine, lines, first, positions } of strips(geometry, count)) {
      // prettier-ignore
      kernels.gemm(
        positions, patchRow, depth, small + 4 * first * depth, depth, 1, packed, panel * depth, panel,
        this.#work, patchRow, 0,
      );
      kernels.scatterPatches(this.#work, patchRow, big, height, width, channels, firstLine, lines);
    }
  }

  /**
   * gradient += patches(big)ᵀ · small, where one side holds activations and the other gradients.
   * `accumulate` false replaces; only for layers that are not strided.
   */
  weightGradient(
    geometry: Geometry,
    count: number,
    big: Pointer,
    small: Pointer,
    gradient: Pointer,
    accumulate: boolean,
  ): void {
    if (!geometry.layer.strided) {
      const { bigSize, smallSize } = geometry;
      const [rows, stride] = isSpread(geometry) ? this.#spread(geometry, count, big) : [big, bigSize];
      // prettier-ignore
      this.#kernels.gemm(
        bigSize, smallSize, count, rows, 1, stride, small, panel, smallSize,
        gradient, smallSize, Number(accumulate),
      );
      return;
    }
    for (const strip of strips(geometry, count)) {
      this.#gather(geometry, big, strip);
      this.#gradientStrip(geometry, strip, small, gradient);
    }
  }

  /** The backward pass of a strided transposed convolution: weight gradient and contraction share their patches. */
  contractWithGradient(
    geometry: Geometry,
    count: number,
    bigGradient: Pointer,
    weights: Pointer,
    smallGradient: Pointer,
    small: Pointer,
    gradient: Pointer,
  ): void {
    for (const strip of strips(geometry, count)) {
      this.#gather(geometry, bigGradient, strip);
      this.#gradientStrip(geometry, strip, small, gradient);
      this.#contractStrip(geometry, strip, weights, smallGradient);
    }
  }

  /** @returns the rows' copy and the floats between two of them */
  #spread({ bigSize }: Geometry, count: number, big: Pointer): [Pointer, number] {
    const stride = bigSize + lineFloats;
    for (let i = 0; i < count; i++) {
      this.#arena.copy(this.#work + 4 * i * stride, big + 4 * i * bigSize, bigSize);
    }
    return [this.#work, stride];
  }

  #gather(geometry: Geometry, big: Pointer, { firstLine, lines }: Strip): void {
    const { height, width, channels } = geometry.big;
    // prettier-ignore
    this.#kernels.gatherPatches(
      big, height, width, channels, firstLine, lines, this.#work, geometry.patchRow,
    );
  }

  #contractStrip(geometry: Geometry, { first, positions }: Strip, weights: Pointer, small: Pointer): void {
    const { patch, patchRow } = geometry;
    const { channels } = geometry.small;
    // prettier-ignore
    this.#kernels.gemm(
      positions, channels, patch, this.#work, patchRow, 1, weights, panel, channels,
      small + 4 * first * channels, channels, 0,
    );
  }

  #gradientStrip(geometry: Geometry, { first, positions }: Strip, small: Pointer, gradient: Pointer): void {
    const { patch, patchRow } = geometry;
    const { channels } = geometry.small;
    // prettier-ignore
    this.#kernels.gemm(
      patch, channels, positions, this.#work, 1, patchRow,
      small + 4 * first * channels, panel, channels, gradient, channels, 1,
    );
  }
}
