/** Latents along principal directions. Pure. */
import type { PrincipalDirections } from '../../../shared/protocol/forward.ts';

/** `mean + Σ at · deviation · direction`, F32 `[k]`. @param at in standard deviations, one for each direction */
export function latentAlong(
  { mean, directions, deviations }: PrincipalDirections,
  at: readonly number[],
): Float32Array {
  const latent = mean.slice();
  const size = mean.length;
  at.forEach((value, row) => {
    const length = value * (deviations[row] ?? 0);
    for (let i = 0; i < size; i++) latent[i] = (latent[i] ?? 0) + length * (directions[row * size + i] ?? 0);
  });
  return latent;
}
