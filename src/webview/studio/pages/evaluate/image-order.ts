/** Which of the evaluated images are listed, and in which order. Pure. */
import { nameRanks, orderedRows, type TableSort } from '../../../shared/row-order.ts';
import { outcomeOf, outcomes, type Outcome } from './outcome.ts';
import type { EvaluationResult } from './result.ts';

export const imageColumns = ['name', 'set', 'score', 'p', 'verdict', 'outcome'] as const;
export type ImageColumn = (typeof imageColumns)[number];
export type ImageSort = TableSort<ImageColumn>;

/** A column's first click shows what is out of the ordinary: scores and verdicts run down, mistakes are the first outcomes. */
export const descendingFirst = (column: ImageColumn): boolean => column === 'score' || column === 'verdict';

export const outcomeFilters = ['all', ...outcomes, 'unread'] as const;
export type OutcomeFilter = (typeof outcomeFilters)[number];

type Listed = Pick<EvaluationResult, 'images' | 'kinds' | 'unread'>;

/** I32 `[rows]`: the order of the paths of all rows. */
export const imageRanks = ({ images, unread }: Pick<Listed, 'images' | 'unread'>): Int32Array =>
  nameRanks([...images, ...unread].map(({ path }) => path));

/** Numbers of images by what the threshold makes of them. */
export function countOutcomes(
  images: EvaluationResult['images'],
  threshold: number,
): Readonly<Record<Outcome, number>> {
  const counts = { missed: 0, falseAlarm: 0, caught: 0, passed: 0 };
  for (const image of images) counts[outcomeOf(image, threshold)]++;
  return counts;
}

/**
 * @param ranks of {@link imageRanks}
 * @returns places of rows, in order; images that are equal by the column stand by their paths, and those that could not be
 * read come after all others, whichever way it runs
 */
export function imageOrder(
  { images, kinds, unread }: Listed,
  ranks: Int32Array,
  threshold: number,
  filter: OutcomeFilter,
  { column, descending }: ImageSort,
): Uint32Array {
  const keys: Readonly<Record<Exclude<ImageColumn, 'name'>, (image: Listed['images'][number]) => number>> = {
    // Good images come before the kinds of defect.
    set: ({ kind }) => (kind === null ? -1 : kinds.indexOf(kind)),
    score: ({ score }) => score,
    p: ({ pValue }) => pValue,
    verdict: ({ score }) => (score > threshold ? 1 : 0),
    outcome: (image) => outcomes.indexOf(outcomeOf(image, threshold)),
  };
  const at = (place: number): Listed['images'][number] => {
    const image = images[place];
    if (image === undefined) throw new RangeError(`no image ${place}`);
    return image;
  };
  const keyOf = column === 'name' ? null : keys[column];
  const byName = (a: number, b: number): number => (ranks[a] ?? 0) - (ranks[b] ?? 0);
  const scored = Array.from(images.keys()).filter(
    (place) => filter === 'all' || outcomeOf(at(place), threshold) === filter,
  );
  const others = filter === 'all' || filter === 'unread' ? unread.map((_, at) => images.length + at) : [];
  return Uint32Array.from([
    ...orderedRows(scored, { descending, byName, keyOf: keyOf && ((place) => keyOf(at(place))) }),
    ...orderedRows(others, { descending: descending && column === 'name', byName, keyOf: null }),
  ]);
}
