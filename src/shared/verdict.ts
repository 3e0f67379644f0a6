/** The verdict on one image: numbers, and the sentence that says them in words. Pure; used by report, tests and CLI. */
import { formatCount } from './count.ts';

/** How an image's score stands among the calibration scores. */
export interface Verdict {
  readonly anomalous: boolean;
  readonly score: number;
  readonly threshold: number;
  /** (1 + number of calibration scores ≥ score) / (n + 1). */
  readonly pValue: number;
  /** Number of calibration images, and how many of them score at least as high. */
  readonly calibrationImages: number;
  readonly higher: number;
  /** The false-positive rate that the threshold promises on good images. */
  readonly falsePositiveRate: number;
}

/** Index (0-based) into ascending scores of the split-conformal threshold: the ⌈(n+1)(1−α)⌉-th smallest. */
export function conformalRank(n: number, rate: number): number {
  // The product is nudged so that e.g. 100 · 0.99 does not round up past 99 in floating point.
  return Math.ceil((n + 1) * (1 - rate) - 1e-9) - 1;
}

/** The smallest false-positive rate that n calibration images can promise: 1/(n+1). */
export const smallestRate = (n: number): number => 1 / (n + 1);

export interface Threshold {
  readonly threshold: number;
  readonly requestedRate: number;
  /** Equal to `requestedRate`, or the smallest rate that so few images allow. */
  readonly promisedRate: number;
}

/**
 * Split-conformal threshold (Vovk et al. 2005; Angelopoulos & Bates 2021, §1): the ⌈(n+1)(1−α)⌉-th smallest of n
 * calibration scores. An exchangeable good image exceeds it with probability at most α.
 * @param sorted ascending calibration scores, n ≥ 1
 * @param rate requested false-positive rate α in (0, 1)
 */
export function conformalThreshold(sorted: ArrayLike<number>, rate: number): Threshold {
  const n = sorted.length;
  if (n === 0) throw new RangeError('a threshold needs calibration scores');
  const promisedRate = Math.max(rate, smallestRate(n));
  const index = Math.min(Math.max(conformalRank(n, promisedRate), 0), n - 1);
  return { threshold: sorted[index] as number, requestedRate: rate, promisedRate };
}

/** Number of ascending `sorted` values that are ≥ `value` (binary search). */
export function countAtLeast(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

/** @param sorted ascending calibration scores */
export function judge(score: number, sorted: ArrayLike<number>, threshold: Threshold): Verdict {
  const higher = countAtLeast(sorted, score);
  return {
    anomalous: score > threshold.threshold,
    score,
    threshold: threshold.threshold,
    pValue: (1 + higher) / (sorted.length + 1),
    calibrationImages: sorted.length,
    higher,
    falsePositiveRate: threshold.promisedRate,
  };
}

/** 0.01 → `1 %`, 0.0164 → `1.64 %`: at most three significant figures. */
export const formatPercent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** Scores and losses for people: four significant figures, never in exponent form above 1e-6, a minus sign for the hyphen. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const tiny = value !== 0 && Math.abs(value) < 1e-6;
  return (tiny ? value.toExponential(2) : String(Number(value.toPrecision(4)))).replace(/^-/, '−');
}

/** “Score 0.0412. Of 2,000 good images 3 score as high or higher (p = 0.2 %).” and the verdict’s own words. */
export function verdictSentence(verdict: Verdict): {
  readonly evidence: string;
  readonly conclusion: string;
} {
  const { score, calibrationImages: n, higher, pValue } = verdict;
  const count = higher === 0 ? 'none scores' : `${formatCount(higher)} ${higher === 1 ? 'scores' : 'score'}`;
  const rate = formatPercent(verdict.falsePositiveRate);
  return {
    evidence: `Score ${formatScore(score)}. Of ${formatCount(n)} good images ${count} as high or higher (p = ${formatPercent(pValue)}).`,
    conclusion: verdict.anomalous
      ? `Anomalous at a false-alarm rate of ${rate}.`
      : `Not anomalous at a false-alarm rate of ${rate}.`,
  };
}
