/** A way across the map, from one place to another, and what the decoder shows on it. Draws nothing. */
import { defaultSteps, interpolate } from '../../shared/interpolation.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { Store } from '../shared/store.ts';
import { decodeLatents } from './pictures.ts';
import type { Point } from './plane.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';
import type { Place } from './surface.ts';

export interface MapPathState {
  /** None, the start, or start and end. */
  readonly places: readonly Place[];
  /** Where they are. */
  readonly ends: readonly Point[];
  /** From start to end; empty until it is decoded. */
  readonly strip: readonly Picture[];
}

const none: MapPathState = { places: [], ends: [], strip: [] };

export class MapPath {
  readonly store = new Store<MapPathState>(none);

  constructor(private readonly session: MapSession) {}

  /**
   * The first place is the start, the second the end, a third another start.
   * @returns whether a way was decoded
   */
  async add(model: MapModel, place: Place): Promise<boolean> {
    const before = this.store.value.places;
    const places = before.length === 1 ? [...before, place] : [place];
    this.store.set({ places, ends: places.map(({ world }) => world), strip: [] });
    const [start, end] = places.map((one) => this.latentOf(model, one));
    if (!start || !end) return false;
    try {
      const rows = interpolate(start, end, defaultSteps, 'linear');
      const images = await decodeLatents(model, this.session.forward, rows, defaultSteps);
      if (this.store.value.places !== places) return false;
      const strip = Array.from({ length: defaultSteps }, (_, step) =>
        pictureOf(images, model.card.spec, step),
      );
      this.store.set({ ...this.store.value, strip });
      return true;
    } catch (error) {
      this.session.report(error, 'interpolation');
      return false;
    }
  }

  clear(): void {
    if (this.store.value.places.length > 0) this.store.set(none);
  }

  /** Of an image its own latent, of an empty place its neighbours'. */
  private latentOf(model: MapModel, { point, world }: Place): Float32Array | null {
    const { latents, latent } = model.points;
    if (point >= 0) return latents.slice(point * latent, (point + 1) * latent);
    return this.session.latentOf(model, world.x, world.y);
  }
}
