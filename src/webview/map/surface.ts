/** The map's surface: its tools, the places on it, what it tells, and what pointer and keys may do with it. */
import type { Drawing } from './drawing.ts';
import type { Point, Size, View } from './plane.ts';

export type Tool = 'move' | 'lasso' | 'box' | 'decode';

/** A place on the map: in its own coordinates, on the element, and the point that lies there (−1 for none). */
export interface Place {
  readonly world: Point;
  readonly screen: Point;
  readonly point: number;
}

export interface MapEvents {
  'view-change': View;
  /** The pointer moved over the map; null when it left. */
  'place-hover': Place | null;
  'place-click': Place & { readonly alt: boolean; readonly toggle: boolean };
  'points-select': { readonly points: readonly number[]; readonly add: boolean };
  /** A key made this point the current one. */
  'point-current': number;
  'point-open': number;
  'point-toggle': number;
  'map-escape': null;
}

export interface MapSurface {
  readonly drawing: Drawing;
  readonly tool: Tool;
  /** −1 for none. */
  readonly current: number;
  /** In CSS pixels. */
  readonly size: Size;
  /** What is shown: the view, or all of it. */
  readonly shownView: View;
  /** All of it. */
  readonly wholeView: View;
  readonly middle: Point;
  placeAt(screen: Point): Place;
  placeOf(point: number): Place;
  isShown(point: number): boolean;
  /** Takes another view and tells of it. */
  show(view: View): void;
  zoom(factor: number, at?: Point): void;
  /** Moves the map so that the point is on screen. */
  bring(point: number): void;
  say<K extends keyof MapEvents>(name: K, detail: MapEvents[K]): void;
}
