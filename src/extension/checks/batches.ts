/** The batch of this window: what came of its images, the run over what is left, and its table between windows. */
import {
  isFailed,
  tallyRows,
  type Batch,
  type BatchRow,
  type BatchTally,
  type BatchTerms,
} from '../../shared/batch.ts';
import { LensError, toWireError } from '../../shared/errors.ts';
import type { BatchEnd, BatchProgress, BatchRun } from '../../shared/protocol/report.ts';
import type { Pack, PackCursor } from '../../shared/transport.ts';
import type { Files } from '../core/files.ts';
import type { CheckRecord } from './record.ts';
import { BatchSource } from './source.ts';
import type { CheckStore, KeptFile } from './store.ts';
import { decodeBatch, encodeBatch, type KeptBatch } from './table-file.ts';

/** The page that does the checking. */
export interface BatchPage {
  /** @throws LensError `disconnected` where it is recreated or closed meanwhile */
  checkBatch(run: BatchRun): Promise<BatchEnd>;
  stopBatch(run: string): Promise<void>;
  /** Whether its panel is still there. */
  readonly isOpen: boolean;
}

export interface BatchesOptions {
  readonly files: Files;
  readonly results: CheckStore;
  readonly table: KeptFile;
  readonly newId: () => string;
  /** Hears of a table that could not be read or written. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writings of a table that grows. */
  readonly writeEveryMs?: number;
}

interface Current {
  readonly batch: Batch;
  readonly uris: readonly string[];
  readonly rows: Map<number, BatchRow>;
  terms: BatchTerms | null;
}

interface Running {
  readonly run: string;
  readonly source: BatchSource;
  readonly page: BatchPage;
  stopping: boolean;
  /** Rows that came in this run. */
  taken: number;
}

/** A page that is recreated so often without a single row will not do it the next time either. */
const mostVainStarts = 3;

export class Batches {
  private current: Current | undefined;
  private running: Running | undefined;
  private ending: Promise<unknown> = Promise.resolve();
  private lastWrite = 0;
  private writing: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<(tally: BatchTally) => void>();

  constructor(private readonly options: BatchesOptions) {}

  /** Called while a batch runs, whenever rows came. */
  onRows(listener: (tally: BatchTally) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Title of the batch that runs. */
  get runningTitle(): string | undefined {
    return this.running ? this.current?.batch.title : undefined;
  }

  /** The batch as far as it is: this window's, else the one with this id that an earlier window kept. */
  async known(id: string | null): Promise<BatchProgress | undefined> {
    if (!this.current && id !== null) {
      const bytes = await this.options.table.read().catch((error: unknown) => {
        this.options.onError(error);
        return undefined;
      });
      const kept = bytes && decodeBatch(bytes);
      // A batch that was begun while the file was read is the newer one.
      if (kept?.batch.id === id) this.current ??= currentOf(kept);
    }
    return this.current && this.progress(this.current);
  }

  /** @throws LensError `disconnected` for a batch that is no longer known */
  find(id: string): { readonly batch: Batch; readonly uris: readonly string[] } {
    if (this.current?.batch.id !== id)
      throw new LensError('disconnected', 'These results are no longer open. Check the images again.');
    return this.current;
  }

  /** Takes the place of the batch before, which must not run any more. */
  begin(batch: Batch, uris: readonly string[]): void {
    this.current = { batch, uris, rows: new Map(), terms: null };
  }

  tally(): BatchTally | undefined {
    return this.current && tallyRows(this.current.batch.names.length, this.current.rows.values());
  }

  get terms(): BatchTerms | null {
    return this.current?.terms ?? null;
  }

  /**
   * Has the page check what is left. A page that is recreated meanwhile goes on where the one before was; one that is
   * closed stops the run. What was found so far stays in every case.
   */
  async run(page: BatchPage): Promise<BatchEnd> {
    const { current } = this;
    if (!current || this.running) throw new LensError('internal', 'There is no batch that could be run now.');
    const end = this.runAgain(page, current);
    this.ending = end.catch(() => undefined);
    return end;
  }

  /** Ends the run, if there is one, after the images under way. */
  async stop(): Promise<void> {
    const { running } = this;
    if (!running) return;
    running.stopping = true;
    await running.page.stopBatch(running.run).catch(() => undefined);
    await this.ending;
  }

  /** @throws LensError `disconnected` for a run that is over */
  pull(run: string, cursor: PackCursor, signal?: AbortSignal): Promise<Pack> {
    if (this.running?.run !== run)
      return Promise.reject(new LensError('disconnected', 'This check is over. Start it again.'));
    return this.running.source.pull(cursor, signal);
  }

  /** Rows that the page sends while it runs. */
  take(run: string, rows: readonly BatchRow[], terms: BatchTerms | null): void {
    const { current, running } = this;
    if (!current || running?.run !== run) return;
    current.terms ??= terms;
    const records: CheckRecord[] = [];
    const gone: string[] = [];
    for (const row of rows) {
      const uri = current.uris[row.index];
      if (uri === undefined || current.rows.has(row.index)) continue;
      current.rows.set(row.index, row);
      running.taken++;
      const stat = running.source.takeStat(row.index);
      if (isFailed(row)) gone.push(uri);
      else if (stat && terms) records.push(recordOf(current.batch, uri, stat, row, terms));
    }
    this.options.results.put(records);
    this.options.results.drop(gone);
    const tally = tallyRows(current.batch.names.length, current.rows.values());
    for (const listener of this.listeners) listener(tally);
    const { writeEveryMs = 10_000 } = this.options;
    if (Date.now() - this.lastWrite > writeEveryMs) this.write(current);
  }

  private async runAgain(page: BatchPage, current: Current): Promise<BatchEnd> {
    let vain = 0;
    try {
      for (;;) {
        const left = current.batch.names.flatMap((_, index) => (current.rows.has(index) ? [] : [index]));
        const run = this.options.newId();
        const source = new BatchSource(current.uris, current.batch.names, left, this.options.files);
        const running: Running = { run, source, page, stopping: false, taken: 0 };
        this.running = running;
        this.lastWrite = Date.now();
        try {
          return await page.checkBatch({ ...this.progress(current), run, left: left.length });
        } catch (error) {
          const wire = toWireError(error);
          if (wire.code !== 'disconnected') return { state: 'failed', error: wire };
          if (running.stopping || !page.isOpen) return { state: 'stopped', error: null };
          vain = running.taken > 0 ? 0 : vain + 1;
          if (vain >= mostVainStarts) return { state: 'failed', error: wire };
        } finally {
          source.release();
        }
      }
    } finally {
      this.running = undefined;
      this.write(current);
      await Promise.all([this.writing, this.options.results.flush()]);
    }
  }

  private progress({ batch, rows, terms }: Current): BatchProgress {
    return { batch, rows: [...rows.values()], terms };
  }

  private write({ batch, uris, rows, terms }: Current): void {
    this.lastWrite = Date.now();
    const bytes = encodeBatch({ batch, uris, rows: [...rows.values()], terms });
    this.writing = this.writing.then(() => this.options.table.write(bytes)).catch(this.options.onError);
  }
}

const currentOf = ({ batch, uris, rows, terms }: KeptBatch): Current => ({
  ...{ batch, uris, terms },
  rows: new Map(rows.map((row) => [row.index, row])),
});

function recordOf(
  { modelKey, modelName }: Batch,
  uri: string,
  { size, mtime }: { readonly size: number; readonly mtime: number },
  { score, pValue, anomalous }: Exclude<BatchRow, { error: unknown }>,
  { threshold, falsePositiveRate }: BatchTerms,
): CheckRecord {
  return {
    ...{ uri, size, mtime, modelName, modelKey },
    ...{ score, pValue, threshold, falsePositiveRate, anomalous },
  };
}
