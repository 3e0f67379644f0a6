/** What an evaluation found: the scores of all images and what is measured of them. Pure. */
import type { BatchTerms } from '../../../../shared/batch.ts';
import type {
  EvaluationMeasures,
  MeasureRequest,
  PixelMeasures,
  ScoreColumns,
} from '../../../../shared/protocol/evaluate.ts';
import type { JudgedImage } from '../../../../shared/protocol/forward.ts';
import { csvText } from '../../../shared/export/csv.ts';
import { outcomeOf, outcomeWords, unreadWords } from './outcome.ts';
import type { LabelledImage } from './sets.ts';

/** An image with its scores; its kind may be a synthetic one. */
export interface ScoredImage extends LabelledImage {
  readonly score: number;
  /** Share of good images that score as high, by the calibration. */
  readonly pValue: number;
  readonly autoencoder: number | null;
  readonly pca: number | null;
}

/** One of the worst, with its small picture. */
export interface Mistake extends ScoredImage {
  readonly thumbnail: JudgedImage['thumbnail'];
}

/** An image that could not be read, and why. */
export interface UnreadImage extends LabelledImage {
  readonly reason: string;
}

export interface EvaluationResult {
  /** What was evaluated on, as it is shown. */
  readonly title: string;
  /** Whether the bad images are good ones with defects drawn into them. */
  readonly synthetic: boolean;
  /** Kinds of defect of which there are images. */
  readonly kinds: readonly string[];
  /** In the order of the files. */
  readonly images: readonly ScoredImage[];
  /** Ascending scores. */
  readonly good: Float64Array;
  readonly bad: Float64Array;
  /** What the calibration promises. */
  readonly terms: BatchTerms;
  /** Null where there are no good or no bad images. */
  readonly measures: EvaluationMeasures | null;
  readonly pixels: PixelMeasures | null;
  /** Good images with the highest scores, and bad ones with the lowest, worst first. */
  readonly falseAlarms: readonly Mistake[];
  readonly missed: readonly Mistake[];
  readonly unread: readonly UnreadImage[];
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}

/** What a table lists: by their places first all images with a score, then those that could not be read. */
export type Row = ScoredImage | UnreadImage;

export const isUnread = (row: Row): row is UnreadImage => 'reason' in row;

export const rowAt = (
  { images, unread }: Pick<EvaluationResult, 'images' | 'unread'>,
  place: number,
): Row | undefined => images[place] ?? unread[place - images.length];

/** Keeps the worst few of many. */
export class Worst {
  #kept: Mistake[] = [];

  /** @param sign 1 keeps the highest scores, −1 the lowest */
  constructor(
    private readonly count: number,
    private readonly sign: 1 | -1,
  ) {}

  add(mistake: Mistake): void {
    this.#kept.push(mistake);
    if (this.#kept.length > 4 * this.count) this.#kept = this.list();
  }

  /** Worst first; of equals the one whose path comes first. */
  list(): Mistake[] {
    const order = (a: Mistake, b: Mistake): number =>
      this.sign * (b.score - a.score) || (a.path < b.path ? -1 : 1);
    return [...this.#kept].sort(order).slice(0, this.count);
  }
}

function columnsOf(images: readonly ScoredImage[]): ScoreColumns {
  const column = (read: (image: ScoredImage) => number | null): Float64Array | null => {
    const values = images.map(read);
    return values.some((value) => value === null) ? null : Float64Array.from(values as number[]);
  };
  return {
    score: Float64Array.from(images, ({ score }) => score),
    autoencoder: column(({ autoencoder }) => autoencoder),
    pca: column(({ pca }) => pca),
  };
}

/** What the worker measures; null where there are no good or no bad images. */
export function measureRequest(
  images: readonly ScoredImage[],
  kinds: readonly string[],
  seed: number,
): MeasureRequest | null {
  const good = images.filter(({ kind }) => kind === null);
  const bad = images.filter(({ kind }) => kind !== null);
  if (good.length === 0 || bad.length === 0) return null;
  return {
    ...{ good: columnsOf(good), bad: columnsOf(bad), kindCount: kinds.length, seed },
    kinds: Int32Array.from(bad, ({ kind }) => kinds.indexOf(kind ?? '')),
  };
}

export const sortedScores = (images: readonly ScoredImage[], bad: boolean): Float64Array =>
  Float64Array.from(
    images.filter(({ kind }) => (kind !== null) === bad),
    ({ score }) => score,
  ).sort();

/** What an image belongs to, as it is shown: `good`, or its kind of defect. */
export const setName = ({ synthetic }: Pick<EvaluationResult, 'synthetic'>, kind: string | null): string =>
  kind === null ? 'good' : synthetic ? `${kind} (synthetic)` : kind;

/** What a table lists, in its order, and by which threshold. */
export interface ListedImages {
  readonly rows: readonly Row[];
  readonly threshold: number;
}

/** One line an image; numbers in full precision, empty where an image could not be read. */
export function scoresCsv({ synthetic, terms }: EvaluationResult, { rows, threshold }: ListedImages): string {
  const labelOf = (kind: string | null): string =>
    kind === null ? 'good' : `${synthetic ? 'synthetic ' : ''}${kind}`;
  return csvText([
    [
      ...['file', 'label', 'bad', 'score', 'p', 'autoencoder', 'pca'],
      ...['calibrated_threshold', 'threshold', 'outcome', 'error'],
    ],
    ...rows.map((row) => [
      ...[row.path, labelOf(row.kind), row.kind === null ? 0 : 1],
      ...(isUnread(row)
        ? [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
        : [row.score, row.pValue, row.autoencoder ?? Number.NaN, row.pca ?? Number.NaN]),
      ...[terms.threshold, threshold],
      ...(isUnread(row) ? [unreadWords, row.reason] : [outcomeWords[outcomeOf(row, threshold)], '']),
    ]),
  ]);
}
