/** Small functions that use only operations which IEEE 754 rounds exactly; `Math.sin`, `exp` and `pow` may differ between engines. */

/** Limits a number to [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** Linear interpolation: a at t = 0, b at t = 1. */
export function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** 0 below `from`, 1 above `to`, a cubic without kinks between them (from < to). */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** The sine of an angle given in turns (1 = 360°), to about 1e-7: Taylor's series on a quarter turn. */
export function sinTurn(turns: number): number {
  let t = turns - Math.floor(turns + 0.5);
  if (t > 0.25) t = 0.5 - t;
  else if (t < -0.25) t = -0.5 - t;
  const x = t * 6.283185307179586;
  const x2 = x * x;
  return (
    x *
    (1 - (x2 / 6) * (1 - (x2 / 20) * (1 - (x2 / 42) * (1 - (x2 / 72) * (1 - (x2 / 110) * (1 - x2 / 156))))))
  );
}

/** The cosine of an angle given in turns (1 = 360°). */
export function cosTurn(turns: number): number {
  return sinTurn(turns + 0.25);
}

/** A gray level in [0, 1] as a byte. */
export function toByte(level: number): number {
  return Math.floor(clamp(level, 0, 1) * 255 + 0.5);
}
