/** What a data set is before its pixels are read: formats, listing, summary. */
import * as v from 'valibot';

/** Image files by extension, as VS Code's own preview opens them (jpe and ico included). */
export const imageExtensions = ['png', 'jpg', 'jpeg', 'jpe', 'webp', 'bmp', 'ico', 'gif', 'avif'] as const;

const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

export const isImagePath = (path: string): boolean =>
  (imageExtensions as readonly string[]).includes(extensionOf(path));

/** `train-images-idx3-ubyte`, `emnist-letters-test-labels-idx1-ubyte.gz`, `t10k-images.idx3-ubyte` … */
const idxName = /^(.*?)(images|labels)([-.]idx[13][-.]ubyte)(\.gz)?$/i;

export interface IdxName {
  /** What stands before `images`/`labels`: `train-`, `t10k-`. */
  readonly prefix: string;
  readonly role: 'idx-images' | 'idx-labels';
  /** The file name of the partner with the same prefix, for either compression. */
  readonly partners: readonly string[];
}

/** Reads an IDX file's name (not its path); undefined if it is none. */
export function parseIdxName(fileName: string): IdxName | undefined {
  const match = idxName.exec(fileName);
  if (!match) return undefined;
  const [, prefix = '', kind = '', suffix = ''] = match;
  const images = kind.toLowerCase() === 'images';
  const otherKind = images ? 'labels' : 'images';
  const otherSuffix = suffix.replace(/[13]/, images ? '1' : '3');
  const stem = `${prefix}${otherKind}${otherSuffix}`;
  return { prefix, role: images ? 'idx-images' : 'idx-labels', partners: [stem, `${stem}.gz`] };
}

/** Which set the IDX prefix names: `t10k`/`test` are test images, `val` validation, anything else training. */
export function idxSplit(prefix: string): Split {
  if (/t10k|test/i.test(prefix)) return 'test';
  if (/val/i.test(prefix)) return 'validation';
  return 'train';
}

export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** The split that a folder's name asks for: `train`, `val | valid | validation`, `test`; else null. */
export function splitOfFolder(folder: string): Split | null {
  switch (folder.toLowerCase()) {
    case 'train':
    case 'training':
      return 'train';
    case 'val':
    case 'valid':
    case 'validation':
      return 'validation';
    case 'test':
    case 'testing':
      return 'test';
    default:
      return null;
  }
}

/** A file that was left out, and why. */
export const skippedFileSchema = v.object({ path: v.string(), reason: v.string() });
export type SkippedFile = v.InferOutput<typeof skippedFileSchema>;

/** How many left-out files are kept by name; the rest are counted. */
export const maxSkippedNames = 200;

/** What the host knows of a data set before any pixel is read. */
export interface DatasetSummary {
  /** Names the data set in {@link PackRequest}s of this session. */
  readonly id: string;
  /** Shown name: the folder's or file's. */
  readonly name: string;
  /** Where it is, as a URI string; kept in the model file (relative to the workspace where inside it). */
  readonly uri: string;
  readonly kind: 'folder' | 'idx';
  /** Number of files to pull (for IDX: image and label files). */
  readonly files: number;
  /** Number of images: equal to `files` for folders; unknown (null) for IDX until a header is read. */
  readonly images: number | null;
  readonly bytes: number | null;
  readonly classes: readonly { readonly name: string; readonly count: number | null }[];
  /** Images per split asked for by folder names; `none` are free to be split. */
  readonly splits: Readonly<Record<Split | 'none', number>> | null;
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
  /** Set when `latentLens.maxImages` cut the list. */
  readonly cut: { readonly found: number; readonly limit: number } | null;
}

/** What a look at some of the images adds to the summary. */
export interface DatasetSurvey {
  readonly images: number;
  /** Images looked at. */
  readonly sampled: number;
  /** Sizes seen, most frequent first. */
  readonly sizes: readonly { readonly width: number; readonly height: number; readonly count: number }[];
  /** Whether any image seen has colour. */
  readonly colour: boolean;
  readonly suggested: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly split: SplitCounts;
  readonly skipped: readonly SkippedFile[];
}

/** An image that an inspection lists. */
export interface InspectedImage {
  /** Relative to the data set; with its number (from 1) within an IDX file, else null. */
  readonly path: string;
  readonly number: number | null;
  /** The file's own size; null within IDX files. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Small, as the model sees it: U8 `[height, width, channels]`, sides of at most 32. */
  readonly picture: {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3;
    readonly pixels: Uint8Array;
  };
}

/** Some images of those that were found. */
export interface InspectedList {
  readonly count: number;
  readonly images: readonly InspectedImage[];
}

export interface InspectedCluster extends InspectedList {
  /** Whether all of them have the same pixels. */
  readonly identical: boolean;
}

/** What a look at all images finds that a user may want to put right before training. */
export interface DatasetInspection {
  /** Images that could be read. */
  readonly images: number;
  /** Clusters of near-duplicates by the rule that the training splits by; images in them, and of the largest. */
  readonly clusters: number;
  readonly twins: number;
  /** Images that have the very pixels of another one before them. */
  readonly copies: number;
  /** Clusters, and images on their own: what a promise can count. */
  readonly units: number;
  /** The largest clusters. */
  readonly largest: readonly InspectedCluster[];
  readonly empty: InspectedList;
  readonly oddSizes: InspectedList;
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
}

/** Three disjoint sets and what stays unseen. */
export interface SplitCounts {
  readonly fit: number;
  readonly validation: number;
  readonly calibration: number;
  /** Images of `test` folders or t10k files: never used in training or calibration. */
  readonly test: number;
}
