/** The index of a packed cache: which record of which part is a file's, and what the file was then. Pure. */

export interface PackedEntry {
  /** The file's bytes and milliseconds since the epoch when it was read. */
  readonly size: number;
  readonly mtime: number;
  /** Name of a part and number of a record in it. */
  readonly part: string;
  readonly slot: number;
}

export interface PackedIndex {
  /** What the cache is of. */
  readonly key: string;
  /** Bytes of every record. */
  readonly record: number;
  /** Records by part. */
  readonly parts: ReadonlyMap<string, number>;
  /** By path relative to the data set's root. */
  readonly files: ReadonlyMap<string, PackedEntry>;
}

const version = 1;
export const partSuffix = '.part';
const isPartName = (name: string): boolean => /^[\w-]{1,64}\.part$/.test(name);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function encodeIndex({ key, record, parts, files }: PackedIndex): Uint8Array {
  const rows = [...files].map(([path, { size, mtime, part, slot }]) => [path, size, mtime, part, slot]);
  return new TextEncoder().encode(JSON.stringify({ version, key, record, parts: [...parts], files: rows }));
}

/** The index in these bytes; undefined where they are of another version, of another key, or no whole index. */
export function parseIndex(bytes: Uint8Array, key: string): PackedIndex | undefined {
  try {
    const index = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { record } = index;
    if (index['version'] !== version || index['key'] !== key || !isCount(record) || record === 0)
      return undefined;
    const parts = new Map(index['parts'] as [string, number][]);
    for (const [name, count] of parts) if (!isPartName(name) || !isCount(count)) return undefined;
    const files = new Map<string, PackedEntry>();
    for (const row of index['files'] as unknown[][]) {
      const [path, size, mtime, part, slot] = row;
      const count = parts.get(part as string);
      if (typeof path !== 'string' || !isCount(size) || typeof mtime !== 'number') return undefined;
      if (count === undefined || !isCount(slot) || slot >= count) return undefined;
      files.set(path, { size, mtime, part: part as string, slot });
    }
    return { key, record, parts, files };
  } catch {
    // Whatever is wrong with it: the cache is written anew.
    return undefined;
  }
}
