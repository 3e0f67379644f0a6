// Progress for people: one line that changes on a terminal, now and then a new line elsewhere.

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds between lines where a line cannot be changed: soonest, and latest while nothing new is said. */
const soonest = 2000;
const latest = 10_000;
/** Milliseconds between changes of a terminal's line. */
const frame = 100;

const eraseLine = '\r\x1b[2K';

export class Progress {
  private shown = '';
  private shownAt = -Infinity;
  private open = false;

  constructor(
    private readonly output: ProgressOutput,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param total 0 where it is not known */
  update(text: string, done: number, total: number): void {
    const since = this.now() - this.shownAt;
    if (this.output.isTTY) {
      if (since < frame) return;
      const line = withShare(text, done, total).slice(0, Math.max(20, (this.output.columns ?? 80) - 1));
      this.output.write(eraseLine + line);
      this.open = true;
    } else {
      if (since < (text === this.shown ? latest : soonest)) return;
      this.output.write(`${withShare(text, done, total)}\n`);
    }
    this.shown = text;
    this.shownAt = this.now();
  }

  /** A line that stays. */
  say(text: string): void {
    this.end();
    this.output.write(`${text}\n`);
  }

  /** Takes the changing line away. */
  end(): void {
    if (this.open) this.output.write(eraseLine);
    this.open = false;
  }
}

function withShare(text: string, done: number, total: number): string {
  if (!(total > 0)) return done > 0 ? `${text} (${done})` : text;
  return `${text} (${Math.floor((100 * Math.min(done, total)) / total)} %)`;
}
