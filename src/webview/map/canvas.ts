/** `ll-map-canvas`: the points, drawn and touched. Says what the pointer and the keys ask for; decides nothing. */
import { LitElement, css, html, nothing, svg, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, themeColor } from '../shared/theme.ts';
import type { Rgb } from '../shared/color-maps.ts';
import { followSize } from '../shared/follow-size.ts';
import { cssRgb } from './css-rgb.ts';
import type { Drawing } from './drawing.ts';
import { nearestWithin, neighbourTowards, type Direction } from './grid.ts';
import { boxOf, pointsInBox, pointsInLasso } from './lasso.ts';
import {
  ScaledPictures,
  frameOf,
  paint,
  paintMoved,
  type Frame,
  type Painted,
  type Scene,
  type Target,
} from './painter.ts';
import type { PointPictures } from './pictures.ts';
import { fit, pan, toScreen, toWorld, zoomAt, type Point, type Size, type View } from './plane.ts';
import type { Mark } from './session.ts';

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

/** Colours of the theme, as of its version. */
interface Themed {
  readonly version: number;
  readonly background: Rgb;
  readonly foreground: Rgb;
}

const clickSlop = 4;
const hitRadius = 9;
const zoomStep = 1.4;

@customElement('ll-map-canvas')
export class LensMapCanvas extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        position: relative;
        overflow: hidden;
        min-height: 0;
        touch-action: none;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        cursor: default;
        image-rendering: pixelated;
      }
      canvas:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      :host([tool='lasso']) canvas,
      :host([tool='box']) canvas,
      :host([tool='decode']) canvas {
        cursor: crosshair;
      }
      canvas.dragging {
        cursor: grabbing;
      }
      svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        pointer-events: none;
        fill: none;
        stroke-width: 1.5;
      }
      .drawn {
        stroke: var(--vscode-focusBorder);
        fill: color-mix(in srgb, var(--vscode-focusBorder) 12%, transparent);
      }
      .halo {
        stroke: var(--vscode-editor-background);
        stroke-width: 5;
      }
      .ring {
        stroke: var(--vscode-foreground);
        stroke-width: 2;
      }
      .hover {
        stroke: var(--vscode-focusBorder);
        stroke-width: 2;
      }
      .mark {
        stroke: var(--vscode-charts-green);
        stroke-width: 2.5;
      }
      .mark.anomalous {
        stroke: var(--vscode-charts-red);
      }
      .path {
        stroke: var(--vscode-foreground);
        stroke-dasharray: 5 4;
      }
      .end {
        fill: var(--vscode-foreground);
        stroke: none;
      }
    `,
  ];

  @property({ attribute: false }) drawing!: Drawing;
  /** Null fits all of it. */
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) pictures: PointPictures | null = null;
  /** Size of dots and pictures, as a multiple of the one that suits the density. */
  @property({ type: Number }) dotSize = 1;
  @property({ reflect: true }) tool: Tool = 'move';
  @property({ type: Number }) current = -1;
  @property({ attribute: false }) mark: Mark | null = null;
  /** Ends of an interpolation, in the map's coordinates. */
  @property({ attribute: false }) path: readonly Point[] = [];
  /** The place that is being decoded, in the map's coordinates. */
  @property({ attribute: false }) probe: Point | null = null;
  @property() label = '';

  @state() private drawn: readonly Point[] = [];
  @state() private hover = -1;
  @state() private dragging = false;

  @query('canvas') private canvas!: HTMLCanvasElement;

  readonly #theme = new ThemeController(this);
  #size: Size = { width: 0, height: 0 };
  #frame = 0;
  #painted: Painted = { picture: 0, radius: 3, missing: [] };
  #scaled = new ScaledPictures();
  #image: ImageData | undefined;
  /** What the last picture was made of, and where it lies; undefined where it must be painted anew. */
  #last: { readonly frame: Frame; readonly of: readonly unknown[]; readonly exact: boolean } | undefined;
  #pressed: { readonly start: Point; readonly view: View; moved: boolean; readonly mode: Tool } | undefined;

  constructor() {
    super();
    followSize(this, () => this.#resized());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  /** The map's size on screen in CSS pixels. */
  get size(): Size {
    return this.#size;
  }

  /** What is shown: the view, or all of it. */
  get shownView(): View {
    return this.view ?? this.#fitted();
  }

  /** The current picture, as a PNG file. */
  async png(): Promise<Uint8Array> {
    this.#paint();
    const blob = await new Promise<Blob | null>((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
  }

  zoom(factor: number, at: Point = this.#middle()): void {
    this.#change(zoomAt(this.shownView, this.#size, at, factor, this.#limits()));
  }

  /** Moves the map so that the point is on screen. */
  bring(point: number): void {
    if (this.#size.width === 0) return;
    const place = this.#screenOf(point);
    const { width, height } = this.#size;
    const margin = Math.min(24, width / 6, height / 6);
    if (place.x >= margin && place.y >= margin && place.x <= width - margin && place.y <= height - margin)
      return;
    this.#change(pan(this.shownView, width / 2 - place.x, height / 2 - place.y));
  }

  /** Paints all of it anew: something on it has changed. */
  repaint(): void {
    this.#last = undefined;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  protected override render(): unknown {
    return html`<canvas
        class=${this.dragging ? 'dragging' : ''}
        tabindex="0"
        role="application"
        aria-roledescription="map"
        aria-label=${this.label}
        @pointerdown=${this.#down}
        @pointermove=${this.#move}
        @pointerup=${this.#up}
        @pointercancel=${this.#cancel}
        @pointerleave=${this.#leave}
        @dblclick=${this.#open}
        @wheel=${this.#wheel}
        @keydown=${this.#key}
      ></canvas>
      <svg aria-hidden="true">${this.#renderOverlay()}</svg>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('pictures')) this.#scaled = new ScaledPictures();
    this.#schedule();
  }

  #renderOverlay(): unknown {
    if (this.#size.width === 0) return nothing;
    const ring = (point: number, name: string): unknown => {
      if (point < 0) return nothing;
      const { x, y } = this.#screenOf(point);
      const { picture, radius } = this.#painted;
      const r = picture > 0 ? (picture * 0.76) / devicePixelRatio : radius / devicePixelRatio + 4;
      return svg`<circle class="halo" cx=${x} cy=${y} r=${r} /><circle class=${name} cx=${x} cy=${y} r=${r} />`;
    };
    const screen = (place: Point): Point => toScreen(this.shownView, this.#size, place.x, place.y);
    const ends = this.path.map(screen);
    const probe = this.probe === null ? null : screen(this.probe);
    const mark = this.mark === null ? null : screen(this.mark);
    const line = (points: readonly Point[]): string => points.map(({ x, y }) => `${x},${y}`).join(' ');
    return [
      ends.length === 2
        ? svg`<polyline class="halo" points=${line(ends)} /><polyline class="path" points=${line(ends)} />`
        : nothing,
      ends.map(({ x, y }) => svg`<circle class="end" cx=${x} cy=${y} r="4.5" />`),
      ring(this.hover === this.current ? -1 : this.hover, 'hover'),
      ring(this.current, 'ring'),
      probe === null
        ? nothing
        : ['halo', 'ring'].map(
            (name) =>
              svg`<path class=${name} d=${`M${probe.x - 9} ${probe.y}H${probe.x - 3}M${probe.x + 3} ${probe.y}H${probe.x + 9}M${probe.x} ${probe.y - 9}V${probe.y - 3}M${probe.x} ${probe.y + 3}V${probe.y + 9}`} />`,
          ),
      mark === null
        ? nothing
        : ['halo', `mark ${this.mark?.anomalous === true ? 'anomalous' : ''}`].map(
            (name) =>
              svg`<path class=${name} d=${`M${mark.x} ${mark.y - 10}L${mark.x + 10} ${mark.y}L${mark.x} ${mark.y + 10}L${mark.x - 10} ${mark.y}Z`} />`,
          ),
      this.drawn.length > 1 ? svg`<polygon class="drawn" points=${line(this.drawn)} />` : nothing,
    ];
  }

  #paint(): void {
    const { width, height } = this.#size;
    const ratio = devicePixelRatio;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (columns < 1 || rows < 1) return;
    const { canvas, pictures, drawing } = this;
    if (canvas.width !== columns || canvas.height !== rows || this.#image === undefined) {
      canvas.width = columns;
      canvas.height = rows;
      this.#image = new ImageData(columns, rows);
      this.#last = undefined;
    }
    const image = this.#image;
    const before = this.#painted;
    const target = { words: new Uint32Array(image.data.buffer), width: columns, height: rows, ratio };
    const colors = this.#colors();
    const scene = { ...drawing, ...colors, pictures, dotSize: this.dotSize };
    this.#painted = this.#paintInto(target, scene, [drawing, colors, pictures, this.dotSize, ratio]);
    this.#context(canvas)?.putImageData(image, 0, 0);
    canvas.dataset['detail'] = this.#painted.picture > 0 ? 'pictures' : 'dots';
    pictures?.want('map', this.#painted.missing);
    if (before.picture !== this.#painted.picture || before.radius !== this.#painted.radius)
      this.requestUpdate('hover');
  }

  /** By moving the last picture where only the view was moved; else, and when the pointer lets go, anew. */
  #paintInto(target: Target, scene: Scene, of: readonly unknown[]): Painted {
    const frame = frameOf(target, this.shownView);
    const last = this.#last;
    const same = last?.of.every((one, index) => one === of[index]) === true;
    if (same && last.frame.perUnit === frame.perUnit) {
      const [dx, dy] = [Math.round(frame.left - last.frame.left), Math.round(frame.top - last.frame.top)];
      const moved = { ...frame, left: last.frame.left + dx, top: last.frame.top + dy };
      // Whole pixels: with a fractional pixel ratio the picture lags by half of one at most while it is dragged.
      const exact = Math.abs(moved.left - frame.left) + Math.abs(moved.top - frame.top) < 1e-3;
      const overlaps = Math.abs(dx) < target.width && Math.abs(dy) < target.height;
      if (overlaps && (this.dragging || (exact && last.exact))) {
        if (dx === 0 && dy === 0) return this.#painted;
        this.#last = { frame: moved, of, exact: exact && last.exact };
        const painted = paintMoved(target, moved, scene, this.#scaled, dx, dy);
        if (painted.missing.length > 0) this.#last = { ...this.#last, exact: false };
        return painted;
      }
    }
    this.#last = { frame, of, exact: true };
    return paint(target, this.shownView, scene, this.#scaled);
  }

  #context(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    return canvas.getContext('2d', { alpha: false });
  }

  #themed: Themed = {
    version: -1,
    background: [0, 0, 0],
    foreground: [255, 255, 255],
  };
  #colors(): Themed {
    const { version } = this.#theme;
    if (this.#themed.version !== version) {
      this.#themed = {
        version,
        background: cssRgb(getComputedStyle(document.body).backgroundColor),
        foreground: cssRgb(themeColor('--vscode-foreground', '--vscode-editor-foreground')),
      };
    }
    return this.#themed;
  }

  #resized(): void {
    this.#size = { width: this.clientWidth, height: this.clientHeight };
    this.requestUpdate();
  }

  #fitted(): View {
    return fit(this.drawing.grid.bounds, this.#size);
  }

  #limits(): { least: number; most: number } {
    const whole = this.#fitted().scale;
    // Until a picture at its largest has all the room that it can use.
    const close = 400 / Math.max(this.drawing.grid.spacing, 1e-12);
    return { least: whole / 4, most: Math.max(close, whole * 4) };
  }

  #middle(): Point {
    return { x: this.#size.width / 2, y: this.#size.height / 2 };
  }

  #screenOf(point: number): Point {
    const { coordinates } = this.drawing.grid;
    return toScreen(this.shownView, this.#size, coordinates[2 * point] ?? 0, coordinates[2 * point + 1] ?? 0);
  }

  #shown = (point: number): boolean => this.drawing.hidden[point] !== 1;

  #placeAt(screen: Point): Place {
    const view = this.shownView;
    const world = toWorld(view, this.#size, screen.x, screen.y);
    const picture = this.#painted.picture / devicePixelRatio;
    const radius = Math.max(hitRadius, picture * 0.6) / view.scale;
    const point = nearestWithin(this.drawing.grid, world.x, world.y, radius, this.#shown);
    return { world, screen, point };
  }

  #pointer(event: MouseEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #change(view: View): void {
    this.view = view;
    this.#say('view-change', view);
  }

  #say<K extends keyof MapEvents>(name: K, detail: MapEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0 && event.button !== 1) return;
    const mode = event.button === 1 ? 'move' : event.shiftKey && this.tool === 'move' ? 'box' : this.tool;
    this.#pressed = { start: this.#pointer(event), view: this.shownView, moved: false, mode };
    this.canvas.setPointerCapture(event.pointerId);
  };

  readonly #move = (event: PointerEvent): void => {
    const at = this.#pointer(event);
    const pressed = this.#pressed;
    if (pressed === undefined) {
      const place = this.#placeAt(at);
      this.hover = this.tool === 'move' ? place.point : -1;
      this.#say('place-hover', place);
      return;
    }
    const [dx, dy] = [at.x - pressed.start.x, at.y - pressed.start.y];
    if (!pressed.moved && Math.hypot(dx, dy) < clickSlop) return;
    if (!pressed.moved) this.#say('place-hover', null);
    pressed.moved = true;
    this.hover = -1;
    switch (pressed.mode) {
      case 'move':
      case 'decode':
        this.dragging = true;
        this.#change(pan(pressed.view, dx, dy));
        break;
      case 'box':
        this.drawn = [pressed.start, { x: at.x, y: pressed.start.y }, at, { x: pressed.start.x, y: at.y }];
        break;
      case 'lasso':
        this.drawn = [...(this.drawn.length === 0 ? [pressed.start] : this.drawn), at];
        break;
    }
  };

  readonly #up = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    this.#cancel();
    if (pressed === undefined || event.button > 1) return;
    if (!pressed.moved) {
      const place = this.#placeAt(this.#pointer(event));
      const toggle = event.shiftKey || event.ctrlKey || event.metaKey;
      this.#say('place-click', { ...place, alt: event.altKey, toggle });
      return;
    }
    const { drawn } = this;
    this.drawn = [];
    if (pressed.mode !== 'box' && pressed.mode !== 'lasso') return;
    const polygon = drawn.map(({ x, y }) => toWorld(this.shownView, this.#size, x, y));
    const [first, , opposite] = polygon;
    const { grid } = this.drawing;
    const points =
      pressed.mode === 'lasso'
        ? pointsInLasso(grid, polygon, this.#shown)
        : first && opposite
          ? pointsInBox(grid, boxOf(first, opposite), this.#shown)
          : [];
    this.#say('points-select', { points, add: event.ctrlKey || event.metaKey });
  };

  readonly #cancel = (): void => {
    this.#pressed = undefined;
    this.dragging = false;
  };

  readonly #leave = (): void => {
    if (this.#pressed !== undefined) return;
    this.hover = -1;
    this.#say('place-hover', null);
  };

  readonly #open = (event: MouseEvent): void => {
    const { point } = this.#placeAt(this.#pointer(event));
    if (point >= 0 && this.tool === 'move') this.#say('point-open', point);
  };

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp((-event.deltaY * lines * (event.ctrlKey ? 4 : 1)) / 400);
    this.zoom(Math.min(4, Math.max(0.25, factor)), this.#pointer(event));
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey) return;
    if (!(event.altKey ? this.#pressAlt(event) : this.#pressKey(event))) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** With Alt, Enter is the click with Alt on the current point. @returns whether the key meant something here */
  #pressAlt({ key }: KeyboardEvent): boolean {
    if (key !== 'Enter' || this.current < 0) return false;
    const { coordinates } = this.drawing.grid;
    const { current } = this;
    const world = { x: coordinates[2 * current] ?? 0, y: coordinates[2 * current + 1] ?? 0 };
    const screen = this.#screenOf(current);
    this.#say('place-click', { world, screen, point: current, alt: true, toggle: false });
    return true;
  }

  /** @returns whether the key meant something here */
  #pressKey({ key, shiftKey }: KeyboardEvent): boolean {
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
        this.zoom(zoomStep);
        return true;
      case '-':
      case '_':
        this.zoom(1 / zoomStep);
        return true;
      case 'Home':
      case '0':
        this.#change(this.#fitted());
        return true;
      case 'Enter':
        if (this.current >= 0) this.#say('point-open', this.current);
        else this.#enter();
        return true;
      case ' ':
        if (this.current >= 0) this.#say('point-toggle', this.current);
        else this.#enter();
        return true;
      case 'Escape':
        this.drawn = [];
        this.#cancel();
        this.#say('map-escape', null);
        return true;
      default:
        return false;
    }
  }

  /** From point to point; without a current one, or with Shift, the map moves. */
  #arrow(direction: Direction, dx: number, dy: number, move: boolean): boolean {
    if (this.current < 0 || move) {
      this.#change(pan(this.shownView, dx, dy));
      return true;
    }
    const next = neighbourTowards(this.drawing.grid, this.current, direction, this.#shown);
    if (next >= 0) {
      this.#say('point-current', next);
      this.bring(next);
    }
    return true;
  }

  /** The point nearest to the middle of the map becomes the current one. */
  #enter(): void {
    const { x, y } = toWorld(this.shownView, this.#size, this.#middle().x, this.#middle().y);
    const { bounds } = this.drawing.grid;
    const everything = Math.hypot(bounds.right - bounds.left, bounds.top - bounds.bottom) + 1;
    const far = everything + Math.hypot(x - bounds.left, y - bounds.bottom);
    const point = nearestWithin(this.drawing.grid, x, y, far, this.#shown);
    if (point >= 0) this.#say('point-current', point);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-map-canvas': LensMapCanvas;
  }
}
