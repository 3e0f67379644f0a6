/** What pointer and keys on the map mean under the tool that is in use. Draws nothing. */
import { Store } from '../shared/store.ts';
import type { MapChoice } from './map-choice.ts';
import type { MapContext } from './map-context.ts';
import type { MapPath } from './map-path.ts';
import type { MapProbe } from './map-probe.ts';
import type { Point, View } from './plane.ts';
import type { MapEvents, Place, Tool } from './surface.ts';

export interface MapToolsState {
  readonly tool: Tool;
  /** Null where the pointer is not on the map. */
  readonly hovered: Place | null;
}

export class MapTools {
  readonly store = new Store<MapToolsState>({ tool: 'move', hovered: null });

  constructor(
    private readonly context: MapContext,
    private readonly choice: MapChoice,
    private readonly probe: MapProbe,
    private readonly path: MapPath,
  ) {}

  /** Takes another tool, with this place in the middle of the map. */
  use(tool: Tool, { x, y }: Point): void {
    this.change({ tool });
    this.probe.letGo();
    if (tool === 'decode') {
      // For the keyboard: the middle of the map is decoded, and the arrows move the map below it.
      this.context.session.change({ current: -1 });
      this.probe.put({ x, y }, true);
    }
  }

  viewed(view: View): void {
    this.context.session.change({ view });
    const { tool, hovered } = this.store.value;
    if (tool === 'decode' && hovered === null) this.probe.put({ x: view.x, y: view.y }, true);
  }

  hover(place: Place | null): void {
    this.change({ hovered: place });
    if (place === null) return;
    if (this.store.value.tool === 'decode' || this.probe.store.value.place?.live === true)
      this.probe.put(place.world, true);
  }

  click({ alt, toggle, ...place }: MapEvents['place-click']): void {
    const { choice, probe } = this;
    const { tool } = this.store.value;
    if (alt) return void this.waypoint(place);
    if (tool === 'lasso' || tool === 'box') {
      if (!toggle) this.context.session.change({ selection: [] });
      return;
    }
    if (tool === 'decode') return probe.put(place.world, true);
    if (place.point >= 0) {
      probe.letGo();
      if (toggle) choice.toggle(place.point);
      else choice.setCurrent(place.point);
      return;
    }
    // On an empty place: its decoded image, live under the pointer; a second click leaves it there, a third ends it.
    const before = probe.store.value.place;
    if (before === null) probe.put(place.world, true);
    else if (before.live) probe.put(place.world, false);
    else probe.letGo();
  }

  /** Ends the last thing that was begun. */
  escape(): void {
    const { probe, path } = this;
    const { session } = this.context;
    if (probe.store.value.place !== null) {
      probe.letGo();
      this.change({ tool: 'move' });
    } else if (path.store.value.places.length > 0) path.clear();
    else if (this.store.value.tool !== 'move') this.change({ tool: 'move' });
    else if (session.look.value.current >= 0) session.change({ current: -1 });
    else session.change({ selection: [] });
  }

  /** The map goes out of sight, or another one comes: nothing lies under the pointer any more. */
  leave(): void {
    this.probe.letGo();
    this.change({ hovered: null });
  }

  private async waypoint(place: Place): Promise<void> {
    this.probe.letGo();
    if (await this.path.add(this.context.model(), place)) this.context.say('Interpolation decoded.');
  }

  private change(change: Partial<MapToolsState>): void {
    const before = this.store.value;
    const next = { ...before, ...change };
    if (next.tool !== before.tool || next.hovered !== before.hovered) this.store.set(next);
  }
}
