/** Whether good images keep what the calibration promised of them. Pure. */
import { countOf, formatCount } from '../../../../shared/count.ts';
import type { BatchTerms } from '../../../../shared/batch.ts';
import { conformalRank } from '../../../../shared/verdict.ts';
import { formatPercent } from '../../../shared/format.ts';

/**
 * The probability that as many good images or more are flagged by the calibrated threshold, where all of them and the
 * calibration's are exchangeable. The share above the k-th smallest of n scores is distributed as Beta(n + 1 − k, k), so
 * the number flagged is beta-binomial (Vovk 2012; Angelopoulos & Bates 2021, §3.2). In 0–1.
 * @param flagged of `good` images
 */
export function chanceOfSoMany(
  { calibrationImages, falsePositiveRate }: Omit<BatchTerms, 'threshold'>,
  flagged: number,
  good: number,
): number {
  const below = conformalRank(calibrationImages, falsePositiveRate) + 1;
  const above = calibrationImages + 1 - below;
  // The logarithm of the probability of none, then of one more each time.
  let log = 0;
  for (let i = 0; i < good; i++) log += Math.log((below + i) / (above + below + i));
  let sum = 0;
  for (let count = 0; count <= good; count++) {
    if (count >= flagged) sum += Math.exp(log);
    log += Math.log(((good - count) * (count + above)) / ((count + 1) * (good - count - 1 + below)));
  }
  return Math.min(1, sum);
}

const surprising = 0.01;

/** Said where more good images are flagged than promised and than chance explains; null otherwise. */
export function promiseWarning(terms: BatchTerms, flagged: number, good: number): string | null {
  const { falsePositiveRate, calibrationImages } = terms;
  if (good === 0 || flagged <= falsePositiveRate * good) return null;
  const chance = chanceOfSoMany(terms, flagged, good);
  if (chance >= surprising) return null;
  const words = chance < 0.0001 ? `less than ${formatPercent(0.0001)}` : formatPercent(chance);
  return (
    `${formatCount(flagged)} of ${countOf(good, 'good image')} are flagged by the calibrated threshold, where at most ` +
    `${formatPercent(falsePositiveRate)} was promised. If they were like the ${countOf(calibrationImages, 'calibration image')}, ` +
    `chance would bring so many in ${words} of cases. Either they are of another kind, and a recalibration on such ` +
    'images or a training with them keeps the promise; or many of them are near-duplicates of one another.'
  );
}
