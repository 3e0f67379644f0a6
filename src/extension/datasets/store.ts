/** The data sets of this session, by the id under which pages pull them. */
import { LensError } from '../../shared/errors.ts';
import type { Pack, PackRequest } from '../../shared/transport.ts';
import type { Files } from '../core/files.ts';
import { DatasetReader } from './reader.ts';
import type { ScannedDataset } from './scan.ts';

/** A listing of 100,000 files takes some 20 MB: only the latest few are kept. */
const kept = 4;

interface Entry {
  readonly dataset: ScannedDataset;
  readonly reader: DatasetReader;
}

export class DatasetStore {
  private readonly entries = new Map<string, Entry>();

  /** @param inUse id of the data set that a job may still pull from */
  constructor(
    private readonly files: Files,
    private readonly inUse: () => string | undefined = () => undefined,
  ) {}

  add(dataset: ScannedDataset): void {
    this.entries.set(dataset.summary.id, { dataset, reader: new DatasetReader(dataset, this.files) });
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
