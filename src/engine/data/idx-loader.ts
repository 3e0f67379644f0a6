/** Loads IDX files: headers and labels first, so that the memory is known; then the images as they stream in. */
import { cancelled, fromWireError, LensError } from '../../shared/errors.ts';
import { ImageColumns } from './assemble.ts';
import { fitGrayInto, type FitTarget } from './fit.ts';
import { planeTarget } from './gray-planes.ts';
import { IdxReader, type IdxHeader } from './idx.ts';
import { FileError, forFile, idxClasses, readIdxFiles, type IdxImages } from './idx-files.ts';
import { labelTest } from './label-filter.ts';
import type { LoadRequest } from './load-request.ts';
import type { PackedImages } from './packed-images.ts';
import { readPieces } from './pieces.ts';
import { SkippedFiles } from './skipped.ts';

/** I32 `[count]`: labels as indices into `classes`, −1 throughout where there are none. */
function labelIndices({ header, labels }: IdxImages, classes: readonly number[]): Int32Array {
  if (!labels) return new Int32Array(header.count).fill(-1);
  const indexOf = new Int32Array(256).fill(-1);
  classes.forEach((value, index) => (indexOf[value] = index));
  return Int32Array.from(labels, (value) => indexOf[value] ?? -1);
}

/** Streams one images file into the columns. @throws FileError for what is wrong with this file */
async function readImages(
  request: LoadRequest,
  { file, header }: IdxImages,
  labels: Int32Array,
  keeps: (label: number) => boolean,
  columns: ImageColumns,
  advance: (images: number) => void,
): Promise<void> {
  const target: FitTarget = { ...request.shape, mode: request.mode };
  const { width, height } = header;
  const imageBytes = width * height;
  const items = (bytes: Uint8Array, first: number): void => {
    const count = bytes.length / imageBytes;
    for (let i = 0; i < count; i++) {
      const label = labels[first + i] ?? -1;
      if (!keeps(label)) continue;
      const place = columns.take(file, label, first + i);
      const pixels = bytes.subarray(i * imageBytes, (i + 1) * imageBytes);
      const data = request.alter?.({ height, width, channels: 1, pixels }, file.path, first + i) ?? pixels;
      fitGrayInto({ width, height, data }, target, columns.at(place));
      columns.planes?.set(place, (plane) => fitGrayInto({ width, height, data }, planeTarget, plane));
      columns.fill(place);
    }
    advance(count);
  };
  const unchanged = (again: IdxHeader): void => {
    if (again.count === header.count && again.width === width && again.height === height) return;
    throw new LensError('dataset-changed', `“${file.path}” changed while it was being read. Start again.`);
  };
  let reader: IdxReader | undefined;
  for await (const { bytes, size, error } of readPieces({ ...request, only: [file.index] })) {
    if (request.signal.aborted) throw cancelled();
    forFile(file, () => {
      if (error) throw fromWireError(error);
      reader ??= new IdxReader('images', file.path, bytes, size, { header: unchanged, items });
      reader.push(bytes);
    });
  }
  forFile(file, () => reader?.finish());
}

/** See `loadDataset`. */
export async function loadIdx(request: LoadRequest): Promise<PackedImages> {
  const { shape, memoryBudget, onProgress } = request;
  const skipped = new SkippedFiles();
  const files = await readIdxFiles(request, skipped);
  if (files.length === 0) throw skipped.asError();
  const classes = idxClasses(files);
  const names = classes.map(String);
  const keeps = labelTest(request.filter, names);
  const labels = files.map((file) => labelIndices(file, classes));
  const kept = labels.reduce((sum, list) => sum + list.reduce((n, label) => n + Number(keeps(label)), 0), 0);
  const columns = new ImageColumns(kept, shape, memoryBudget, request.planes);
  const total = files.reduce((sum, { header }) => sum + header.count, 0);

  let done = 0;
  for (const [k, images] of files.entries()) {
    const before = columns.taken;
    const doneBefore = done;
    try {
      await readImages(request, images, labels[k] ?? new Int32Array(0), keeps, columns, (count) => {
        done += count;
        onProgress?.({ phase: 'reading', done, total });
      });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      skipped.add(error.file, error.cause);
      columns.drop(before, columns.taken);
      done = doneBefore + images.header.count;
    }
  }
  return columns.finish(names, skipped, request.filter !== null && request.filter !== undefined);
}
