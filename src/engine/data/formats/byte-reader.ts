/** Reads numbers out of bytes that nobody has checked yet. */

/** Thrown by every read beyond the last byte. */
export class EndOfBytes extends Error {
  constructor() {
    super('read beyond the end');
    this.name = 'EndOfBytes';
  }
}

/** All positions are absolute byte offsets; a read outside `bytes` throws {@link EndOfBytes}. */
export class ByteReader {
  readonly length: number;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    this.#require(at, 1);
    return this.#view.getUint8(at);
  }

  u16be(at: number): number {
    this.#require(at, 2);
    return this.#view.getUint16(at);
  }

  u16le(at: number): number {
    this.#require(at, 2);
    return this.#view.getUint16(at, true);
  }

  u24le(at: number): number {
    return this.u16le(at) + this.u8(at + 2) * 0x10000;
  }

  u32be(at: number): number {
    this.#require(at, 4);
    return this.#view.getUint32(at);
  }

  u32le(at: number): number {
    this.#require(at, 4);
    return this.#view.getUint32(at, true);
  }

  i32le(at: number): number {
    this.#require(at, 4);
    return this.#view.getInt32(at, true);
  }

  /** Whether the Latin-1 text stands at `at`; false where the bytes end before it does. */
  has(at: number, text: string): boolean {
    if (at < 0 || at + text.length > this.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[at + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #require(at: number, count: number): void {
    if (!(at >= 0 && at + count <= this.length)) throw new EndOfBytes();
  }
}
