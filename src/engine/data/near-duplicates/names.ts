/** What file names tell of near-duplicates: pictures of one thing are often taken, and numbered, one after the other. */

/** How far apart in the order of running numbers two files may be to count as neighbours. */
export const nameWindow = 3;

/**
 * Ranks of files within their series: files of one folder whose names are equal but for the digits, ordered by the last
 * number in the name (`exp2_num_108741.jpg` → 108741), then by the rest.
 * @returns for each name a series number (−1 for a name without digits) and its rank in the series
 */
export function seriesOf(names: readonly string[]): {
  readonly series: Int32Array;
  readonly ranks: Int32Array;
} {
  const series = new Int32Array(names.length).fill(-1);
  const ranks = new Int32Array(names.length);
  const members = new Map<string, { readonly index: number; readonly number: number }[]>();
  names.forEach((name, index) => {
    const file = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
    const numbers = file.match(/\d+/g);
    if (!numbers) return;
    const shape = `${name.slice(0, name.lastIndexOf('/') + 1)}${file.replace(/\d+/g, '#')}`;
    const known = members.get(shape) ?? [];
    known.push({ index, number: Number(numbers.at(-1)) });
    members.set(shape, known);
  });
  [...members.values()].forEach((list, s) => {
    list.sort((a, b) => a.number - b.number || a.index - b.index);
    list.forEach(({ index }, rank) => {
      series[index] = s;
      ranks[index] = rank;
    });
  });
  return { series, ranks };
}
