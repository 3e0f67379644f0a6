/** A fast hash that tells data sets apart; no protection against people who want two to look alike. */

/** Two lanes of MurmurHash3_x86_32 (Austin Appleby) with different seeds: 64 bits together. */
export class Fingerprint {
  #a = 0x9747b28c;
  #b = 0x3c6ef372;
  #length = 0;

  /** Takes the bytes in; where one call ends and the next begins counts too. */
  update(bytes: Uint8Array): this {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
    let a = this.#a;
    let b = this.#b;
    const last = words.length;
    for (let i = 0; i <= last; i++) {
      let word = words[i] ?? 0;
      // The last round takes the odd bytes and the length.
      if (i === last) {
        for (let at = 4 * last; at < aligned.length; at++) word = (word << 8) | (aligned[at] ?? 0);
        word ^= Math.imul(aligned.length, 0x9e3779b1);
      }
      let k = Math.imul(word, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      a ^= k;
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
      b ^= Math.imul((k << 11) | (k >>> 21), 0x85ebca6b);
      b = (Math.imul((b << 17) | (b >>> 15), 9) + 0x561ccd1b) | 0;
    }
    this.#a = a;
    this.#b = b;
    this.#length += bytes.length;
    return this;
  }

  text(text: string): this {
    return this.update(new TextEncoder().encode(text));
  }

  /** 16 hex digits. */
  digest(): string {
    const finish = (hash: number): string => {
      let h = hash ^ (this.#length | 0);
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
    };
    return finish(this.#a) + finish(this.#b);
  }
}
