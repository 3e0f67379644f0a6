/** The data sets of this session, by the id under which pages pull them. */
import { LensError } from '../../shared/errors.ts';
import type { Fitting, KeepRequest } from '../../shared/packed.ts';
import type { Pack, PackRequest } from '../../shared/transport.ts';
import type { Files } from '../core/files.ts';
import type { DatasetCache, PackedCache } from './packed-cache.ts';
import { DatasetReader } from './reader.ts';
import type { ScannedDataset } from './scan.ts';

/** A listing of 100,000 files takes some 20 MB: only the latest few are kept. */
const kept = 4;

interface Entry {
  readonly dataset: ScannedDataset;
  readonly reader: DatasetReader;
  readonly cache: DatasetCache | undefined;
}

export class DatasetStore {
  private readonly entries = new Map<string, Entry>();

  /**
   * @param inUse id of the data set that a job may still pull from
   * @param cache of packed images; undefined where the window has no storage of its own
   */
  constructor(
    private readonly files: Files,
    private readonly inUse: () => string | undefined = () => undefined,
    private readonly cache?: PackedCache,
  ) {}

  add(dataset: ScannedDataset): void {
    const { root, files, summary } = dataset;
    const cache = summary.kind === 'folder' ? this.cache?.of(root, files) : undefined;
    const reader = new DatasetReader(dataset, this.files, undefined, undefined, cache);
    this.entries.set(summary.id, { dataset, reader, cache });
    for (const [id, { reader }] of this.entries) {
      if (this.entries.size <= kept) break;
      if (id === this.inUse() || id === dataset.summary.id) continue;
      reader.release();
      this.entries.delete(id);
    }
  }

  /** @throws LensError `disconnected` for a data set that this session does not know (any more) */
  async pull(request: PackRequest, signal?: AbortSignal): Promise<Pack> {
    const entry = this.entry(request.source);
    return entry.reader.pull(request, signal);
  }

  /** Keeps packed images for the next job; false where there is no place for (more of) them. */
  async keep(request: KeepRequest): Promise<boolean> {
    return (await this.entry(request.source).cache?.keep(request)) ?? false;
  }

  async endPacked(source: string, fitting: Fitting): Promise<void> {
    await this.entry(source).cache?.end(fitting);
  }

  /** URI of a file of a data set. */
  uriOf(id: string, path: string): string {
    return this.files.join(this.entry(id).dataset.root, ...path.split('/').filter((part) => part !== '..'));
  }

  get(id: string): ScannedDataset | undefined {
    return this.entries.get(id)?.dataset;
  }

  /** Lets go of what was read ahead; the listing stays. */
  release(id: string): void {
    this.entries.get(id)?.reader.release();
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (entry) return entry;
    throw new LensError('disconnected', 'This data set is no longer open. Choose its folder again.');
  }
}
