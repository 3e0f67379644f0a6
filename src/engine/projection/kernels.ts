/** The projection's compiled kernels (assembly/), as TypeScript sees them, and memory for them. */
import { LensError } from '../../shared/errors.ts';
import { Arena } from '../backends/wasm/arena.ts';
import type { KernelBuild, KernelModules } from '../backends/wasm/engine.ts';
import type { Pointer } from '../backends/wasm/kernels.ts';
import { hasRelaxedSimd } from '../backends/wasm/relaxed-simd.ts';

export type { Pointer };

/** The two compiled modules (dist/wasm/projection-*.wasm), as bytes or compiled. */
export type ProjectionModules = KernelModules;

/** Documented where they are written: assembly/*.ts. Counts are elements, not bytes. */
export interface ProjectionKernels {
  nearest(
    queryPanels: Pointer,
    queries: number,
    self: Pointer,
    panels: Pointer,
    count: number,
    dimensions: number,
    k: number,
    keys: Pointer,
    tile: Pointer,
  ): void;
  pairDistances(
    queryPanels: Pointer,
    queries: number,
    panels: Pointer,
    dimensions: number,
    k: number,
    indices: Pointer,
    distances: Pointer,
  ): void;
  countCloser(
    queryPanels: Pointer,
    queries: number,
    panels: Pointer,
    count: number,
    dimensions: number,
    k: number,
    thresholds: Pointer,
    counts: Pointer,
    tile: Pointer,
  ): void;
  attraction(
    positions: Pointer,
    count: number,
    starts: Pointer,
    columns: Pointer,
    values: Pointer,
    forces: Pointer,
  ): void;
  exactRepulsion(positions: Pointer, count: number, xs: Pointer, ys: Pointer, forces: Pointer): number;
  exactNormaliser(xs: Pointer, ys: Pointer, count: number, first: number, end: number): number;
  buildTree(
    positions: Pointer,
    count: number,
    order: Pointer,
    xs: Pointer,
    ys: Pointer,
    nodes: Pointer,
    boxes: Pointer,
    scratch: Pointer,
  ): void;
  treeRepulsion(
    count: number,
    order: Pointer,
    xs: Pointer,
    ys: Pointer,
    nodes: Pointer,
    boxes: Pointer,
    lists: Pointer,
    theta: number,
    forces: Pointer,
  ): number;
  descend(
    count: number,
    positions: Pointer,
    velocities: Pointer,
    gains: Pointer,
    attractive: Pointer,
    repulsive: Pointer,
    exaggeration: number,
    inverseNormaliser: number,
    learningRate: number,
    momentum: number,
  ): void;
}

/** A compiled module; each stage instantiates it over memory of its own. */
export interface ProjectionProgram {
  readonly module: WebAssembly.Module;
  readonly build: KernelBuild;
}

/**
 * @param build which build; without it the fused one where the runtime has it
 * @throws LensError `engine-unavailable` where WebAssembly or its SIMD is missing
 */
export async function compileProjection(
  modules: ProjectionModules,
  build: KernelBuild = hasRelaxedSimd() ? 'fma' : 'simd',
): Promise<ProjectionProgram> {
  const given = modules[build];
  try {
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given);
    return { module, build };
  } catch (error) {
    throw new LensError(
      'engine-unavailable',
      'The map cannot be computed: this window does not run WebAssembly with SIMD.',
      String(error),
    );
  }
}

/** Kernels over an arena of their own: what a stage plans and forgets as one. */
export class Workspace {
  readonly kernels: ProjectionKernels;
  readonly #arena = new Arena();

  constructor(program: ProjectionProgram) {
    const instance = new WebAssembly.Instance(program.module, { env: { memory: this.#arena.memory } });
    this.kernels = instance.exports as unknown as ProjectionKernels;
  }

  /**
   * Room for `count` values of 32 bits, all zero; for a multiple of 16 of them, so that vectors may run over the end.
   * @throws LensError `out-of-memory`
   */
  reserve(count: number): Pointer {
    try {
      return this.#arena.floats(count);
    } catch (error) {
      if (!(error instanceof LensError)) throw error;
      throw new LensError(
        'out-of-memory',
        'The map needs more memory than this window can have. Close other windows, or map fewer images.',
        error.message,
      );
    }
  }

  /** The values at a pointer as float32; reserving more ends the view's life, so take it anew for each use. */
  floats(pointer: Pointer, count: number): Float32Array {
    return new Float32Array(this.#arena.memory.buffer, pointer, count);
  }

  /** The values at a pointer as uint32; lives as long as {@link floats}. */
  integers(pointer: Pointer, count: number): Uint32Array {
    return new Uint32Array(this.#arena.memory.buffer, pointer, count);
  }

  /** Bytes reserved so far. */
  get bytes(): number {
    return this.#arena.memory.buffer.byteLength;
  }
}
