/**
 * Seeded randomness, keyed so that a number depends on what it is for and never on when it is drawn.
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand); keys are mixed by MurmurHash3's 32-bit finaliser.
 */

/** What a random number is for; part of the key, so that streams never overlap. */
export const streams = {
  shuffle: 1,
  initialisation: 2,
  split: 3,
  noise: 4,
  erase: 5,
  sample: 6,
  selfTest: 7,
  projection: 8,
  variational: 9,
  prior: 10,
  defect: 11,
} as const;

function mix(hash: number, key: number): number {
  let h = Math.imul(hash ^ key, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A generator of uniform unsigned 32-bit integers. */
export type Uint32Source = () => number;

/** An independent generator for the given key, e.g. `(seed, streams.noise, epoch, image)`; each part a uint32. */
export function keyedRandom(...key: readonly number[]): Uint32Source {
  let h = 0x9e3779b9;
  for (const part of key) h = mix(h, (part + 0x7f4a7c15) >>> 0);
  let a = mix(h, 1);
  let b = mix(h, 2);
  let c = mix(h, 3);
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Uniform in [0, 1) with 32 random bits. */
export const uniform = (next: Uint32Source): number => next() / 4294967296;

/** Uniform integer in [0, n), n ≤ 2³², without bias (rejection). */
export function integerBelow(next: Uint32Source, n: number): number {
  const limit = Math.floor(4294967296 / n) * n;
  let value = next();
  while (value >= limit) value = next();
  return value % n;
}

/** Two independent standard normal numbers (Box–Muller). */
export function normalPair(next: Uint32Source): [number, number] {
  const radius = Math.sqrt(-2 * Math.log((next() + 1) / 4294967296));
  const angle = 2 * Math.PI * uniform(next);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** A random permutation of 0 … n−1 (Fisher–Yates). */
export function permutation(next: Uint32Source, n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = integerBelow(next, i + 1);
    const swap = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swap;
  }
  return order;
}
