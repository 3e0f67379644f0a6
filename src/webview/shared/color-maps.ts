/** Colours of data. All else on a page takes the theme's own colours. */

/** Red, green, blue in 0–255. */
export type Rgb = readonly [number, number, number];

/**
 * Cividis at equal steps: perceptually uniform and the same for people with and without colour vision deficiency
 * (Nuñez, Anderton & Renslow 2018, PLoS ONE 13(7)). Values between are interpolated.
 */
const cividis: readonly Rgb[] = [
  [0, 34, 78],
  [8, 51, 112],
  [53, 69, 108],
  [79, 87, 108],
  [102, 105, 112],
  [125, 124, 120],
  [148, 142, 119],
  [174, 163, 113],
  [200, 184, 102],
  [229, 207, 82],
  [254, 232, 56],
];

/**
 * Two diverging maps, centred on zero, blue against orange (safe for red–green deficiency). Zero is the colour that
 * recedes: near white on light backgrounds, near black on dark ones; both ends move away from it in lightness.
 */
const onLight: readonly Rgb[] = [
  [5, 61, 122],
  [36, 116, 183],
  [131, 183, 219],
  [246, 246, 245],
  [244, 178, 108],
  [206, 103, 18],
  [127, 56, 0],
];
const onDark: readonly Rgb[] = [
  [158, 212, 255],
  [71, 151, 228],
  [26, 79, 131],
  [24, 24, 25],
  [126, 64, 9],
  [221, 121, 33],
  [255, 199, 134],
];

function interpolate(table: readonly Rgb[], t: number): Rgb {
  const position = Math.min(Math.max(Number.isNaN(t) ? 0 : t, 0), 1) * (table.length - 1);
  const index = Math.min(Math.floor(position), table.length - 2);
  const low = table[index] as Rgb;
  const high = table[index + 1] as Rgb;
  const share = position - index;
  const at = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * share);
  return [at(0), at(1), at(2)];
}

/** Heat: 0 is dark, 1 is bright; values beyond are cut. */
export const sequentialColor = (value: number): Rgb => interpolate(cividis, value);

/** Differences: −1 is blue, 0 recedes, 1 is orange; values beyond are cut. */
export const divergingColor = (value: number, dark: boolean): Rgb =>
  interpolate(dark ? onDark : onLight, (value + 1) / 2);

/** WCAG 2.2 relative luminance in 0–1. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
