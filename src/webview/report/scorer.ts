/** The report's worker: one model at a time, shared by the check of one image and that of many. */
import type { ReportHostApi } from '../../shared/protocol/report.ts';
import type { ForwardApi } from '../../shared/protocol/forward.ts';
import { fetchKernels } from '../shared/assets.ts';
import { readWholeFile } from '../shared/files.ts';
import type { PageHost } from '../shared/host.ts';
import { startWorker, type RunningWorker } from '../shared/workers.ts';

export type ScoringWorker = RunningWorker<ForwardApi>;

export interface ScoringModel {
  /** Model file as a URI string; the key changes when the file does. */
  readonly uri: string;
  readonly key: string;
}

/** @throws LensError `engine-unavailable` where it does not start */
export async function startScoringWorker(
  report: (error: unknown, method: string) => void,
): Promise<ScoringWorker> {
  const [kernels, worker] = await Promise.all([
    fetchKernels(),
    startWorker<ForwardApi, Record<never, never>>('forwardWorker', {}, report),
  ]);
  await Promise.race([worker.call('start', { kernels }), worker.crashed]);
  return worker;
}

export class Scorer {
  #worker: Promise<ScoringWorker> | undefined;
  /** Calls pass here one after the other: whoever needs another model waits for the calls under way to end. */
  #door: Promise<unknown> = Promise.resolve();
  #key: string | undefined;
  readonly #underWay = new Set<Promise<unknown>>();

  /** @param start starts a worker that has its kernels */
  constructor(
    private readonly host: () => PageHost<ReportHostApi>,
    private readonly start: () => Promise<ScoringWorker>,
  ) {}

  /** Bytes of a file that the host has opened for this page. */
  read(uri: string): Promise<Uint8Array> {
    return readWholeFile((params) => this.host().calls.call('readFile', params), uri);
  }

  /**
   * Calls the worker with this model loaded.
   * @throws LensError what the worker says, `engine-unavailable` where it does not start, `engine-failed` or
   *   `out-of-memory` where it dies; the next call starts another
   */
  async run<T>(model: ScoringModel, call: (worker: ScoringWorker) => Promise<T>): Promise<T> {
    const entered = this.#door.then(() => this.#enter(model, call));
    this.#door = entered.catch(() => undefined);
    return (await entered).answer;
  }

  /** The answer is wrapped, so that the door opens when the call has begun and not when it is answered. */
  async #enter<T>(
    model: ScoringModel,
    call: (worker: ScoringWorker) => Promise<T>,
  ): Promise<{ readonly answer: Promise<T> }> {
    const worker = await this.#running();
    if (this.#key !== model.key) {
      await Promise.allSettled(this.#underWay);
      await Promise.race([this.#load(worker, model), worker.crashed]);
    }
    const answer = Promise.race([call(worker), worker.crashed]);
    const settled = answer
      .catch(() => undefined)
      .then(() => {
        this.#underWay.delete(settled);
      });
    this.#underWay.add(settled);
    return { answer };
  }

  async #load(worker: ScoringWorker, { uri, key }: ScoringModel): Promise<void> {
    if (!(await worker.call('hasModel', { key }))) {
      this.#key = undefined;
      const bytes = await this.read(uri);
      await worker.call('loadModel', { key, bytes }, { transfer: [bytes.buffer as ArrayBuffer] });
    }
    this.#key = key;
  }

  #running(): Promise<ScoringWorker> {
    if (this.#worker === undefined) {
      const started = this.start();
      this.#worker = started;
      started
        .then(({ crashed }) => crashed)
        .catch(() => {
          if (this.#worker !== started) return;
          this.#worker = undefined;
          this.#key = undefined;
        });
    }
    return this.#worker;
  }
}
