// What a bench returns, and how its measurements are told.

export interface BenchOptions {
  /** Rounds in which every contestant is measured once; without it the bench's own number. */
  readonly rounds: number | undefined;
}

export interface BenchResult {
  /** For people, several lines. */
  readonly table: string;
  /** For machines: medians over the rounds; `ratio` = rival / ours, null where there is no rival. */
  readonly summary: {
    readonly ours: number;
    readonly rival: number | null;
    readonly ratio: number | null;
    readonly unit: string;
    readonly rounds: number;
  };
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/** Three significant digits as a number, for the summary. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

/** One line: name, median and range in the unit. */
export function row(name: string, values: readonly number[], note = ''): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const numbers = `${median(values).toFixed(2).padStart(9)}   (${low.toFixed(2)} – ${high.toFixed(2)})`;
  return `  ${name.padEnd(34)}${numbers.padEnd(30)}${note}`;
}

/** Each round's ratio rival / ours, whose median does not suffer from a machine that slows down half-way. */
export const ratios = (rival: readonly number[], ours: readonly number[]): number[] =>
  rival.map((value, i) => value / (ours[i] ?? NaN));

/** Arithmetic a second, and its share of what a core can do at most (both in GFLOP/s). */
export function speedWords(gigaflop: number, milliseconds: number, limit?: number): string {
  const perSecond = (1000 * gigaflop) / milliseconds;
  const share = limit === undefined ? '' : ` (${Math.round((100 * perSecond) / limit)} %)`;
  return `${perSecond.toFixed(1)} GFLOP/s${share}`;
}
