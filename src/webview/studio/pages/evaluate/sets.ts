/** What the folders of an evaluation mean: which images are good, which are bad and in what way, and their masks. Pure. */
import { splitOfFolder } from '../../../../shared/dataset.ts';
import { LensError } from '../../../../shared/errors.ts';
import type { EvaluationFolder } from '../../../../shared/protocol/evaluate.ts';
import { segmentsBelow } from '../../../../shared/uri-path.ts';

/** What a folder was chosen as: one with sub-folders of both, or one of either. */
export type FolderRole = 'labelled' | 'good' | 'bad';

export interface ChosenFolder {
  readonly role: FolderRole;
  readonly folder: EvaluationFolder;
}

export interface LabelledImage {
  /** Which of the chosen folders, and the image's place in its list. */
  readonly folder: number;
  readonly index: number;
  /** As it is shown: relative to the folder. */
  readonly path: string;
  /** Which kind of defect; null for a good image. */
  readonly kind: string | null;
  /** Place of its mask in the same list. */
  readonly mask: number | null;
}

export interface LabelledImages {
  readonly images: readonly LabelledImage[];
  /** Names of the kinds of defect, ascending. */
  readonly kinds: readonly string[];
  readonly good: number;
  readonly bad: number;
  readonly masks: number;
  /** Images that belong to neither, and why. */
  readonly unused: readonly { readonly count: number; readonly why: string }[];
}

const goodFolders = ['good', 'normal'];
const isGood = (folder: string): boolean => goodFolders.includes(folder.toLowerCase());
const maskFolder = /^ground_truth\//i;
const stemOf = (path: string): string => path.replace(/\.[^./]*$/, '');

/** Masks by what they belong to: `ground_truth/crack/000_mask.png` → `crack/000`. */
function masksOf(paths: readonly string[]): Map<string, number> {
  const masks = new Map<string, number>();
  paths.forEach((path, index) => {
    if (maskFolder.test(path)) masks.set(stemOf(path.replace(maskFolder, '')).replace(/_mask$/i, ''), index);
  });
  return masks;
}

type Placed = Omit<LabelledImage, 'folder'>;

interface Placement {
  readonly placed: readonly Placed[];
  readonly unused: LabelledImages['unused'];
}

function placeLabelled({ paths, name }: EvaluationFolder): Placement {
  const masks = masksOf(paths);
  const folderOf = (path: string): string => path.slice(0, path.indexOf('/') + 1).slice(0, -1);
  const testFolder = paths.map(folderOf).find((folder) => splitOfFolder(folder) === 'test');
  const placed: Placed[] = [];
  let [outside, loose] = [0, 0];
  paths.forEach((path, index) => {
    if (maskFolder.test(path)) return;
    if (testFolder !== undefined && folderOf(path) !== testFolder) {
      outside++;
      return;
    }
    const inside = testFolder === undefined ? path : path.slice(testFolder.length + 1);
    const kind = folderOf(inside);
    if (kind === '') loose++;
    else if (isGood(kind)) placed.push({ index, path, kind: null, mask: null });
    else placed.push({ index, path, kind, mask: masks.get(stemOf(inside)) ?? null });
  });
  if (!placed.some(({ kind }) => kind === null)) {
    throw new LensError(
      'invalid-dataset',
      `“${name}” has no images in a sub-folder “good” or “normal”. Choose a folder that has one, or choose a good and a bad folder one by one.`,
    );
  }
  return {
    placed,
    unused: [
      { count: outside, why: `outside “${testFolder ?? ''}”: only its images are evaluated` },
      { count: loose, why: 'in no sub-folder, so neither good nor bad' },
    ],
  };
}

/** All images of a folder that is good, or bad by its sub-folders' or its own name. */
function placeAll({ paths, name }: EvaluationFolder, role: 'good' | 'bad'): Placement {
  const own = name.split(/[/\\]/).pop() ?? name;
  return {
    unused: [],
    placed: paths.flatMap((path, index): Placed[] => {
      if (maskFolder.test(path)) return [];
      const [first = '', ...rest] = path.split('/');
      return [{ index, path, kind: role === 'good' ? null : rest.length > 0 ? first : own, mask: null }];
    }),
  };
}

/**
 * Sub-folders `good` and `normal` of a labelled folder are good, every other one is a kind of defect. Where there is a
 * `test` folder only its images count (MVTec AD: those of `train` were trained on), and
 * `ground_truth/KIND/NAME_mask.png` is the mask of `test/KIND/NAME.*`.
 * @throws LensError `invalid-dataset` for a labelled folder without good images, or where there are none at all
 */
export function labelledImages(chosen: readonly ChosenFolder[]): LabelledImages {
  const placements = chosen.map(({ role, folder }) =>
    role === 'labelled' ? placeLabelled(folder) : placeAll(folder, role),
  );
  const images = placements.flatMap(({ placed }, folder) => placed.map((each) => ({ folder, ...each })));
  const kinds = [...new Set(images.flatMap(({ kind }) => (kind === null ? [] : [kind])))].sort();
  const good = images.filter(({ kind }) => kind === null).length;
  if (images.length === 0) {
    const names = chosen.map(({ folder }) => `“${folder.name}”`).join(' and ');
    throw new LensError('invalid-dataset', `There are no images in ${names}. Choose another folder.`);
  }
  return {
    ...{ images, kinds, good, bad: images.length - good },
    masks: images.filter(({ mask }) => mask !== null).length,
    unused: placements.flatMap(({ unused }) => unused).filter(({ count }) => count > 0),
  };
}

/**
 * How many of these images the model was trained on, as far as its file says.
 * @param fitted paths of the images that it was trained on, relative to its data set
 */
export function trainedOn(
  { images }: Pick<LabelledImages, 'images'>,
  chosen: readonly ChosenFolder[],
  fitted: ReadonlySet<string>,
): number {
  const inDataset = chosen.map(({ folder: { root, dataset } }) => {
    if (dataset === null) return () => null;
    const [inside, around] = [segmentsBelow(dataset, root), segmentsBelow(root, dataset)];
    if (inside) return (path: string) => [...inside, path].join('/');
    if (!around) return () => null;
    const prefix = `${around.join('/')}/`;
    return (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : null);
  });
  return images.filter(({ folder, path }) => {
    const known = inDataset[folder]?.(path) ?? null;
    return known !== null && fitted.has(known);
  }).length;
}
