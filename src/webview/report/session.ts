/** The report's conduct: one image at a time, the newest wins, and the table of many beside it. Draws nothing. */
import { LensError, cancelled, toWireError } from '../../shared/errors.ts';
import type {
  CheckOutcome,
  CheckRequest,
  ReportHostApi,
  ReportPageApi,
  RowAction,
  ShownReport,
} from '../../shared/protocol/report.ts';
import type { CheckResult } from '../../shared/protocol/forward.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { baseName } from '../shared/format.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { BatchTable } from './batch-table.ts';
import { Scorer, startScoringWorker } from './scorer.ts';
import { readKept, toKeep, type Face, type NearImages, type ReportState } from './state.ts';

/** Near images that are shown. */
const nearCount = 8;

export class ReportSession {
  readonly store = new Store<ReportState>({ kind: 'waiting' });
  readonly face = new Store<Face>('image');
  /** Images of the data set near the one that was checked, once they are found. */
  readonly nearest = new Store<NearImages>({ of: null, images: [], fitted: false });
  readonly table: BatchTable;
  readonly pageHandlers: Handlers<ReportPageApi>;

  #host: PageHost<ReportHostApi> | undefined;
  readonly #scorer = new Scorer(
    () => this.#connection,
    () => startScoringWorker((error, method) => this.report(error, method)),
  );
  /** Number of the newest request; older ones end without showing anything. */
  #turn = 0;
  /** The check under way: superseded ones are left out, so they follow one another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor() {
    this.table = new BatchTable(() => this.#connection, this.#scorer);
    this.pageHandlers = {
      check: (request) => this.#check(request),
      showError: ({ name, error }) => {
        this.#turn++;
        this.store.set({ kind: 'failed', name, error, request: null });
        this.turnTo('image');
      },
      checkBatch: async (run) => {
        const running = this.table.run(run);
        this.turnTo('table');
        const end = await running;
        if (end.error)
          this.report(new LensError(end.error.code, end.error.message, end.error.detail), 'batch');
        return end;
      },
      stopBatch: ({ run }) => this.table.stop(run),
      showBatch: (progress) => {
        this.table.show(progress);
        if (progress.front) this.turnTo('table');
      },
    };
  }

  async start(host: PageHost<ReportHostApi>): Promise<void> {
    this.#host = host;
    const shown = readKept(host.readState());
    await host.calls.call('ready', { pageId: host.pageId, shown });
  }

  /** Turns to the image or to the table. */
  turnTo(face: Face): void {
    this.face.set(face);
    const title = face === 'table' ? this.table.store.value?.batch.title : this.#imageName;
    this.#connection.calls.send('titled', { title: title === undefined ? '' : baseName(title) });
    this.#keep();
  }

  openFile(uri: string): void {
    this.#connection.calls.send('openFile', { uri });
  }
  showOnMap(model: string): void {
    this.#connection.calls.send('showOnMap', { model });
  }
  /** @param path of an image of the model's data set */
  openNear(model: string, path: string): void {
    this.#connection.calls.send('openNear', { model, path });
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
  /** @param indices places in the table's batch */
  act(indices: readonly number[], action: RowAction): void {
    const batch = this.table.store.value?.batch.id;
    if (batch !== undefined) this.#connection.calls.send('rowAction', { batch, indices, action });
  }
  continueBatch(batch: string): void {
    this.#connection.calls.send('continueBatch', { batch });
  }
  repeatBatch(batch: string): void {
    this.#connection.calls.send('repeatBatch', { batch });
  }
  /** @throws LensError what the host says; null where the user cancelled */
  async save(name: string, bytes: Uint8Array): Promise<string | null> {
    return (await this.#connection.calls.call('saveFile', { name, bytes })).savedAs;
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
    this.turnTo('image');
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
      void this.#findNearest(checked, result);
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
    // A large file comes in parts.
    const bytes = given ?? (await this.#scorer.read(image));
    return this.#scorer.run({ uri: model, key: modelKey }, (worker) =>
      worker.call('check', { name, bytes, falseAlarmRate }),
    );
  }

  /** The verdict does not wait for it, and is none the worse without it. */
  async #findNearest(
    { model, modelKey, card }: Omit<CheckRequest, 'bytes'>,
    result: CheckResult,
  ): Promise<void> {
    if (card.points === null) return;
    try {
      const near = await this.#scorer.run({ uri: model, key: modelKey }, (worker) =>
        worker.call('nearest', { latent: result.latent, count: nearCount }),
      );
      this.nearest.set({ of: result, ...near });
    } catch (error) {
      this.report(error, 'nearest');
    }
  }

  /** The host restores a report by what stands here. */
  #keep(): void {
    const state = this.store.value;
    const image =
      state.kind === 'waiting' ? null : state.kind === 'failed' ? state.request?.image : state.request.image;
    const shown: ShownReport = {
      image: image ?? null,
      batch: this.table.store.value?.batch.id ?? null,
      face: this.face.value,
    };
    this.#connection.writeState(toKeep(shown));
  }

  get #imageName(): string | undefined {
    const state = this.store.value;
    if (state.kind === 'waiting') return undefined;
    return state.kind === 'failed' ? state.name : state.request.name;
  }

  get #connection(): PageHost<ReportHostApi> {
    if (this.#host === undefined) throw new LensError('internal', 'The page is not connected yet.');
    return this.#host;
  }
}
