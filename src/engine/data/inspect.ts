/**
 * A look at all images before training: near-duplicates by the rule and the pictures that the training itself splits by,
 * exact copies, empty images and odd sizes, as lists that name the first of each.
 */
import type { DatasetInspection, InspectedCluster, InspectedList } from '../../shared/dataset.ts';
import { cancelled } from '../../shared/errors.ts';
import { copiesIn, oddSizes } from './hygiene.ts';
import { readMaterial, type InspectionWork } from './inspected-images.ts';
import { findNearDuplicates } from './near-duplicates/clusters.ts';
import { clusterMembers } from './near-duplicates/members.ts';

/** The most that is listed by name. */
export const listedClusters = 60;
export const listedOfCluster = 12;
export const listedImages = 200;

/**
 * Never a reason to refuse a data set: it says what is there.
 * @throws LensError `cancelled`; `out-of-memory` over the budget; where nothing could be read, the first file's reason
 */
export async function inspectDataset(work: InspectionWork): Promise<DatasetInspection> {
  const breathe = async (): Promise<void> => {
    await work.breathe();
    if (work.signal.aborted) throw cancelled();
  };
  const { gray, hashes, empty, sizes, paths, listed, skipped, skippedCount } = await readMaterial(work);
  work.onProgress('Looking for near-duplicates', 0, 0);
  const { group, clusters, twins } = await findNearDuplicates(gray, paths, breathe);
  const first = async (images: readonly number[], most: number): Promise<InspectedList> => ({
    count: images.length,
    images: await listed(images.slice(0, most)),
  });
  const largest: InspectedCluster[] = [];
  for (const members of clusterMembers(group).slice(0, listedClusters)) {
    const identical = members.every((n) => hashes[n] === hashes[members[0] ?? -1]);
    largest.push({ ...(await first(members, listedOfCluster)), identical });
  }
  return {
    images: gray.count,
    ...{ clusters, twins, copies: copiesIn(hashes).length, units: gray.count - twins + clusters },
    largest,
    empty: await first(empty, listedImages),
    oddSizes: await first(sizes ? oddSizes(sizes) : [], listedImages),
    ...{ skipped, skippedCount },
  };
}
