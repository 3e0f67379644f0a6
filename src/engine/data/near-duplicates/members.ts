/** From clusters as numbers per image to clusters as lists of images. */

/**
 * Image numbers by cluster, ascending each; the largest cluster first, then by its first image.
 * @param group I32 `[N]`: cluster of each image, −1 for an image on its own
 */
export function clusterMembers(group: Int32Array): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  group.forEach((cluster, image) => {
    if (cluster < 0) return;
    const known = members.get(cluster);
    if (known) known.push(image);
    else members.set(cluster, [image]);
  });
  return [...members.values()].sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}
