/** What a model keeps of the images that it was trained on, in words and numbers. */
import type { DatasetSummary } from '../../shared/dataset.ts';
import { mostNamedClusters, mostNamedImages, type DatasetCard } from '../../shared/model-card.ts';
import { isEmptyImage } from '../data/hygiene.ts';
import { clusterMembers } from '../data/near-duplicates/members.ts';
import { imageAt, imageName } from '../data/packed-images.ts';
import type { LoadedData } from './loaded-data.ts';

/** @param location workspace-relative where the data lies inside the workspace, else a URI */
export function datasetCard(
  { name, kind }: Pick<DatasetSummary, 'name' | 'kind'>,
  location: string,
  { images, split, duplicates }: LoadedData,
): DatasetCard {
  const named = (numbers: readonly number[]): { images: number; names: string[] } => ({
    images: numbers.length,
    names: numbers.slice(0, mostNamedImages).map((n) => imageName(images, n, kind)),
  });
  const { channels } = images.shape;
  const empty = Array.from({ length: images.count }, (_, n) => n).filter((n) =>
    isEmptyImage(imageAt(images, n), channels),
  );
  return {
    ...{ name, kind, location, images: images.count, classes: [...images.classes] },
    split: {
      fit: split.fit.length,
      validation: split.validation.length,
      calibration: split.calibration.length,
      test: split.test.length,
    },
    skipped: [...images.skipped],
    skippedCount: images.skippedCount,
    ...(duplicates
      ? {
          nearDuplicates: {
            clusters: duplicates.clusters,
            images: duplicates.twins,
            largest: duplicates.largest,
            named: clusterMembers(duplicates.group).slice(0, mostNamedClusters).map(named),
          },
        }
      : {}),
    ...(empty.length > 0 ? { empty: named(empty) } : {}),
    fingerprint: images.fingerprint,
  };
}
