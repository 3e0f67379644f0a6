/** Whether images may calibrate a model: those that it was trained on score lower than any new ones, and promise nothing. */
import { LensError } from '../../shared/errors.ts';
import { pointSets, readPoints } from '../../shared/map-points.ts';
import type { ModelFile } from '../../shared/model-file.ts';
import type { RecalibrateRequest } from '../../shared/protocol/engine.ts';
import { isSameFolder, segmentsBelow } from '../../shared/uri-path.ts';

type Place = Pick<RecalibrateRequest, 'dataset' | 'origin'>;

/** Whether these are the very images that the model learned from. */
export const isOrigin = ({ dataset, origin }: Place): boolean =>
  origin !== null && isSameFolder(dataset.uri, origin);

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
  if (segmentsBelow(dataset.uri, origin)) refuse();
  const inside = segmentsBelow(origin, dataset.uri)?.join('/');
  const points = inside === undefined ? null : readPoints(file);
  if (inside === undefined || !points) return;
  points.files.forEach((path, n) => {
    const set = pointSets[points.sets[n] ?? 0];
    const own = points.paths[path] ?? '';
    if (set !== 'test' && (own === inside || own.startsWith(`${inside}/`))) refuse();
  });
}
