/** A CSS colour as numbers: for drawing that knows no CSS. */
import type { Rgb } from '../shared/color-maps.ts';

/** @param css any CSS colour; transparent parts let black through */
export function cssRgb(css: string): Rgb {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (context === null) return [0, 0, 0];
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
