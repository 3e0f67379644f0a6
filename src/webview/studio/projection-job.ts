/** A t-SNE in the Studio: reads the model, runs it in the engine's worker, passes its pictures on to the host. */
import type { KernelFiles, ProjectionSnapshot } from '../../shared/protocol/engine.ts';
import type {
  ProjectionEnd,
  ProjectionProposal,
  ProjectionStatus,
} from '../../shared/protocol/projection.ts';
import { latestOnly } from '../shared/latest.ts';
import type { EngineLink } from './engine-link.ts';
import {
  endOfError,
  newProjection,
  projectionStatus,
  withProjectionSnapshot,
  type RunningProjection,
} from './projection-state.ts';

/** What the job needs of its page. */
export interface ProjectionSeam {
  /** Runs a call in the worker. */
  readonly run: EngineLink['run'];
  readonly readFile: (uri: string) => Promise<Uint8Array>;
  /** The projection's kernels, which the worker cannot fetch. */
  readonly kernels: () => Promise<KernelFiles>;
  /** Tells the host; resolves when that has taken it, so that a slow one is not flooded. Must not reject. */
  readonly tell: (status: ProjectionStatus) => Promise<void>;
  readonly onChange: (running: RunningProjection) => void;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export class ProjectionJob {
  /** How it ended; never rejects. */
  readonly end: Promise<ProjectionEnd>;

  #running: RunningProjection;
  #ended = false;
  #savedAs: string | null = null;
  /** Ends what comes before the worker's own work: reading the model. */
  readonly #abort = new AbortController();
  #inEngine = false;
  readonly #tell: (status: ProjectionStatus) => void;

  constructor(
    private readonly proposal: ProjectionProposal,
    private readonly seam: ProjectionSeam,
  ) {
    this.#running = newProjection(proposal);
    this.#tell = latestOnly(async (status) => {
      // The job's end overtakes what still waits.
      if (!this.#ended) await seam.tell(status);
    });
    this.end = this.#follow();
    this.#changed();
  }

  get running(): RunningProjection {
    return this.#running;
  }

  /** A snapshot of the worker; those of other jobs are none of ours. */
  take(snapshot: ProjectionSnapshot): void {
    if (snapshot.jobId !== this.proposal.jobId || this.#ended) return;
    this.#running = withProjectionSnapshot(this.#running, snapshot, this.seam.now());
    this.#changed();
  }

  saved(savedAs: string): void {
    this.#savedAs = savedAs;
  }

  /** Stops it after the iteration under way, with what it has so far saved. */
  async stop(): Promise<ProjectionEnd> {
    const { jobId } = this.proposal;
    this.#running = { ...this.#running, stopping: true };
    this.#changed();
    if (!this.#inEngine) this.#abort.abort();
    // The outcome tells the rest; a worker that died meanwhile has ended the job already.
    else await this.seam.run((worker) => worker.call('stop', { jobId })).catch(() => undefined);
    return this.end;
  }

  async #follow(): Promise<ProjectionEnd> {
    const { jobId } = this.proposal;
    try {
      const outcome = await this.seam.run(async (worker) => {
        const { model, name, points, perplexity, iterations, seed } = this.proposal;
        const [kernels, bytes] = await Promise.all([this.seam.kernels(), this.seam.readFile(model)]);
        this.#abort.signal.throwIfAborted();
        this.#inEngine = true;
        return worker.call(
          'project',
          {
            ...{ jobId, kernels, model: bytes, name, points, perplexity, iterations, seed },
            continue: this.proposal.continue,
          },
          { transfer: [bytes.buffer as ArrayBuffer] },
        );
      });
      const { state, error, savedAs, card } = outcome;
      return { jobId, state, error, savedAs, card };
    } catch (error) {
      return endOfError(jobId, error, this.#abort.signal.aborted, this.#savedAs);
    } finally {
      this.#ended = true;
    }
  }

  #changed(): void {
    if (this.#ended) return;
    this.seam.onChange(this.#running);
    this.#tell(projectionStatus(this.#running, this.seam.now()));
  }
}
