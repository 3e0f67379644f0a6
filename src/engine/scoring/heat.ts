/** From a channel's coarse map to a picture over the model's view. */
import type { ChannelName } from '../../shared/model-card.ts';
import { imageRectangle, type FitTarget } from '../data/fit.ts';
import type { Plane } from './gray.ts';

/** Where the first cell's centre lies and how far apart centres are, in pixels of the view. */
interface Lattice {
  readonly y: number;
  readonly x: number;
  readonly stepY: number;
  readonly stepX: number;
}

function latticeOf(
  channel: ChannelName,
  { height, width }: Plane,
  original: { readonly height: number; readonly width: number },
  view: FitTarget,
): Lattice {
  switch (channel) {
    // Windows of 5 × 5 at half size: the first is centred on the third pair of pixels.
    case 'structure':
      return { y: 5, x: 5, stepY: 2, stepX: 2 };
    case 'orientation':
      return { y: 2, x: 2, stepY: 4, stepX: 4 };
    case 'error':
      return { y: 0.5, x: 0.5, stepY: 1, stepX: 1 };
    case 'place':
    case 'whole': {
      const whole = imageRectangle(original, view);
      const [stepY, stepX] = [whole.height / height, whole.width / width];
      return { y: whole.y + stepY / 2, x: whole.x + stepX / 2, stepY, stepX };
    }
  }
}

/**
 * The map between its cells' centres by bilinear interpolation, beyond the outermost by their value; 0 beside a photo in
 * its view.
 * @returns F32 `[H, W]` of the view
 */
export function spread(
  channel: ChannelName,
  map: Plane,
  original: { readonly height: number; readonly width: number },
  view: FitTarget,
): Float32Array {
  const lattice = latticeOf(channel, map, original, view);
  const picture =
    channel === 'place' || channel === 'whole'
      ? imageRectangle(original, view)
      : { x: 0, y: 0, width: view.width, height: view.height };
  return interpolate(map, lattice, view, picture);
}

/** The same over a square plane of the whole photo: F32 `[side, side]`. */
export function spreadOverPlane(map: Plane, side: number): Float32Array {
  const [stepY, stepX] = [side / map.height, side / map.width];
  const whole = { height: side, width: side };
  return interpolate(map, { y: stepY / 2, x: stepX / 2, stepY, stepX }, whole, { x: 0, y: 0, ...whole });
}

function interpolate(
  { height, width, values }: Plane,
  { y: firstY, x: firstX, stepY, stepX }: Lattice,
  view: { readonly height: number; readonly width: number },
  picture: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Float32Array {
  const out = new Float32Array(view.height * view.width);
  const clamp = (at: number, last: number): number => Math.min(last, Math.max(0, at));
  for (let y = 0; y < view.height; y++) {
    const centreY = y + 0.5;
    if (centreY < picture.y || centreY > picture.y + picture.height) continue;
    const v = clamp((centreY - firstY) / stepY, height - 1);
    const top = Math.floor(v);
    const bottom = Math.min(height - 1, top + 1);
    for (let x = 0; x < view.width; x++) {
      const centreX = x + 0.5;
      if (centreX < picture.x || centreX > picture.x + picture.width) continue;
      const u = clamp((centreX - firstX) / stepX, width - 1);
      const left = Math.floor(u);
      const right = Math.min(width - 1, left + 1);
      const at = (row: number): number => {
        const a = values[row * width + left] ?? 0;
        return a + (u - left) * ((values[row * width + right] ?? 0) - a);
      };
      const upper = at(top);
      out[y * view.width + x] = upper + (v - top) * (at(bottom) - upper);
    }
  }
  return out;
}
