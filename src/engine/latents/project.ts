/** A projection job: the points of a model file → coordinates on the plane → the same file with them. */
import { LensError, isCancelled, toWireError, type WireError } from '../../shared/errors.ts';
import { readPoints, type MapPoints } from '../../shared/map-points.ts';
import type { ModelCard, ProjectionCard } from '../../shared/model-card.ts';
import { readModelFile, writeModelFile, type ModelFile } from '../../shared/model-file.ts';
import type { ProjectRequest, ProjectionOutcome, ProjectionSnapshot } from '../../shared/protocol/engine.ts';
import { createThrottle } from '../training/pacing.ts';
import type { LatentSet, Projection, Projector, ProjectorState } from './projector.ts';
import { storedRun, withRun } from './stored-run.ts';

export type ProjectPlan = Omit<ProjectRequest, 'kernels'>;

export interface ProjectEnvironment {
  readonly projection: Projection;
  /** The time as ISO 8601. */
  readonly now: () => string;
  readonly breathe: () => Promise<void>;
  readonly save: (bytes: Uint8Array) => Promise<{ readonly savedAs: string }>;
  readonly publish: (snapshot: ProjectionSnapshot) => void;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Whether it is time to save what there is; every ten seconds where left out. */
  readonly checkpointDue?: () => boolean;
}

const publishMilliseconds = 200;
/** An estimate of the divergence costs as much as an iteration. */
const klMilliseconds = 1_000;
/** Iterations between two breaths take about so long: a stop is answered within. */
const chunkMilliseconds = 40;
/** What can be lost at most. */
const checkpointMilliseconds = 10_000;

/** What of a run is in the file, whatever becomes of it. */
interface Kept {
  savedAs: string | null;
  card: ModelCard | null;
}

/** Runs a projection to its end, also a bad one: the outcome says which. Aborting `signal` stops it and saves. */
export async function runProjection(
  plan: ProjectPlan,
  environment: ProjectEnvironment,
  signal: AbortSignal,
): Promise<ProjectionOutcome> {
  const kept: Kept = { savedAs: null, card: null };
  const ended = (state: ProjectionOutcome['state'], error: WireError | null): ProjectionOutcome => ({
    ...{ jobId: plan.jobId, state, error },
    ...kept,
    coordinates: null,
  });
  try {
    return await new ProjectionRun(plan, environment, signal, kept).run();
  } catch (error) {
    if (isCancelled(error)) return ended('stopped', null);
    const wire = toWireError(error);
    environment.log('error', wire.detail ? `${wire.message}\n${wire.detail}` : wire.message);
    return ended('failed', wire);
  }
}

/** The points of a model, or why there is nothing to project. */
function pointsOf(file: ModelFile): MapPoints {
  const points = readPoints(file);
  if (points) return points;
  throw new LensError(
    'too-few-images',
    `The model “${file.card.name}” keeps no latents yet. Finish its training, or train it anew with this version.`,
  );
}

function latentSet({ latents, latent, count, heldOut }: MapPoints, which: ProjectPlan['points']): LatentSet {
  const wanted = which === 'all' ? count : heldOut;
  return { points: latents.subarray(0, wanted * latent), count: wanted, dimensions: latent };
}

class ProjectionRun {
  private readonly file: ModelFile;
  private readonly set: LatentSet;
  private snapshot: ProjectionSnapshot;
  private readonly publishDue = createThrottle(publishMilliseconds);
  private readonly checkpointDue: () => boolean;
  /** The checkpoint that is being written. */
  private onItsWay: Promise<void> | null = null;

  constructor(
    private readonly plan: ProjectPlan,
    private readonly environment: ProjectEnvironment,
    private readonly signal: AbortSignal,
    private readonly kept: Kept,
  ) {
    this.file = readModelFile(plan.model);
    this.checkpointDue = environment.checkpointDue ?? createThrottle(checkpointMilliseconds);
    const points = pointsOf(this.file);
    this.set = latentSet(points, plan.points);
    this.snapshot = {
      ...{ jobId: plan.jobId, name: plan.name, phase: 'neighbours', share: 0 },
      ...{ iteration: 0, of: plan.iterations, coordinates: null, kl: null, engine: null },
      ...{ count: this.set.count, total: points.total },
    };
  }

  async run(): Promise<ProjectionOutcome> {
    this.show({}, true);
    const projector = await this.prepare();
    try {
      await this.descend(projector);
      const stopped = this.signal.aborted;
      const state = await projector.exportState();
      const card = await this.measure(projector, state, stopped);
      this.show({ phase: 'saving', share: 0, kl: card.kl }, true);
      // Two saves of one file must not overtake each other.
      await this.onItsWay;
      return await this.save(card, state, stopped);
    } finally {
      projector.dispose();
      await this.onItsWay;
    }
  }

  private async prepare(): Promise<Projector> {
    const { perplexity, seed } = this.plan;
    const { count } = this.set;
    const wanted = { count, perplexity: Math.min(perplexity, (count - 1) / 3), seed };
    const stored = this.plan.continue ? storedRun(this.file, wanted) : undefined;
    if (this.plan.continue && !stored) {
      this.environment.log('info', 'There is no t-SNE of these points to go on with; it starts anew.');
    }
    return this.environment.projection.create({
      ...this.set,
      ...{ perplexity, seed, state: stored?.state, begunOn: stored?.begunOn },
      ...{ signal: this.signal, breathe: this.environment.breathe },
      onProgress: (share) => this.show({ share }),
    });
  }

  private async descend(projector: Projector): Promise<void> {
    const { iterations } = this.plan;
    const klDue = createThrottle(klMilliseconds);
    let chunk = 1;
    // The first save comes an interval from here.
    this.checkpointDue();
    const unfinished = (): boolean => projector.iteration < iterations && !this.signal.aborted;
    do {
      await this.showIteration(projector, this.snapshot.kl, true);
      while (unfinished()) {
        const started = performance.now();
        await projector.step(Math.min(chunk, iterations - projector.iteration));
        const each = (performance.now() - started) / chunk;
        chunk = Math.max(1, Math.min(50, Math.floor(chunkMilliseconds / Math.max(each, 0.1))));
        const kl = klDue() ? await projector.estimateKl() : this.snapshot.kl;
        await this.showIteration(projector, kl, false);
        if (unfinished() && !this.onItsWay && this.checkpointDue()) await this.checkpoint(projector);
        await this.environment.breathe();
      }
      await this.showIteration(projector, this.snapshot.kl, true);
      // A GPU that is lost when its last coordinates are read leaves some of the way to go.
    } while (unfinished());
  }

  /**
   * Sends the file with the coordinates so far off and goes on while it is written. A failure is a warning in the log,
   * and the next checkpoint tries again.
   */
  private async checkpoint(projector: Projector): Promise<void> {
    const unmeasured = { kl: null, recall: null, trustworthiness: null };
    const state = await projector.exportState();
    const file = withRun(this.file, this.cardOf(projector, state, unmeasured), state);
    this.onItsWay = this.environment.save(writeModelFile(file)).then(
      ({ savedAs }) => void Object.assign(this.kept, { savedAs, card: file.card }),
      (error: unknown) =>
        this.environment.log('warn', `The t-SNE so far could not be saved: ${toWireError(error).message}`),
    );
    void this.onItsWay.then(() => (this.onItsWay = null));
  }

  private cardOf(
    projector: Projector,
    { iteration }: ProjectorState,
    measures: Pick<ProjectionCard, 'kl' | 'recall' | 'trustworthiness'>,
  ): ProjectionCard {
    return {
      ...{ method: 'tsne', count: this.set.count, perplexity: projector.perplexity },
      ...{ iterations: iteration, planned: this.plan.iterations, seed: this.plan.seed },
      ...measures,
      ...{ engine: projector.engine, when: this.environment.now() },
    };
  }

  /** A stopped map is only given its divergence: whoever stopped it does not want to wait. */
  private async measure(
    projector: Projector,
    state: ProjectorState,
    stopped: boolean,
  ): Promise<ProjectionCard> {
    this.show({ phase: 'measuring', share: 0 }, true);
    const { breathe } = this.environment;
    const kl = await projector.exactKl({ breathe });
    const quality = stopped ? null : await this.quality(state.coordinates);
    return this.cardOf(projector, state, {
      kl,
      recall: quality?.recall ?? null,
      trustworthiness: quality?.trustworthiness ?? null,
    });
  }

  private async quality(
    coordinates: Float32Array,
  ): Promise<{ recall: number; trustworthiness: number } | null> {
    const { breathe, projection } = this.environment;
    const hooks = { breathe, signal: this.signal };
    try {
      return await projection.quality(this.set, coordinates, this.plan.seed, hooks);
    } catch (error) {
      if (isCancelled(error)) return null;
      throw error;
    }
  }

  private async save(
    card: ProjectionCard,
    state: ProjectorState,
    stopped: boolean,
  ): Promise<ProjectionOutcome> {
    const file = withRun(this.file, card, state);
    const { savedAs } = await this.environment.save(writeModelFile(file));
    return {
      jobId: this.plan.jobId,
      state: stopped ? 'stopped' : 'finished',
      error: null,
      savedAs,
      card: file.card,
      coordinates: state.coordinates,
    };
  }

  private async showIteration(projector: Projector, kl: number | null, urgent: boolean): Promise<void> {
    const of = Math.max(this.plan.iterations, 1);
    // Reading the coordinates is a copy: only for those who see it.
    if (!urgent && !this.publishDue()) {
      this.snapshot = { ...this.snapshot, kl };
      return;
    }
    const coordinates = await projector.coordinates();
    // Read after the coordinates, which may tell of a lost GPU.
    const { iteration, reason } = projector;
    this.snapshot = {
      ...this.snapshot,
      ...{ phase: 'embedding', share: Math.min(1, iteration / of), iteration, kl },
      ...{ coordinates, engine: reason },
    };
    this.environment.publish(this.snapshot);
  }

  private show(change: Partial<ProjectionSnapshot>, urgent = false): void {
    this.snapshot = { ...this.snapshot, ...change };
    if (urgent || this.publishDue()) this.environment.publish(this.snapshot);
  }
}
