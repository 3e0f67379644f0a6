/** Small pictures of a table's images: those that a check made, and others as their rows come in sight. Draws nothing. */
import type { JudgedImage } from '../../shared/protocol/forward.ts';
import { pictureOf, type Picture } from './pixels.ts';
import { Store } from './store.ts';

/** A picture takes 4 kB. */
const mostKept = 4000;

/** @typeParam Image what names an image, by its identity */
export class Thumbnails<Image> {
  /** Counts the pictures that came on demand. */
  readonly arrived = new Store<number>(0);
  /** The one used last at the end. */
  readonly #kept = new Map<Image, Picture>();
  readonly #vain = new Set<Image>();
  #wanted: readonly Image[] = [];
  #loading = false;

  /** @param load makes the picture of an image; rejects where it has none */
  constructor(private readonly load: (image: Image) => Promise<JudgedImage['thumbnail']>) {}

  put(image: Image, { pixels, ...size }: JudgedImage['thumbnail']): void {
    this.#keep(image, pictureOf(pixels, size));
  }

  of(image: Image): Picture | undefined {
    const picture = this.#kept.get(image);
    if (picture) this.#keep(image, picture);
    return picture;
  }

  /** The rows in sight: what is missing of them is loaded, and what was wanted before is not any more. */
  want(images: readonly Image[]): void {
    this.#wanted = images.filter((image) => !this.#kept.has(image) && !this.#vain.has(image));
    if (!this.#loading) void this.#loadWanted();
  }

  async #loadWanted(): Promise<void> {
    this.#loading = true;
    for (let [image] = this.#wanted; image !== undefined; [image] = this.#wanted) {
      this.#wanted = this.#wanted.slice(1);
      try {
        this.put(image, await this.load(image));
        this.arrived.set(this.arrived.value + 1);
      } catch {
        // The row says why where it matters; it is not asked for again.
        this.#vain.add(image);
      }
    }
    this.#loading = false;
  }

  #keep(image: Image, picture: Picture): void {
    this.#kept.delete(image);
    this.#kept.set(image, picture);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) return;
      this.#kept.delete(oldest);
    }
  }
}
