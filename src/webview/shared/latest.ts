/** Work that follows a slider: one piece at a time, and of what is asked for meanwhile only the newest. */

/**
 * @param work must not reject: whoever moves a slider waits for nothing
 * @returns asks for the work to be done with this value, now or after what runs
 */
export function latestOnly<T>(work: (value: T) => Promise<void>): (value: T) => void {
  let running = false;
  let waiting: { readonly value: T } | undefined;
  const run = async (first: T): Promise<void> => {
    running = true;
    let next: { readonly value: T } | undefined = { value: first };
    while (next !== undefined) {
      waiting = undefined;
      await work(next.value);
      next = waiting;
    }
    running = false;
  };
  return (value) => {
    if (running) waiting = { value };
    else void run(value);
  };
}
