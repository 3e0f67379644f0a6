/** What a threshold makes of one labelled image. Pure. */
import { countOf, formatCount } from '../../../../shared/count.ts';

/** Mistakes first. */
export const outcomes = ['missed', 'falseAlarm', 'caught', 'passed'] as const;
export type Outcome = (typeof outcomes)[number];

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  missed: 'missed',
  falseAlarm: 'false alarm',
  caught: 'caught',
  passed: 'rightly passed',
};

/** In place of an outcome, where an image could not be read. */
export const unreadWords = 'not read';

/** `3 false alarms` */
export const countedOutcome = (outcome: Outcome, count: number): string =>
  outcome === 'falseAlarm'
    ? countOf(count, outcomeWords[outcome])
    : `${formatCount(count)} ${outcomeWords[outcome]}`;

/** An image is flagged if its score is greater than the threshold. @param kind null for a good image */
export function outcomeOf(
  { kind, score }: { readonly kind: string | null; readonly score: number },
  threshold: number,
): Outcome {
  const flagged = score > threshold;
  if (kind === null) return flagged ? 'falseAlarm' : 'passed';
  return flagged ? 'caught' : 'missed';
}
