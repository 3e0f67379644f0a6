/**
 * A look at all images before training: near-duplicates by the rule and the pictures that the training itself splits by,
 * exact copies, empty images and odd sizes. Images are decoded one after the other, a few at a time, and only small pictures
 * are kept: at most 64 × 64 gray and 32 × 32 for the list, 7 KiB an image.
 */
import {
  type DatasetInspection,
  type DatasetSummary,
  type InspectedCluster,
  type InspectedImage,
  type InspectedList,
} from '../../shared/dataset.ts';
import { cancelled } from '../../shared/errors.ts';
import type { InspectRequest } from '../../shared/protocol/engine.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { makeThumbnails, thumbnailShape } from '../latents/thumbnails.ts';
import { decodeImage } from './decode.ts';
import { Fingerprint } from './fingerprint.ts';
import { fit } from './fit.ts';
import { FileAssembly } from './folder-loader.ts';
import { Gate } from './gate.ts';
import { planeTarget, shrinkPlane, smallBytes, smallSide } from './gray-planes.ts';
import { copiesIn, isEmptyImage, oddSizes, type ImageSize } from './hygiene.ts';
import type { Decode, RgbaImage } from './image.ts';
import { maxPixels, readImageHeader } from './image-header.ts';
import { loadDataset } from './loader.ts';
import { allocateImages } from './memory.ts';
import { findNearDuplicates } from './near-duplicates/clusters.ts';
import type { GrayPictures } from './near-duplicates/descriptors.ts';
import { clusterMembers } from './near-duplicates/members.ts';
import { grayPictures } from './near-duplicates/pictures.ts';
import { imageAt, type ImageShape } from './packed-images.ts';
import { readPieces, type Pull } from './pieces.ts';
import { SkippedFiles } from './skipped.ts';

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
interface Material {
  readonly gray: GrayPictures;
  readonly hashes: readonly string[];
  readonly empty: readonly number[];
  /** Null within IDX files, whose sizes are those of the file. */
  readonly sizes: readonly ImageSize[] | null;
  /** Paths of the images' own files; null where several share one. */
  readonly paths: readonly string[] | null;
  readonly listed: (images: readonly number[]) => Promise<InspectedImage[]>;
  readonly skipped: SkippedFiles | Pick<DatasetInspection, 'skipped' | 'skippedCount'>;
}

/** The most that is listed by name. */
export const listedClusters = 60;
export const listedOfCluster = 12;
export const listedImages = 200;

const decodesAtOnce = 6;

/** Facts of the images of a folder, in places taken in the order of the files. */
class FolderFacts {
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

  take(): number {
    this.#facts.push(undefined);
    return this.#facts.length - 1;
  }

  fill(place: number, file: SourceFile, image: RgbaImage): void {
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
      skipped,
    };
  }
}

async function readFolder(work: InspectionWork): Promise<Material> {
  const { dataset, pull, signal, decode = decodeImage, onProgress } = work;
  const facts = new FolderFacts(work, dataset.files);
  const skipped = new SkippedFiles();
  const gate = new Gate(decodesAtOnce, maxPixels);
  const assembly = new FileAssembly();
  let done = 0;
  const finished = (): void => onProgress('Inspecting images', ++done, dataset.files);
  for await (const piece of readPieces({ source: dataset, pull, signal })) {
    if (signal.aborted) throw cancelled();
    const { file } = piece;
    try {
      const bytes = assembly.add(piece);
      if (!bytes) continue;
      const { width, height } = readImageHeader(bytes, file.path);
      const place = facts.take();
      await gate.start(width * height, async () => {
        try {
          facts.fill(place, file, await decode(bytes, file.path));
        } catch (error) {
          skipped.add(file, error);
        }
        finished();
      });
    } catch (error) {
      skipped.add(file, error);
      finished();
    }
  }
  await gate.idle();
  if (signal.aborted) throw cancelled();
  return facts.finish(skipped);
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
    skipped: images,
  };
}

const readAll = (work: InspectionWork): Promise<Material> => {
  const kind: DatasetSummary['kind'] = work.dataset.kind;
  return kind === 'folder' ? readFolder(work) : readIdx(work);
};

/**
 * Never a reason to refuse a data set: it says what is there.
 * @throws LensError `cancelled`; `out-of-memory` over the budget; where nothing could be read, the first file's reason
 */
export async function inspectDataset(work: InspectionWork): Promise<DatasetInspection> {
  const breathe = async (): Promise<void> => {
    await work.breathe();
    if (work.signal.aborted) throw cancelled();
  };
  const { gray, hashes, empty, sizes, paths, listed, skipped } = await readAll(work);
  work.onProgress('Looking for near-duplicates', 0, 0);
  const { group, clusters, twins } = await findNearDuplicates(gray, paths, breathe);
  const first = async (images: readonly number[], most: number): Promise<InspectedList> => ({
    count: images.length,
    images: await listed(images.slice(0, most)),
  });
  const largest: InspectedCluster[] = [];
  for (const members of clusterMembers(group).slice(0, listedClusters)) {
    const identical = members.every((n) => hashes[n] === hashes[members[0] ?? -1]);
    largest.push({ ...(await first(members, listedOfCluster)), identical });
  }
  return {
    images: gray.count,
    ...{ clusters, twins, copies: copiesIn(hashes).length, units: gray.count - twins + clusters },
    largest,
    empty: await first(empty, listedImages),
    oddSizes: await first(sizes ? oddSizes(sizes) : [], listedImages),
    ...(skipped instanceof SkippedFiles
      ? { skipped: skipped.list(), skippedCount: skipped.count }
      : { skipped: skipped.skipped, skippedCount: skipped.skippedCount }),
  };
}
