/** How the workers of a team come to the same sums: each swaps with one other at a time. */
import { portChannel } from '../../../../shared/rpc.ts';
import type { TrainingPass } from '../training-pass.ts';

/** What a worker has of a batch so far. */
interface Part {
  readonly loss: number;
  /** Laid out as the parameters. */
  readonly gradient: Float32Array;
}

/** One worker's end of the way to another. */
export type LinkPort = Parameters<typeof portChannel>[0] & { start(): void; close(): void };

/** A part may arrive before it is waited for: the other worker was faster. */
class Link {
  readonly #port: LinkPort;
  readonly #post: (part: Part) => void;
  readonly #stopListening: () => void;
  #arrived: Part | undefined;
  #wanted: ((part: Part) => void) | undefined;

  constructor(port: LinkPort) {
    const channel = portChannel(port);
    this.#port = port;
    this.#post = (part) => channel.post(part, [part.gradient.buffer as ArrayBuffer]);
    this.#stopListening = channel.listen((message) => this.#receive(message as Part));
    port.start();
  }

  /** Gives a part away, with its buffer, for the other's. */
  swap(part: Part): Promise<Part> {
    this.#post(part);
    const arrived = this.#arrived;
    this.#arrived = undefined;
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => (this.#wanted = resolve));
  }

  close(): void {
    this.#stopListening();
    this.#port.close();
  }

  #receive(part: Part): void {
    if (this.#wanted) this.#wanted(part);
    else this.#arrived = part;
    this.#wanted = undefined;
  }
}

/**
 * Sums over the workers by recursive doubling (Thakur, Rabenseifner & Gropp 2005): in round r each swaps what it
 * has with the worker whose number differs in bit r. Addition commutes, so all end with the same bits, those of
 * `sumInPairs`, and each can take the step by itself.
 */
export class Exchange {
  readonly #links: readonly Link[];
  /** The buffer that came with the last part. */
  #spare: Float32Array | undefined;

  /** @param ports to the workers whose numbers differ in bit 0, 1, … */
  constructor(ports: readonly LinkPort[]) {
    this.#links = ports.map((port) => new Link(port));
  }

  /**
   * Adds the other workers' gradients to that of `training`.
   * @param loss this worker's part of the batch's, which is the result
   */
  async sum(training: TrainingPass, loss: number): Promise<number> {
    let total = loss;
    for (const link of this.#links) {
      const own = training.gradient();
      const buffer = this.#spare ?? new Float32Array(own.length);
      buffer.set(own);
      const theirs = await link.swap({ loss: total, gradient: buffer });
      training.addGradient(theirs.gradient);
      this.#spare = theirs.gradient;
      total += theirs.loss;
    }
    return total;
  }

  close(): void {
    for (const link of this.#links) link.close();
  }
}
