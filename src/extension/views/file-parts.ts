/** Files that pages read part by part: only those that were handed to them, each read once and let go at its end. */
import { LensError } from '../../shared/errors.ts';
import { packBytes } from '../../shared/transport.ts';
import { exactBytes, toFileError, type Files } from '../core/files.ts';

/** A file whose reader went away in the middle is let go after this. */
const idleMs = 15_000;

interface Held {
  readonly uri: string;
  readonly bytes: Promise<Uint8Array>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class FileParts {
  private readonly allowed = new Set<string>();
  private held: Held | undefined;

  /** @param always lets pages read every file of this name, such as model files, which they remember by URI */
  constructor(
    private readonly files: Files,
    private readonly always: (fileName: string) => boolean = () => false,
  ) {}

  /** Lets pages read this file. */
  allow(uri: string): void {
    this.allowed.add(uri);
  }

  /**
   * @throws LensError `no-permission` for a file that was never handed out; what reading it throws
   */
  async read(request: {
    readonly uri: string;
    readonly offset: number;
    readonly length: number;
  }): Promise<{ readonly bytes: Uint8Array; readonly size: number }> {
    const { uri, offset, length } = request;
    const valid = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0;
    if (!valid) throw new LensError('internal', 'A page asked for an impossible part of a file.');
    if (!this.allowed.has(uri) && !this.always(this.files.nameOf(uri)))
      throw new LensError('no-permission', 'This file was not opened for the page.');
    // A reader that starts over gets the file as it is now.
    if (offset === 0 || this.held?.uri !== uri) this.hold(uri);
    const held = this.held;
    const whole = await held?.bytes.catch((error: unknown) => {
      this.release();
      throw toFileError(error, 'read', this.files.nameOf(uri));
    });
    if (!whole) throw new LensError('internal', 'The file was let go while it was being read.');
    const end = Math.min(whole.length, offset + Math.min(length, packBytes));
    const start = Math.min(offset, end);
    if (end === whole.length && this.held === held) this.release();
    return { bytes: exactBytes(whole, start, end), size: whole.length };
  }

  release(): void {
    clearTimeout(this.held?.timer);
    this.held = undefined;
  }

  private hold(uri: string): void {
    this.release();
    const bytes = this.files.read(uri);
    // The first read awaits it; until then its failure has no other listener.
    bytes.catch(() => undefined);
    this.held = { uri, bytes, timer: setTimeout(() => this.release(), idleMs) };
  }
}
