/** A selection as a table for other programs. Pure. */
import { pointName, pointSets, type MapPoints } from '../../shared/map-points.ts';
import { csvText } from '../shared/export/csv.ts';

export interface CsvInputs {
  readonly points: MapPoints;
  readonly kind: 'folder' | 'idx';
  readonly classes: readonly { readonly name: string }[];
  readonly threshold: number | null;
  readonly coordinates: Float32Array;
}

/** Lines end with CR LF; the first one names the columns. */
export function selectionCsv(
  { points, kind, classes, threshold, coordinates }: CsvInputs,
  which: readonly number[],
): string {
  const header = ['file', 'class', 'set', 'score', ...(threshold === null ? [] : ['anomalous']), 'x', 'y'];
  const rows = which.map((point) => {
    const score = points.scores[point] ?? Number.NaN;
    return [
      pointName(points, point, kind),
      classes[points.labels[point] ?? -1]?.name ?? '',
      pointSets[points.sets[point] ?? 0] ?? '',
      score,
      ...(threshold === null ? [] : [score > threshold ? 'yes' : 'no']),
      coordinates[2 * point] ?? Number.NaN,
      coordinates[2 * point + 1] ?? Number.NaN,
    ];
  });
  return csvText([header, ...rows]);
}
