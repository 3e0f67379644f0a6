/** The area (box) filter along one axis: exact integer sums of what lies under each output pixel. Pure. */

/** Of each output pixel the first and the last source pixel under it, and their weights; those between weigh `to`. */
export interface Overlaps {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly head: Int32Array;
  /** 0 where a single source pixel lies under it. */
  readonly tail: Int32Array;
}

/**
 * Weights of the area filter along one axis, from `from` source pixels to `to` output pixels. In units in which a
 * source pixel is `to` wide and an output pixel `from`, all overlaps are integers; those of an output pixel sum to `from`.
 */
export function overlaps(from: number, to: number): Overlaps {
  const [first, last, head, tail] = [
    new Int32Array(to),
    new Int32Array(to),
    new Int32Array(to),
    new Int32Array(to),
  ];
  for (let j = 0; j < to; j++) {
    const start = j * from;
    const end = start + from;
    const i = Math.floor(start / to);
    const k = Math.floor((end - 1) / to);
    first[j] = i;
    last[j] = k;
    head[j] = Math.min(end, (i + 1) * to) - start;
    tail[j] = k > i ? end - k * to : 0;
  }
  return { first, last, head, tail };
}

/** Shrinks or enlarges one row into `sums`, one exact sum per output pixel and channel (see {@link overlaps}). */
export function filterRow(
  row: Uint8Array,
  channels: number,
  { first, last, head, tail }: Overlaps,
  sums: Float64Array,
): void {
  const unit = first.length;
  for (let j = 0; j < unit; j++) {
    const i = first[j] ?? 0;
    const k = last[j] ?? 0;
    const headWeight = head[j] ?? 0;
    const tailWeight = tail[j] ?? 0;
    for (let c = 0; c < channels; c++) {
      let middle = 0;
      const end = k * channels + c;
      for (let at = (i + 1) * channels + c; at < end; at += channels) middle += row[at] ?? 0;
      sums[j * channels + c] =
        headWeight * (row[i * channels + c] ?? 0) + unit * middle + tailWeight * (row[end] ?? 0);
    }
  }
}
