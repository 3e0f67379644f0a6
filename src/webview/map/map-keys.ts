/** What the keys do on the map: from image to image, and everything that the pointer can. */
import { nearestWithin, neighbourTowards, type Direction } from './grid.ts';
import type { MapPointer } from './map-pointer.ts';
import { pan, toWorld } from './plane.ts';
import type { MapSurface } from './surface.ts';

const zoomStep = 1.4;

export class MapKeys {
  /** @param pointer what it has begun is dropped by Escape */
  constructor(
    private readonly map: MapSurface,
    private readonly pointer: MapPointer,
  ) {}

  readonly press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey) return;
    if (!(event.altKey ? this.#pressAlt(event) : this.#pressKey(event))) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** With Alt, Enter is the click with Alt on the current point. @returns whether the key meant something here */
  #pressAlt({ key }: KeyboardEvent): boolean {
    const { map } = this;
    if (key !== 'Enter' || map.current < 0) return false;
    map.say('place-click', { ...map.placeOf(map.current), alt: true, toggle: false });
    return true;
  }

  /** @returns whether the key meant something here */
  #pressKey({ key, shiftKey }: KeyboardEvent): boolean {
    const { map } = this;
    switch (key) {
      case 'ArrowLeft':
        return this.#arrow('left', 40, 0, shiftKey);
      case 'ArrowRight':
        return this.#arrow('right', -40, 0, shiftKey);
      case 'ArrowUp':
        return this.#arrow('up', 0, 40, shiftKey);
      case 'ArrowDown':
        return this.#arrow('down', 0, -40, shiftKey);
      case '+':
      case '=':
        map.zoom(zoomStep);
        return true;
      case '-':
      case '_':
        map.zoom(1 / zoomStep);
        return true;
      case 'Home':
      case '0':
        map.show(map.wholeView);
        return true;
      case 'Enter':
        if (map.current >= 0) map.say('point-open', map.current);
        else this.#enter();
        return true;
      case ' ':
        if (map.current >= 0) map.say('point-toggle', map.current);
        else this.#enter();
        return true;
      case 'Escape':
        this.pointer.abandon();
        map.say('map-escape', null);
        return true;
      default:
        return false;
    }
  }

  /** From point to point; without a current one, or with Shift, the map moves. */
  #arrow(direction: Direction, dx: number, dy: number, move: boolean): boolean {
    const { map } = this;
    if (map.current < 0 || move) {
      map.show(pan(map.shownView, dx, dy));
      return true;
    }
    const next = neighbourTowards(map.drawing.grid, map.current, direction, (point) => map.isShown(point));
    if (next >= 0) {
      map.say('point-current', next);
      map.bring(next);
    }
    return true;
  }

  /** The point nearest to the middle of the map becomes the current one. */
  #enter(): void {
    const { map } = this;
    const { grid } = map.drawing;
    const { x, y } = toWorld(map.shownView, map.size, map.middle.x, map.middle.y);
    const { bounds } = grid;
    const everything = Math.hypot(bounds.right - bounds.left, bounds.top - bounds.bottom) + 1;
    const far = everything + Math.hypot(x - bounds.left, y - bounds.bottom);
    const point = nearestWithin(grid, x, y, far, (one) => map.isShown(one));
    if (point >= 0) map.say('point-current', point);
  }
}
