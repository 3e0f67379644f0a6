/** The table's conduct: one batch, its run, its rows as they come. Draws nothing. */
import { isFailed, type BatchRow, type BatchTerms } from '../../shared/batch.ts';
import type { BatchEnd, BatchProgress, BatchRun, ReportHostApi } from '../../shared/protocol/report.ts';
import type { JudgedImage } from '../../shared/protocol/forward.ts';
import { readWholeFile } from '../shared/files.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { runBatch } from './batch-run.ts';
import type { Scorer, ScoringModel } from './scorer.ts';
import { tableOf, type TableState } from './state.ts';
import { Thumbnails } from '../shared/thumbnails.ts';

/** Rows go to the host, and on the page, when so many are together or so many milliseconds have passed. */
const rowsTogether = 500;
const everyMs = 250;

export class BatchTable {
  readonly store = new Store<TableState | null>(null);
  thumbnails = new Thumbnails<number>(() => Promise.reject(new Error('there is no table')));
  #run: { readonly id: string; readonly abort: AbortController } | undefined;

  constructor(
    private readonly host: () => PageHost<ReportHostApi>,
    private readonly scorer: Scorer,
  ) {}

  /** Shows a batch that does not run. */
  show(progress: BatchProgress): void {
    if (this.#run !== undefined) return;
    this.#take(progress, false);
  }

  /** Checks what is left. */
  async run(run: BatchRun): Promise<BatchEnd> {
    this.stop();
    const mine = { id: run.run, abort: new AbortController() };
    this.#run = mine;
    const { batch, falseAlarmRate } = { batch: run.batch, falseAlarmRate: run.batch.falseAlarmRate };
    const model: ScoringModel = { uri: batch.model, key: batch.modelKey };
    const table = this.#take(run, true);
    const rows = table.rows as (BatchRow | undefined)[];
    let { tally, terms, version } = table;
    let together: BatchRow[] = [];
    let last = performance.now();
    const show = (change: Partial<TableState>): void => {
      if (this.#run === mine) this.store.set({ ...table, tally, terms, version, ...change });
    };
    const flush = (): void => {
      last = performance.now();
      if (together.length === 0) return;
      this.host().calls.send('batchRows', { run: run.run, rows: together, terms });
      together = [];
      version++;
      show({});
    };
    const onRow = (row: BatchRow, of: BatchTerms | null, judged: JudgedImage | null): void => {
      if (rows[row.index] !== undefined) return;
      rows[row.index] = row;
      terms ??= of;
      const failed = isFailed(row);
      tally = {
        images: tally.images,
        checked: tally.checked + (failed ? 0 : 1),
        anomalous: tally.anomalous + (!failed && row.anomalous ? 1 : 0),
        failed: tally.failed + (failed ? 1 : 0),
      };
      if (judged && this.#run === mine) this.thumbnails.put(row.index, judged.thumbnail);
      together.push(row);
      if (together.length >= rowsTogether || performance.now() - last > everyMs) flush();
    };
    const end = await runBatch({
      left: run.left,
      signal: mine.abort.signal,
      nameOf: (index) => batch.names[index] ?? '',
      pull: (cursor) => this.host().calls.call('pullBatch', { run: run.run, cursor }),
      judge: (name, bytes) =>
        this.scorer.run(model, (worker) =>
          worker.call('judge', { name, bytes, falseAlarmRate }, { transfer: [bytes.buffer] }),
        ),
      onRow,
    });
    flush();
    show({ running: false, end });
    if (this.#run === mine) this.#run = undefined;
    return end;
  }

  /** Ends a run after the images under way. @param run that one; the one there is where left out */
  stop(run?: string): void {
    if (run === undefined || this.#run?.id === run) this.#run?.abort.abort();
  }

  #take(progress: BatchProgress, running: boolean): TableState {
    const before = this.store.value?.batch.id;
    const { batch } = progress;
    if (before !== batch.id)
      this.thumbnails = new Thumbnails<number>((index) => this.#picture(progress, index));
    const table = tableOf(progress, running);
    this.store.set(table);
    return table;
  }

  /** Reads and judges an image once more, for its picture alone. */
  async #picture({ batch }: BatchProgress, index: number): Promise<JudgedImage['thumbnail']> {
    const bytes = await readWholeFile(
      ({ offset, length }) => this.host().calls.call('readRow', { batch: batch.id, index, offset, length }),
      '',
    );
    const model = { uri: batch.model, key: batch.modelKey };
    const params = { name: batch.names[index] ?? '', bytes, falseAlarmRate: batch.falseAlarmRate };
    return (await this.scorer.run(model, (worker) => worker.call('judge', params))).thumbnail;
  }
}
