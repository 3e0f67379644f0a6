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
  /** Size of dots and pictures, as a multiple of the one that suits the density. */
  readonly dotSize: number;
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

/** Where the world lies on the target: device pixels of its origin, and device pixels per unit. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly perUnit: number;
}

/** Device pixels from (left, top) up to, without, (right, bottom). */
export interface Clip {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
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

function press(
  { words, width }: Target,
  { left, top, right, bottom }: Clip,
  stamp: Stamp,
  x: number,
  y: number,
  color: number,
  share: number,
): void {
  const { dx, dy, cover, reach } = stamp;
  const whole = x >= left + reach && y >= top + reach && x < right - reach && y < bottom - reach;
  for (let i = 0; i < dx.length; i++) {
    const px = x + (dx[i] as number);
    const py = y + (dy[i] as number);
    if (!whole && (px < left || py < top || px >= right || py >= bottom)) continue;
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
  { words, width }: Target,
  clip: Clip,
  scaled: Scaled,
  x: number,
  y: number,
  frame: number,
  color: number,
  share: number,
): void {
  const left = x - (scaled.width >> 1) - frame;
  const top = y - (scaled.height >> 1) - frame;
  const outerWidth = scaled.width + 2 * frame;
  const outerHeight = scaled.height + 2 * frame;
  for (let row = Math.max(0, clip.top - top); row < outerHeight && top + row < clip.bottom; row++) {
    const inRow = row >= frame && row < outerHeight - frame;
    const base = (top + row) * width + left;
    const source = (row - frame) * scaled.width - frame;
    const end = Math.min(outerWidth, clip.right - left);
    for (let column = Math.max(0, clip.left - left); column < end; column++) {
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

/** Where the view puts the world on the target. */
export function frameOf({ width, height, ratio }: Target, view: View): Frame {
  const perUnit = view.scale * ratio;
  return { left: width / 2 - view.x * perUnit, top: height / 2 + view.y * perUnit, perUnit };
}

/** Fills the target with the scene as the view shows it. The first points, held-out ones, end on top. */
export function paint(target: Target, view: View, scene: Scene, scaled: ScaledPictures): Painted {
  const all = { left: 0, top: 0, right: target.width, bottom: target.height };
  return paintPart(target, frameOf(target, view), scene, scaled, all);
}

/**
 * Moves what is painted by whole device pixels and paints only what comes into sight: the same pixels as painting all
 * of it, in a fraction of the time.
 * @param frame of the target after the move
 */
export function paintMoved(
  target: Target,
  frame: Frame,
  scene: Scene,
  scaled: ScaledPictures,
  dx: number,
  dy: number,
): Painted {
  const { words, width, height } = target;
  // One move of the whole buffer: what wraps around at the sides lies in the parts that are painted anew.
  const offset = dy * width + dx;
  if (offset > 0) words.copyWithin(offset, 0, words.length - offset);
  else words.copyWithin(0, -offset);
  const [top, bottom] = dy > 0 ? [0, dy] : [height + dy, height];
  const [left, right] = dx > 0 ? [0, dx] : [width + dx, width];
  const parts = [
    { left: 0, top, right: width, bottom },
    { left, top: dy > 0 ? dy : 0, right, bottom: dy > 0 ? height : height + dy },
  ].filter((part) => part.left < part.right && part.top < part.bottom);
  let painted: Painted = { picture: 0, radius: 0, missing: [] };
  const missing: number[] = [];
  for (const part of parts) {
    painted = paintPart(target, frame, scene, scaled, part);
    missing.push(...painted.missing);
  }
  return { ...painted, missing };
}

function paintPart(
  target: Target,
  { left, top, perUnit }: Frame,
  scene: Scene,
  scaled: ScaledPictures,
  clip: Clip,
): Painted {
  const { words, width, ratio } = target;
  const { grid, grouping, hidden, selected, pictures } = scene;
  const { coordinates } = grid;
  const background = word(scene.background);
  for (let row = clip.top; row < clip.bottom; row++)
    words.fill(background, row * width + clip.left, row * width + clip.right);
  const room = grid.spacing * perUnit;
  const picture = pictures === null ? 0 : pictureSize(room, pictures.side, ratio, scene.dotSize);
  const radius = dotRadius(room, ratio) * scene.dotSize;
  const colors = grouping.groups.map(({ color }) => word(color));
  const marks = grouping.groups.map(({ shape }) => stampOf(shape, radius));
  const ring = stampOf('dot', radius + 1.5 * ratio);
  const outline = word(scene.foreground);
  const frames = grouping.groups.map(({ shape }) => Math.round((shape === 'dot' ? 1 : 3) * ratio));
  const reach = Math.max(Math.ceil(radius * 2 + 2 * ratio), picture);
  const missing: number[] = [];
  const [first, last] = [clip.left - reach, clip.right + reach];
  const [upper, lower] = [clip.top - reach, clip.bottom + reach];
  const draw = (point: number, share: number, chosen: boolean): void => {
    const x = Math.round(left + (coordinates[2 * point] as number) * perUnit);
    const y = Math.round(top - (coordinates[2 * point + 1] as number) * perUnit);
    if (!(x > first && y > upper && x < last && y < lower)) return;
    const group = grouping.of[point] as number;
    const color = colors[group] as number;
    const small = picture > 0 ? pictures?.of(point) : undefined;
    if (small) {
      const at = scaled.of(small, picture);
      const frame = frames[group] as number;
      if (chosen) put(target, clip, at, x, y, frame + Math.round(2 * ratio), outline, share);
      put(target, clip, at, x, y, frame, color, share);
      return;
    }
    if (picture > 0 && missing.length < mostMissing) missing.push(point);
    if (chosen) press(target, clip, ring, x, y, outline, share);
    press(target, clip, marks[group] as Stamp, x, y, color, share);
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
