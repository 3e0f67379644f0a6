/** What the colours of the map say: every point belongs to a group, every group has a colour and a shape. Pure. */
import { pointSets, type MapPoints } from '../../shared/map-points.ts';
import { formatScore } from '../../shared/verdict.ts';
import { classColor } from '../shared/class-palette.ts';
import { sequentialColor, type Rgb } from '../shared/color-maps.ts';

export const colorings = ['class', 'score', 'set', 'verdict'] as const;
export type Coloring = (typeof colorings)[number];

export type Shape = 'dot' | 'diamond';

export interface Group {
  /** Stays the same while the model does, so that hidden groups can be kept. */
  readonly id: string;
  readonly name: string;
  readonly color: Rgb;
  readonly shape: Shape;
  readonly count: number;
}

export interface Grouping {
  readonly coloring: Coloring;
  readonly groups: readonly Group[];
  /** U16 `[n]`: each point's index into `groups`. */
  readonly of: Uint16Array;
}

export interface GroupingInputs {
  readonly points: Pick<MapPoints, 'count' | 'labels' | 'sets' | 'scores'>;
  readonly classes: readonly { readonly name: string }[];
  /** An image is anomalous if its score is greater; null without calibration. */
  readonly threshold: number | null;
  readonly dark: boolean;
}

/** Colourings that say something of this model. */
export function coloringsOf({
  points,
  classes,
  threshold,
}: Omit<GroupingInputs, 'dark'>): readonly Coloring[] {
  const labelled = classes.length > 0 && points.labels.some((label) => label >= 0);
  return colorings.filter(
    (one) => (one !== 'class' || labelled) && (one !== 'verdict' || threshold !== null),
  );
}

/** Number of steps of the scores' scale. */
const scoreSteps = 8;

const setNames = ['Fit', 'Validation', 'Calibration', 'Test'] as const;

export function groupPoints(coloring: Coloring, inputs: GroupingInputs): Grouping {
  const { points, classes, threshold, dark } = inputs;
  const { count } = points;
  switch (coloring) {
    case 'class':
      return grouped(coloring, count, (point) => points.labels[point] ?? -1, [
        ...classes.map(({ name }, index) => ({
          key: index,
          id: `class ${name}`,
          name,
          color: classColor(index, dark),
        })),
        { key: -1, id: 'no class', name: 'no class', color: classColor(-1, dark) },
      ]);
    case 'set':
      return grouped(
        coloring,
        count,
        (point) => points.sets[point] ?? 0,
        pointSets.map((set, index) => ({
          key: index,
          id: set,
          name: setNames[index] ?? set,
          color: classColor([7, 0, 1, 2][index] ?? -1, dark),
        })),
      );
    case 'verdict':
      return grouped(
        coloring,
        count,
        (point) => ((points.scores[point] ?? 0) > (threshold ?? Infinity) ? 1 : 0),
        [
          { key: 0, id: 'ordinary', name: 'Not anomalous', color: classColor(0, dark) },
          { key: 1, id: 'anomalous', name: 'Anomalous', color: classColor(5, dark), shape: 'diamond' },
        ],
      );
    case 'score': {
      const edges = quantileEdges(points.scores.subarray(0, count), scoreSteps);
      return grouped(
        coloring,
        count,
        (point) => stepOf(edges, points.scores[point] ?? 0),
        Array.from({ length: edges.length + 1 }, (_, step) => ({
          key: step,
          id: `score ${step}`,
          name:
            step < edges.length
              ? `up to ${formatScore(edges[step] ?? 0)}`
              : edges.length === 0
                ? 'all'
                : `above ${formatScore(edges.at(-1) ?? 0)}`,
          color: scoreColor(edges.length === 0 ? 0.5 : step / edges.length, dark),
        })),
      );
    }
  }
}

/** The scale's end that would vanish in the background is left out. */
const scoreColor = (share: number, dark: boolean): Rgb =>
  sequentialColor(dark ? 0.3 + 0.7 * share : 0.86 * (1 - share));

interface Wanted {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly color: Rgb;
  readonly shape?: Shape;
}

/** Leaves out groups that no point belongs to. */
function grouped(
  coloring: Coloring,
  count: number,
  keyOf: (point: number) => number,
  wanted: readonly Wanted[],
): Grouping {
  const counts = new Map<number, number>();
  for (let point = 0; point < count; point++) {
    const key = keyOf(point);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const present = wanted.filter(({ key }) => counts.has(key));
  const indexOf = new Map(present.map(({ key }, index) => [key, index]));
  return {
    coloring,
    groups: present.map(({ key, id, name, color, shape = 'dot' }) => ({
      ...{ id, name, color, shape },
      count: counts.get(key) ?? 0,
    })),
    of: Uint16Array.from({ length: count }, (_, point) => indexOf.get(keyOf(point)) ?? 0),
  };
}

/** Inner edges of at most `steps` groups of about the same number of values; equal edges are one. */
export function quantileEdges(values: Float64Array, steps: number): number[] {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let step = 1; step < steps; step++) {
    const edge = sorted[Math.floor((step * sorted.length) / steps) - 1];
    const last = sorted.at(-1);
    if (edge !== undefined && edge !== edges.at(-1) && edge !== last) edges.push(edge);
  }
  return edges;
}

/** Number of edges below the value. */
export function stepOf(edges: readonly number[], value: number): number {
  let step = 0;
  while (step < edges.length && value > (edges[step] ?? Infinity)) step++;
  return step;
}
