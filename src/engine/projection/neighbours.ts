/** First stage: the exact nearest neighbours of every point, in memory that grows with N·k. */
import type { ProjectionProgram } from './kernels.ts';
import type { StageHooks } from './hooks.ts';
import { everyPoint, PanelledPoints, type Neighbours } from './panels.ts';
import type { PointSet } from './points.ts';

/** How many neighbours carry the affinities: 3 × perplexity (van der Maaten 2014, §4.1), counted as scikit-learn does. */
export const neighbourCount = (count: number, perplexity: number): number =>
  Math.min(count - 1, Math.floor(3 * perplexity + 1));

/**
 * The `k` nearest others of each point, by brute force.
 * @throws LensError `cancelled`, `out-of-memory`
 */
export function nearestNeighbours(
  program: ProjectionProgram,
  points: PointSet,
  k: number,
  hooks: StageHooks = {},
): Promise<Neighbours> {
  return new PanelledPoints(program, points).nearest(everyPoint(points.count), k, hooks);
}
