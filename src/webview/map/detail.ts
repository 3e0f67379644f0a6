/** Level of detail: dots from afar, pictures as soon as there is room for them. Pure. */

/** Below so many CSS pixels from neighbour to neighbour a picture would say less than a dot. */
export const smallestPicture = 12;
const largestPicture = 112;

/**
 * Height of the pictures in device pixels; 0 for dots. Enlarged pictures are whole multiples of their own pixels, so
 * that every pixel is of one size.
 * @param room device pixels from a point to its neighbours
 * @param own larger side of a picture in its own pixels
 * @param ratio device pixels per CSS pixel
 * @param size wanted, as a multiple of the one that suits the room
 */
export function pictureSize(room: number, own: number, ratio: number, size = 1): number {
  if (room < smallestPicture * ratio) return 0;
  const wanted = Math.min(Math.max(room * size, smallestPicture * ratio) * 0.94, largestPicture * ratio);
  if (wanted >= own) return own * Math.floor(wanted / own);
  return Math.max(Math.floor(smallestPicture * ratio * 0.94), 4 * Math.floor(wanted / 4));
}

/** Radius of a dot in device pixels. */
export const dotRadius = (room: number, ratio: number): number =>
  Math.min(4.5 * ratio, Math.max(1.5 * ratio, room * 0.34));
