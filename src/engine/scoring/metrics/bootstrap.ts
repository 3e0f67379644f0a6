/** How far an AUROC could have come out otherwise: the percentile bootstrap (Efron & Tibshirani 1993, ch. 13). */
import { integerBelow, keyedRandom, streams } from '../../../shared/random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Ranks of the pooled scores: equal scores share one, from 0. */
function ranksOf(
  good: ArrayLike<number>,
  bad: ArrayLike<number>,
): { readonly ranks: number; readonly good: Uint32Array; readonly bad: Uint32Array } {
  const distinct = [...new Set([...Array.from(good), ...Array.from(bad)])].sort((a, b) => a - b);
  const rank = new Map(distinct.map((value, index) => [value, index]));
  const of = (values: ArrayLike<number>): Uint32Array =>
    Uint32Array.from(values, (value) => rank.get(value) ?? 0);
  return { ranks: distinct.length, good: of(good), bad: of(bad) };
}

/**
 * The 95 % interval of the AUROC over resamples of good and bad images, each drawn from its own kind.
 * @param resamples number of them
 */
export function bootstrapAuroc(
  good: ArrayLike<number>,
  bad: ArrayLike<number>,
  seed: number,
  resamples = 1000,
): Interval {
  const ranked = ranksOf(good, bad);
  const areas = new Float64Array(resamples);
  const goodCounts = new Uint32Array(ranked.ranks);
  const badCounts = new Uint32Array(ranked.ranks);
  const draw = (from: Uint32Array, counts: Uint32Array, next: () => number): void => {
    counts.fill(0);
    for (let i = 0; i < from.length; i++) {
      const rank = from[integerBelow(next, from.length)] as number;
      counts[rank] = (counts[rank] as number) + 1;
    }
  };
  for (let r = 0; r < resamples; r++) {
    const next = keyedRandom(seed, streams.sample, r);
    draw(ranked.good, goodCounts, next);
    draw(ranked.bad, badCounts, next);
    let below = 0;
    let wins = 0;
    for (let rank = 0; rank < ranked.ranks; rank++) {
      const here = goodCounts[rank] as number;
      wins += (badCounts[rank] as number) * (below + here / 2);
      below += here;
    }
    areas[r] = wins / (good.length * bad.length);
  }
  areas.sort();
  const at = (share: number): number => areas[Math.round(share * (resamples - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}
