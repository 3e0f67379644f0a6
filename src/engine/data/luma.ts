/**
 * BT.601 luma of a pixel, (299 R + 587 G + 114 B) / 1000 rounded half up: a byte; of gray its value. The product with
 * 0.001 stands for a division, which costs more; half a unit keeps it exact for every colour.
 */
export const luma = (r: number, g: number, b: number): number =>
  ((299 * r + 587 * g + 114 * b + 500.5) * 0.001) | 0;
