/** Bounds how much is under way at once, by number and by weight. */
import { maxPixels } from './image-header.ts';

const decodesAtOnce = 6;

export class Gate {
  #running = 0;
  #weight = 0;
  #wake: (() => void) | undefined;

  /**
   * @param slots the most tasks at once
   * @param capacity the most weight at once; a heavier task runs alone
   */
  constructor(
    private readonly slots: number,
    private readonly capacity: number,
  ) {}

  /**
   * Waits for room and starts the task, whose failures are its own to handle. For one caller at a time: the next call
   * comes after this one's promise.
   */
  async start(weight: number, task: () => Promise<void>): Promise<void> {
    while (this.#running >= this.slots || (this.#running > 0 && this.#weight + weight > this.capacity)) {
      await this.#change();
    }
    this.#running++;
    this.#weight += weight;
    const done = (): void => {
      this.#running--;
      this.#weight -= weight;
      this.#wake?.();
    };
    task().then(done, done);
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** For decoding, weighed by pixels: a few images at once, which together have no more pixels than one may have. */
export const decodeGate = (): Gate => new Gate(decodesAtOnce, maxPixels);
