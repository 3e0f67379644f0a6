/** The window on the plane: which part of the map is on screen. Pure. */

/** World coordinates of the middle of the screen, and pixels (CSS) per unit. The world's y axis points up. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export const toScreen = (view: View, size: Size, x: number, y: number): Point => ({
  x: (x - view.x) * view.scale + size.width / 2,
  y: (view.y - y) * view.scale + size.height / 2,
});

export const toWorld = (view: View, size: Size, x: number, y: number): Point => ({
  x: (x - size.width / 2) / view.scale + view.x,
  y: view.y - (y - size.height / 2) / view.scale,
});

/** @param coordinates F32 `[n, 2]`; of none the unit square around zero */
export function boundsOf(coordinates: Float32Array): Bounds {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i + 1 < coordinates.length; i += 2) {
    const x = coordinates[i] ?? 0;
    const y = coordinates[i + 1] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  return left <= right ? { left, right, bottom, top } : { left: -0.5, right: 0.5, bottom: -0.5, top: 0.5 };
}

/** Smallest size of a map in its own units: all points at one place still have a scale. */
const smallestSpan = 1e-9;

/** All of it on screen, with a margin of `margin` pixels. */
export function fit(bounds: Bounds, size: Size, margin = 24): View {
  const width = Math.max(bounds.right - bounds.left, smallestSpan);
  const height = Math.max(bounds.top - bounds.bottom, smallestSpan);
  const room = (pixels: number): number => Math.max(pixels - 2 * margin, pixels / 2, 1);
  return {
    x: (bounds.left + bounds.right) / 2,
    y: (bounds.bottom + bounds.top) / 2,
    scale: Math.min(room(size.width) / width, room(size.height) / height),
  };
}

/** Zooms by `factor` so that what lies under the screen point stays there; `limits` bound the scale. */
export function zoomAt(
  view: View,
  size: Size,
  at: Point,
  factor: number,
  limits: { readonly least: number; readonly most: number },
): View {
  const scale = Math.min(limits.most, Math.max(limits.least, view.scale * factor));
  const world = toWorld(view, size, at.x, at.y);
  return {
    x: world.x - (at.x - size.width / 2) / scale,
    y: world.y + (at.y - size.height / 2) / scale,
    scale,
  };
}

/** Moves the map by pixels: to the right and down. */
export const pan = (view: View, dx: number, dy: number): View => ({
  x: view.x - dx / view.scale,
  y: view.y + dy / view.scale,
  scale: view.scale,
});
