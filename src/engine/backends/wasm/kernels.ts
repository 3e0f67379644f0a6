/** The compiled kernels as TypeScript sees them. Pointers are byte offsets into the memory; sizes count floats. */
import type { Activation } from '../../model/network.ts';

/** A byte offset into the kernels' memory, a multiple of 16. */
export type Pointer = number;

/** Documented where they are written: assembly/*.ts. Flags are 0 or 1. */
export interface Kernels {
  gemm(
    rows: number,
    columns: number,
    depth: number,
    a: Pointer,
    aRow: number,
    aStep: number,
    b: Pointer,
    bPanel: number,
    bRow: number,
    c: Pointer,
    cRow: number,
    accumulate: number,
  ): void;
  packTransposed(matrix: Pointer, rows: number, columns: number, packed: Pointer): void;
  gatherPatches(
    map: Pointer,
    height: number,
    width: number,
    channels: number,
    firstLine: number,
    lines: number,
    patches: Pointer,
    patchRow: number,
  ): void;
  scatterPatches(
    patches: Pointer,
    patchRow: number,
    map: Pointer,
    height: number,
    width: number,
    channels: number,
    firstLine: number,
    lines: number,
  ): void;
  addBiasAndActivate(values: Pointer, bias: Pointer, rows: number, columns: number, activation: number): void;
  maskByRelu(gradient: Pointer, output: Pointer, length: number): void;
  addInto(target: Pointer, source: Pointer, length: number): void;
  addColumnSums(values: Pointer, rows: number, columns: number, sums: Pointer): void;
  squaredError(
    output: Pointer,
    target: Pointer,
    gradient: Pointer,
    length: number,
    scale: number,
    throughSigmoid: number,
  ): number;
  sampleLatent(mean: Pointer, logVariance: Pointer, noise: Pointer, latent: Pointer, length: number): void;
  divergence(
    mean: Pointer,
    logVariance: Pointer,
    noise: Pointer,
    latentGradient: Pointer,
    meanGradient: Pointer,
    logVarianceGradient: Pointer,
    length: number,
    scale: number,
  ): number;
  adam(
    parameters: Pointer,
    gradients: Pointer,
    firstMoments: Pointer,
    secondMoments: Pointer,
    length: number,
    stepSize: number,
    correction: number,
    weightDecay: number,
  ): void;
}

/** The kernels' numbers for activations (assembly/elementwise.ts). */
export const activationNumber: Record<Activation, number> = { none: 0, relu: 1, sigmoid: 2 };

/** Kernels working in `memory`, which they import and never grow. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
