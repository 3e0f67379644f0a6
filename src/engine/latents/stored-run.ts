/** A t-SNE run in the model's file: what it goes on from, and where it is kept. */
import { readTsne } from '../../shared/map-points.ts';
import { projectionCardOf, type ModelCard, type ProjectionCard } from '../../shared/model-card.ts';
import { tsneTensors, type ModelFile, type TsneName } from '../../shared/model-file.ts';
import { isStopped } from '../../shared/projection-choices.ts';
import type { EngineKind } from '../backends/engine.ts';
import { tensor } from '../model/model-tensors.ts';
import type { ProjectorState } from './projector.ts';

/** A run that was stopped or came to its end, and what it was computed on. */
export interface StoredRun {
  readonly state: ProjectorState;
  readonly begunOn: EngineKind;
}

/** What makes two runs the same one. `perplexity` is the one in use. */
export type RunIdentity = Pick<ProjectionCard, 'count' | 'perplexity' | 'seed'>;

const sameRun = (card: ProjectionCard, { count, perplexity, seed }: RunIdentity): boolean =>
  card.count === count && card.perplexity === perplexity && card.seed === seed;

/**
 * The file's run of these points, perplexity and seed: the begun one first, else the finished one.
 * @throws LensError `invalid-model-file` where it does not hold
 */
export function storedRun(file: ModelFile, wanted: RunIdentity): StoredRun | undefined {
  for (const name of ['begun', 'tsne'] as const) {
    const card = projectionCardOf(file.card, name);
    const stored = card && sameRun(card, wanted) ? readTsne(file, name) : null;
    if (stored) {
      const { coordinates, velocities, gains } = stored;
      return {
        state: { iteration: stored.card.iterations, coordinates, velocities, gains },
        begunOn: stored.card.engine.startsWith('webgpu') ? 'webgpu' : 'wasm',
      };
    }
  }
  return undefined;
}

/**
 * The file with this run in it. At its end it takes the place of the finished t-SNE; until then it is the begun one, and
 * the finished one stays as it is.
 */
export function withRun(
  file: ModelFile,
  run: ProjectionCard,
  { coordinates, velocities, gains }: ProjectorState,
): ModelFile {
  const name: TsneName = isStopped(run) ? 'begun' : 'tsne';
  const before = projectionCardOf(file.card, 'tsne');
  // Versions before this one kept what was stopped in the finished one's place: it makes way, as a begun one does.
  const replaced: readonly TsneName[] =
    name === 'tsne' || (before && isStopped(before)) ? ['begun', 'tsne'] : ['begun'];
  const card: ModelCard = {
    ...file.card,
    projections: [
      ...file.card.projections.filter(({ method }) => method === 'pca' || !replaced.includes(method)),
      ...(name === 'tsne' ? [run] : []),
    ],
    begunProjection: name === 'begun' ? run : null,
  };
  const tensors = new Map(file.tensors);
  for (const one of replaced) for (const key of Object.values(tsneTensors(one))) tensors.delete(key);
  const names = tsneTensors(name);
  const shape = [run.count, 2];
  tensors.set(names.coordinates, tensor(shape, coordinates));
  tensors.set(names.velocities, tensor(shape, velocities));
  tensors.set(names.gains, tensor(shape, gains));
  return { card, tensors };
}
