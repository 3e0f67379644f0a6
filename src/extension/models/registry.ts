/** The models that are there: read from their folders, cached by size and time, one of them active. */
import { toWireError, type WireError } from '../../shared/errors.ts';
import { toFileError, type Files } from '../core/files.ts';
import { memoryKeys, type Memory } from '../core/memory-keys.ts';
import { mapBounded } from '../core/pool.ts';
import { isModelFileName, nameOfFile } from './file-names.ts';
import type { ModelFolders } from './folder.ts';
import { readModelHeader, type ModelHeader } from './read-card.ts';

export interface ModelEntry {
  readonly uri: string;
  /** The file's name without its suffix. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Changes whenever the file does. */
  readonly key: string;
  readonly mtime: number;
  /** Null where the file does not hold; `error` says why. */
  readonly header: ModelHeader | null;
  readonly error: WireError | null;
}

export class ModelRegistry {
  private readonly cache = new Map<string, ModelEntry>();
  private entries: readonly ModelEntry[] = [];
  private refreshing: Promise<readonly ModelEntry[]> | null = null;
  private again = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly files: Files,
    private readonly folders: () => ModelFolders,
    private readonly memory: Memory,
  ) {}

  /** Called after the list, a model or the active one changed. */
  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** As of the last {@link refresh}. */
  get models(): readonly ModelEntry[] {
    return this.entries;
  }

  /** Reads the folders anew; calls meanwhile share one more round. */
  refresh(): Promise<readonly ModelEntry[]> {
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    const run = async (): Promise<readonly ModelEntry[]> => {
      do {
        this.again = false;
        this.entries = await this.readAll();
      } while (this.again);
      this.refreshing = null;
      this.changed();
      return this.entries;
    };
    this.refreshing = run();
    return this.refreshing;
  }

  /**
   * One model, wherever it lies.
   * @throws LensError `not-found`, `no-permission`, `read-failed`; a file that does not hold is an entry with an error
   */
  async read(uri: string): Promise<ModelEntry> {
    const fileName = this.files.nameOf(uri);
    try {
      const { size, mtime } = await this.files.stat(uri);
      const key = `${uri}|${mtime}|${size}`;
      const cached = this.cache.get(uri);
      if (cached?.key === key) return cached;
      const bytes = await this.files.read(uri);
      const entry = { uri, name: nameOfFile(fileName), size, mtime, key, ...headerOf(bytes) };
      this.cache.set(uri, entry);
      return entry;
    } catch (error) {
      this.cache.delete(uri);
      throw toFileError(error, 'read', fileName);
    }
  }

  /** URI of the model that images are checked with: the chosen one, or the only one there is. */
  get activeUri(): string | undefined {
    const chosen = this.memory.get<string>(memoryKeys.activeModel);
    if (chosen !== undefined) return chosen;
    const usable = this.entries.filter(({ header }) => header?.card.calibration);
    return usable.length === 1 ? usable[0]?.uri : undefined;
  }

  async setActive(uri: string | undefined): Promise<void> {
    await this.memory.update(memoryKeys.activeModel, uri);
    this.changed();
  }

  /** The active model follows its file; a deleted one is no longer active. */
  async moved(from: string, to: string | undefined): Promise<void> {
    this.cache.delete(from);
    if (this.memory.get<string>(memoryKeys.activeModel) === from)
      await this.memory.update(memoryKeys.activeModel, to);
    await this.refresh();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private async readAll(): Promise<readonly ModelEntry[]> {
    const lists = await Promise.all(
      this.folders().read.map(async (folder) => {
        const entries = await this.files.list(folder).catch(() => []);
        return entries
          .filter(({ kind, name }) => kind === 'file' && isModelFileName(name))
          .map(({ name }) => this.files.join(folder, name));
      }),
    );
    const uris = [...new Set(lists.flat())];
    // A file that went away between listing and reading is no model any more.
    const entries = await mapBounded(uris, 4, (uri) => this.read(uri).catch(() => null));
    return entries
      .filter((entry) => entry !== null)
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  }
}

function headerOf(bytes: Uint8Array): Pick<ModelEntry, 'header' | 'error'> {
  try {
    return { header: readModelHeader(bytes), error: null };
  } catch (error) {
    return { header: null, error: toWireError(error) };
  }
}
