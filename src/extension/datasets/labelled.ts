/** A folder with the masks of its defects, which a walk for images to learn leaves out. */
import { splitOfFolder } from '../../shared/dataset.ts';
import { toFileError } from '../core/files.ts';
import { walkFolder, type WalkOptions, type WalkResult } from './walk.ts';

const masks = 'ground_truth';

export interface LabelledFolder extends Pick<WalkResult, 'images' | 'skipped' | 'skippedCount'> {
  /** What the paths are relative to: the folder, or the one around it where its masks lie beside it. */
  readonly root: string;
}

/**
 * Images of a folder, and masks below `ground_truth`: in the folder itself, or beside it where it is a `test` folder.
 * @throws LensError `cancelled`; `not-found`, `no-permission` or `read-failed` for the folder itself
 */
export async function walkLabelled(folder: string, options: WalkOptions): Promise<LabelledFolder> {
  const { files } = options;
  const parent = files.parent(folder);
  const beside = files.join(parent, masks);
  const isTest = splitOfFolder(files.nameOf(folder)) === 'test';
  const inParent = isTest && (await files.stat(beside).catch(() => undefined)) !== undefined;
  const walked = await walkFolder(folder, options).catch((error: unknown) => {
    throw toFileError(error, 'read', files.nameOf(folder));
  });
  const masked = await walkFolder(inParent ? beside : files.join(folder, masks), options).catch(
    () => undefined,
  );
  const under = inParent ? `${files.nameOf(folder)}/` : '';
  const skipped = walked.skipped.filter(({ path }) => path !== masks);
  return {
    root: inParent ? parent : folder,
    images: [
      ...walked.images.filter((path) => !path.startsWith(`${masks}/`)).map((path) => under + path),
      ...(masked?.images ?? []).map((path) => `${masks}/${path}`),
    ],
    skipped,
    skippedCount: walked.skippedCount - walked.skipped.length + skipped.length,
  };
}
