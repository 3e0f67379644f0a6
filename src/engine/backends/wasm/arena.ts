/** Memory for the kernels: buffers handed out one after another, never given back; the whole arena goes at once. */
import { LensError } from '../../../shared/errors.ts';
import type { Pointer } from './kernels.ts';

const pageBytes = 65536;
/** A cache line, so that no two buffers share one; also room for whole vectors at every buffer's end. */
const alignment = 64;

export class Arena {
  readonly memory: WebAssembly.Memory;
  #end: number;
  #view: Float32Array;

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    // The first bytes stay free, so that no buffer lies at the null pointer.
    this.#end = 1024;
    this.#view = new Float32Array(this.memory.buffer);
  }

  /**
   * A buffer of `count` floats, all zero.
   * @throws LensError `out-of-memory`
   */
  floats(count: number): Pointer {
    const pointer = this.#end;
    const end = pointer + Math.ceil((count * 4) / alignment) * alignment;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / pageBytes));
    this.#end = end;
    return pointer;
  }

  /** The buffer's floats as a view; growing the arena ends its life, so take it anew for each use. */
  view(pointer: Pointer, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, count);
  }

  write(pointer: Pointer, values: Float32Array): void {
    this.#all().set(values, pointer / 4);
  }

  clear(pointer: Pointer, count: number): void {
    this.#all().fill(0, pointer / 4, pointer / 4 + count);
  }

  copy(target: Pointer, source: Pointer, count: number): void {
    this.#all().copyWithin(target / 4, source / 4, source / 4 + count);
  }

  #all(): Float32Array {
    if (this.#view.buffer !== this.memory.buffer) this.#view = new Float32Array(this.memory.buffer);
    return this.#view;
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(pages);
    } catch (error) {
      const total = Math.round((this.memory.buffer.byteLength + pages * pageBytes) / 2 ** 20);
      throw new LensError(
        'out-of-memory',
        `The model needs ${total} MB of memory, more than this window can have. Choose a smaller image size or latent.`,
        String(error),
      );
    }
  }
}
