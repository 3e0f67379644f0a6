/** What a t-SNE of a model's points is asked with: defaults and limits, for the map and for commands. Pure. */
import { formatCount } from './count.ts';
import { projectionCardOf, type ModelCard, type ProjectionCard } from './model-card.ts';

export interface ProjectionChoices {
  /** Which of the stored points: those never trained on, or all. */
  readonly points: 'held-out' | 'all';
  /** Lowered to a third of the points where there are few. */
  readonly perplexity: number;
  readonly iterations: number;
  readonly seed: number;
}

export const defaultChoices: ProjectionChoices = {
  points: 'held-out',
  perplexity: 30,
  iterations: 1_000,
  seed: 42,
};

interface Limit {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly name: string;
}

export const choiceLimits: Readonly<Record<'perplexity' | 'iterations' | 'seed', Limit>> = {
  perplexity: { least: 2, most: 200, whole: false, name: 'perplexity' },
  iterations: { least: 10, most: 1_000_000, whole: true, name: 'number of iterations' },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true, name: 'seed' },
};

/** A t-SNE needs at least so many points: fewer have no neighbourhoods to keep. */
export const fewestPoints = 4;

/** Iterations that are added to a finished map. */
const further = 500;

/** Why a value does not hold, as a sentence; null where it does. */
export function refusalOfChoice(choice: keyof typeof choiceLimits, value: number): string | null {
  const { least, most, whole, name } = choiceLimits[choice];
  if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value)))
    return null;
  const [from, to] = [formatCount(least), formatCount(most)];
  return `The ${name} must be a ${whole ? 'whole number' : 'number'} from ${from} to ${to}.`;
}

/** The first sentence that says what does not hold; null where all does. */
export function refusalOfChoices(choices: ProjectionChoices): string | null {
  return (
    refusalOfChoice('perplexity', choices.perplexity) ??
    refusalOfChoice('iterations', choices.iterations) ??
    refusalOfChoice('seed', choices.seed)
  );
}

/** The t-SNE that was worked on last: the begun one, else the finished one; undefined where the file has none. */
export const lastTsneOf = (
  card: Pick<ModelCard, 'projections' | 'begunProjection'>,
): ProjectionCard | undefined => projectionCardOf(card, 'begun') ?? projectionCardOf(card, 'tsne');

/** Whether a t-SNE was stopped before its planned end. */
export const isStopped = ({ iterations, planned }: ProjectionCard): boolean => iterations < planned;

/**
 * With what the file's last t-SNE goes on: to its planned end where it was stopped, else some iterations further.
 * Null where there is none that can be gone on with.
 */
export function continuationOf(
  card: Pick<ModelCard, 'projections' | 'begunProjection' | 'points'>,
): ProjectionChoices | null {
  const stored = lastTsneOf(card);
  if (!stored || !card.points || stored.perplexity === null) return null;
  const { count, perplexity, iterations, planned, seed } = stored;
  const points =
    count === card.points.count ? 'all' : count === card.points.heldOut ? ('held-out' as const) : null;
  if (points === null) return null;
  return { points, perplexity, iterations: isStopped(stored) ? planned : iterations + further, seed };
}
