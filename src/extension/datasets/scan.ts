/** From a folder or an IDX file to a data set: its files in a stable order, and the summary shown before training. */
import { LensError } from '../../shared/errors.ts';
import {
  isImagePath,
  maxSkippedNames,
  parseIdxName,
  type DatasetSummary,
  type SkippedFile,
  type Split,
} from '../../shared/dataset.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { toFileError, type FileStat } from '../core/files.ts';
import { groupIdx, idxKey, type IdxGroup } from './idx.ts';
import { byPath, placementOf } from './placement.ts';
import { walkFolder, type WalkOptions, type WalkResult } from './walk.ts';

export interface ScanOptions extends WalkOptions {
  /** Most images to take; a cut is part of the summary. */
  readonly maxImages: number;
  readonly newId: () => string;
}

export interface ScannedDataset {
  readonly summary: DatasetSummary;
  /** URI that the files' paths are relative to. */
  readonly root: string;
  readonly files: readonly SourceFile[];
}

/** @throws LensError `not-found`, `no-permission`, `invalid-dataset`, `cancelled` */
export async function scanDataset(uri: string, options: ScanOptions): Promise<ScannedDataset> {
  const { files } = options;
  const name = files.nameOf(uri);
  let stat: FileStat;
  try {
    stat = await files.stat(uri);
  } catch (error) {
    throw toFileError(error, 'read', name);
  }
  if (stat.kind === 'file') return scanIdxFile(uri, name, options);
  if (stat.kind !== 'folder')
    throw new LensError('invalid-dataset', `“${name}” is neither a folder nor a file.`);
  const walked = await walkFolder(uri, options);
  if (walked.images.length > 0) return folderDataset(uri, name, walked, options);
  if (walked.idx.length > 0) {
    const { group, skipped } = singleGroup(walked, name);
    const all = [...walked.skipped, ...skipped];
    const count = walked.skippedCount + skipped.length;
    return idxDataset(uri, uri, name, group, { skipped: all, skippedCount: count }, options);
  }
  const others =
    walked.skippedCount > 0
      ? ` It holds ${walked.skippedCount} other ${walked.skippedCount === 1 ? 'entry' : 'entries'}, none of a type that can be read.`
      : '';
  throw new LensError(
    'invalid-dataset',
    `No images were found in “${name}”.${others} Choose a folder of PNG, JPEG, WebP, BMP, ICO, GIF or AVIF images, or of IDX files.`,
  );
}

function folderDataset(
  uri: string,
  name: string,
  { images, idx, skipped, skippedCount }: WalkResult,
  { maxImages, newId }: ScanOptions,
): ScannedDataset {
  const taken = evenly(images, maxImages);
  const placed = taken.map((path) => ({ path, ...placementOf(path) }));
  const counts = new Map<string, number>();
  const splits: Record<Split | 'none', number> = { train: 0, validation: 0, test: 0, none: 0 };
  for (const { className, split } of placed) {
    if (className !== null) counts.set(className, (counts.get(className) ?? 0) + 1);
    splits[split ?? 'none']++;
  }
  const classes = [...counts]
    .sort(([a], [b]) => byPath(a, b))
    .map(([each, count]) => ({ name: each, count }));
  const labels = new Map(classes.map((each, label) => [each.name, label]));
  const leftOut = idx.map((path) => ({ path, reason: 'an IDX file among images: choose it by itself' }));
  return {
    root: uri,
    files: placed.map(({ path, className, split }, index) => ({
      index,
      path,
      role: 'image',
      label: className === null ? -1 : (labels.get(className) ?? -1),
      split,
    })),
    summary: {
      id: newId(),
      name,
      uri,
      kind: 'folder',
      files: taken.length,
      images: taken.length,
      bytes: null,
      classes,
      splits,
      skipped: [...skipped, ...leftOut].slice(0, maxSkippedNames),
      skippedCount: skippedCount + leftOut.length,
      cut: images.length > taken.length ? { found: images.length, limit: maxImages } : null,
    },
  };
}

/** At most `limit` of the items, evenly spaced, so that a cut keeps every class in proportion. */
export function evenly<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)] as T);
}

async function scanIdxFile(uri: string, name: string, options: ScanOptions): Promise<ScannedDataset> {
  const { files } = options;
  if (!parseIdxName(name)) {
    const hint = isImagePath(name)
      ? 'is a single image; choose the folder it lies in'
      : 'is not an IDX images file (their names end in “images-idx3-ubyte” or “images-idx3-ubyte.gz”)';
    throw new LensError('invalid-dataset', `“${name}” ${hint}.`);
  }
  const root = files.parent(uri);
  const siblings = await files.list(root).catch((error: unknown) => {
    throw toFileError(error, 'read', files.nameOf(root));
  });
  const key = idxKey(name);
  const related = siblings.filter((entry) => entry.kind === 'file' && idxKey(entry.name) === key);
  const { groups, skipped } = groupIdx(
    preferring(
      name,
      related.map((entry) => entry.name),
    ),
  );
  const group = groups[0];
  if (!group)
    throw new LensError('invalid-dataset', `The images that belong to “${name}” are not beside it.`);
  return idxDataset(uri, root, name, group, { skipped, skippedCount: skipped.length }, options);
}

/** Of a file that lies there packed and unpacked, the one that was chosen. */
function preferring(chosen: string, names: readonly string[]): readonly string[] {
  const other = /\.gz$/i.test(chosen) ? chosen.replace(/\.gz$/i, '') : undefined;
  return other === undefined ? names : names.filter((name) => name !== other);
}

function singleGroup(
  { idx }: WalkResult,
  name: string,
): { readonly group: IdxGroup; readonly skipped: readonly SkippedFile[] } {
  const { groups, skipped } = groupIdx(idx);
  const [first, ...more] = groups;
  if (!first) throw new LensError('invalid-dataset', `“${name}” holds IDX labels, but no IDX images.`);
  if (more.length > 0) {
    const keys = groups.slice(0, 4).map(({ key }) => `“${key}images-…”`);
    throw new LensError(
      'invalid-dataset',
      `“${name}” holds ${groups.length} IDX data sets (${keys.join(', ')}${groups.length > 4 ? ', …' : ''}). Choose the images file of one of them.`,
    );
  }
  return { group: first, skipped };
}

function idxDataset(
  uri: string,
  root: string,
  name: string,
  group: IdxGroup,
  { skipped, skippedCount }: Pick<WalkResult, 'skipped' | 'skippedCount'>,
  { newId }: ScanOptions,
): ScannedDataset {
  const files: SourceFile[] = [];
  const add = (path: string, role: SourceFile['role'], split: Split): void => {
    files.push({ index: files.length, path, role, label: -1, split });
  };
  for (const { images, labels, split } of group.pairs) {
    add(images, 'idx-images', split);
    if (labels !== null) add(labels, 'idx-labels', split);
  }
  return {
    root,
    files,
    summary: {
      id: newId(),
      name,
      uri,
      kind: 'idx',
      files: files.length,
      images: null,
      bytes: null,
      classes: [],
      splits: null,
      skipped: skipped.slice(0, maxSkippedNames),
      skippedCount,
      cut: null,
    },
  };
}
