/** Loads a data set into packed memory: the one way from file bytes to a job's pixels. */
import type { FitMode } from '../../shared/model-spec.ts';
import type { PackSource } from '../../shared/transport.ts';
import { decodeImage } from './decode.ts';
import { loadFolder } from './folder-loader.ts';
import { loadIdx } from './idx-loader.ts';
import type { Alter, Decode } from './image.ts';
import type { ImageShape, PackedImages } from './packed-images.ts';
import type { PackedCache } from './packed-keeper.ts';
import type { Pull } from './pieces.ts';

export interface LoadProgress {
  readonly phase: 'reading';
  /** Files of a folder or images of IDX files. */
  readonly done: number;
  readonly total: number;
}

/** Where the images of a folder came from. */
export interface LoadCounts {
  readonly decoded: number;
  readonly fromCache: number;
}

/** Keeps the images of one class, or with `negate` all others (those without a class among them). */
export interface LabelFilter {
  /** A class's name; for IDX the label's number. */
  readonly label: string;
  readonly negate: boolean;
}

export interface LoadRequest {
  readonly source: PackSource;
  readonly pull: Pull;
  readonly kind: 'folder' | 'idx';
  readonly shape: ImageShape;
  readonly mode: FitMode;
  /** Names (and, where known, sizes) of a folder's classes, by label. IDX files bring their own. */
  readonly classes?: readonly { readonly name: string; readonly count: number | null }[];
  readonly filter?: LabelFilter | null;
  /** Bytes of pixels, and of planes. */
  readonly memoryBudget: number;
  /** Whether the gray planes of photos are kept beside the model's view. */
  readonly planes?: boolean;
  /** The browser's decoder by default. */
  readonly decode?: Decode;
  /** Takes unchanged files of a folder from here, and leaves the others here for the next time. */
  readonly cache?: PackedCache;
  /** Changes every image before it is fitted; not together with `cache`, which would keep what it made. */
  readonly alter?: Alter;
  readonly signal: AbortSignal;
  /** Called often; slow it down before it goes anywhere. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Called once, when all files of a folder were read. */
  readonly onCounts?: (counts: LoadCounts) => void;
}

/**
 * Reads, decodes and fits every image, in the order of the files whatever the order of decoding. Files that cannot be
 * read are listed and left out, and the rest goes on.
 * @throws LensError `cancelled`; `out-of-memory` before anything is read if the pixels exceed the budget;
 *   `invalid-dataset` for a filter that no class answers to; where no image is left, the first file's reason
 */
export async function loadDataset(request: LoadRequest): Promise<PackedImages> {
  if (request.kind === 'idx') return loadIdx(request);
  const { decode = decodeImage, alter } = request;
  return loadFolder({ ...request, decode: alter ? altering(decode, alter) : decode });
}

/** Decodes images of files, and changes them. */
const altering =
  (decode: Decode, alter: Alter): Decode =>
  async (bytes, path) => {
    const { height, width, data: pixels } = await decode(bytes, path);
    return { height, width, data: alter({ height, width, channels: 4, pixels }, path, 0) };
  };
