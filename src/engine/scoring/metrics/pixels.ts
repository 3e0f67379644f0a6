/** How well heat maps find the defects' places, where masks exist: pixel AUROC and AUPRO. */

const bits = 20;
const bins = 2 ** bits;

const view = new DataView(new ArrayBuffer(4));

/**
 * A value's bin among 2²⁰: the leading bits of the non-negative single-precision number, whose order is that of the
 * numbers. Values within 1/4096 of each other may share a bin, and count as ties.
 */
function binOf(value: number): number {
  view.setFloat32(0, Math.max(0, value));
  return view.getUint32(0) >>> (31 - bits);
}

/** Numbers of the 8-connected parts of a mask, from 1; 0 where the mask is 0 (as MVTec's own evaluation counts them). */
export function connectedParts(
  mask: Uint8Array,
  height: number,
  width: number,
): { readonly labels: Int32Array; readonly sizes: readonly number[] } {
  const labels = new Int32Array(mask.length);
  const sizes: number[] = [];
  const waiting: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    const label = sizes.length + 1;
    let size = 0;
    labels[start] = label;
    waiting.push(start);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      size++;
      const [y, x] = [Math.floor(at / width), at % width];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const neighbour = v * width + u;
          if (mask[neighbour] === 0 || labels[neighbour] !== 0) continue;
          labels[neighbour] = label;
          waiting.push(neighbour);
        }
      }
    }
    sizes.push(size);
  }
  return { labels, sizes };
}

/** Largest share of false-positive pixels up to which AUPRO is integrated (Bergmann et al. 2021). */
const proLimit = 0.3;

/** Collects maps and masks, then tells; memory does not grow with the number of images. */
export class PixelEvaluation {
  readonly #good = new Float64Array(bins);
  readonly #bad = new Float64Array(bins);
  /** Pixels of defects, each weighted by one over its part's size. */
  readonly #parts = new Float64Array(bins);
  #partCount = 0;

  /**
   * @param map `[height, width]`, not negative
   * @param mask U8 of the same shape, 0 = good; absent for a good image
   */
  add(map: ArrayLike<number>, height: number, width: number, mask?: Uint8Array): void {
    const parts = mask && connectedParts(mask, height, width);
    for (let i = 0; i < height * width; i++) {
      const bin = binOf(map[i] ?? 0);
      const label = parts?.labels[i] ?? 0;
      if (label === 0) {
        this.#good[bin] = (this.#good[bin] as number) + 1;
        continue;
      }
      this.#bad[bin] = (this.#bad[bin] as number) + 1;
      this.#parts[bin] = (this.#parts[bin] as number) + 1 / (parts?.sizes[label - 1] ?? 1);
    }
    this.#partCount += parts?.sizes.length ?? 0;
  }

  /** Probability that a pixel of a defect is hotter than a good one, ties counting half; null without either kind. */
  auroc(): number | null {
    let [below, good, bad, wins] = [0, 0, 0, 0];
    for (let bin = 0; bin < bins; bin++) {
      const g = this.#good[bin] as number;
      const b = this.#bad[bin] as number;
      wins += b * (below + g / 2);
      below += g;
      good += g;
      bad += b;
    }
    return good === 0 || bad === 0 ? null : wins / (good * bad);
  }

  /**
   * Area under the curve of the mean share found of each connected defect over the share of good pixels called bad, up
   * to 30 % of these, divided by that 0.3; trapezoids (Bergmann et al. 2021, “The MVTec Anomaly Detection Dataset”, §5).
   */
  aupro(): number | null {
    let good = 0;
    for (const count of this.#good) good += count;
    if (good === 0 || this.#partCount === 0) return null;
    let [area, rate, overlap] = [0, 0, 0];
    for (let bin = bins - 1; bin >= 0 && rate < proLimit; bin--) {
      const nextRate = rate + (this.#good[bin] as number) / good;
      const nextOverlap = overlap + (this.#parts[bin] as number) / this.#partCount;
      if (nextRate === rate) {
        overlap = nextOverlap;
        continue;
      }
      const end = Math.min(nextRate, proLimit);
      const share = (end - rate) / (nextRate - rate);
      area += ((end - rate) * (2 * overlap + share * (nextOverlap - overlap))) / 2;
      rate = nextRate;
      overlap = nextOverlap;
    }
    return area / proLimit;
  }
}
