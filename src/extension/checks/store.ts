/** The results of checks in this workspace, by file: kept between windows until the file changes or they are cleared. */
import type { FileStat } from '../core/files.ts';
import { decodeRecords, encodeRecords, type CheckRecord } from './record.ts';

/** Where the results lie; both ways may fail, which costs the results and nothing else. */
export interface KeptFile {
  /** Undefined where nothing was kept. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
}

export interface StoreOptions {
  /** Most results that are kept: the oldest go first. */
  readonly limit: number;
  /** Milliseconds from a change to its being written: changes in between share one writing. */
  readonly calmMs: number;
  /** Hears of a file that could not be read or written. */
  readonly onError: (error: unknown) => void;
}

export const storeDefaults = { limit: 50_000, calmMs: 1000 } as const;

/** Called with the files whose result changed; undefined for all. */
export type ResultsListener = (uris: readonly string[] | undefined) => void;

export class CheckStore {
  /** In the order in which they came. */
  private records = new Map<string, CheckRecord>();
  private readonly listeners = new Set<ResultsListener>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** Results that came before the file was read win over it. */
  private loaded = false;
  private cleared = false;

  constructor(
    private readonly kept: KeptFile,
    private readonly options: StoreOptions,
  ) {}

  get size(): number {
    return this.records.size;
  }

  onChange(listener: ResultsListener): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  get(uri: string): CheckRecord | undefined {
    return this.records.get(uri);
  }

  all(): IterableIterator<CheckRecord> {
    return this.records.values();
  }

  /** Reads what earlier windows kept. */
  async load(): Promise<void> {
    const bytes = await this.kept.read().catch((error: unknown) => {
      this.options.onError(error);
      return undefined;
    });
    this.loaded = true;
    if (!bytes || this.cleared) return;
    const earlier = decodeRecords(bytes);
    if (earlier.length === 0) return;
    const now = this.records;
    this.records = new Map(earlier.map((record) => [record.uri, record]));
    for (const record of now.values()) this.take(record);
    this.cut();
    this.tell(undefined);
  }

  put(records: readonly CheckRecord[]): void {
    if (records.length === 0) return;
    for (const record of records) this.take(record);
    this.cut();
    this.changed(records.map(({ uri }) => uri));
  }

  drop(uris: readonly string[]): void {
    const gone = uris.filter((uri) => this.records.delete(uri));
    if (gone.length > 0) this.changed(gone);
  }

  clear(): void {
    this.cleared = true;
    this.records.clear();
    this.changed(undefined);
  }

  /** Drops the result of a file that is not as it was checked. @param stat undefined where the file is gone */
  settle(uri: string, stat: Pick<FileStat, 'size' | 'mtime'> | undefined): CheckRecord | undefined {
    const record = this.records.get(uri);
    if (!record) return undefined;
    if (stat?.size === record.size && stat.mtime === record.mtime) return record;
    this.drop([uri]);
    return undefined;
  }

  /** Writes now what waits to be written. */
  async flush(): Promise<void> {
    if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.write();
    }
    await this.writing;
  }

  private take(record: CheckRecord): void {
    this.records.delete(record.uri);
    this.records.set(record.uri, record);
  }

  private cut(): void {
    let over = this.records.size - this.options.limit;
    for (const uri of this.records.keys()) {
      if (over-- <= 0) return;
      this.records.delete(uri);
    }
  }

  private changed(uris: readonly string[] | undefined): void {
    // A larger file is written less often.
    const calm = this.options.calmMs + this.records.size / 5;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.write();
    }, calm);
    this.tell(uris);
  }

  private tell(uris: readonly string[] | undefined): void {
    for (const listener of this.listeners) listener(uris);
  }

  private write(): void {
    this.writing = this.writing
      // Before the file was read, writing would lose what is in it.
      .then(() => (this.loaded || this.cleared ? undefined : this.load()))
      .then(() => this.kept.write(encodeRecords(this.records.values())))
      .catch(this.options.onError);
  }
}
