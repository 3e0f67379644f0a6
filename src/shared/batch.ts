/** A check of many images: what it is, what came of each image, and the sentences that sum it up. Pure. */
import { countOf, formatCount } from './count.ts';
import type { SkippedFile } from './dataset.ts';
import type { WireError } from './errors.ts';
import { formatPercent } from './verdict.ts';

/** What a model and a false-alarm rate make of every score of a batch. */
export interface BatchTerms {
  readonly threshold: number;
  /** The rate that the threshold promises on good images. */
  readonly falsePositiveRate: number;
  readonly calibrationImages: number;
}

/** One channel of a score: how many standard deviations above good images it lies. */
export interface RowChannel {
  readonly name: string;
  readonly z: number;
}

export interface CheckedRow {
  /** Which image of the batch. */
  readonly index: number;
  readonly score: number;
  readonly pValue: number;
  readonly anomalous: boolean;
  /** Empty where the score has a single channel. */
  readonly channels: readonly RowChannel[];
}

export interface FailedRow {
  readonly index: number;
  /** Why the image could not be checked. */
  readonly error: WireError;
}

export type BatchRow = CheckedRow | FailedRow;

export const isFailed = (row: BatchRow): row is FailedRow => 'error' in row;

/** Images that are checked together. They are known by their place in `names`. */
export interface Batch {
  readonly id: string;
  /** A folder's path, or a count: `12 images`. */
  readonly title: string;
  /** Paths as they are shown. */
  readonly names: readonly string[];
  /** Model file as a URI string; `modelKey` changes when the file does. */
  readonly model: string;
  readonly modelKey: string;
  readonly modelName: string;
  /** As asked for; {@link BatchTerms} has what is promised. */
  readonly falseAlarmRate: number;
  /** Files of a folder that are no images by their names, the first of them by name. */
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  /** Set where the number of images was cut. */
  readonly cut: { readonly found: number; readonly limit: number } | null;
}

export interface BatchTally {
  readonly images: number;
  /** Images that got a verdict. */
  readonly checked: number;
  readonly anomalous: number;
  readonly failed: number;
}

/** @param rows each image at most once */
export function tallyRows(images: number, rows: Iterable<BatchRow>): BatchTally {
  let [checked, anomalous, failed] = [0, 0, 0];
  for (const row of rows) {
    if (isFailed(row)) failed++;
    else {
      checked++;
      if (row.anomalous) anomalous++;
    }
  }
  return { images, checked, anomalous, failed };
}

const images = (value: number): string => countOf(value, 'image');

function chanceWords(expected: number): string {
  if (expected < 0.95) return 'less than one';
  return `about ${formatCount(Math.round(expected))}`;
}

/**
 * “Of 128 images 7 are anomalous at a false-alarm rate of 1 %; 2 could not be read.” and what chance alone would flag:
 * n · rate of n good images, by the promise of the threshold.
 * @param terms null while no image has a verdict
 */
export function batchSentences(
  tally: BatchTally,
  terms: BatchTerms | null,
): { readonly finding: string; readonly chance: string } {
  const { checked, anomalous, failed } = tally;
  const done = checked + failed;
  const rest = tally.images - done;
  const unread = failed === 0 ? '' : `${formatCount(failed)} could not be read`;
  const left = rest === 0 ? '' : `${formatCount(rest)} ${rest === 1 ? 'is' : 'are'} not checked yet`;
  const more = [unread, left].filter((part) => part !== '').join(', ');
  if (terms === null) {
    return {
      finding: `Of ${images(tally.images)} none has a verdict${more === '' ? '' : `: ${more}`}.`,
      chance: '',
    };
  }
  const rate = formatPercent(terms.falsePositiveRate);
  const flagged = `${anomalous === 0 ? 'none' : formatCount(anomalous)} ${anomalous > 1 ? 'are' : 'is'} anomalous`;
  return {
    finding: `Of ${images(tally.images)} ${flagged} at a false-alarm rate of ${rate}${more === '' ? '' : `; ${more}`}.`,
    chance:
      checked === 0
        ? ''
        : `If all ${images(checked)} with a verdict were good, chance alone would flag ${chanceWords(checked * terms.falsePositiveRate)}.`,
  };
}
