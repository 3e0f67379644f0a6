/** A decoded image. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** U8 `[height, width, 4]`, row-major: red, green, blue, alpha; alpha is straight (not premultiplied). */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Turns the bytes of an image file into pixels; `name` is for its error messages. */
export type Decode = (bytes: Uint8Array, name: string) => Promise<RgbaImage>;

/** Pixels of any of our kinds. */
export interface Raster {
  readonly height: number;
  readonly width: number;
  /** Gray, RGB, or RGB with alpha. */
  readonly channels: 1 | 3 | 4;
  /** U8 `[H, W, C]`, row-major. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/**
 * Changes an image before it is fitted. @returns U8 of the same shape, a copy
 * @param position within an IDX file; 0 for image files
 */
export type Alter = (image: Raster, path: string, position: number) => Uint8Array;
