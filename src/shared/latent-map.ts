/** The map read backwards: from a place on it to a latent. Pure; pages and workers use it alike. */

export interface MappedLatents {
  /** F32 `[n, 2]`: coordinates of the first n points. */
  readonly coordinates: Float32Array;
  /** F32 `[≥ n, k]`: the points' latents. */
  readonly latents: Float32Array;
  /** Latent size k. */
  readonly latent: number;
}

/** Points that are nearest to a place, nearest first. */
export interface Nearest {
  readonly points: Uint32Array;
  /** F64: Euclidean distances. */
  readonly distances: Float64Array;
}

/**
 * The `wanted` rows nearest to a vector by Euclidean distance, by one pass over all; of equally near ones the earlier.
 * @param rows `[n, size]`, row-major
 * @param target `[size]`
 * @param among whether a row counts; all by default
 */
export function nearestRows(
  rows: ArrayLike<number>,
  count: number,
  target: ArrayLike<number>,
  wanted: number,
  among?: (row: number) => boolean,
): Nearest {
  const size = target.length;
  const most = Math.max(0, Math.min(wanted, count));
  const points = new Uint32Array(most);
  const squares = new Float64Array(most).fill(Infinity);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if (among && !among(row)) continue;
    const limit = found < most ? Infinity : (squares[most - 1] ?? -1);
    let square = 0;
    for (let i = 0; i < size && square < limit; i++) {
      const difference = (rows[row * size + i] as number) - (target[i] as number);
      square += difference * difference;
    }
    if (!(square < limit)) continue;
    let at = Math.min(found, most - 1);
    while (at > 0 && (squares[at - 1] ?? 0) > square) {
      squares[at] = squares[at - 1] ?? 0;
      points[at] = points[at - 1] ?? 0;
      at--;
    }
    squares[at] = square;
    points[at] = row;
    if (found < most) found++;
  }
  return { points: points.slice(0, found), distances: squares.slice(0, found).map(Math.sqrt) };
}

/** How many points around a place speak for its latent. */
export const latentNeighbours = 8;

/**
 * The latent that belongs to a place on the map: the mean of the nearest points' latents, weighted by the inverse of
 * their squared distances (Shepard 1968, p = 2). On a point it is that point's own latent.
 * @returns F32 `[k]`; null where there are no points
 */
export function latentAt(
  { coordinates, latents, latent }: MappedLatents,
  x: number,
  y: number,
  neighbours = latentNeighbours,
): Float32Array | null {
  const { points, distances } = nearestRows(coordinates, coordinates.length / 2, [x, y], neighbours);
  const [first] = points;
  if (first === undefined) return null;
  if (distances[0] === 0) return latents.slice(first * latent, (first + 1) * latent);
  const nearest = distances[0] as number;
  const mixed = new Float64Array(latent);
  let sum = 0;
  points.forEach((point, rank) => {
    // Relative to the nearest, so that no distance is too small or too large to be squared.
    const weight = (nearest / (distances[rank] as number)) ** 2;
    sum += weight;
    for (let i = 0; i < latent; i++) {
      mixed[i] = (mixed[i] as number) + weight * (latents[point * latent + i] as number);
    }
  });
  return Float32Array.from(mixed, (value) => value / sum);
}
