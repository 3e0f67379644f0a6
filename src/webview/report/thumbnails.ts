/** Small pictures of a table's images: those that a check made, and others as their rows come in sight. Draws nothing. */
import type { JudgedImage } from '../../shared/protocol/forward.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { Store } from '../shared/store.ts';

/** A picture takes 4 kB. */
const mostKept = 4000;

export class Thumbnails {
  /** Counts the pictures that came on demand. */
  readonly arrived = new Store<number>(0);
  /** By place in the batch, the one used last at the end. */
  readonly #kept = new Map<number, Picture>();
  readonly #vain = new Set<number>();
  #wanted: readonly number[] = [];
  #loading = false;

  /** @param load makes the picture of an image; rejects where it has none */
  constructor(private readonly load: (index: number) => Promise<JudgedImage['thumbnail']>) {}

  put(index: number, { pixels, ...size }: JudgedImage['thumbnail']): void {
    this.#keep(index, pictureOf(pixels, size));
  }

  of(index: number): Picture | undefined {
    const picture = this.#kept.get(index);
    if (picture) this.#keep(index, picture);
    return picture;
  }

  /** The rows in sight: what is missing of them is loaded, and what was wanted before is not any more. */
  want(indices: readonly number[]): void {
    this.#wanted = indices.filter((index) => !this.#kept.has(index) && !this.#vain.has(index));
    if (!this.#loading) void this.#loadWanted();
  }

  async #loadWanted(): Promise<void> {
    this.#loading = true;
    for (let [index] = this.#wanted; index !== undefined; [index] = this.#wanted) {
      this.#wanted = this.#wanted.slice(1);
      try {
        this.put(index, await this.load(index));
        this.arrived.set(this.arrived.value + 1);
      } catch {
        // The row says why where it matters; it is not asked for again.
        this.#vain.add(index);
      }
    }
    this.#loading = false;
  }

  #keep(index: number, picture: Picture): void {
    this.#kept.delete(index);
    this.#kept.set(index, picture);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) return;
      this.#kept.delete(oldest);
    }
  }
}
