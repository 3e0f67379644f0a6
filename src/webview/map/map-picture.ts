/** The map's picture on its canvas: painted anew, or moved where only the view has changed. */
import type { Rgb } from '../shared/color-maps.ts';
import type { Drawing } from './drawing.ts';
import {
  ScaledPictures,
  frameOf,
  paint,
  paintMoved,
  type Frame,
  type Painted,
  type Target,
} from './painter.ts';
import type { PointPictures } from './pictures.ts';
import type { Size, View } from './plane.ts';

/** Of the theme. */
export interface MapColors {
  readonly background: Rgb;
  readonly foreground: Rgb;
}

/** What a picture is made of, apart from the view. */
export interface PictureParts {
  readonly drawing: Drawing;
  readonly colors: MapColors;
  /** Null draws dots at every zoom. */
  readonly pictures: PointPictures | null;
  /** Size of dots and pictures, as a multiple of the one that suits the density. */
  readonly dotSize: number;
}

export class MapPicture {
  #painted: Painted = { picture: 0, radius: 3, missing: [] };
  #scaled = new ScaledPictures();
  /** Whose pictures are scaled. */
  #scaledOf: PointPictures | null = null;
  #image: ImageData | undefined;
  /** What the last picture was made of, and where it lies; undefined where it must be painted anew. */
  #last: { readonly frame: Frame; readonly of: readonly unknown[]; readonly exact: boolean } | undefined;

  /** How the last picture was painted; sizes are in device pixels. */
  get painted(): Painted {
    return this.#painted;
  }

  /** The next picture is painted anew: something on it has changed. */
  forget(): void {
    this.#last = undefined;
  }

  /**
   * @param size of the canvas in CSS pixels
   * @param dragging the map follows the pointer, so being quick comes before the last half pixel
   * @returns whether there was room to draw in
   */
  draw(canvas: HTMLCanvasElement, size: Size, view: View, parts: PictureParts, dragging: boolean): boolean {
    const ratio = devicePixelRatio;
    const [columns, rows] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (columns < 1 || rows < 1) return false;
    if (canvas.width !== columns || canvas.height !== rows || this.#image === undefined) {
      canvas.width = columns;
      canvas.height = rows;
      this.#image = new ImageData(columns, rows);
      this.forget();
    }
    if (this.#scaledOf !== parts.pictures) {
      this.#scaledOf = parts.pictures;
      this.#scaled = new ScaledPictures();
    }
    const image = this.#image;
    const target = { words: new Uint32Array(image.data.buffer), width: columns, height: rows, ratio };
    this.#painted = this.#paintInto(target, view, parts, dragging);
    canvas.getContext('2d', { alpha: false })?.putImageData(image, 0, 0);
    return true;
  }

  /** By moving the last picture where only the view was moved; else, and when the pointer lets go, anew. */
  #paintInto(target: Target, view: View, parts: PictureParts, dragging: boolean): Painted {
    const { drawing, colors, pictures, dotSize } = parts;
    const scene = { ...drawing, ...colors, pictures, dotSize };
    const of = [drawing, colors, pictures, dotSize, target.ratio];
    const frame = frameOf(target, view);
    const last = this.#last;
    const same = last?.of.every((one, index) => one === of[index]) === true;
    if (same && last.frame.perUnit === frame.perUnit) {
      const [dx, dy] = [Math.round(frame.left - last.frame.left), Math.round(frame.top - last.frame.top)];
      const moved = { ...frame, left: last.frame.left + dx, top: last.frame.top + dy };
      // Whole pixels: with a fractional pixel ratio the picture lags by half of one at most while it is dragged.
      const exact = Math.abs(moved.left - frame.left) + Math.abs(moved.top - frame.top) < 1e-3;
      const overlaps = Math.abs(dx) < target.width && Math.abs(dy) < target.height;
      if (overlaps && (dragging || (exact && last.exact))) {
        if (dx === 0 && dy === 0) return this.#painted;
        this.#last = { frame: moved, of, exact: exact && last.exact };
        const painted = paintMoved(target, moved, scene, this.#scaled, dx, dy);
        if (painted.missing.length > 0) this.#last = { ...this.#last, exact: false };
        return painted;
      }
    }
    this.#last = { frame, of, exact: true };
    return paint(target, view, scene, this.#scaled);
  }
}
