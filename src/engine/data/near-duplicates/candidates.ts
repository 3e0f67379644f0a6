/** Likely nearest neighbours of every picture: random-projection trees over coarse versions, then true distances. */
import { integerBelow, keyedRandom, streams } from '../../../shared/random.ts';
import type { Descriptors } from './descriptors.ts';

export interface Neighbours {
  /** Neighbours kept of each picture, at most {@link kept}. */
  readonly each: number;
  /** I32 `[N, each]`, nearest first; −1 where fewer were found. */
  readonly indices: Int32Array;
  /** F64 `[N, each]`: distances, +∞ where there is none. */
  readonly distances: Float64Array;
}

/** Enough for the twins and the local scale. */
const kept = 12;
const refined = 32;
const largestLeaf = 128;
/** A pair of twins is in one leaf of a tree with all but certainty; the trees' misses are independent. */
const trees = 4;
/** Below, everything is compared with everything. */
const exactUpTo = 2048;
const picturesPerBreath = 64;

/** Cuts the pictures into leaves by the median along the direction between two of them (Dasgupta & Freund 2008). */
function leavesOf({ pooled, pooledSize, count }: Descriptors, seed: number, tree: number): Int32Array[] {
  const next = keyedRandom(seed, streams.sample, tree);
  const leaves: Int32Array[] = [];
  const waiting = [Int32Array.from({ length: count }, (_, i) => i)];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.length <= largestLeaf) {
      leaves.push(part);
      continue;
    }
    const a = (part[integerBelow(next, part.length)] as number) * pooledSize;
    const b = (part[integerBelow(next, part.length)] as number) * pooledSize;
    const keys = Float64Array.from(part, (image) => {
      let sum = 0;
      for (let i = 0; i < pooledSize; i++) {
        const direction = (pooled[a + i] as number) - (pooled[b + i] as number);
        sum += direction * (pooled[image * pooledSize + i] as number);
      }
      return sum;
    });
    const order = Int32Array.from(part.keys()).sort((p, q) => (keys[p] as number) - (keys[q] as number));
    const sorted = order.map((place) => (part as Int32Array)[place] as number);
    const middle = sorted.length >> 1;
    waiting.push(sorted.subarray(0, middle), sorted.subarray(middle));
  }
  return leaves;
}

/** The best so far of one picture, nearest first. */
function insert(
  indices: Int32Array,
  distances: Float64Array,
  start: number,
  length: number,
  image: number,
  distance: number,
): void {
  const last = start + length - 1;
  if (distance >= (distances[last] as number)) return;
  for (let i = start; i <= last; i++) if (indices[i] === image) return;
  let place = last;
  while (place > start && (distances[place - 1] as number) > distance) {
    distances[place] = distances[place - 1] as number;
    indices[place] = indices[place - 1] as number;
    place--;
  }
  distances[place] = distance;
  indices[place] = image;
}

/** Coarse candidates, then the nearest of them by true distance. */
export async function findNeighbours(
  descriptors: Descriptors,
  seed: number,
  breathe: () => Promise<void>,
): Promise<Neighbours> {
  const { count, pooled, pooledSize } = descriptors;
  const length = Math.min(refined, Math.max(1, count - 1));
  const coarse = new Int32Array(count * length).fill(-1);
  const squares = new Float64Array(count * length).fill(Number.POSITIVE_INFINITY);
  const compare = async (leaf: Int32Array): Promise<void> => {
    for (let i = 0; i < leaf.length; i++) {
      const p = leaf[i] as number;
      for (let j = i + 1; j < leaf.length; j++) {
        const q = leaf[j] as number;
        const most = Math.max(
          squares[(p + 1) * length - 1] as number,
          squares[(q + 1) * length - 1] as number,
        );
        let sum = 0;
        for (let d = 0; d < pooledSize && sum < most;) {
          const end = Math.min(pooledSize, d + 8);
          for (; d < end; d++) {
            const difference =
              (pooled[p * pooledSize + d] as number) - (pooled[q * pooledSize + d] as number);
            sum += difference * difference;
          }
        }
        insert(coarse, squares, p * length, length, q, sum);
        insert(coarse, squares, q * length, length, p, sum);
      }
      if (i % picturesPerBreath === 0) await breathe();
    }
  };
  if (count <= exactUpTo) await compare(Int32Array.from({ length: count }, (_, i) => i));
  else for (let t = 0; t < trees; t++) for (const leaf of leavesOf(descriptors, seed, t)) await compare(leaf);

  const each = Math.min(kept, length);
  const indices = new Int32Array(count * each).fill(-1);
  const distances = new Float64Array(count * each).fill(Number.POSITIVE_INFINITY);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < length; i++) {
      const other = coarse[n * length + i] as number;
      if (other >= 0) insert(indices, distances, n * each, each, other, descriptors.distance(n, other));
    }
    if (n % picturesPerBreath === 0) await breathe();
  }
  return { each, indices, distances };
}
