// The kernels of the wasm engine. They own no memory: every pointer is planned by the caller (arena.ts).

export { adam } from './adam';
export { addBiasAndActivate, addColumnSums, addInto, maskByRelu } from './elementwise';
export { gemm } from './gemm';
export { divergence, sampleLatent, squaredError } from './loss';
export { packTransposed } from './packing';
export { gatherPatches, scatterPatches } from './patches';
