// Points and kernels for the projection's tests.
import { readFileSync } from 'node:fs';
import { projectionFiles } from '../../../scripts/build-kernels.mjs';
import type { KernelBuild } from '../../../src/engine/backends/wasm/engine.ts';
import { Gradient } from '../../../src/engine/projection/gradient.ts';
import type { Affinities } from '../../../src/engine/projection/affinities.ts';
import {
  compileProjection,
  Workspace,
  type ProjectionProgram,
} from '../../../src/engine/projection/kernels.ts';
import type { PointSet } from '../../../src/engine/projection/points.ts';
import { integerBelow, keyedRandom, normalPair } from '../../../src/shared/random.ts';

export const builds: readonly KernelBuild[] = ['simd', 'fma'];

export const program = (build: KernelBuild): Promise<ProjectionProgram> =>
  compileProjection(
    {
      simd: new Uint8Array(readFileSync(projectionFiles.simd)),
      fma: new Uint8Array(readFileSync(projectionFiles.fma)),
    },
    build,
  );

/** Normal clouds around random centres: `clusters` of them, each of deviation 1, their centres of deviation 3. */
export function cloud(count: number, dimensions: number, clusters: number, seed: number): PointSet {
  const next = keyedRandom(seed, count, dimensions);
  const normal = (): number => normalPair(next)[0];
  const centres = Array.from({ length: clusters * dimensions }, () => 3 * normal());
  const points = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    const centre = integerBelow(next, clusters) * dimensions;
    for (let l = 0; l < dimensions; l++) points[i * dimensions + l] = (centres[centre + l] ?? 0) + normal();
  }
  return { points, count, dimensions };
}

export interface GradientHalves {
  /** `[count, 2]`. */
  readonly attractive: Float64Array;
  /** `[count, 2]`, divided by the normaliser. */
  readonly repulsive: Float64Array;
  readonly normaliser: number;
}

/** The gradient's halves at `map`, `[count, 2]`; θ 0: over all pairs. */
export function gradientAt(
  kernels: ProjectionProgram,
  affinities: Affinities,
  map: Float32Array,
  theta: number,
): GradientHalves {
  const workspace = new Workspace(kernels);
  const positions = workspace.reserve(map.length + 2);
  const gradient = new Gradient(workspace, affinities, positions, { theta });
  workspace.floats(positions, map.length).set(map);
  const normaliser = gradient.evaluate();
  return {
    attractive: Float64Array.from(workspace.floats(gradient.attractive, map.length)),
    repulsive: Float64Array.from(
      workspace.floats(gradient.repulsive, map.length),
      (force) => force / normaliser,
    ),
    normaliser,
  };
}

/** 4·(attraction − repulsion), the derivative of the divergence. */
export const derivative = ({ attractive, repulsive }: GradientHalves): Float64Array =>
  attractive.map((pull, i) => 4 * (pull - (repulsive[i] ?? NaN)));
