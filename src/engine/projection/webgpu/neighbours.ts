/**
 * First stage on the GPU. It names a few candidates more than are wanted; their distances are then taken by the WASM
 * kernels, so that the neighbours are those of ../neighbours.ts to the bit, however the GPU rounds.
 */
import { LensError } from '../../../shared/errors.ts';
import { bindShader, type BoundShader } from '../../backends/webgpu/bound-shader.ts';
import { pause, type StageHooks } from '../hooks.ts';
import type { ProjectionProgram } from '../kernels.ts';
import { everyPoint, PanelledPoints, type Neighbours } from '../panels.ts';
import { unitScale, type PointSet } from '../points.ts';
import { groupsOf, type ProjectionGpu } from './gpu.ts';
import { neighbourShader, panelPoints, sliceNumbers } from './neighbour-shader.ts';

/** Candidates beyond the wanted ones: more than rounding exchanges near the edge. */
const margin = 8;
/** Queries of one block at most. */
const mostQueries = 8192;
/** Candidates of one block at most: 16 MiB for each of their two arrays. */
const mostCandidates = 2 ** 22;
/** Multiplications of one submission: some ten milliseconds on a small GPU. */
const sliceWork = 2 ** 28;
/** Queries that the WASM kernels answer, too: a GPU that is wrong must not go unnoticed. */
const checkedQueries = 64;

/**
 * The `k` nearest others of each point, by brute force.
 * @throws LensError `cancelled`, `out-of-memory`, `device-lost`, `engine-failed` (also where they are not the right ones)
 */
export async function gpuNeighbours(
  gpu: ProjectionGpu,
  program: ProjectionProgram,
  set: PointSet,
  k: number,
  hooks: StageHooks = {},
): Promise<Neighbours> {
  const kept = Math.min(set.count - 1, k + margin);
  const candidates = await new CandidateSearch(gpu, set, kept, hooks).run();
  const points = new PanelledPoints(program, set);
  // What is left takes a moment; the progress is at its end.
  const silent = { signal: hooks.signal, breathe: hooks.breathe };
  const distances = await points.distances(everyPoint(set.count), candidates, kept, silent);
  const neighbours = nearestOf(candidates, distances, kept, k, points.scale);
  await checkNeighbours(points, neighbours, silent);
  return neighbours;
}

/** The `k` nearest of each row's candidates. @param candidates `[rows, kept]`, as are their distances */
function nearestOf(
  candidates: Uint32Array,
  distances: Float32Array,
  kept: number,
  k: number,
  scale: number,
): Neighbours {
  const rows = candidates.length / kept;
  const indices = new Uint32Array(rows * k);
  const squared = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const ids = candidates.subarray(row * kept, (row + 1) * kept);
    const own = distances.subarray(row * kept, (row + 1) * kept);
    sortPairs(own, ids);
    indices.set(ids.subarray(0, k), row * k);
    squared.set(own.subarray(0, k), row * k);
  }
  return { k, indices, squared, scale };
}

/** Sorts by distance, then index, by insertion: they come nearly sorted. */
function sortPairs(distances: Float32Array, indices: Uint32Array): void {
  for (let i = 1; i < distances.length; i++) {
    const distance = distances[i] ?? 0;
    const index = indices[i] ?? 0;
    let hole = i;
    for (; hole > 0; hole--) {
      const before = distances[hole - 1] ?? 0;
      if (before < distance || (before === distance && (indices[hole - 1] ?? 0) < index)) break;
      distances[hole] = before;
      indices[hole] = indices[hole - 1] ?? 0;
    }
    distances[hole] = distance;
    indices[hole] = index;
  }
}

/** @throws LensError `engine-failed` */
async function checkNeighbours(
  points: PanelledPoints,
  { k, indices }: Neighbours,
  hooks: StageHooks,
): Promise<void> {
  const asked = Math.min(checkedQueries, points.count);
  const queries = Uint32Array.from({ length: asked }, (_, q) => Math.floor((q * points.count) / asked));
  const right = await points.nearest(queries, k, hooks);
  queries.forEach((query, q) => {
    const row = indices.subarray(query * k, (query + 1) * k);
    if (row.every((index, j) => index === right.indices[q * k + j])) return;
    throw new LensError(
      'engine-failed',
      'The GPU found other neighbours than the WASM engine. Choose the WASM engine in the settings.',
      `point ${query}`,
    );
  });
}

class CandidateSearch {
  readonly #block: number;
  readonly #panels: Float32Array;
  readonly #slicePanels: number;

  /** @param kept candidates of each point */
  constructor(
    private readonly gpu: ProjectionGpu,
    private readonly set: PointSet,
    private readonly kept: number,
    private readonly hooks: StageHooks,
  ) {
    this.#block = Math.min(set.count, mostQueries, Math.max(1, Math.floor(mostCandidates / kept)));
    this.#panels = panelsOf(set);
    const panels = Math.floor(sliceWork / (this.#block * set.dimensions * panelPoints));
    this.#slicePanels = Math.max(16, panels);
  }

  /** `[count, kept]`, nearest first as the GPU rounds. */
  async run(): Promise<Uint32Array> {
    const { gpu, kept } = this;
    const { count } = this.set;
    const candidates = new Uint32Array(count * kept);
    const made: GPUBuffer[] = [];
    const storage = (label: string, length: number): GPUBuffer => {
      const buffer = gpu.storage(label, length);
      made.push(buffer);
      return buffer;
    };
    try {
      const { slice, indices, shader } = await gpu.make(() => {
        const slice = gpu.uniform('slice', sliceNumbers.length);
        made.push(slice);
        const panels = storage('panels', this.#panels.length);
        gpu.write(panels, this.#panels);
        const distances = storage('distances', kept * this.#block);
        const indices = storage('indices', kept * this.#block);
        const buffers = [slice, panels, distances, indices];
        return { slice, indices, shader: bindShader(gpu.device, 'neighbours', neighbourShader, buffers) };
      });
      for (let first = 0; first < count; first += this.#block) {
        const queries = Math.min(this.#block, count - first);
        await this.#search(shader, slice, first, queries);
        const [found = new Float32Array(0)] = await gpu.read([{ buffer: indices, length: kept * queries }]);
        this.#transpose(new Uint32Array(found.buffer), first, queries, candidates);
      }
    } finally {
      for (const buffer of made) buffer.destroy();
    }
    return candidates;
  }

  /** All points past the queries of one block, slice by slice. */
  async #search(shader: BoundShader, slice: GPUBuffer, firstQuery: number, queries: number): Promise<void> {
    const { gpu, kept, hooks } = this;
    const { count, dimensions } = this.set;
    const panels = Math.ceil(count / panelPoints);
    for (let firstPanel = 0; firstPanel < panels; firstPanel += this.#slicePanels) {
      const endPanel = Math.min(firstPanel + this.#slicePanels, panels);
      const last = endPanel === panels ? 1 : 0;
      const numbers = { count, dimensions, kept, queries, firstQuery, firstPanel, endPanel, last };
      await gpu.submit(
        () =>
          gpu.write(
            slice,
            Uint32Array.from(sliceNumbers, (name) => numbers[name]),
          ),
        (pass) => {
          pass.setPipeline(shader.pipeline);
          pass.setBindGroup(0, shader.bindings);
          pass.dispatchWorkgroups(groupsOf(queries));
        },
      );
      await pause(hooks, firstQuery + Math.floor((queries * endPanel) / panels), count);
    }
  }

  /** From the GPU's `[kept, queries]` to rows. */
  #transpose(found: Uint32Array, first: number, queries: number, candidates: Uint32Array): void {
    const { count } = this.set;
    for (let slot = 0; slot < this.kept; slot++) {
      for (let q = 0; q < queries; q++) {
        // A GPU that answers nonsense must not send the kernels out of their memory.
        candidates[(first + q) * this.kept + slot] = Math.min(found[slot * queries + q] ?? 0, count - 1);
      }
    }
  }
}

/** The points in panels of four, scaled as the WASM kernels scale them; what is missing in the last panel is 0. */
function panelsOf({ points, count, dimensions }: PointSet): Float32Array {
  const scale = unitScale(points);
  const panels = new Float32Array(Math.ceil(count / panelPoints) * panelPoints * dimensions);
  for (let i = 0; i < count; i++) {
    const base = Math.floor(i / panelPoints) * panelPoints * dimensions + (i % panelPoints);
    for (let l = 0; l < dimensions; l++) {
      panels[base + l * panelPoints] = (points[i * dimensions + l] ?? 0) * scale;
    }
  }
  return panels;
}
