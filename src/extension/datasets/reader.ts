/** Answers pulls: the files of one data set, packed, read ahead while the page works on the pack before. */
import { LensError, cancelled, toWireError } from '../../shared/errors.ts';
import { fittingKey, type Fitting } from '../../shared/packed.ts';
import {
  packBytes,
  type Pack,
  type PackRequest,
  type PackSegment,
  type SourceFile,
} from '../../shared/transport.ts';
import { exactBytes, toFileError, type Files } from '../core/files.ts';
import { refusalOf } from './foreign-bytes.ts';
import type { DatasetCache } from './packed-cache.ts';
import { ReadAhead, readAheadLimits, type ReadAheadLimits, type ReadFile } from './read-ahead.ts';
import type { ScannedDataset } from './scan.ts';

/** So that tiny files still give progress: a pack ends after this many. Packed images are there at once. */
export const packFiles = 1024;
const packPacked = 8192;

/** Two readers may take turns: a survey of some files and a job over all. */
const streamsKept = 2;

interface Stream {
  readonly only: readonly number[] | undefined;
  readonly fitting: Fitting | undefined;
  readonly ahead: ReadAhead;
}

export class DatasetReader {
  private streams: Stream[] = [];

  /**
   * @param locate where a file of the data set lies: at its path below the root, unless said otherwise
   * @param cache of packed images, for those who ask for a fitting
   */
  constructor(
    private readonly dataset: Pick<ScannedDataset, 'root' | 'files'>,
    private readonly files: Pick<Files, 'read' | 'join'>,
    private readonly limits: ReadAheadLimits = readAheadLimits,
    private readonly locate = ({ path }: SourceFile): string => files.join(dataset.root, ...path.split('/')),
    private readonly cache?: DatasetCache,
  ) {}

  /**
   * The files from the cursor on, until 4 MiB or {@link packFiles} files are together. A file that cannot be read, is
   * empty or changed its length in between is a segment with an error.
   * @throws LensError `cancelled`; `internal` for a cursor outside the data set
   */
  async pull({ cursor, only, fitting }: PackRequest, signal?: AbortSignal): Promise<Pack> {
    const count = only?.length ?? this.dataset.files.length;
    if (!Number.isInteger(cursor.file) || cursor.file < 0 || cursor.file > count || !(cursor.offset >= 0)) {
      throw new LensError('internal', 'A pull asked for a file outside the data set.');
    }
    const { ahead } = this.stream(only, fitting, cursor.file, count);
    const segments: PackSegment[] = [];
    const parts: Uint8Array[] = [];
    let used = 0;
    let { offset } = cursor;
    let plain = 0;
    while (ahead.at < count && plain < packFiles && segments.length < packPacked) {
      const file = this.fileAt(only, ahead.at);
      const result = await ahead.current();
      if (signal?.aborted) throw cancelled();
      const failure = this.failureOf(result, file, offset);
      if (failure) {
        segments.push({ file, offset: 0, length: 0, size: 0, error: toWireError(failure) });
      } else {
        const { bytes, packed } = result as ReadFile;
        const left = bytes.length - offset;
        const room = packBytes - used;
        // A small file waits for the next pack rather than being cut in two.
        if (left > room && used > 0 && left <= packBytes) break;
        const length = Math.min(left, room);
        if (length === 0) break;
        segments.push({ file, offset, length, size: bytes.length, ...(packed && { packed }) });
        if (!packed) plain++;
        parts.push(bytes.subarray(offset, offset + length));
        used += length;
        offset += length;
        if (offset < bytes.length) return this.pack(segments, parts, used, ahead.at, offset);
      }
      offset = 0;
      await ahead.advance();
    }
    return this.pack(segments, parts, used, ahead.at < count ? ahead.at : null, 0);
  }

  /** Stops reading ahead and lets go of what lies ready. */
  release(): void {
    for (const { ahead } of this.streams) ahead.end();
    this.streams = [];
  }

  private pack(
    segments: readonly PackSegment[],
    parts: readonly Uint8Array[],
    used: number,
    file: number | null,
    offset: number,
  ): Pack {
    const bytes = new Uint8Array(used);
    let position = 0;
    for (const part of parts) {
      bytes.set(part, position);
      position += part.length;
    }
    return { segments, bytes, next: file === null ? null : { file, offset } };
  }

  private failureOf(
    result: Awaited<ReturnType<ReadAhead['current']>>,
    file: SourceFile,
    offset: number,
  ): LensError | undefined {
    if ('error' in result) return toFileError(result.error, 'read', file.path);
    if (result.packed) return undefined;
    const refusal = refusalOf(result.bytes, file.path);
    if (refusal) return refusal;
    return offset < result.bytes.length
      ? undefined
      : new LensError('dataset-changed', `“${file.path}” became shorter while it was being read.`);
  }

  private stream(
    only: readonly number[] | undefined,
    fitting: Fitting | undefined,
    position: number,
    count: number,
  ): Stream {
    const found = this.streams.find(
      (stream) =>
        stream.ahead.at === position && sameList(only, stream.only) && sameFitting(fitting, stream.fitting),
    );
    const stream = found ?? { only, fitting, ahead: this.readAhead(only, fitting, position, count) };
    const others = this.streams.filter((each) => each !== stream);
    for (const dropped of others.slice(streamsKept - 1)) dropped.ahead.end();
    this.streams = [stream, ...others.slice(0, streamsKept - 1)];
    return stream;
  }

  private readAhead(
    only: readonly number[] | undefined,
    fitting: Fitting | undefined,
    position: number,
    count: number,
  ): ReadAhead {
    const read = async (at: number): Promise<ReadFile> => {
      const file = this.fileAt(only, at);
      const uri = this.locate(file);
      const packed = fitting && (await this.cache?.find(file, uri, fitting));
      if (packed) return { bytes: packed, packed: true };
      const bytes = await this.files.read(uri);
      // A pooled buffer would keep the whole pool alive while the file waits.
      return { bytes: bytes.buffer.byteLength > bytes.length * 2 ? exactBytes(bytes) : bytes };
    };
    return new ReadAhead(position, count, read, this.limits);
  }

  private fileAt(only: readonly number[] | undefined, position: number): SourceFile {
    const file = this.dataset.files[only ? (only[position] ?? -1) : position];
    if (!file) throw new LensError('internal', 'A pull asked for a file outside the data set.');
    return file;
  }
}

function sameList(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (a === b) return true;
  return a?.length === b?.length && (a?.every((value, i) => value === b?.[i]) ?? false);
}

const sameFitting = (a: Fitting | undefined, b: Fitting | undefined): boolean =>
  (a && fittingKey(a)) === (b && fittingKey(b));
