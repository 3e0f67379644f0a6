/**
 * Near-duplicates: pictures of the same thing, which must not stand on both sides of a split (guide, §3.3).
 *
 * The rule. Pictures are compared by the Pearson distance d of their gray 64-pixel versions (their own pixels where they
 * are small): brightness and contrast do not count. Distances are set against the local scale,
 * R = d / √(σᵢσⱼ), σ the distance to the sixth nearest (Zelnik-Manor & Perona 2004, “Self-tuning spectral clustering”), as
 * no single distance tells twins from strangers: the same tile under another lamp is farther than another tile. How small R
 * must be depends on how many directions the set varies in. Points strewn evenly in m dimensions have
 * P(R < r) ≈ 5·rᵐ (the ratio of nearest-neighbour distances; m by the ratio of the 20th to the 10th, after Levina & Bickel
 * 2004), so r = (0.05/5)^(1/m): what five strangers in a hundred do is called twins. Where running numbers in the file
 * names go with likeness, R between files within three places of each other is halved: the second hint.
 *
 * Clusters grow along links in the order of R, and two merge only while the mean R across them stays below 1.25·r
 * (average linkage, Sokal & Michener 1958): a chain of small steps does not become one cluster.
 * Numbers chosen on magnetic tile, where they find 95 % of the pairs of one tile (46 % without the names).
 */
import { integerBelow, keyedRandom, permutation, streams } from '../../../shared/random.ts';
import { findNeighbours, type Neighbours } from './candidates.ts';
import { Descriptors, type GrayPictures } from './descriptors.ts';
import { nameWindow, seriesOf } from './names.ts';

const scaleRank = 6;
const chance = 0.05;
const linkage = 1.25;
const nameFactor = 0.5;
/** The share of pictures whose nearest neighbour must be a neighbour by name, and how far above accident. */
const nameShare = 0.3;
const nameLift = 4;
/** Share of the typical distance below which pictures are the same whatever lies around them: a re-encoded copy. */
const sameShare = 0.02;
/** With fewer there is no local scale to speak of. */
const fewestForScale = 16;
const dimensionPictures = 100;
const dimensionOthers = 2000;
/** Members of each side that are compared when two clusters might merge. */
const comparedMembers = 8;

export interface NearDuplicates {
  /** I32 `[N]`: cluster of each picture, from 0; −1 for a picture on its own. */
  readonly group: Int32Array;
  readonly clusters: number;
  /** Pictures that have a twin. */
  readonly twins: number;
  readonly largest: number;
}

/** Median distance of seeded random pairs; 0 where there is nothing to compare. */
function typicalDistance(descriptors: Descriptors, seed: number): number {
  if (descriptors.count < 2) return 0;
  const next = keyedRandom(seed, streams.sample, descriptors.count);
  const sample = Float64Array.from({ length: 400 }, () => {
    const a = integerBelow(next, descriptors.count);
    const b = (a + 1 + integerBelow(next, descriptors.count - 1)) % descriptors.count;
    return descriptors.distance(a, b);
  }).sort();
  return sample[200] ?? 0;
}

/**
 * In how many directions the set varies: ln 2 / ln(d₂₀ / d₁₀), median over seeded pictures, at ranks beyond the twins'.
 * Against at most 2,000 others: the approximate neighbours would miss some, and the ratio lives on their ranks.
 */
function dimensionOf(descriptors: Descriptors, seed: number): number {
  const { count } = descriptors;
  const order = permutation(keyedRandom(seed, streams.sample, count, 1), count);
  const others = order.subarray(0, dimensionOthers);
  const far = Math.min(20, Math.floor((others.length - 1) / 2));
  const near = Math.floor(far / 2);
  const ratios: number[] = [];
  for (const picture of order.subarray(0, dimensionPictures)) {
    const distances = Float64Array.from(others, (other) =>
      other === picture ? Number.POSITIVE_INFINITY : descriptors.distance(picture, other),
    ).sort();
    const [d1, d2] = [distances[near - 1] as number, distances[far - 1] as number];
    if (d1 > 0) ratios.push(d2 / d1);
  }
  ratios.sort((a, b) => a - b);
  const ratio = ratios[ratios.length >> 1] ?? 1;
  return ratio > 1 ? Math.log(far / near) / Math.log(ratio) : Number.POSITIVE_INFINITY;
}

/** R of any pair, and whether names speak. */
class Nearness {
  readonly #scale: Float64Array;
  readonly #series: Int32Array;
  readonly #ranks: Int32Array;
  readonly #named: boolean;

  constructor(
    private readonly descriptors: Descriptors,
    neighbours: Neighbours,
    private readonly same: number,
    names: readonly string[] | null,
  ) {
    const { count } = descriptors;
    const { each, distances } = neighbours;
    const rank = Math.min(scaleRank, each) - 1;
    this.#scale = Float64Array.from({ length: count }, (_, n) => distances[n * each + rank] ?? 0);
    const { series, ranks } = seriesOf(names ?? new Array<string>(count).fill(''));
    this.#series = series;
    this.#ranks = ranks;
    this.#named = names !== null && this.#namesSpeak(neighbours, count);
  }

  ratio(a: number, b: number, distance = this.descriptors.distance(a, b)): number {
    if (distance <= this.same) return 0;
    const scale = Math.sqrt((this.#scale[a] as number) * (this.#scale[b] as number));
    const ratio = scale > 0 ? distance / scale : Number.POSITIVE_INFINITY;
    return this.#named && this.adjacent(a, b) ? ratio * nameFactor : ratio;
  }

  adjacent(a: number, b: number): boolean {
    const series = this.#series[a] as number;
    if (series < 0 || series !== this.#series[b]) return false;
    return Math.abs((this.#ranks[a] as number) - (this.#ranks[b] as number)) <= nameWindow;
  }

  #namesSpeak({ each, indices }: Neighbours, count: number): boolean {
    const lengths = new Map<number, number>();
    for (const series of this.#series) lengths.set(series, (lengths.get(series) ?? 0) + 1);
    let adjacent = 0;
    let byAccident = 0;
    for (let n = 0; n < count; n++) {
      const nearest = indices[n * each] as number;
      const series = this.#series[n] as number;
      if (nearest < 0 || series < 0 || series !== this.#series[nearest]) continue;
      if (this.adjacent(n, nearest)) adjacent++;
      // Pictures of a class are alike and often share a folder: only the places within it say more.
      byAccident += Math.min(1, (2 * nameWindow) / Math.max(1, (lengths.get(series) ?? 1) - 1));
    }
    return adjacent >= Math.max(nameShare * count, nameLift * byAccident);
  }

  /** Pairs of neighbours by name, which need not be among the nearest. */
  *named(): Generator<readonly [number, number]> {
    if (!this.#named) return;
    const order = [...this.#series.keys()].sort(
      (a, b) =>
        (this.#series[a] as number) - (this.#series[b] as number) ||
        (this.#ranks[a] as number) - (this.#ranks[b] as number),
    );
    for (let i = 0; i < order.length; i++) {
      for (let step = 1; step <= nameWindow && i + step < order.length; step++) {
        const [a, b] = [order[i] as number, order[i + step] as number];
        if (this.adjacent(a, b)) yield [a, b];
      }
    }
  }
}

/** Evenly chosen members, all where there are few. */
const some = (members: readonly number[]): readonly number[] =>
  members.length <= comparedMembers
    ? members
    : Array.from(
        { length: comparedMembers },
        (_, i) => members[Math.floor((i * members.length) / comparedMembers)] as number,
      );

interface Link {
  readonly a: number;
  readonly b: number;
  readonly ratio: number;
}

function merge(links: readonly Link[], nearness: Nearness, count: number, limit: number): Int32Array {
  const owner = Int32Array.from({ length: count }, (_, i) => i);
  const members = new Map<number, number[]>();
  const of = (cluster: number): number[] => members.get(cluster) ?? [cluster];
  for (const { a, b } of links) {
    const [p, q] = [owner[a] as number, owner[b] as number];
    if (p === q) continue;
    const [left, right] = [some(of(p)), some(of(q))];
    let sum = 0;
    for (const x of left) for (const y of right) sum += nearness.ratio(x, y);
    if (sum / (left.length * right.length) > limit) continue;
    const joined = [...of(p), ...of(q)];
    for (const image of of(q)) owner[image] = p;
    members.set(p, joined);
    members.delete(q);
  }
  const numbers = new Map([...members.keys()].sort((a, b) => a - b).map((cluster, k) => [cluster, k]));
  return owner.map((cluster) => numbers.get(cluster) ?? -1);
}

/**
 * Clusters of near-duplicates, by the rule above. Deterministic; approximate for more than 2,048 pictures (a link may be
 * missed, none is invented).
 * @param names paths of the pictures' own files, or null where several share one
 */
export async function findNearDuplicates(
  pictures: GrayPictures,
  names: readonly string[] | null,
  breathe: () => Promise<void>,
  seed = 0,
): Promise<NearDuplicates> {
  const { count } = pictures;
  if (count < 2)
    return { group: new Int32Array(count).fill(-1), clusters: 0, twins: 0, largest: Math.min(1, count) };
  const descriptors = new Descriptors(pictures);
  const neighbours = await findNeighbours(descriptors, seed, breathe);
  const same = sameShare * typicalDistance(descriptors, seed);
  const nearness = new Nearness(descriptors, neighbours, same, names);
  const limit =
    count < fewestForScale ? 0 : (chance / (scaleRank - 1)) ** (1 / dimensionOf(descriptors, seed));
  const links: Link[] = [];
  const consider = (a: number, b: number, distance?: number): void => {
    const ratio = nearness.ratio(a, b, distance);
    if (ratio <= limit) links.push({ a: Math.min(a, b), b: Math.max(a, b), ratio });
  };
  const { each, indices, distances } = neighbours;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < each; i++) {
      const other = indices[n * each + i] as number;
      if (other >= 0) consider(n, other, distances[n * each + i]);
    }
  }
  for (const [a, b] of nearness.named()) consider(a, b);
  links.sort((p, q) => p.ratio - q.ratio || p.a - q.a || p.b - q.b);
  const group = merge(links, nearness, count, linkage * limit);
  const sizes = new Map<number, number>();
  let twins = 0;
  for (const cluster of group) {
    if (cluster < 0) continue;
    twins++;
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  return { group, clusters: sizes.size, twins, largest: Math.max(1, ...sizes.values()) };
}
