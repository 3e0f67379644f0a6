/**
 * Gray planes of photos beside the model's view, for their scores: 256 × 256 for as many as the memory budget has room
 * for, 64 × 64 for all. A plane is the whole image, stretched: no border is added, whatever the model's view does.
 */
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import { formatBytes } from '../../shared/bytes.ts';
import { LensError } from '../../shared/errors.ts';

export const planeSide = 256;
export const smallSide = 64;
export const planeBytes = planeSide * planeSide;
export const smallBytes = smallSide * smallSide;
/** Images with a longer side are photos. */
export const largestSmallImage = 40;

export const isPhoto = ({ height, width }: { readonly height: number; readonly width: number }): boolean =>
  Math.max(height, width) > largestSmallImage;

/** What `fit` makes a plane of. */
export const planeTarget = { height: planeSide, width: planeSide, channels: 1, mode: 'stretch' } as const;

export interface GrayPlanes {
  /** U8 `[N, 64, 64]`. */
  readonly small: Uint8Array;
  /** U8 `[M, 256, 256]`. */
  readonly large: Uint8Array;
  /** I32 `[N]`: an image's number among the large ones, −1 where it has none. */
  readonly largeOf: Int32Array;
}

/** A plane of 64 × 64 from one of 256 × 256: means of 4 × 4 pixels, rounded half up. */
export function shrinkPlane(large: Uint8Array, small: Uint8Array): void {
  const factor = planeSide / smallSide;
  for (let y = 0; y < smallSide; y++) {
    for (let x = 0; x < smallSide; x++) {
      let sum = 0;
      for (let v = 0; v < factor; v++) {
        const row = (y * factor + v) * planeSide + x * factor;
        for (let u = 0; u < factor; u++) sum += large[row + u] as number;
      }
      small[y * smallSide + x] = Math.floor((sum + (factor * factor) / 2) / (factor * factor));
    }
  }
}

/** The large plane of an image, or undefined. */
export function largePlane({ large, largeOf }: GrayPlanes, image: number): Uint8Array | undefined {
  const at = largeOf[image] ?? -1;
  return at < 0 ? undefined : large.subarray(at * planeBytes, (at + 1) * planeBytes);
}

export const smallPlane = ({ small }: GrayPlanes, image: number): Uint8Array =>
  small.subarray(image * smallBytes, (image + 1) * smallBytes);

/** The planes of two data sets, one after the other. */
export function concatPlanes(first: GrayPlanes, second: GrayPlanes): GrayPlanes {
  const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
    const both = new Uint8Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  const shift = first.large.length / planeBytes;
  return {
    small: joined(first.small, second.small),
    large: joined(first.large, second.large),
    largeOf: Int32Array.from([
      ...first.largeOf,
      ...Array.from(second.largeOf, (at) => (at < 0 ? at : at + shift)),
    ]),
  };
}

/** Planes while images are being read. */
export class PlaneColumns {
  readonly #small: Uint8Array;
  readonly #large: Uint8Array;
  /** Of each place; which places have room is drawn by a fixed seed, so that files in order are no matter. */
  readonly #largeOf: Int32Array;
  readonly #scratch = new Uint8Array(planeBytes);

  /** @throws LensError `out-of-memory` where there is no room for the small planes, or for some hundreds of large ones */
  constructor(capacity: number, budget: number) {
    const room = Math.min(capacity, Math.floor((budget - capacity * smallBytes) / planeBytes));
    if (room < Math.min(capacity, 500)) {
      const needed = capacity * smallBytes + Math.min(capacity, 500) * planeBytes;
      throw new LensError(
        'out-of-memory',
        `The scores of ${capacity} photos need ${formatBytes(needed)} beside the model's own view, more than the memory budget ` +
          'leaves. Raise the setting “latentLens.memoryBudget”, or choose fewer images.',
      );
    }
    try {
      this.#small = new Uint8Array(capacity * smallBytes);
      this.#large = new Uint8Array(room * planeBytes);
    } catch (error) {
      throw new LensError(
        'out-of-memory',
        'There is no room for the gray planes that photos are scored on. Choose fewer images.',
        String(error),
      );
    }
    this.#largeOf = new Int32Array(capacity).fill(-1);
    const order =
      room < capacity
        ? permutation(keyedRandom(capacity, streams.sample), capacity).subarray(0, room).sort()
        : Uint32Array.from({ length: capacity }, (_, i) => i);
    order.forEach((place, at) => (this.#largeOf[place] = at));
  }

  /**
   * @param draw fills the large plane, U8 `[256, 256]`; called at once
   * @returns that plane, good until the next call
   */
  set(place: number, draw: (plane: Uint8Array) => void): Uint8Array {
    const at = this.#largeOf[place] ?? -1;
    const plane = at < 0 ? this.#scratch : this.#large.subarray(at * planeBytes, (at + 1) * planeBytes);
    draw(plane);
    shrinkPlane(plane, this.#small.subarray(place * smallBytes, (place + 1) * smallBytes));
    return plane;
  }

  /** @param places those that were filled, ascending: image n is what was read into `places[n]` */
  finish(places: Uint32Array): GrayPlanes {
    places.forEach((place, n) => {
      if (place !== n) this.#small.copyWithin(n * smallBytes, place * smallBytes, (place + 1) * smallBytes);
    });
    return {
      small: this.#small.subarray(0, places.length * smallBytes),
      large: this.#large,
      largeOf: Int32Array.from(places, (place) => this.#largeOf[place] ?? -1),
    };
  }
}
