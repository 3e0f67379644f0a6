/**
 * Defects drawn into good images, for an estimate where there are no bad ones. Pure: a copy is changed. Each is keyed by
 * (seed, image, kind), so that it depends neither on the order of the images nor on the other kinds.
 *
 * Their strengths are fixed beforehand and tuned on nothing; lengths are shares of the shorter side, so that they hold
 * for any size:
 *
 * - `square`: a square of one tone, side 15–25 %, 25–50 % of the range away from the mean of what it covers: a label, a
 *   chip, a dead block. Smaller ones vanish in one cell of the coarsest map (4 of 28 pixels); larger ones nobody misses.
 * - `scratch`: a straight line, 40–80 % long and 2–4 % wide (at least one pixel), 25–50 % lighter or darker.
 * - `blob`: a round stain with a soft edge, radius 6–12 %, 25–50 % lighter or darker in its middle.
 * - `rotation`: the whole image by a quarter turn, either way; where it is not square, by half a turn. An image that looks
 *   the same afterwards has no defect: that is why kinds are reported apart.
 *
 * A quarter of the range is about where a person sees a mark at a glance, so the estimate is for plain defects. The tone
 * always moves towards the middle of the range and beyond it, so that clipping cannot swallow a mark. All channels move
 * alike; a fourth one (alpha) is never changed.
 */
import { syntheticKinds, type SyntheticKind } from '../../shared/protocol/evaluate.ts';
import { integerBelow, keyedRandom, streams, uniform, type Uint32Source } from '../../shared/random.ts';
import type { Raster } from '../data/image.ts';

/** A number for an image that is known by its path: 32-bit FNV-1a of its characters. */
export function imageKey(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** @returns U8 `[H, W, C]`, a copy with the defect. @param image number of the image: {@link imageKey} or its place in a file */
export function withDefect(kind: SyntheticKind, raster: Raster, seed: number, image: number): Uint8Array {
  const next = keyedRandom(seed, streams.defect, image, syntheticKinds.indexOf(kind));
  if (kind === 'rotation') return turned(raster, next);
  const shapes = { square, scratch, blob } as const;
  return marked(raster, shapes[kind](raster, next), next);
}

/** How much of the mark covers a pixel, 0–1, by the place of its centre; outside the box 0. */
interface Mark {
  readonly box: {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  };
  readonly cover: (y: number, x: number) => number;
  /** One tone over everything, instead of a shift of what is there. */
  readonly opaque: boolean;
}

const between = (next: Uint32Source, low: number, high: number): number => low + (high - low) * uniform(next);

function square({ height, width }: Raster, next: Uint32Source): Mark {
  const shorter = Math.min(height, width);
  const side = Math.max(1, Math.round(between(next, 0.15, 0.25) * shorter));
  const top = integerBelow(next, height - side + 1);
  const left = integerBelow(next, width - side + 1);
  return { box: { top, left, bottom: top + side, right: left + side }, cover: () => 1, opaque: true };
}

/** The box around some places, `reach` further, within the image. */
function boxAround(
  { height, width }: Raster,
  ys: readonly number[],
  xs: readonly number[],
  reach: number,
): Mark['box'] {
  return {
    top: Math.max(0, Math.floor(Math.min(...ys) - reach)),
    left: Math.max(0, Math.floor(Math.min(...xs) - reach)),
    bottom: Math.min(height, Math.ceil(Math.max(...ys) + reach)),
    right: Math.min(width, Math.ceil(Math.max(...xs) + reach)),
  };
}

function scratch(raster: Raster, next: Uint32Source): Mark {
  const { height, width } = raster;
  const shorter = Math.min(height, width);
  const half = (between(next, 0.4, 0.8) * shorter) / 2;
  const reach = Math.max(1, between(next, 0.02, 0.04) * shorter) / 2;
  const angle = Math.PI * uniform(next);
  const [dy, dx] = [half * Math.sin(angle), half * Math.cos(angle)];
  // The middle lies where the whole line is inside.
  const [y, x] = [
    between(next, Math.abs(dy), height - Math.abs(dy)),
    between(next, Math.abs(dx), width - Math.abs(dx)),
  ];
  const cover = (v: number, u: number): number => {
    const along = Math.max(-1, Math.min(1, ((v - y) * dy + (u - x) * dx) / (half * half)));
    // A line thinner than a pixel still takes those whose centre is within half of one.
    return Math.hypot(v - y - along * dy, u - x - along * dx) <= Math.max(reach, Math.SQRT1_2) ? 1 : 0;
  };
  return { box: boxAround(raster, [y - dy, y + dy], [x - dx, x + dx], reach + 1), cover, opaque: false };
}

function blob(raster: Raster, next: Uint32Source): Mark {
  const { height, width } = raster;
  const radius = Math.max(1, between(next, 0.06, 0.12) * Math.min(height, width));
  const [y, x] = [between(next, radius, height - radius), between(next, radius, width - radius)];
  // Full in the inner half, then falling to nothing at the rim.
  const cover = (v: number, u: number): number =>
    Math.max(0, Math.min(1, 2 * (1 - Math.hypot(v - y, u - x) / radius)));
  return { box: boxAround(raster, [y], [x], radius), cover, opaque: false };
}

function marked(
  { height, width, channels, pixels }: Raster,
  { box, cover, opaque }: Mark,
  next: Uint32Source,
): Uint8Array {
  const out = Uint8Array.from(pixels.subarray(0, height * width * channels));
  const colours = Math.min(3, channels);
  const places: { readonly at: number; readonly share: number }[] = [];
  let [sum, weight] = [0, 0];
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const share = cover(y + 0.5, x + 0.5);
      if (share === 0) continue;
      const at = (y * width + x) * channels;
      places.push({ at, share });
      for (let c = 0; c < colours; c++) sum += share * (out[at + c] as number);
      weight += share * colours;
    }
  }
  const mean = sum / weight;
  const shift = (mean < 127.5 ? 1 : -1) * between(next, 0.25, 0.5) * 255;
  for (const { at, share } of places) {
    for (let c = at; c < at + colours; c++) {
      const value = opaque ? mean + shift : (out[c] as number) + share * shift;
      out[c] = Math.round(Math.max(0, Math.min(255, value)));
    }
  }
  return out;
}

/** A quarter turn where the image is square, else half a turn. */
function turned({ height, width, channels, pixels }: Raster, next: Uint32Source): Uint8Array {
  const out = new Uint8Array(height * width * channels);
  const clockwise = integerBelow(next, 2) === 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const half = height !== width;
      const v = half ? height - 1 - y : clockwise ? height - 1 - x : x;
      const u = half ? width - 1 - x : clockwise ? y : width - 1 - y;
      const from = (v * width + u) * channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = pixels[from + c] as number;
    }
  }
  return out;
}
