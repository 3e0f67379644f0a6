/** What the pointer does on the map: points at it, drags it, draws around images, clicks and zooms. */
import { Store } from '../shared/store.ts';
import { boxOf, pointsInBox, pointsInLasso } from './lasso.ts';
import { pan, toWorld, type Point, type View } from './plane.ts';
import type { MapSurface, Tool } from './surface.ts';

export interface PointerState {
  /** The point below it; −1 for none. */
  readonly hover: number;
  /** The map is being dragged. */
  readonly dragging: boolean;
  /** Corners of the line or the box that is being drawn, on the element. */
  readonly drawn: readonly Point[];
}

/** Pixels that a click may move. */
const clickSlop = 4;

export class MapPointer {
  readonly store = new Store<PointerState>({ hover: -1, dragging: false, drawn: [] });

  #pressed: { readonly start: Point; readonly view: View; moved: boolean; readonly mode: Tool } | undefined;

  constructor(private readonly map: MapSurface) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0 && event.button !== 1) return;
    const { tool, shownView } = this.map;
    const mode = event.button === 1 ? 'move' : event.shiftKey && tool === 'move' ? 'box' : tool;
    this.#pressed = { start: screenOf(event), view: shownView, moved: false, mode };
    canvasOf(event).setPointerCapture(event.pointerId);
  };

  readonly move = (event: PointerEvent): void => {
    const { map } = this;
    const at = screenOf(event);
    const pressed = this.#pressed;
    if (pressed === undefined) {
      const place = map.placeAt(at);
      this.#change({ hover: map.tool === 'move' ? place.point : -1 });
      map.say('place-hover', place);
      return;
    }
    const { start, mode } = pressed;
    const [dx, dy] = [at.x - start.x, at.y - start.y];
    if (!pressed.moved && Math.hypot(dx, dy) < clickSlop) return;
    if (!pressed.moved) map.say('place-hover', null);
    pressed.moved = true;
    this.#change({ hover: -1 });
    switch (mode) {
      case 'move':
      case 'decode':
        this.#change({ dragging: true });
        map.show(pan(pressed.view, dx, dy));
        break;
      case 'box':
        this.#change({ drawn: [start, { x: at.x, y: start.y }, at, { x: start.x, y: at.y }] });
        break;
      case 'lasso': {
        const { drawn } = this.store.value;
        this.#change({ drawn: [...(drawn.length === 0 ? [start] : drawn), at] });
        break;
      }
    }
  };

  readonly up = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    this.release();
    if (pressed === undefined || event.button > 1) return;
    if (!pressed.moved) {
      const place = this.map.placeAt(screenOf(event));
      const toggle = event.shiftKey || event.ctrlKey || event.metaKey;
      this.map.say('place-click', { ...place, alt: event.altKey, toggle });
      return;
    }
    const { drawn } = this.store.value;
    this.#change({ drawn: [] });
    if (pressed.mode !== 'box' && pressed.mode !== 'lasso') return;
    const points = this.#inside(drawn, pressed.mode);
    this.map.say('points-select', { points, add: event.ctrlKey || event.metaKey });
  };

  /** Lets the map go; what was drawn stays. */
  readonly release = (): void => {
    this.#pressed = undefined;
    this.#change({ dragging: false });
  };

  readonly leave = (): void => {
    if (this.#pressed !== undefined) return;
    this.#change({ hover: -1 });
    this.map.say('place-hover', null);
  };

  readonly open = (event: MouseEvent): void => {
    const { point } = this.map.placeAt(screenOf(event));
    if (point >= 0 && this.map.tool === 'move') this.map.say('point-open', point);
  };

  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp((-event.deltaY * lines * (event.ctrlKey ? 4 : 1)) / 400);
    this.map.zoom(Math.min(4, Math.max(0.25, factor)), screenOf(event));
  };

  /** Drops what was begun. */
  abandon(): void {
    this.#change({ drawn: [] });
    this.release();
  }

  /** @param drawn corners on the element: for a box its four, for a lasso any number */
  #inside(drawn: readonly Point[], mode: 'box' | 'lasso'): readonly number[] {
    const { map } = this;
    const { grid } = map.drawing;
    const polygon = drawn.map(({ x, y }) => toWorld(map.shownView, map.size, x, y));
    const among = (point: number): boolean => map.isShown(point);
    if (mode === 'lasso') return pointsInLasso(grid, polygon, among);
    const [first, , opposite] = polygon;
    return first && opposite ? pointsInBox(grid, boxOf(first, opposite), among) : [];
  }

  /** The pointer moves more often than anything changes by it. */
  #change(change: Partial<PointerState>): void {
    const before = this.store.value;
    const next = { ...before, ...change };
    if (next.hover === before.hover && next.dragging === before.dragging && next.drawn === before.drawn)
      return;
    this.store.set(next);
  }
}

// All of these listeners stand on the canvas itself.
const canvasOf = (event: Event): HTMLElement => event.currentTarget as HTMLElement;

/** Where the pointer is on the element. */
function screenOf(event: MouseEvent): Point {
  const box = canvasOf(event).getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
