/** What of an evaluation's result is shown, and how: kept while other pages are shown, and across a reload. */
import type { ImageSort, OutcomeFilter } from './image-order.ts';
import type { EvaluationResult, Row } from './result.ts';

export const resultTabs = ['overview', 'threshold', 'mistakes', 'images'] as const;
export type ResultTab = (typeof resultTabs)[number];

export interface EvaluationView {
  readonly tab: ResultTab;
  readonly outcome: OutcomeFilter;
  readonly sort: ImageSort;
  /** The image that the table's keyboard focus is at; its kind may be a synthetic one. */
  readonly image: Pick<Row, 'folder' | 'path' | 'kind'> | null;
  /** A threshold that was moved, and of which result by {@link resultKey}; null for the calibrated one. */
  readonly threshold: { readonly value: number; readonly of: string } | null;
}

/** Scores from the highest, as a check of many images lists them. */
export const firstView: EvaluationView = {
  tab: 'overview',
  outcome: 'all',
  sort: { column: 'score', descending: true },
  image: null,
  threshold: null,
};

const sum = (scores: Float64Array): number => scores.reduce((total, score) => total + score, 0);

/** The same for two results of the same scores and calibration: only there a threshold means the same. */
export const resultKey = ({ title, synthetic, good, bad, terms }: EvaluationResult): string =>
  JSON.stringify([title, synthetic, terms.threshold, good.length, sum(good), bad.length, sum(bad)]);

/** What images are flagged by. @param key of the result, by {@link resultKey} */
export const thresholdOf = (
  { threshold }: Pick<EvaluationView, 'threshold'>,
  { terms }: Pick<EvaluationResult, 'terms'>,
  key: string,
): number => (threshold?.of === key ? threshold.value : terms.threshold);

/** Place of the row that the view is at; −1 where it is not among them. */
export function placeOf(
  { images, unread }: Pick<EvaluationResult, 'images' | 'unread'>,
  image: EvaluationView['image'],
): number {
  if (image === null) return -1;
  const isIt = ({ folder, path, kind }: Row): boolean =>
    folder === image.folder && path === image.path && kind === image.kind;
  const place = images.findIndex(isIt);
  if (place >= 0) return place;
  const other = unread.findIndex(isIt);
  return other < 0 ? -1 : images.length + other;
}
