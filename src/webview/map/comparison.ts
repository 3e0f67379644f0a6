/** Outliers and near-duplicates: every latent against its nearest others, in the worker, piece by piece. Draws nothing. */
import { toWireError } from '../../shared/errors.ts';
import type { ForwardLink } from '../shared/forward-link.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { Store } from '../shared/store.ts';
import { extremes } from './neighbours.ts';
import type { ListedPoint } from './point-list.ts';
import type { MapModel } from './state.ts';
import type { Extreme } from './toolbar.ts';

/** A list that was asked for: what it is called and what its values are. */
export interface Listing {
  readonly title: string;
  readonly note: string;
  readonly points: readonly ListedPoint[];
}

export type ComparisonState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'listed'; readonly listing: Listing };

/** Points of a list. */
const listed = 50;
/** Nearest others whose mean distance tells an outlier. */
const outlierNeighbours = 10;
/** A piece should take so many milliseconds: what the pointer asks of the worker waits no longer. */
const pieceTime = 60;

export class LatentComparison {
  readonly store = new Store<ComparisonState>({ kind: 'none' });
  private turn = 0;

  constructor(private readonly forward: ForwardLink) {}

  /**
   * Lists the extreme points among the first `count`. A newer comparison ends an older one.
   */
  async start(model: MapModel, count: number, which: Extreme): Promise<void> {
    const turn = ++this.turn;
    const k = which === 'largest' ? outlierNeighbours : 1;
    const means = new Float64Array(count);
    this.store.set({ kind: 'running', done: 0, total: count });
    try {
      let size = 32;
      for (let start = 0; start < count;) {
        const end = Math.min(count, start + size);
        const began = performance.now();
        const { distances } = await this.forward.run(model, (worker) =>
          worker.call('neighbourDistances', { count, k, start, end }),
        );
        if (turn !== this.turn) return;
        means.set(distances, start);
        const took = Math.max(1, performance.now() - began);
        size = Math.min(4096, Math.max(8, Math.round(size * Math.min(2, pieceTime / took))));
        start = end;
        this.store.set({ kind: 'running', done: start, total: count });
      }
    } catch (error) {
      if (turn === this.turn) this.store.set({ kind: 'failed', message: toWireError(error).message });
      return;
    }
    const among =
      count < model.points.total
        ? ` Among ${formatCount(count)} of ${countOf(model.points.total, 'image')}.`
        : '';
    this.store.set({
      kind: 'listed',
      listing: {
        title: which === 'largest' ? 'Outliers' : 'Near-duplicates',
        note:
          (which === 'largest'
            ? `Images whose ${outlierNeighbours} nearest are farthest by latent, on average.`
            : 'Images that are nearest to another one by latent, with the distance to it.') + among,
        points: extremes(means, listed, which),
      },
    });
  }

  /** Ends what runs and closes the list. */
  close(): void {
    this.turn++;
    this.store.set({ kind: 'none' });
  }
}
