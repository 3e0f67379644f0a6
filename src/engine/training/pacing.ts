/** Time inside the worker: letting messages in, and doing a thing at most so often. */

/**
 * Lets the worker's message queue run. A MessageChannel, because timers are clamped to 4 ms when nested and
 * throttled in hidden pages.
 */
export function createYield(): () => Promise<void> {
  const channel = new MessageChannel();
  let resume: (() => void) | undefined;
  channel.port1.onmessage = () => {
    resume?.();
    resume = undefined;
  };
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      channel.port2.postMessage(0);
    });
}

/** True at most once per `interval` milliseconds. */
export function createThrottle(interval: number, now: () => number = () => performance.now()): () => boolean {
  let last = -Infinity;
  return () => {
    const time = now();
    if (time - last < interval) return false;
    last = time;
    return true;
  };
}

/** Images per second and time left, from a moving window so that a pause or a slow start does not linger. */
export class RateMeter {
  private readonly marks: { readonly time: number; readonly done: number }[] = [];
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** @param done images done so far, never decreasing. */
  mark(done: number): void {
    const time = this.now();
    this.marks.push({ time, done });
    while (this.marks.length > 2 && time - (this.marks[0]?.time ?? time) > 10_000) this.marks.shift();
  }

  /** Images per second over the last ten seconds; null until something was measured. */
  get perSecond(): number | null {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || !last || last.time <= first.time || last.done <= first.done) return null;
    return ((last.done - first.done) / (last.time - first.time)) * 1000;
  }
}
