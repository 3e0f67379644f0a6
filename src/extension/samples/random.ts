/**
 * Randomness of the sample images: integer arithmetic for the draws, and IEEE-exact operations (+ − × ÷, sqrt, floor) for what is
 * made of them, so that every JavaScript engine draws the same pixels.
 */

const UINT32 = 4294967296;

/** The 32-bit finaliser of MurmurHash3: every input bit changes about half of the output bits. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** FNV-1a over the UTF-16 code units of a string, as a 32-bit integer. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** A stream of random numbers (sfc32 by Chris Doty-Humphrey) that depends on its key alone, never on what was drawn before it. */
export class SampleRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /**
   * @param seed the user's seed, a 32-bit integer
   * @param stream names the series, such as `digits/train/7`
   * @param index the image within the series
   */
  constructor(seed: number, stream: string, index: number) {
    this.a = mix(seed ^ 0x9e3779b9);
    this.b = mix(hashText(stream) ^ this.a);
    this.c = mix(mix(index ^ 0x7f4a7c15) ^ this.b);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A uniform integer in [0, 2³²). */
  uint32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.uint32() / UINT32;
  }

  /** Uniform in [low, high). */
  range(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A uniform integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** −1 or 1. */
  sign(): number {
    return this.chance(0.5) ? 1 : -1;
  }

  /** Bell-shaped with mean 0 and standard deviation 1, within ±3.47: the sum of four uniforms (no log, no cos: those differ by platform). */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772;
  }

  /** One of the items, all equally likely. The list must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
