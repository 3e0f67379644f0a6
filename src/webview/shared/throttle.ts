/** Latest-wins throttling that also holds where a hidden page's timers are slowed down. */

export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Calls back after `ms`; the returned function takes it back. */
  later(ms: number, callback: () => void): () => void;
}

export const pageClock: Clock = {
  now: () => performance.now(),
  later: (ms, callback) => {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
};

export interface Throttled<T> {
  /** Emits at once if the interval has passed, else the latest value when it has. */
  push(value: T): void;
  /** Emits at once, in place of what waits: for a value that must not be lost. */
  now(value: T): void;
  /** Forgets what waits. */
  cancel(): void;
}

/**
 * At most one emission per `interval` milliseconds; the first at once, the last never lost. A value pushed after the
 * interval goes out at once, whatever has become of the timer: browsers run timers of hidden pages once a minute.
 */
export function throttle<T>(
  interval: number,
  emit: (value: T) => void,
  clock: Clock = pageClock,
): Throttled<T> {
  let last = Number.NEGATIVE_INFINITY;
  let takeBack: (() => void) | undefined;
  const cancel = (): void => {
    takeBack?.();
    takeBack = undefined;
  };
  const send = (value: T): void => {
    cancel();
    last = clock.now();
    emit(value);
  };
  return {
    push: (value) => {
      const wait = last + interval - clock.now();
      if (wait <= 0) {
        send(value);
        return;
      }
      cancel();
      takeBack = clock.later(wait, () => send(value));
    },
    now: send,
    cancel,
  };
}
