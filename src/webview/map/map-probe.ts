/** A place on the map and what the decoder makes of it, live or pinned. Draws nothing. */
import { latestOnly } from '../shared/latest.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { Store } from '../shared/store.ts';
import type { MapContext } from './map-context.ts';
import { decodeLatents } from './pictures.ts';
import type { Point } from './plane.ts';

export interface MapProbeState {
  /** The place that is decoded, live under the pointer until it is let go; null for none. */
  readonly place: { readonly world: Point; readonly live: boolean } | null;
  /** The newest that was decoded of it. */
  readonly picture: Picture | undefined;
}

const none: MapProbeState = { place: null, picture: undefined };

export class MapProbe {
  readonly store = new Store<MapProbeState>(none);

  constructor(private readonly context: MapContext) {}

  put(world: Point, live: boolean): void {
    this.store.set({ ...this.store.value, place: { world, live } });
    this.decode(world);
  }

  letGo(): void {
    if (this.store.value !== none) this.store.set(none);
  }

  private readonly decode = latestOnly<Point>(async ({ x, y }) => {
    const { session } = this.context;
    const model = this.context.model();
    const latent = session.latentOf(model, x, y);
    if (latent === null) return;
    try {
      const images = await decodeLatents(model, session.forward, latent, 1);
      const { place } = this.store.value;
      if (place !== null && this.context.model().bytes === model.bytes)
        this.store.set({ place, picture: pictureOf(images, model.card.spec) });
    } catch (error) {
      session.report(error, 'decoding a place');
    }
  });
}
