/** A t-SNE in words, the same on the map and in the Studio. Pure. */
import type { ProjectionCard } from '../../shared/model-card.ts';
import { isStopped } from '../../shared/projection-choices.ts';
import type { ProjectionPhase, ProjectionSnapshot } from '../../shared/protocol/engine.ts';
import { formatScore } from '../../shared/verdict.ts';
import { countOf, formatCount } from '../../shared/count.ts';

export const projectionPhases: Readonly<Record<ProjectionPhase, string>> = {
  neighbours: 'Finding neighbours',
  embedding: 'Placing the images',
  measuring: 'Measuring the map',
  saving: 'Saving',
};

/** `Iteration 300 of 1,000 · KL 1.93`; before and after the iterations what is done then. */
export function projectionProgress({
  phase,
  share,
  iteration,
  of,
  kl,
}: Pick<ProjectionSnapshot, 'phase' | 'share' | 'iteration' | 'of' | 'kl'>): string {
  const divergence = kl === null ? '' : ` · KL ${kl.toFixed(2)}`;
  switch (phase) {
    case 'neighbours':
      return `${projectionPhases.neighbours} · ${Math.floor(100 * share)} %`;
    case 'embedding':
      return `Iteration ${formatCount(iteration)} of ${formatCount(of)}${divergence}`;
    default:
      return `${projectionPhases[phase]}${divergence}`;
  }
}

/** Below this share of kept neighbours a map says so. */
const poorRecall = 0.3;

/** Said of a map on which few neighbours are neighbours; null of a good or unmeasured one. */
export const recallWarning = ({ recall }: Pick<ProjectionCard, 'recall'>): string | null =>
  recall !== null && recall < poorRecall
    ? `Few neighbours on this map are neighbours for the model: of 10 nearest ${Math.round(recall * 100) / 10} on average.`
    : null;

/** Its measures, each with its name; those that were not taken are left out. */
export function projectionMeasures(card: ProjectionCard): readonly { name: string; value: string }[] {
  const { kl, recall, trustworthiness, perplexity } = card;
  return [
    ...(kl === null ? [] : [{ name: 'KL', value: kl.toFixed(2) }]),
    ...(recall === null ? [] : [{ name: '10-NN recall', value: recall.toFixed(2) }]),
    ...(trustworthiness === null ? [] : [{ name: 'Trustworthiness', value: trustworthiness.toFixed(3) }]),
    ...(perplexity === null ? [] : [{ name: 'Perplexity', value: formatScore(perplexity) }]),
  ];
}

/** `300 of 1,000 iterations`; of a t-SNE at its end `1,000 iterations`. */
export const iterationsDone = (card: ProjectionCard): string =>
  isStopped(card)
    ? `${formatCount(card.iterations)} of ${countOf(card.planned, 'iteration')}`
    : countOf(card.iterations, 'iteration');
