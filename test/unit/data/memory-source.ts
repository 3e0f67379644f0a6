// A data set that lives in memory and answers pulls as the host does, with packs as small as a test wants them.
import type { Split } from '../../../src/shared/dataset.ts';
import type { WireError } from '../../../src/shared/errors.ts';
import type {
  Pack,
  PackRequest,
  PackSegment,
  PackSource,
  SourceFile,
} from '../../../src/shared/transport.ts';

export interface MemoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly role?: SourceFile['role'];
  readonly label?: number;
  readonly split?: Split | null;
  readonly error?: WireError;
}

export class MemorySource {
  readonly source: PackSource;
  /** Every request, in order. */
  readonly requests: PackRequest[] = [];
  /** Pulls that have been asked and not answered, now and at most. */
  open = 0;
  mostOpen = 0;

  constructor(
    private readonly files: readonly MemoryFile[],
    private readonly packBytes = 64 * 1024,
  ) {
    this.source = { id: 'memory', files: files.length };
  }

  readonly pull = async (request: PackRequest, signal: AbortSignal): Promise<Pack> => {
    this.requests.push(request);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    await new Promise((resolve) => setImmediate(resolve));
    this.open--;
    signal.throwIfAborted();
    return this.pack(request);
  };

  private pack({ cursor, only }: PackRequest): Pack {
    const order = only ?? this.files.map((_, index) => index);
    const segments: PackSegment[] = [];
    const parts: Uint8Array[] = [];
    let room = this.packBytes;
    let { file: at, offset } = cursor;
    while (at < order.length && room > 0) {
      const index = order[at] as number;
      const entry = this.files[index] as MemoryFile;
      const size = entry.error ? 0 : entry.bytes.length;
      const length = Math.min(room, size - offset);
      segments.push({
        file: {
          index,
          path: entry.path,
          role: entry.role ?? 'image',
          label: entry.label ?? -1,
          split: entry.split ?? null,
        },
        offset,
        length,
        size,
        ...(entry.error && { error: entry.error }),
      });
      parts.push(entry.bytes.slice(offset, offset + length));
      room -= Math.max(1, length);
      offset += length;
      if (offset >= size) {
        at++;
        offset = 0;
      }
    }
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let position = 0;
    for (const part of parts) {
      bytes.set(part, position);
      position += part.length;
    }
    return { segments, bytes, next: at < order.length ? { file: at, offset } : null };
  }
}
