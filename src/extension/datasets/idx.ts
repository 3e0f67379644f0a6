/** Which IDX files belong together, by their names alone. */
import { idxSplit, parseIdxName, type SkippedFile, type Split } from '../../shared/dataset.ts';
import { byPath } from './placement.ts';

export interface IdxPair {
  readonly images: string;
  /** Null where no labels file lies beside the images. */
  readonly labels: string | null;
  readonly split: Split;
}

export interface IdxGroup {
  /** Names the set that its train and test files share, such as `emnist-letters-*`. */
  readonly key: string;
  /** Training images first. */
  readonly pairs: readonly IdxPair[];
}

export interface IdxGroups {
  readonly groups: readonly IdxGroup[];
  readonly skipped: readonly SkippedFile[];
}

const splitWord = /train(ing)?|t10k|test(ing)?|val(id(ation)?)?/i;
const splitOrder: Record<Split, number> = { train: 0, validation: 1, test: 2 };

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isPacked = (path: string): boolean => /\.gz$/i.test(path);

/** What is the same for all files of one data set in one folder: its train and test files share this key. */
export function idxKey(path: string): string | undefined {
  const name = parseIdxName(fileOf(path));
  return name && folderOf(path) + (name.prefix.replace(splitWord, '*') || '*');
}

/** Pairs images with labels and puts train and test files of one set together. */
export function groupIdx(paths: readonly string[]): IdxGroups {
  const skipped: SkippedFile[] = [];
  const all = new Set(paths);
  // torchvision leaves both the packed and the unpacked file; they hold the same images.
  const kept = [...all].sort(byPath).filter((path) => {
    const twin = isPacked(path) && all.has(path.replace(/\.gz$/i, ''));
    if (twin) skipped.push({ path, reason: 'the unpacked file beside it is used' });
    return !twin;
  });
  const labelsLeft = new Set(kept.filter((path) => parseIdxName(fileOf(path))?.role === 'idx-labels'));
  const groups = new Map<string, IdxPair[]>();
  for (const path of kept) {
    const name = parseIdxName(fileOf(path));
    const key = idxKey(path);
    if (name?.role !== 'idx-images' || key === undefined) continue;
    const labels = name.partners
      .map((partner) => folderOf(path) + partner)
      .find((each) => labelsLeft.has(each));
    if (labels !== undefined) labelsLeft.delete(labels);
    const pair: IdxPair = { images: path, labels: labels ?? null, split: idxSplit(name.prefix) };
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  for (const path of labelsLeft) skipped.push({ path, reason: 'labels without their images file' });
  return { groups: [...groups].map(([key, pairs]) => ({ key, pairs: inOrder(pairs) })), skipped };
}

/** A set without training images has nothing to learn from: what there is becomes its training images. */
function inOrder(pairs: readonly IdxPair[]): IdxPair[] {
  const trained = pairs.some(({ split }) => split === 'train')
    ? pairs
    : pairs.map((pair) => ({ ...pair, split: 'train' as const }));
  return [...trained].sort((a, b) => splitOrder[a.split] - splitOrder[b.split] || byPath(a.images, b.images));
}
