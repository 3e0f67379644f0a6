/** Reads a list of files ahead of its consumer: several at once, within a budget of bytes held. */

export interface ReadAheadLimits {
  /** Most files read at the same time. */
  readonly concurrency: number;
  /** Bytes that may lie ready before reading pauses. */
  readonly heldBytes: number;
  /** Files that may lie ready before reading pauses. */
  readonly heldFiles: number;
}

export const readAheadLimits: ReadAheadLimits = {
  concurrency: 16,
  heldBytes: 8 * 1024 * 1024,
  heldFiles: 8192,
};

export interface ReadFile {
  readonly bytes: Uint8Array;
  /** The bytes are the file's packed image. */
  readonly packed?: true;
}

export type ReadResult = ReadFile | { readonly error: unknown };

/**
 * Holds the results of positions `from` on, of `count` files. Memory stays near `heldBytes` plus what is being read;
 * files larger than `heldBytes / concurrency` on average are read fewer at a time.
 */
export class ReadAhead {
  private readonly results = new Map<number, Promise<ReadResult>>();
  private nextToRead: number;
  private reading = 0;
  private heldBytes = 0;
  private heldFiles = 0;
  private bytesSeen = 0;
  private filesSeen = 0;
  private ended = false;

  constructor(
    private position: number,
    private readonly count: number,
    private readonly read: (position: number) => Promise<ReadFile>,
    private readonly limits: ReadAheadLimits = readAheadLimits,
  ) {
    this.nextToRead = position;
  }

  /** The position that comes next. */
  get at(): number {
    return this.position;
  }

  /** What was read for the present position; asking again gives the same. */
  current(): Promise<ReadResult> {
    this.fill();
    return this.results.get(this.position) ?? this.start(this.position);
  }

  /** Lets go of the present position's bytes. */
  async advance(): Promise<void> {
    const result = await this.current();
    this.results.delete(this.position);
    this.position++;
    this.heldFiles--;
    if ('bytes' in result) this.heldBytes -= result.bytes.length;
    this.fill();
  }

  /** Stops reading ahead; what is being read ends unused. */
  end(): void {
    this.ended = true;
    this.results.clear();
  }

  private start(position: number): Promise<ReadResult> {
    this.reading++;
    this.nextToRead = Math.max(this.nextToRead, position + 1);
    const result = this.read(position).then(
      (file): ReadResult => {
        this.heldBytes += file.bytes.length;
        this.bytesSeen += file.bytes.length;
        return file;
      },
      (error: unknown): ReadResult => ({ error }),
    );
    const settled = result.then((value) => {
      this.reading--;
      this.heldFiles++;
      this.filesSeen++;
      this.fill();
      return value;
    });
    this.results.set(position, settled);
    return settled;
  }

  private fill(): void {
    const { concurrency, heldBytes, heldFiles } = this.limits;
    while (
      !this.ended &&
      this.nextToRead < this.count &&
      this.reading < this.width(concurrency, heldBytes) &&
      this.heldBytes < heldBytes &&
      this.heldFiles < heldFiles
    ) {
      void this.start(this.nextToRead);
    }
  }

  /** Few at a time until their size is known, then as many as the budget of bytes allows. */
  private width(concurrency: number, heldBytes: number): number {
    if (this.filesSeen === 0) return Math.min(4, concurrency);
    const average = Math.max(1, this.bytesSeen / this.filesSeen);
    return Math.min(concurrency, Math.max(1, Math.floor(heldBytes / average)));
  }
}
