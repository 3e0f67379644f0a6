/** Exact nearest neighbours among many latents, without comparing every one with every other. Pure. */

/** Rounding of the compared distances must never hide a neighbour. */
const slack = 1e-6;
const mostPivots = 256;

/**
 * Rows are grouped around pivots; by the triangle inequality a group, or a row in it, whose distance to its pivot
 * differs too much from the query's cannot hold a nearer one (Fukunaga & Narendra 1975, with one level of groups).
 */
export class NeighbourIndex {
  private readonly pivots: number;
  /** F32 `[pivots, size]`. */
  private readonly centres: Float32Array;
  /** U32 `[pivots + 1]`: where each group begins in `order`. */
  private readonly starts: Uint32Array;
  /** U32 `[count]`: rows by group, within a group by growing distance to the pivot, which is in F64 `reach`. */
  private readonly order: Uint32Array;
  private readonly reach: Float64Array;
  /** F32 `[count, size]`: the rows in this order, so that a group lies together in memory. */
  private readonly sorted: Float32Array;
  /** U16 `[pivots, pivots]`: from every pivot the others, nearest first, itself in front. */
  private readonly near: Uint16Array;
  private readonly groupOf: Uint16Array;

  /**
   * @param rows F32 `[≥ count, size]`, row-major, finite
   */
  constructor(
    private readonly rows: Float32Array,
    private readonly count: number,
    private readonly size: number,
  ) {
    const pivots = Math.max(1, Math.min(mostPivots, Math.round(Math.sqrt(count))));
    this.pivots = pivots;
    this.centres = new Float32Array(pivots * size);
    for (let pivot = 0; pivot < pivots; pivot++) {
      const row = Math.floor((pivot * count) / pivots);
      this.centres.set(rows.subarray(row * size, (row + 1) * size), pivot * size);
    }
    const distance = new Float64Array(count);
    this.groupOf = new Uint16Array(count);
    for (let row = 0; row < count; row++) {
      let best = Infinity;
      for (let pivot = 0; pivot < pivots; pivot++) {
        const square = squaredDistance(rows, row * size, this.centres, pivot * size, size, best);
        if (square >= best) continue;
        best = square;
        this.groupOf[row] = pivot;
      }
      distance[row] = Math.sqrt(best);
    }
    this.order = Uint32Array.from({ length: count }, (_, row) => row).sort(
      (a, b) =>
        (this.groupOf[a] as number) - (this.groupOf[b] as number) ||
        (distance[a] as number) - (distance[b] as number) ||
        a - b,
    );
    this.reach = Float64Array.from(this.order, (row) => distance[row] as number);
    this.sorted = new Float32Array(count * size);
    this.starts = new Uint32Array(pivots + 1);
    this.order.forEach((row, at) => {
      this.sorted.set(rows.subarray(row * size, (row + 1) * size), at * size);
      const group = (this.groupOf[row] as number) + 1;
      this.starts[group] = (this.starts[group] as number) + 1;
    });
    for (let pivot = 0; pivot < pivots; pivot++)
      this.starts[pivot + 1] = (this.starts[pivot + 1] as number) + (this.starts[pivot] as number);
    this.near = new Uint16Array(pivots * pivots);
    for (let pivot = 0; pivot < pivots; pivot++) {
      const from = Float64Array.from({ length: pivots }, (_, other) =>
        squaredDistance(this.centres, pivot * size, this.centres, other * size, size, Infinity),
      );
      const others = Uint16Array.from({ length: pivots }, (_, other) => other);
      others.sort(
        (a, b) =>
          (from[a] as number) - (from[b] as number) || Number(b === pivot) - Number(a === pivot) || a - b,
      );
      this.near.set(others, pivot * pivots);
    }
  }

  /**
   * Mean Euclidean distance of each row from `start` to `end` to its `k` nearest others; of the only row 0.
   * @returns F64 `[end − start]`
   */
  meanDistances(k: number, start: number, end: number): Float64Array {
    const wanted = Math.min(k, this.count - 1);
    const means = new Float64Array(end - start);
    if (wanted < 1) return means;
    const squares = new Float64Array(wanted);
    for (let row = start; row < end; row++) {
      this.nearest(row, squares);
      let sum = 0;
      for (const square of squares) sum += Math.sqrt(square);
      means[row - start] = sum / wanted;
    }
    return means;
  }

  /** Squared distances of a row to its nearest others, ascending, as many as there is room for. */
  private nearest(row: number, squares: Float64Array): void {
    const { rows, size, pivots, centres, near, starts, order, reach, sorted } = this;
    const wanted = squares.length;
    squares.fill(Infinity);
    let worst = Infinity;
    const own = (this.groupOf[row] as number) * pivots;
    for (let rank = 0; rank < pivots; rank++) {
      const pivot = near[own + rank] as number;
      const from = starts[pivot] as number;
      const to = starts[pivot + 1] as number;
      if (from === to) continue;
      const apart = Math.sqrt(squaredDistance(rows, row * size, centres, pivot * size, size, Infinity));
      const limit = Math.sqrt(worst) * (1 + slack) + slack;
      // No row of this group is nearer than the query is far from the group's edge.
      if (apart - (reach[to - 1] as number) > limit) continue;
      let at = lowerBound(reach, from, to, apart - limit);
      for (; at < to; at++) {
        if ((reach[at] as number) > apart + Math.sqrt(worst) * (1 + slack) + slack) break;
        if (order[at] === row) continue;
        const square = squaredDistance(rows, row * size, sorted, at * size, size, worst);
        if (square >= worst) continue;
        let place = wanted - 1;
        while (place > 0 && (squares[place - 1] as number) > square) {
          squares[place] = squares[place - 1] as number;
          place--;
        }
        squares[place] = square;
        worst = squares[wanted - 1] as number;
      }
    }
  }
}

/** Stops early once it is beyond `most`. */
function squaredDistance(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  size: number,
  most: number,
): number {
  let square = 0;
  let i = 0;
  // Eight at a time: a comparison after every number costs more than it saves.
  while (i < size) {
    const until = Math.min(size, i + 8);
    for (; i < until; i++) {
      const difference = (a[aStart + i] as number) - (b[bStart + i] as number);
      square += difference * difference;
    }
    if (square >= most) return square;
  }
  return square;
}

/** First place from `from` to `to` whose value is at least `least`; values ascend. */
function lowerBound(values: Float64Array, from: number, to: number, least: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
