/**
 * Packed images in the workspace's own storage. Nothing here is an error to anybody: what cannot be read is decoded
 * again, what cannot be written is not kept.
 */
import { fittingKey, type Fitting, type KeepRequest } from '../../shared/packed.ts';
import { packBytes, type SourceFile } from '../../shared/transport.ts';
import type { Files } from '../core/files.ts';
import { PackedFolder, type FileTime } from './packed-folder.ts';

/** Of all caches of a workspace together, once a load has ended. */
export const packedLimit = 1024 ** 3;
/** A file changed so shortly before it was read may change again without a later time. */
const settledMs = 2000;
const usesName = 'uses.json';

export interface PackedCacheOptions {
  readonly files: Files;
  /** Folder of its own. */
  readonly home: string;
  /** Replaces a file as a whole. */
  readonly replace: (uri: string, bytes: Uint8Array) => Promise<void>;
  readonly now: () => number;
  /** Of a file of a data set. */
  readonly stat: (uri: string) => Promise<FileTime>;
  readonly limit?: number;
}

/** Caches by folder name: when they were last used, and their bytes (0 while one is being written). */
type Uses = Map<string, readonly [number, number]>;

export class PackedCache {
  constructor(readonly options: PackedCacheOptions) {}

  get limit(): number {
    return this.options.limit ?? packedLimit;
  }

  of(root: string, files: readonly SourceFile[]): DatasetCache {
    return new DatasetCache(this, root, files);
  }

  async open(key: string): Promise<readonly [string, PackedFolder]> {
    const { files, home, replace } = this.options;
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
    const name = Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    const uri = files.join(home, name);
    return [name, await PackedFolder.open({ files, replace, uri, key, limit: this.limit })];
  }

  /** Writes down that a cache is used, and removes the least recently used of the others that are too much. */
  async used(name: string, bytes: number): Promise<void> {
    const { files, home, replace, now } = this.options;
    const uri = files.join(home, usesName);
    const uses = await readUses(files, uri);
    uses.set(name, [now(), bytes]);
    let room = this.limit;
    for (const [each, [, size]] of [...uses].sort(([, [a]], [, [b]]) => b - a)) {
      room -= size;
      if (each === name || (size > 0 && room >= 0)) continue;
      uses.delete(each);
      await this.remove(files.join(home, each));
    }
    await files.createFolder(home);
    await replace(uri, new TextEncoder().encode(JSON.stringify([...uses])));
  }

  private async remove(folder: string): Promise<void> {
    const { files } = this.options;
    try {
      for (const { name } of await files.list(folder)) await files.remove(files.join(folder, name));
      await files.remove(folder);
    } catch {
      // Gone, or in use by another window, which writes it down again.
      return;
    }
  }
}

async function readUses(files: Files, uri: string): Promise<Uses> {
  const uses: Uses = new Map();
  try {
    const rows = JSON.parse(new TextDecoder().decode(await files.read(uri))) as unknown[][];
    for (const [name, [used, bytes]] of rows as [string, [unknown, unknown]][]) {
      if (/^[0-9a-f]{32}$/.test(name) && typeof used === 'number' && typeof bytes === 'number')
        uses.set(name, [used, bytes]);
    }
  } catch {
    return uses;
  }
  return uses;
}

/** The caches of one data set, one a fitting. */
export class DatasetCache {
  private readonly open = new Map<string, Promise<readonly [string, PackedFolder]>>();
  private readonly stats = new Map<number, FileTime>();

  constructor(
    private readonly cache: PackedCache,
    private readonly root: string,
    private readonly files: readonly SourceFile[],
  ) {}

  /** The packed image of a file as it is now; undefined where it has to be decoded. @param uri of the file */
  async find({ index, path }: SourceFile, uri: string, fitting: Fitting): Promise<Uint8Array | undefined> {
    const { stat: statOf, now } = this.cache.options;
    // Before the file is read: a change in between is then seen the next time.
    const stat = await statOf(uri).catch(() => undefined);
    if (!stat) return undefined;
    // Some virtual file systems know no times: their files may change unseen.
    if (stat.mtime > 0 && Math.abs(now() - stat.mtime) >= settledMs) this.stats.set(index, stat);
    const [, folder] = await this.folder(fitting);
    return folder.find(path, stat);
  }

  async keep({ fitting, files, bytes }: KeepRequest): Promise<boolean> {
    if (bytes.length > packBytes) return false;
    const [name, folder] = await this.folder(fitting);
    if (folder.bytes === 0) await this.cache.used(name, 0);
    const known = files.map((index) => {
      const [path, stat] = [this.files[index]?.path, this.stats.get(index)];
      return path !== undefined && stat ? ([path, stat] as const) : null;
    });
    return folder.keep(known, bytes);
  }

  async end(fitting: Fitting): Promise<void> {
    const [name, folder] = await this.folder(fitting);
    this.open.delete(fittingKey(fitting));
    this.stats.clear();
    const paths = new Set(this.files.map(({ path }) => path));
    await folder.end((path) => paths.has(path));
    if (folder.bytes > 0) await this.cache.used(name, folder.bytes);
  }

  private folder(fitting: Fitting): Promise<readonly [string, PackedFolder]> {
    const key = fittingKey(fitting);
    const known = this.open.get(key);
    if (known) return known;
    const opened = this.cache.open(JSON.stringify([this.root, key]));
    this.open.set(key, opened);
    return opened;
  }
}
