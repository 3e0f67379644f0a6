/** What is known about one image file format: its signature, its dimensions, its end. */
import type { ByteReader } from './byte-reader.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A format's reader. The functions may throw `EndOfBytes` where the bytes end too early and `NotThisFormat`
 * where they contradict themselves; they never decode, and look at each byte at most once.
 */
export interface ImageFormat {
  readonly name: string;
  /** Whether the bytes begin as this format does. */
  matches(reader: ByteReader): boolean;
  /** Dimensions in pixels as stored, before any EXIF rotation. */
  size(reader: ByteReader): Size;
  /**
   * Whether EXIF lays the image on its side, so that its sides are swapped where it is shown; null where only a decoder
   * can tell. Formats without this function never do.
   */
  turned?(reader: ByteReader): boolean | null;
  /** Whether all pixels of the (first) image are there, judged by the file's own structure. */
  complete(reader: ByteReader): boolean;
}

/** The signature is there, but what follows cannot be a file of this format. */
export class NotThisFormat extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NotThisFormat';
  }
}
