/** The running t-SNE in the place of the one that the file has begun. Pure. */
import { projectionNames, type ProjectionCard, type ProjectionName } from '../../shared/model-card.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { MapModel, ShownProjection } from './state.ts';

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
  const live: ShownProjection = { name: 'begun', card: cardOf(running), coordinates, running };
  const of = (one: ProjectionName): readonly ShownProjection[] =>
    one === live.name ? [live] : model.projections.filter(({ name }) => name === one);
  return { ...model, projections: projectionNames.flatMap(of) };
}
