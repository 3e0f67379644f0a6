/** One colour for each class, the same wherever classes are shown. */
import type { Rgb } from './color-maps.ts';

/**
 * Ten hues that people with colour vision deficiency tell apart by lightness where not by hue: after Okabe & Ito (2008)
 * and Tol's “muted” scheme. On light backgrounds the light ones are darker, so that every dot stands off the page.
 */
const onDark: readonly Rgb[] = [
  [86, 180, 233],
  [230, 159, 0],
  [0, 175, 130],
  [240, 228, 66],
  [60, 125, 230],
  [235, 110, 45],
  [225, 140, 190],
  [190, 190, 190],
  [160, 120, 230],
  [170, 215, 120],
];
const onLight: readonly Rgb[] = [
  [46, 144, 204],
  [204, 130, 0],
  [0, 140, 104],
  [168, 150, 0],
  [0, 78, 168],
  [198, 76, 0],
  [190, 90, 150],
  [110, 110, 110],
  [104, 64, 178],
  [100, 150, 40],
];

/** @param index of the class; −1 where there is none; beyond ten the colours come round again */
export function classColor(index: number, dark: boolean): Rgb {
  const palette = dark ? onDark : onLight;
  if (index < 0) return dark ? [140, 140, 140] : [120, 120, 120];
  return palette[index % palette.length] as Rgb;
}
