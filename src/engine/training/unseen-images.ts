/** Whether images may calibrate a model: those that it was trained on score lower than any new ones, and promise nothing. */
import { LensError } from '../../shared/errors.ts';
import { pointSets, readPoints } from '../../shared/map-points.ts';
import type { ModelFile } from '../../shared/model-file.ts';
import type { RecalibrateRequest } from '../../shared/protocol/engine.ts';

type Place = Pick<RecalibrateRequest, 'dataset' | 'origin'>;

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, '');

/** The path of `uri` below `root`, decoded, with `/`; null where it is not below. */
function pathBelow(root: string, uri: string): string | null {
  const base = `${withoutSlash(root)}/`;
  if (!uri.startsWith(base)) return null;
  try {
    return withoutSlash(uri).slice(base.length).split('/').map(decodeURIComponent).join('/');
  } catch {
    return null;
  }
}

/** Whether these are the very images that the model learned from. */
export const isOrigin = ({ dataset, origin }: Place): boolean =>
  origin !== null && withoutSlash(dataset.uri) === withoutSlash(origin);

/**
 * Refuses a folder that holds images of the training: one around the data set's, or one inside of which images were fitted
 * or watched. Folders inside of which no point of the file was (its `test` folders) may calibrate.
 * Copies elsewhere are not recognised.
 * @throws LensError `invalid-dataset`
 */
export function assertUnseen({ dataset, origin }: Place, file: ModelFile): void {
  if (origin === null || isOrigin({ dataset, origin })) return;
  const refuse = (): never => {
    throw new LensError(
      'invalid-dataset',
      `“${file.card.name}” was trained on images in “${dataset.name}”, and what it knows scores too low to promise anything. ` +
        'Choose a folder of good images that it was not trained on.',
    );
  };
  if (pathBelow(dataset.uri, origin) !== null) refuse();
  const inside = pathBelow(origin, dataset.uri);
  const points = inside === null ? null : readPoints(file);
  if (inside === null || !points) return;
  points.files.forEach((path, n) => {
    const set = pointSets[points.sets[n] ?? 0];
    const own = points.paths[path] ?? '';
    if (set !== 'test' && (own === inside || own.startsWith(`${inside}/`))) refuse();
  });
}
