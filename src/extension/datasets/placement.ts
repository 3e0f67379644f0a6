/** Which class and which split a file's folders ask for. */
import { splitOfFolder, type Split } from '../../shared/dataset.ts';

export interface Placement {
  readonly split: Split | null;
  /** Name of the class; null for files that lie directly in the root or in a split's folder. */
  readonly className: string | null;
}

/**
 * `cats/x.png` is of class `cats`; `train/good/x.png` and `good/train/x.png` are of class `good`, to train on;
 * of several folders the one nearest to the split's counts, else the outermost.
 * @param path relative to the data set's root, with `/`
 */
export function placementOf(path: string): Placement {
  const folders = path.split('/').slice(0, -1);
  const at = folders.findIndex((folder) => splitOfFolder(folder) !== null);
  if (at < 0) return { split: null, className: folders[0] ?? null };
  return { split: splitOfFolder(folders[at] ?? ''), className: folders[at + 1] ?? folders[at - 1] ?? null };
}

/** Plain order of code units: the same on every machine, whatever its language. */
export const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
