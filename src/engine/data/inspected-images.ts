/**
 * Reads what an inspection has to know of every image. Images are decoded a few at a time, and only small pictures of them
 * are kept: at most 64 × 64 gray and 32 × 32 for the list, 7 KiB an image.
 */
import type { DatasetInspection, DatasetSummary, InspectedImage } from '../../shared/dataset.ts';
import type { InspectRequest } from '../../shared/protocol/engine.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { makeThumbnails, thumbnailShape } from '../latents/thumbnails.ts';
import { decodeImage } from './decode.ts';
import { Fingerprint } from './fingerprint.ts';
import { fit } from './fit.ts';
import { FolderReading, type ImageTaker, type WholeFile } from './folder-reading.ts';
import { planeTarget, shrinkPlane, smallBytes, smallSide } from './gray-planes.ts';
import { isEmptyImage, type ImageSize } from './hygiene.ts';
import type { Decode, RgbaImage } from './image.ts';
import { loadDataset } from './loader.ts';
import { allocateImages } from './memory.ts';
import type { GrayPictures } from './near-duplicates/descriptors.ts';
import { grayPictures } from './near-duplicates/pictures.ts';
import { imageAt, type ImageShape } from './packed-images.ts';
import type { Pull } from './pieces.ts';
import type { SkippedFiles } from './skipped.ts';

export interface InspectionWork extends Omit<InspectRequest, 'spec'> {
  readonly shape: ImageShape;
  /** Whether near-duplicates are told by the planes of photos, as in a training that keeps them. */
  readonly planes: boolean;
  readonly pull: Pull;
  /** The browser's decoder by default. */
  readonly decode?: Decode;
  readonly signal: AbortSignal;
  /** Lets messages in. */
  readonly breathe: () => Promise<void>;
  readonly onProgress: (text: string, done: number, total: number) => void;
}

/** What is known of every image once all were read. */
export interface Material extends Pick<DatasetInspection, 'skipped' | 'skippedCount'> {
  readonly gray: GrayPictures;
  readonly hashes: readonly string[];
  readonly empty: readonly number[];
  /** Null within IDX files, whose sizes are those of the file. */
  readonly sizes: readonly ImageSize[] | null;
  /** Paths of the images' own files; null where several share one. */
  readonly paths: readonly string[] | null;
  readonly listed: (images: readonly number[]) => Promise<InspectedImage[]>;
}

/** Facts of the images of a folder, in places taken in the order of the files. */
class FolderFacts implements ImageTaker {
  readonly #grayShape: ImageShape;
  readonly #gray: Uint8Array;
  readonly #smallShape: ImageShape;
  readonly #small: Uint8Array;
  readonly #facts: ({ file: SourceFile; size: ImageSize; hash: string; empty: boolean } | undefined)[] = [];
  readonly #plane = new Uint8Array(planeTarget.height * planeTarget.width);

  /** @throws LensError `out-of-memory` */
  constructor(
    private readonly work: InspectionWork,
    capacity: number,
  ) {
    const { shape, planes, memoryBudget } = work;
    const large = planes || Math.max(shape.height, shape.width) > smallSide;
    const side = { height: smallSide, width: smallSide };
    this.#grayShape = { ...(large ? side : { height: shape.height, width: shape.width }), channels: 1 };
    this.#smallShape = thumbnailShape(shape);
    this.#gray = allocateImages(capacity, this.#grayShape, memoryBudget);
    this.#small = allocateImages(capacity, this.#smallShape, memoryBudget - this.#gray.length);
  }

  place(): number {
    return this.#facts.push(undefined) - 1;
  }

  fill(place: number, image: RgbaImage, { file }: WholeFile): void {
    const { width, height } = image;
    const pixels = fit(image, { width, height, channels: 3, mode: 'stretch' });
    const hash = new Fingerprint().text(`${width}×${height}`).update(pixels).digest();
    const gray = this.#grayOf(image);
    this.#gray.set(gray, place * gray.length);
    const small = fit(image, { ...this.#smallShape, mode: this.work.fit });
    this.#small.set(small, place * small.length);
    this.#facts[place] = { file, size: { width, height }, hash, empty: isEmptyImage(pixels, 3) };
  }

  /** The very picture that the training compares. */
  #grayOf(image: RgbaImage): Uint8Array {
    const { shape, planes, fit: mode } = this.work;
    if (planes) {
      this.#plane.set(fit(image, planeTarget));
      const small = new Uint8Array(smallBytes);
      shrinkPlane(this.#plane, small);
      return small;
    }
    return grayPictures({ shape, count: 1, pixels: fit(image, { ...shape, mode }) }).pixels;
  }

  /** @throws LensError the first file's reason where no image could be read */
  finish(skipped: SkippedFiles): Material {
    const places = [...this.#facts.keys()].filter((place) => this.#facts[place] !== undefined);
    if (places.length === 0) throw skipped.asError();
    const facts = this.#facts.filter((fact) => fact !== undefined);
    const rows = (data: Uint8Array, { height, width, channels }: ImageShape): Uint8Array => {
      const size = height * width * channels;
      places.forEach((place, n) => {
        if (place !== n) data.copyWithin(n * size, place * size, (place + 1) * size);
      });
      return data.subarray(0, places.length * size);
    };
    const { height, width } = this.#grayShape;
    const small = rows(this.#small, this.#smallShape);
    const smallSize = this.#smallShape.height * this.#smallShape.width * this.#smallShape.channels;
    return {
      gray: { count: places.length, height, width, pixels: rows(this.#gray, this.#grayShape) },
      hashes: facts.map(({ hash }) => hash),
      empty: [...facts.keys()].filter((n) => facts[n]?.empty),
      sizes: facts.map(({ size }) => size),
      paths: facts.map(({ file }) => file.path),
      listed: async (images) =>
        images.map((n) => ({
          path: facts[n]?.file.path ?? '',
          number: null,
          size: facts[n]?.size ?? null,
          picture: { ...this.#smallShape, pixels: small.slice(n * smallSize, (n + 1) * smallSize) },
        })),
      skipped: skipped.list(),
      skippedCount: skipped.count,
    };
  }
}

/** Without the cache of decoded images, which has them fitted: copies, empty images and sizes are told by the decoded pixels. */
async function readFolder(work: InspectionWork): Promise<Material> {
  const { dataset, pull, signal, decode = decodeImage, onProgress } = work;
  const facts = new FolderFacts(work, dataset.files);
  const onFile = (done: number): void => onProgress('Inspecting images', done, dataset.files);
  const reading = new FolderReading({ source: dataset, pull, signal, decode, onFile }, facts);
  await reading.read();
  return facts.finish(reading.skipped);
}

async function readIdx(work: InspectionWork): Promise<Material> {
  const { dataset, shape, planes, fit: mode, pull, signal, memoryBudget, breathe, onProgress } = work;
  const images = await loadDataset({
    ...{ source: dataset, kind: 'idx', shape, mode, planes, pull, signal, memoryBudget },
    onProgress: ({ done, total }) => onProgress('Inspecting images', done, total),
  });
  const views = Array.from({ length: images.count }, (_, n) => imageAt(images, n));
  return {
    gray: grayPictures(images),
    hashes: views.map((view) => new Fingerprint().update(view).digest()),
    empty: [...views.keys()].filter((n) => isEmptyImage(views[n] as Uint8Array, shape.channels)),
    sizes: null,
    paths: null,
    listed: async (numbers) => {
      const { pixels, ...small } = await makeThumbnails(images, Uint32Array.from(numbers), breathe);
      const size = small.height * small.width * small.channels;
      return numbers.map((n, at) => ({
        path: images.paths[images.files[n] ?? -1] ?? '',
        number: (images.positions[n] ?? 0) + 1,
        size: null,
        picture: { ...small, pixels: pixels.slice(at * size, (at + 1) * size) },
      }));
    },
    skipped: images.skipped,
    skippedCount: images.skippedCount,
  };
}

/** @throws LensError `cancelled`; `out-of-memory` over the budget; where nothing could be read, the first file's reason */
export const readMaterial = (work: InspectionWork): Promise<Material> => {
  const kind: DatasetSummary['kind'] = work.dataset.kind;
  return kind === 'folder' ? readFolder(work) : readIdx(work);
};
