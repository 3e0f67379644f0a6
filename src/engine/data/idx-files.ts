/** The IDX files of a data set: their headers, and which labels belong to which images. */
import { parseIdxName } from '../../shared/dataset.ts';
import { fromWireError, LensError } from '../../shared/errors.ts';
import type { PackSource, SourceFile } from '../../shared/transport.ts';
import { IdxReader, parseIdx, type IdxHeader } from './idx.ts';
import { readPieces, type Pull } from './pieces.ts';
import type { SkippedFiles } from './skipped.ts';

/** An images file whose header holds. */
interface IdxHead {
  readonly file: SourceFile;
  readonly header: IdxHeader;
}

export interface IdxImages extends IdxHead {
  /** U8 `[count]`; undefined where there is no (valid) labels file. */
  readonly labels: Uint8Array | undefined;
}

export interface IdxRequest {
  readonly source: PackSource;
  readonly pull: Pull;
  readonly signal: AbortSignal;
}

/** A gigabyte of labels is no MNIST. */
const maxLabelBytes = 2 ** 26;
const peekStep = 1024;

/** A header from a file's first bytes; of a gzip stream no more is unpacked than it takes. */
function peekHeader(start: Uint8Array, size: number, name: string): IdxHeader {
  let header: IdxHeader | undefined;
  const reader = new IdxReader('images', name, start, size, {
    header: (found) => {
      header = found;
    },
    items: () => undefined,
  });
  for (let at = 0; at < start.length && !header; at += peekStep) {
    reader.push(start.subarray(at, at + peekStep));
  }
  return header ?? reader.finish();
}

/** An error that belongs to one file and ends nothing; any other error ends the scan. */
export class FileError extends Error {
  constructor(
    readonly file: SourceFile,
    override readonly cause: unknown,
  ) {
    super('file left out');
    this.name = 'FileError';
  }
}

/** Runs what may fail for this file alone. */
export function forFile<T>(file: SourceFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FileError(file, error);
  }
}

/** The first piece of a file. */
async function firstPiece(
  request: IdxRequest,
  index: number,
): Promise<{ readonly file: SourceFile; readonly bytes: Uint8Array; readonly size: number } | undefined> {
  for await (const piece of readPieces({ ...request, only: [index], ahead: false })) {
    if (piece.error) throw new FileError(piece.file, fromWireError(piece.error));
    return piece;
  }
  return undefined;
}

async function wholeFile(request: IdxRequest, file: SourceFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const { bytes, error, size } of readPieces({ ...request, only: [file.index] })) {
    if (error) throw fromWireError(error);
    if (size > maxLabelBytes)
      throw new LensError('invalid-dataset', `“${file.path}” is too large for labels.`);
    parts.push(bytes);
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What images and labels of one set have in common: folder and prefix. */
function setKey(path: string): string {
  const cut = path.lastIndexOf('/') + 1;
  const name = path.slice(cut);
  return path.slice(0, cut) + (parseIdxName(name)?.prefix ?? name).toLowerCase();
}

/** A labels file's values. @throws FileError where they do not fit the images */
async function readLabels(request: IdxRequest, file: SourceFile, images: IdxHead): Promise<Uint8Array> {
  const bytes = await wholeFile(request, file);
  return forFile(file, () => {
    const { count, data } = parseIdx(bytes, 'labels', file.path, maxLabelBytes);
    if (count !== images.header.count) {
      throw new LensError(
        'invalid-dataset',
        `“${file.path}” has ${count} labels for the ${images.header.count} images of “${images.file.path}”, which are read without labels.`,
      );
    }
    return data;
  });
}

/**
 * Looks at every file: reads the headers of images and whole labels. Files that do not hold are listed in `skipped`.
 * Labels belong to the images in the same folder with the same prefix; a single pair belongs together by any name.
 * @throws LensError `cancelled` or what `pull` throws
 */
export async function readIdxFiles(
  request: IdxRequest,
  skipped: SkippedFiles,
): Promise<readonly IdxImages[]> {
  const heads: IdxHead[] = [];
  const labelFiles: SourceFile[] = [];
  const tolerate = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      skipped.add(error.file, error.cause);
      return undefined;
    }
  };
  for (let index = 0; index < request.source.files; index++) {
    await tolerate(async () => {
      const piece = await firstPiece(request, index);
      if (!piece) return;
      const { file, bytes, size } = piece;
      if (file.role === 'idx-labels') labelFiles.push(file);
      else heads.push({ file, header: forFile(file, () => peekHeader(bytes, size, file.path)) });
    });
  }
  const onlyPair = heads.length === 1 && labelFiles.length === 1;
  const found: IdxImages[] = [];
  const used = new Set<SourceFile>();
  for (const head of heads) {
    const file = labelFiles.find(({ path }) => onlyPair || setKey(path) === setKey(head.file.path));
    if (file) used.add(file);
    found.push({ ...head, labels: file && (await tolerate(() => readLabels(request, file, head))) });
  }
  for (const file of labelFiles) {
    if (used.has(file)) continue;
    skipped.add(
      file,
      new LensError('invalid-dataset', `“${file.path}” belongs to no images file that could be read.`),
    );
  }
  return found;
}

/** The label values that occur, ascending; a class's name is its value. */
export function idxClasses(files: readonly IdxImages[]): readonly number[] {
  const seen = new Set<number>();
  for (const { labels } of files) labels?.forEach((value) => seen.add(value));
  return [...seen].sort((a, b) => a - b);
}
