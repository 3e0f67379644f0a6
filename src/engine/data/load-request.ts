/** What a load is asked for, and what it tells on its way. */
import type { FitMode } from '../../shared/model-spec.ts';
import type { PackSource } from '../../shared/transport.ts';
import type { Alter, Decode } from './image.ts';
import type { LabelFilter } from './label-filter.ts';
import type { ImageShape } from './packed-images.ts';
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
