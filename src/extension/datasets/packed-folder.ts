/**
 * The packed images of one data set in one fitting, as a folder: parts of records, each written once under a name of its
 * own, and an index that is replaced whole. A part without a place in the index is none of the cache's.
 */
import type { FileStat, Files } from '../core/files.ts';
import { encodeIndex, parseIndex, partSuffix, type PackedEntry } from './packed-index.ts';

const indexName = 'index.json';
/** Parts held in memory: files are asked for in the order in which they were kept, some ahead. */
const partsHeld = 3;

/** What tells a changed file. */
export type FileTime = Pick<FileStat, 'size' | 'mtime'>;

export interface PackedFolderOptions {
  readonly files: Files;
  /** Replaces a file as a whole. */
  readonly replace: (uri: string, bytes: Uint8Array) => Promise<void>;
  readonly uri: string;
  readonly key: string;
  /** Most bytes of records. */
  readonly limit: number;
}

export class PackedFolder {
  private readonly entries = new Map<string, PackedEntry>();
  private readonly parts = new Map<string, number>();
  private readonly held = new Map<string, Promise<Uint8Array | undefined>>();
  private record = 0;
  private changed = false;

  private constructor(private readonly options: PackedFolderOptions) {}

  /** Opens what is there; a folder that is missing, stale or damaged is an empty cache. */
  static async open(options: PackedFolderOptions): Promise<PackedFolder> {
    const folder = new PackedFolder(options);
    const { files, uri, key } = options;
    const bytes = await files.read(files.join(uri, indexName)).catch(() => undefined);
    const index = bytes && parseIndex(bytes, key);
    if (!index) return folder;
    folder.record = index.record;
    for (const [name, count] of index.parts) folder.parts.set(name, count);
    for (const [path, entry] of index.files) folder.entries.set(path, entry);
    return folder;
  }

  get bytes(): number {
    let records = 0;
    for (const count of this.parts.values()) records += count;
    return records * this.record;
  }

  /** The record of a file that is as it was; a view into its part. */
  async find(path: string, { size, mtime }: FileTime): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(path);
    if (entry?.size !== size || entry.mtime !== mtime) return undefined;
    const part = await this.part(entry.part);
    return part?.subarray(entry.slot * this.record, (entry.slot + 1) * this.record);
  }

  /**
   * Writes records as one part.
   * @param files path and stat of each; null for one that is not to be believed
   * @returns whether there is room for more
   */
  async keep(files: readonly (readonly [string, FileTime] | null)[], bytes: Uint8Array): Promise<boolean> {
    const record = bytes.length / files.length;
    if (!Number.isInteger(record) || record === 0) return false;
    if (record !== this.record) {
      this.entries.clear();
      this.parts.clear();
      this.record = record;
    }
    if (this.bytes + bytes.length > this.options.limit) return false;
    const name = `${crypto.randomUUID()}${partSuffix}`;
    await this.options.files.createFolder(this.options.uri);
    await this.options.files.write(this.options.files.join(this.options.uri, name), bytes);
    this.parts.set(name, files.length);
    files.forEach((file, slot) => {
      if (!file) return;
      const [path, { size, mtime }] = file;
      this.entries.set(path, { size, mtime, part: name, slot });
    });
    this.changed = true;
    return true;
  }

  /** Forgets files that are no longer part of the data set, and parts of which less than a quarter is still of use. */
  async end(isPart: (path: string) => boolean): Promise<void> {
    const used = new Map<string, number>();
    for (const [path, { part }] of this.entries) {
      if (isPart(path)) used.set(part, (used.get(part) ?? 0) + 1);
      else {
        this.entries.delete(path);
        this.changed = true;
      }
    }
    for (const [name, count] of this.parts) {
      if ((used.get(name) ?? 0) * 4 >= count) continue;
      this.parts.delete(name);
      this.changed = true;
    }
    if (!this.changed) return;
    for (const [path, { part }] of this.entries) if (!this.parts.has(part)) this.entries.delete(path);
    const { files, uri, key, replace } = this.options;
    const { record, parts, entries } = this;
    await replace(files.join(uri, indexName), encodeIndex({ key, record, parts, files: entries }));
    for (const { name } of await files.list(uri)) {
      if (name.endsWith(partSuffix) && !parts.has(name)) await files.remove(files.join(uri, name));
    }
  }

  private part(name: string): Promise<Uint8Array | undefined> {
    const { files, uri } = this.options;
    const known = this.held.get(name);
    if (known) return known;
    const length = (this.parts.get(name) ?? 0) * this.record;
    const read = files.read(files.join(uri, name)).then(
      (bytes) => (bytes.length === length ? bytes : undefined),
      () => undefined,
    );
    this.held.set(name, read);
    const [oldest] = this.held.keys();
    if (this.held.size > partsHeld && oldest !== undefined) this.held.delete(oldest);
    return read;
  }
}
