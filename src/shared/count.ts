/** Counts as people read them. Every surface and every sentence writes them this way, whatever the locale of the words. */

/** Made at the first count: the first formatter of a process costs as much as loading half of the extension. */
let grouped: Intl.NumberFormat | undefined;

/** 12345 → `12,345`; a dash for what is no number. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–';
  grouped ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return grouped.format(count);
}

/** `1 image`, `1,200 images`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
