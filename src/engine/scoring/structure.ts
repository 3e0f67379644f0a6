/**
 * Channel A, structure: how unlike its reconstruction an image is in its local patterns. 1 − SSIM (Wang, Bovik, Sheikh
 * & Simoncelli 2004) at half size with a uniform window, as the measured recipe has it (guide, §3.1).
 */
import { shrink, type Plane } from './gray.ts';

const windowSide = 5;
const c1 = 0.01 ** 2;
const c2 = 0.03 ** 2;

/**
 * 1 − SSIM of every 5 × 5 window (smaller where the plane is) of the planes' 2 × 2 means, without padding; variances are
 * biased, E[x²] − E[x]².
 * @returns F64 `[h, w]`, in 0–2
 */
export function structureMap(input: Plane, reconstruction: Plane): Plane {
  const a = shrink(input, 2);
  const b = shrink(reconstruction, 2);
  const [wh, ww] = [Math.min(windowSide, a.height), Math.min(windowSide, a.width)];
  const [h, w] = [a.height - wh + 1, a.width - ww + 1];
  const area = wh * ww;
  const values = new Float64Array(h * w);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
      for (let v = 0; v < wh; v++) {
        const row = (y + v) * a.width + x;
        for (let u = 0; u < ww; u++) {
          const p = a.values[row + u] as number;
          const q = b.values[row + u] as number;
          sumA += p;
          sumB += q;
          sumAA += p * p;
          sumBB += q * q;
          sumAB += p * q;
        }
      }
      const meanA = sumA / area;
      const meanB = sumB / area;
      const varianceA = sumAA / area - meanA * meanA;
      const varianceB = sumBB / area - meanB * meanB;
      const covariance = sumAB / area - meanA * meanB;
      const ssim =
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
        ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
      values[y * w + x] = 1 - ssim;
    }
  }
  return { height: h, width: w, values };
}

/** The score: 1 − mean SSIM. */
export function structureScore(map: Plane): number {
  let sum = 0;
  for (let i = 0; i < map.values.length; i++) sum += map.values[i] as number;
  return sum / map.values.length;
}
