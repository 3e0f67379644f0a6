/** Gathers the records of a load and sends them to the cache, a pack at a time, while decoding goes on. */
import { packBytes, type SourceFile } from '../../shared/transport.ts';
import type { Fitting } from '../../shared/packed.ts';
import { recordBytes, writeRecord, type Unpacked } from './packed-records.ts';

/** The cache of one data set, as a load sees it. */
export interface PackedCache {
  /** @param bytes the records of `files` in their order; a buffer of its own. @returns whether there is room for more */
  keep(fitting: Fitting, files: readonly number[], bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  end(fitting: Fitting): Promise<void>;
}

export class PackedKeeper {
  readonly #perPack: number;
  #files: SourceFile[] = [];
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #sending: Promise<void> = Promise.resolve();
  #room = true;

  constructor(
    private readonly cache: PackedCache,
    private readonly fitting: Fitting,
  ) {
    this.#perPack = Math.floor(packBytes / recordBytes(fitting));
  }

  /** Takes a copy of the image. Waits where the cache does not keep up. */
  async add(file: SourceFile, image: Unpacked): Promise<void> {
    if (!this.#room) return;
    const size = recordBytes(this.fitting);
    this.#bytes ??= new Uint8Array(this.#perPack * size);
    const at = this.#files.length * size;
    writeRecord(this.#bytes.subarray(at, at + size), file.path, this.fitting, image);
    this.#files.push(file);
    if (this.#files.length < this.#perPack) return;
    const before = this.#sending;
    this.#send();
    await before;
  }

  /** Sends the rest and closes the cache, in the background of whatever comes after the load. */
  async end(): Promise<void> {
    this.#send();
    await this.#sending;
    await this.cache.end(this.fitting);
  }

  #send(): void {
    if (this.#files.length === 0 || !this.#bytes) return;
    const bytes = this.#bytes.slice(0, this.#files.length * recordBytes(this.fitting));
    const files = this.#files.map(({ index }) => index);
    this.#files = [];
    this.#bytes = undefined;
    this.#sending = this.#sending.then(async () => {
      if (!this.#room) return;
      // Whatever the cache says, the job has its pixels.
      this.#room = await this.cache.keep(this.fitting, files, bytes).catch(() => false);
    });
  }
}
