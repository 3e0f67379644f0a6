/** The report's conduct: one worker that keeps its model, one check at a time, the newest wins. Draws nothing. */
import { LensError, cancelled, toWireError } from '../../shared/errors.ts';
import type {
  CheckOutcome,
  CheckRequest,
  ReportHostApi,
  ReportPageApi,
} from '../../shared/protocol/report.ts';
import type { CheckResult, ForwardApi } from '../../shared/protocol/forward.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { fetchKernels } from '../shared/assets.ts';
import { readWholeFile } from '../shared/files.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { startWorker, type RunningWorker } from '../shared/workers.ts';
import type { ReportState } from './state.ts';

type Scorer = RunningWorker<ForwardApi>;

export class ReportSession {
  readonly store = new Store<ReportState>({ kind: 'waiting' });
  readonly pageHandlers: Handlers<ReportPageApi>;

  #host: PageHost<ReportHostApi> | undefined;
  #scorer: Promise<Scorer> | undefined;
  /** Number of the newest request; older ones end without showing anything. */
  #turn = 0;
  /** The check under way: the worker holds one model, so checks follow one another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor() {
    this.pageHandlers = {
      check: (request) => this.#check(request),
      showError: ({ name, error }) => {
        this.#turn++;
        this.store.set({ kind: 'failed', name, error, request: null });
      },
    };
  }

  async start(host: PageHost<ReportHostApi>): Promise<void> {
    this.#host = host;
    await host.calls.call('ready', { pageId: host.pageId });
  }

  openFile(uri: string): void {
    this.#connection.calls.send('openFile', { uri });
  }
  chooseModel(): void {
    this.#connection.calls.send('chooseModel', {});
  }
  train(): void {
    this.#connection.calls.send('train', {});
  }
  showLog(): void {
    this.#connection.calls.send('showLog', {});
  }

  readonly report = (error: unknown, method: string): void => {
    const { message, detail } = toWireError(error);
    const text = `Report, ${method}: ${message}${detail === undefined ? '' : `\n${detail}`}`;
    this.#connection.calls.send('log', { level: 'error', text });
  };

  async #check(request: CheckRequest): Promise<CheckOutcome> {
    const began = performance.now();
    const turn = ++this.#turn;
    const { bytes, ...checked } = request;
    this.store.set({ kind: 'checking', request: checked });
    // The host restores a report by what stands here.
    this.#connection.writeState({ version: 1, image: request.image, name: request.name });
    const mine = this.#queue.then(async () => {
      if (turn !== this.#turn) throw cancelled();
      return this.#score(checked, bytes);
    });
    this.#queue = mine.catch(() => undefined);
    try {
      const result = await mine;
      if (turn !== this.#turn) throw cancelled();
      const milliseconds = performance.now() - began;
      this.store.set({ kind: 'checked', request: checked, result, milliseconds });
      return { ok: true, verdict: result.verdict, milliseconds };
    } catch (error) {
      const wire = toWireError(error);
      if (turn === this.#turn) {
        this.store.set({ kind: 'failed', name: request.name, error: wire, request: checked });
        this.report(error, 'check');
      }
      return { ok: false, error: wire };
    }
  }

  async #score(
    { image, model, modelKey, name, falseAlarmRate }: Omit<CheckRequest, 'bytes'>,
    given: Uint8Array | null,
  ): Promise<CheckResult> {
    const scorer = await this.#worker();
    const read = (uri: string): Promise<Uint8Array> =>
      readWholeFile((params) => this.#connection.calls.call('readFile', params), uri);
    const work = async (): Promise<CheckResult> => {
      if (!(await scorer.call('hasModel', { key: modelKey }))) {
        const file = await read(model);
        const transfer = [file.buffer as ArrayBuffer];
        await scorer.call('loadModel', { key: modelKey, bytes: file }, { transfer });
      }
      // A large file comes in parts.
      const bytes = given ?? (await read(image));
      return scorer.call('check', { name, bytes, falseAlarmRate });
    };
    return Promise.race([work(), scorer.crashed]);
  }

  #worker(): Promise<Scorer> {
    if (this.#scorer === undefined) {
      const started = this.#startWorker();
      this.#scorer = started;
      started
        .then(({ crashed }) => crashed)
        .catch(() => {
          if (this.#scorer === started) this.#scorer = undefined;
        });
    }
    return this.#scorer;
  }

  async #startWorker(): Promise<Scorer> {
    const [kernels, scorer] = await Promise.all([
      fetchKernels(),
      startWorker<ForwardApi, Record<never, never>>('forwardWorker', {}, this.report),
    ]);
    await Promise.race([scorer.call('start', { kernels }), scorer.crashed]);
    return scorer;
  }

  get #connection(): PageHost<ReportHostApi> {
    if (this.#host === undefined) throw new LensError('internal', 'The page is not connected yet.');
    return this.#host;
  }
}
