/** A decoded image. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** U8 `[height, width, 4]`, row-major: red, green, blue, alpha; alpha is straight (not premultiplied). */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Turns the bytes of an image file into pixels; `name` is for its error messages. */
export type Decode = (bytes: Uint8Array, name: string) => Promise<RgbaImage>;
