/**
 * Paints the map into pixels by plain arithmetic: as fast without a graphics card as with one, and the same everywhere.
 * Pure but for the arrays it fills.
 */
import type { Rgb } from '../shared/color-maps.ts';
import { dotRadius, pictureSize } from './detail.ts';
import type { Grid } from './grid.ts';
import type { Grouping, Shape } from './groups.ts';
import type { View } from './plane.ts';

/** One picture in its own pixels: U8 `[H, W, C]` from `offset` on. */
export interface SmallPicture {
  readonly pixels: Uint8Array;
  readonly offset: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export interface Scene {
  readonly grid: Grid;
  readonly grouping: Grouping;
  /** U8 `[n]`: 1 where a point is not drawn. */
  readonly hidden: Uint8Array;
  /** U8 `[n]`: 1 where a point is selected; null where nothing is. */
  readonly selected: Uint8Array | null;
  readonly background: Rgb;
  readonly foreground: Rgb;
  /** Null draws dots at every zoom. */
  readonly pictures: Pictures | null;
}

export interface Pictures {
  /** Larger side of a picture in its own pixels. */
  readonly side: number;
  /** Undefined while it is not there; the point is a dot until then. */
  readonly of: (point: number) => SmallPicture | undefined;
}

export interface Target {
  /** Device pixels, `[height, width]` in RGBA byte order (little-endian words). */
  readonly words: Uint32Array;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

export interface Painted {
  /** Height of the pictures in device pixels; 0 where dots were drawn. */
  readonly picture: number;
  readonly radius: number;
  /** Points on screen whose picture was not there. */
  readonly missing: readonly number[];
}

const word = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** `share` of 256 of the colour over what is there. */
function blend(under: number, over: number, share: number): number {
  const rest = 256 - share;
  const redBlue = ((over & 0xff00ff) * share + (under & 0xff00ff) * rest) >>> 8;
  const green = ((over & 0xff00) * share + (under & 0xff00) * rest) >>> 8;
  return (0xff000000 | (redBlue & 0xff00ff) | (green & 0xff00)) >>> 0;
}

/** Pixels of a mark around its middle, and how much of each it covers, in 256ths. */
interface Stamp {
  readonly dx: Int16Array;
  readonly dy: Int16Array;
  readonly cover: Uint16Array;
  readonly reach: number;
}

const stamps = new Map<string, Stamp>();

/** Coverage by 4 × 4 samples per pixel. */
function stampOf(shape: Shape, radius: number): Stamp {
  const key = `${shape} ${radius.toFixed(2)}`;
  const known = stamps.get(key);
  if (known) return known;
  const reach = Math.ceil(radius * 1.35);
  const inside = (x: number, y: number): boolean =>
    shape === 'dot' ? x * x + y * y <= radius * radius : Math.abs(x) + Math.abs(y) <= radius * 1.35;
  const [dx, dy, cover]: [number[], number[], number[]] = [[], [], []];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      let hits = 0;
      for (let sample = 0; sample < 16; sample++) {
        if (inside(x + ((sample & 3) - 1.5) / 4, y + ((sample >> 2) - 1.5) / 4)) hits++;
      }
      if (hits === 0) continue;
      dx.push(x);
      dy.push(y);
      cover.push(hits * 16);
    }
  }
  const stamp = {
    dx: Int16Array.from(dx),
    dy: Int16Array.from(dy),
    cover: Uint16Array.from(cover),
    reach,
  };
  stamps.set(key, stamp);
  return stamp;
}

function press(target: Target, stamp: Stamp, x: number, y: number, color: number, share: number): void {
  const { words, width, height } = target;
  const { dx, dy, cover, reach } = stamp;
  const whole = x >= reach && y >= reach && x < width - reach && y < height - reach;
  for (let i = 0; i < dx.length; i++) {
    const px = x + (dx[i] as number);
    const py = y + (dy[i] as number);
    if (!whole && (px < 0 || py < 0 || px >= width || py >= height)) continue;
    const at = py * width + px;
    const part = ((cover[i] as number) * share) >> 8;
    words[at] = part >= 256 ? color : blend(words[at] as number, color, part);
  }
}

/** A picture at the size in which it is drawn: words, row-major. */
interface Scaled {
  readonly words: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** Pictures at the size drawn last; another size begins anew. */
export class ScaledPictures {
  private size = 0;
  private readonly cache = new Map<SmallPicture['pixels'], Map<number, Scaled>>();

  of(picture: SmallPicture, size: number): Scaled {
    if (size !== this.size) this.cache.clear();
    this.size = size;
    let byOffset = this.cache.get(picture.pixels);
    if (!byOffset) this.cache.set(picture.pixels, (byOffset = new Map()));
    let scaled = byOffset.get(picture.offset);
    if (!scaled) byOffset.set(picture.offset, (scaled = scale(picture, size)));
    return scaled;
  }
}

/** Enlarged by repetition, reduced by the mean over what falls together. @param size of the larger side */
export function scale(picture: SmallPicture, size: number): Scaled {
  const { pixels, offset, channels } = picture;
  const larger = Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round((picture.width * size) / larger));
  const height = Math.max(1, Math.round((picture.height * size) / larger));
  const words = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * picture.height) / height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * picture.height) / height));
    for (let x = 0; x < width; x++) {
      const left = Math.floor((x * picture.width) / width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * picture.width) / width));
      let [red, green, blue] = [0, 0, 0];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          const at = offset + (row * picture.width + column) * channels;
          red += pixels[at] ?? 0;
          green += pixels[at + (channels === 3 ? 1 : 0)] ?? 0;
          blue += pixels[at + (channels === 3 ? 2 : 0)] ?? 0;
        }
      }
      const area = (bottom - top) * (right - left);
      words[y * width + x] = word([
        Math.round(red / area),
        Math.round(green / area),
        Math.round(blue / area),
      ]);
    }
  }
  return { words, width, height };
}

function put(
  target: Target,
  scaled: Scaled,
  x: number,
  y: number,
  frame: number,
  color: number,
  share: number,
): void {
  const { words, width, height } = target;
  const left = x - (scaled.width >> 1) - frame;
  const top = y - (scaled.height >> 1) - frame;
  const outerWidth = scaled.width + 2 * frame;
  const outerHeight = scaled.height + 2 * frame;
  for (let row = Math.max(0, -top); row < outerHeight && top + row < height; row++) {
    const inRow = row >= frame && row < outerHeight - frame;
    const base = (top + row) * width + left;
    const source = (row - frame) * scaled.width - frame;
    for (let column = Math.max(0, -left); column < outerWidth && left + column < width; column++) {
      const inside = inRow && column >= frame && column < outerWidth - frame;
      const over = inside ? (scaled.words[source + column] as number) : color;
      words[base + column] = share >= 256 ? over : blend(words[base + column] as number, over, share);
    }
  }
}

/** How much of an unselected point is left while others are selected, in 256ths. */
const unselected = 90;

/** So many pictures are asked for at a time. */
const mostMissing = 256;

/** Fills the target with the scene as the view shows it. The first points, held-out ones, end on top. */
export function paint(target: Target, view: View, scene: Scene, scaled: ScaledPictures): Painted {
  const { words, width, height, ratio } = target;
  const { grid, grouping, hidden, selected, pictures } = scene;
  const { coordinates } = grid;
  words.fill(word(scene.background));
  const perUnit = view.scale * ratio;
  const room = grid.spacing * perUnit;
  const picture = pictures === null ? 0 : pictureSize(room, pictures.side, ratio);
  const radius = dotRadius(room, ratio);
  const colors = grouping.groups.map(({ color }) => word(color));
  const marks = grouping.groups.map(({ shape }) => stampOf(shape, radius));
  const ring = stampOf('dot', radius + 1.5 * ratio);
  const outline = word(scene.foreground);
  const frames = grouping.groups.map(({ shape }) => Math.round((shape === 'dot' ? 1 : 3) * ratio));
  const reach = Math.max(Math.ceil(radius * 2), picture);
  const missing: number[] = [];
  const [left, top] = [width / 2 - view.x * perUnit, height / 2 + view.y * perUnit];
  const draw = (point: number, share: number, chosen: boolean): void => {
    const x = Math.round(left + (coordinates[2 * point] as number) * perUnit);
    const y = Math.round(top - (coordinates[2 * point + 1] as number) * perUnit);
    if (!(x > -reach && y > -reach && x < width + reach && y < height + reach)) return;
    const group = grouping.of[point] as number;
    const color = colors[group] as number;
    const small = picture > 0 ? pictures?.of(point) : undefined;
    if (small) {
      const at = scaled.of(small, picture);
      if (chosen) put(target, at, x, y, (frames[group] as number) + Math.round(2 * ratio), outline, share);
      put(target, at, x, y, frames[group] as number, color, share);
      return;
    }
    if (picture > 0 && missing.length < mostMissing) missing.push(point);
    if (chosen) press(target, ring, x, y, outline, share);
    press(target, marks[group] as Stamp, x, y, color, share);
  };
  const count = coordinates.length >> 1;
  const rest = selected === null ? 256 : unselected;
  for (let point = count - 1; point >= 0; point--) {
    if (hidden[point] === 1 || selected?.[point] === 1) continue;
    draw(point, rest, false);
  }
  if (selected !== null) {
    for (let point = count - 1; point >= 0; point--) {
      if (selected[point] === 1 && hidden[point] !== 1) draw(point, 256, true);
    }
  }
  return { picture, radius, missing };
}
