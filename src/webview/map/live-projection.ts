/** The running t-SNE in the place of the file's own. Pure. */
import type { ProjectionCard } from '../../shared/model-card.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { MapModel } from './state.ts';

/** What is known of a map that is not finished. */
const cardOf = ({ count, perplexity, iteration, of, seed, kl }: ProjectionStatus): ProjectionCard => ({
  ...{ method: 'tsne', count, perplexity: Math.min(perplexity, (count - 1) / 3) },
  ...{ iterations: iteration, planned: of, seed, kl },
  ...{ recall: null, trustworthiness: null, engine: '', when: '' },
});

/**
 * The model with the coordinates of the running t-SNE.
 * @returns null where they are not of this model, or there are none yet
 */
export function withRunning(model: MapModel, running: ProjectionStatus | null): MapModel | null {
  const coordinates = running?.coordinates;
  if (!coordinates || running.model !== model.shown.uri) return null;
  if (running.count > model.points.count || coordinates.length !== 2 * running.count) return null;
  const live = { card: cardOf(running), coordinates, running };
  return { ...model, projections: [live, ...model.projections.filter(({ card }) => card.method !== 'tsne')] };
}
