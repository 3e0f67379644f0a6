/** The map's conduct: reads the active model's file, answers the host, keeps the look. Draws nothing. */
import { LensError, toWireError } from '../../shared/errors.ts';
import { latentAt } from '../../shared/latent-map.ts';
import { readPoints, readProjection } from '../../shared/map-points.ts';
import { projectionNames } from '../../shared/model-card.ts';
import { readModelFile } from '../../shared/model-file.ts';
import type { CheckedImage, MapHostApi, MapPageApi, ShownMap } from '../../shared/protocol/map.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { readWholeFile } from '../shared/files.ts';
import { forwardLink } from '../shared/forward-link.ts';
import type { PageHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { throttle } from '../shared/throttle.ts';
import { projectionOf } from './derive.ts';
import { coloringsOf } from './groups.ts';
import { withRunning } from './live-projection.ts';
import {
  firstLook,
  fittingLook,
  readLook,
  toPersist,
  type Look,
  type MapModel,
  type MapState,
} from './state.ts';

type Host = PageHost<MapHostApi>;

/** The last checked image as it stands on the map. */
export interface Mark extends CheckedImage {
  readonly x: number;
  readonly y: number;
}

/** Milliseconds between two writes of the look. */
const writeInterval = 200;

export class MapSession {
  readonly store = new Store<MapState>({ kind: 'waiting' });
  readonly look = new Store<Look>(firstLook);
  readonly mark = new Store<Mark | null>(null);
  /** The t-SNE that is being computed of the model shown. */
  readonly running = new Store<ProjectionStatus | null>(null);
  /** Whether the form for a new t-SNE is open. */
  readonly choosing = new Store<boolean>(false);
  /** Whether this is the map in an editor. */
  readonly large = new Store<boolean>(false);
  readonly pageHandlers: Handlers<MapPageApi>;
  readonly forward = forwardLink((error, method) => this.report(error, method));

  #host: Host | undefined;
  #turn = 0;
  /** The model as its file has it. */
  #file: MapModel | undefined;
  /** Its file is being read (again). */
  #reading = false;
  /** The job whose map was brought to the front when its first picture came. */
  #followed = '';
  #checked: (CheckedImage & { readonly modelKey: string }) | undefined;
  readonly #write = throttle<Look>(writeInterval, (look) => {
    const state = this.store.value;
    if (state.kind === 'map') this.#connection.writeState(toPersist(state.model.shown.uri, look));
  });

  constructor() {
    this.pageHandlers = {
      showModel: (shown) => void this.#showModel(shown),
      showNone: ({ models }) => {
        this.#turn++;
        this.#reading = false;
        this.store.set({ kind: 'none', models });
      },
      showError: ({ name, error }) => {
        this.#turn++;
        this.#reading = false;
        this.store.set({ kind: 'failed', name, error });
      },
      mark: (checked) => {
        this.#checked = checked;
        void this.#place();
      },
      projecting: ({ running }) => {
        this.running.set(running);
        this.#showLive();
      },
    };
  }

  async start(host: Host): Promise<void> {
    this.#host = host;
    const { large } = await host.calls.call('ready', { pageId: host.pageId });
    this.large.set(large);
  }

  /** Changes how the map looks and keeps it. */
  change(change: Partial<Look>): void {
    const before = this.look.value;
    this.look.set({ ...before, ...change });
    // Panning makes a look a frame; any other change is one act, and the page may be gone the next moment.
    const onlyMoved = Object.keys(change).every((key) => key === 'view');
    this.#write[onlyMoved ? 'push' : 'now'](this.look.value);
    if (change.projection !== undefined && change.projection !== before.projection) void this.#place();
  }

  /** What the user may ask of the host. */
  get calls(): Host['calls'] {
    return this.#connection.calls;
  }

  /** @throws LensError what the host says */
  async readImage(model: MapModel, path: string): Promise<Uint8Array> {
    return (await this.calls.call('readImage', { model: model.shown.uri, path })).bytes;
  }

  /** The latent of a place on the map, by the projection that is shown; null on an empty map. */
  latentOf(model: MapModel, x: number, y: number): Float32Array | null {
    const { coordinates } = projectionOf(model, this.look.value);
    const { latents, latent } = model.points;
    return latentAt({ coordinates, latents, latent }, x, y);
  }

  readonly report = (error: unknown, method: string): void => {
    const { message, detail } = toWireError(error);
    const text = `Latent Map, ${method}: ${message}${detail === undefined ? '' : `\n${detail}`}`;
    this.#connection.calls.send('log', { level: 'error', text });
  };

  async #showModel(shown: ShownMap): Promise<void> {
    const before = this.store.value;
    if ('model' in before && before.model.shown.key === shown.key) {
      // Only what the host knows of the data set has changed.
      this.store.set({ kind: 'map', model: { ...before.model, shown } });
      if (this.#file) this.#file = { ...this.#file, shown };
      return;
    }
    const turn = ++this.#turn;
    const same = 'model' in before && before.model.shown.uri === shown.uri;
    // A model that was trained or projected further keeps its place on screen until it is read again.
    if (!same) this.store.set({ kind: 'reading', name: shown.name });
    this.#reading = true;
    try {
      const bytes = await readWholeFile((params) => this.calls.call('readFile', params), shown.uri);
      if (turn !== this.#turn) return;
      this.#reading = false;
      const file = readModelFile(bytes);
      const points = readPoints(file);
      const projections = projectionNames.flatMap((name) => {
        const projection = readProjection(file, name);
        return projection ? [{ name, ...projection }] : [];
      });
      if (points === null || points.count === 0 || projections.length === 0) {
        this.store.set({ kind: 'pointless', shown, card: file.card });
        return;
      }
      const model: MapModel = { shown, card: file.card, bytes, points, projections };
      const threshold = file.card.calibration?.threshold ?? null;
      const possible = coloringsOf({ points, classes: file.card.dataset.classes, threshold });
      const kept = same ? this.look.value : readLook(this.#connection.readState(), shown.uri);
      this.mark.set(null);
      this.look.set(fittingLook(kept, model, possible));
      this.#file = model;
      this.store.set({ kind: 'map', model });
      this.#write.push(this.look.value);
      this.#showLive();
      void this.#place();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#reading = false;
      this.store.set({ kind: 'failed', name: shown.name, error: toWireError(error) });
      this.report(error, 'reading the model');
    }
  }

  /** Puts the running t-SNE on the map, or what the file has in its place once it runs no more. */
  #showLive(): void {
    const state = this.store.value;
    const file = this.#file;
    if (state.kind !== 'map' || file?.shown.uri !== state.model.shown.uri) return;
    const running = this.running.value;
    const model = withRunning(file, running);
    if (model !== null && running !== null) {
      if (this.#followed !== running.jobId) {
        this.#followed = running.jobId;
        this.change({ projection: 'begun', view: null });
      }
      // The mark was placed on the map that the file has.
      if (this.look.value.projection === 'begun') this.mark.set(null);
      this.store.set({ kind: 'map', model });
    } else if (running === null && !this.#reading && state.model.projections.some((one) => one.running)) {
      this.look.set(fittingLook(this.look.value, file, [this.look.value.coloring]));
      this.store.set({ kind: 'map', model: file });
      void this.#place();
    }
  }

  /** Finds where the checked image lies; it is marked only on the map of the model that judged it. */
  async #place(): Promise<void> {
    const checked = this.#checked;
    const state = this.store.value;
    const { projection } = this.look.value;
    const live = this.running.value?.coordinates && projection === 'begun';
    if (live || checked === undefined || state.kind !== 'map' || state.model.shown.key !== checked.modelKey) {
      this.mark.set(null);
      return;
    }
    const { model } = state;
    try {
      const bytes = await readWholeFile((params) => this.calls.call('readFile', params), checked.uri);
      const place = await this.forward.run(model, async (worker) => {
        const { latent } = await worker.call('encodeFile', { name: checked.name, bytes });
        return worker.call('place', { latent, projection });
      });
      if (this.#checked !== checked || this.look.value.projection !== projection) return;
      this.mark.set({ ...checked, x: place.x, y: place.y });
    } catch (error) {
      this.mark.set(null);
      this.report(error, 'marking the checked image');
    }
  }

  get #connection(): Host {
    if (this.#host === undefined) throw new LensError('internal', 'The page has not started.');
    return this.#host;
  }
}
