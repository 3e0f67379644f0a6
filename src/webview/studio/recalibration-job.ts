/** A calibration anew in the Studio: reads the model, runs it in the engine's worker, answers how it ended. */
import { isCancelled, toWireError } from '../../shared/errors.ts';
import type { Progress, RecalibrationOutcome } from '../../shared/protocol/engine.ts';
import type { RecalibrationProposal, RecalibrationStatus } from '../../shared/protocol/recalibration.ts';
import { latestOnly } from '../shared/latest.ts';
import type { EngineLink } from './engine-link.ts';

export interface RunningRecalibration {
  readonly proposal: RecalibrationProposal;
  readonly progress: Progress;
  readonly stopping: boolean;
}

/** What the job needs of its page. */
export interface RecalibrationSeam {
  /** Runs a call in the worker. */
  readonly run: EngineLink['run'];
  readonly readFile: (uri: string) => Promise<Uint8Array>;
  /** Tells the host; resolves when that has taken it, so that a slow one is not flooded. Must not reject. */
  readonly tell: (status: RecalibrationStatus) => Promise<void>;
  readonly onChange: (running: RunningRecalibration) => void;
}

export class RecalibrationJob {
  /** How it ended; never rejects. */
  readonly end: Promise<RecalibrationOutcome>;

  #running: RunningRecalibration;
  /** Ends what comes before the worker's own work: reading the model. */
  readonly #abort = new AbortController();
  #inEngine = false;
  #ended = false;
  readonly #tell: (status: RecalibrationStatus) => void;

  constructor(
    proposal: RecalibrationProposal,
    private readonly seam: RecalibrationSeam,
  ) {
    this.#running = {
      proposal,
      progress: { text: 'Reading the model', done: 0, total: 0 },
      stopping: false,
    };
    this.#tell = latestOnly(async (status) => {
      // The job's end overtakes what still waits.
      if (!this.#ended) await seam.tell(status);
    });
    this.#change({});
    this.end = this.#follow(proposal);
  }

  get running(): RunningRecalibration {
    return this.#running;
  }

  take(progress: Progress): void {
    this.#change({ progress });
  }

  /** Ends it with the model's file as it was, unless that is being saved already. */
  async stop(): Promise<RecalibrationOutcome> {
    const { jobId } = this.#running.proposal;
    this.#change({ stopping: true });
    if (!this.#inEngine) this.#abort.abort();
    // The outcome tells the rest; a worker that died meanwhile has ended the job already.
    else await this.seam.run((worker) => worker.call('stop', { jobId })).catch(() => undefined);
    return this.end;
  }

  async #follow({ model, ...rest }: RecalibrationProposal): Promise<RecalibrationOutcome> {
    try {
      return await this.seam.run(async (worker) => {
        const bytes = await this.seam.readFile(model);
        this.#abort.signal.throwIfAborted();
        this.#inEngine = true;
        const transfer = [bytes.buffer as ArrayBuffer];
        return worker.call('recalibrate', { ...rest, model: bytes }, { transfer });
      });
    } catch (error) {
      const stopped = this.#abort.signal.aborted || isCancelled(error);
      return {
        jobId: rest.jobId,
        state: stopped ? 'stopped' : 'failed',
        error: stopped ? null : toWireError(error),
        ...{ savedAs: null, calibration: null, skipped: [] },
      };
    } finally {
      this.#ended = true;
    }
  }

  #change(change: Partial<RunningRecalibration>): void {
    this.#running = { ...this.#running, ...change };
    this.seam.onChange(this.#running);
    const { proposal, progress } = this.#running;
    const { jobId, name } = proposal;
    this.#tell({ kind: 'calibration', jobId, name, ...progress, secondsLeft: null });
  }
}
