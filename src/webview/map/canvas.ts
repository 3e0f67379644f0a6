/** `ll-map-canvas`: the points, drawn and touched. Says what the pointer and the keys ask for; decides nothing. */
import { LitElement, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { lastOf } from '../shared/last-of.ts';
import { followSize } from '../shared/follow-size.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, themeColor } from '../shared/theme.ts';
import { canvasStyles } from './canvas-styles.ts';
import { cssRgb } from './css-rgb.ts';
import type { Drawing } from './drawing.ts';
import { nearestWithin } from './grid.ts';
import { MapKeys } from './map-keys.ts';
import { mapOverlay } from './map-overlay.ts';
import { MapPicture, type MapColors } from './map-picture.ts';
import { MapPointer } from './map-pointer.ts';
import type { PointPictures } from './pictures.ts';
import { fit, pan, toScreen, toWorld, zoomAt, type Point, type Size, type View } from './plane.ts';
import type { Mark } from './session.ts';
import type { MapEvents, MapSurface, Place, Tool } from './surface.ts';

/** Pixels from a dot's middle within which it is hit. */
const hitRadius = 9;

/** Fires {@link MapEvents}. */
@customElement('ll-map-canvas')
export class LensMapCanvas extends LitElement implements MapSurface {
  static override styles = [baseStyles, canvasStyles];

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

  @query('canvas') private canvas!: HTMLCanvasElement;

  readonly #theme = new ThemeController(this);
  readonly #picture = new MapPicture();
  readonly #pointer = new MapPointer(this);
  readonly #keys = new MapKeys(this, this.#pointer);
  #size: Size = { width: 0, height: 0 };
  #frame = 0;

  /** As of a version of the theme. */
  readonly #colors = lastOf((_version: number): MapColors => ({
    background: cssRgb(getComputedStyle(document.body).backgroundColor),
    foreground: cssRgb(themeColor('--vscode-foreground', '--vscode-editor-foreground')),
  }));

  constructor() {
    super();
    new StoreController(this, this.#pointer.store);
    followSize(this, () => {
      this.#size = { width: this.clientWidth, height: this.clientHeight };
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  protected override render(): unknown {
    const pointer = this.#pointer;
    return html`<canvas
        class=${pointer.store.value.dragging ? 'dragging' : ''}
        tabindex="0"
        role="application"
        aria-roledescription="map"
        aria-label=${this.label}
        @pointerdown=${pointer.down}
        @pointermove=${pointer.move}
        @pointerup=${pointer.up}
        @pointercancel=${pointer.release}
        @pointerleave=${pointer.leave}
        @dblclick=${pointer.open}
        @wheel=${pointer.wheel}
        @keydown=${this.#keys.press}
      ></canvas>
      <svg aria-hidden="true">${this.#size.width === 0 ? nothing : this.#renderOverlay()}</svg>`;
  }

  protected override updated(): void {
    this.#schedule();
  }

  #renderOverlay(): unknown {
    const { current, mark } = this;
    const { hover, drawn } = this.#pointer.store.value;
    const { picture, radius } = this.#picture.painted;
    const screen = ({ x, y }: Point): Point => toScreen(this.shownView, this.#size, x, y);
    const point = (one: number): Point | null => (one < 0 ? null : this.placeOf(one).screen);
    return mapOverlay({
      path: this.path.map(screen),
      hovered: hover === current ? null : point(hover),
      current: point(current),
      ring: picture > 0 ? (picture * 0.76) / devicePixelRatio : radius / devicePixelRatio + 4,
      probe: this.probe === null ? null : screen(this.probe),
      mark: mark === null ? null : { at: screen(mark), anomalous: mark.anomalous },
      drawn,
    });
  }

  // — the picture —

  /** The current picture, as a PNG file. */
  async png(): Promise<Uint8Array> {
    this.#paint();
    const blob = await new Promise<Blob | null>((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
  }

  /** Paints all of it anew: something on it has changed. */
  repaint(): void {
    this.#picture.forget();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const { canvas, drawing, pictures, dotSize } = this;
    const before = this.#picture.painted;
    const colors = this.#colors(this.#theme.version);
    const { dragging } = this.#pointer.store.value;
    const parts = { drawing, colors, pictures, dotSize };
    if (!this.#picture.draw(canvas, this.#size, this.shownView, parts, dragging)) return;
    const { picture, radius, missing } = this.#picture.painted;
    canvas.dataset['detail'] = picture > 0 ? 'pictures' : 'dots';
    pictures?.want('map', missing);
    // The rings are as large as what they surround.
    if (before.picture !== picture || before.radius !== radius) this.requestUpdate();
  }

  // — the surface —

  get size(): Size {
    return this.#size;
  }

  get shownView(): View {
    return this.view ?? this.wholeView;
  }

  get wholeView(): View {
    return fit(this.drawing.grid.bounds, this.#size);
  }

  get middle(): Point {
    return { x: this.#size.width / 2, y: this.#size.height / 2 };
  }

  placeAt(screen: Point): Place {
    const view = this.shownView;
    const world = toWorld(view, this.#size, screen.x, screen.y);
    const picture = this.#picture.painted.picture / devicePixelRatio;
    const radius = Math.max(hitRadius, picture * 0.6) / view.scale;
    const point = nearestWithin(this.drawing.grid, world.x, world.y, radius, (one) => this.isShown(one));
    return { world, screen, point };
  }

  placeOf(point: number): Place {
    const { coordinates } = this.drawing.grid;
    const world = { x: coordinates[2 * point] ?? 0, y: coordinates[2 * point + 1] ?? 0 };
    return { world, screen: toScreen(this.shownView, this.#size, world.x, world.y), point };
  }

  isShown(point: number): boolean {
    return this.drawing.hidden[point] !== 1;
  }

  show(view: View): void {
    this.view = view;
    this.say('view-change', view);
  }

  zoom(factor: number, at: Point = this.middle): void {
    const whole = this.wholeView.scale;
    // Until a picture at its largest has all the room that it can use.
    const close = 400 / Math.max(this.drawing.grid.spacing, 1e-12);
    const limits = { least: whole / 4, most: Math.max(close, whole * 4) };
    this.show(zoomAt(this.shownView, this.#size, at, factor, limits));
  }

  bring(point: number): void {
    const { width, height } = this.#size;
    if (width === 0) return;
    const { x, y } = this.placeOf(point).screen;
    const margin = Math.min(24, width / 6, height / 6);
    if (x >= margin && y >= margin && x <= width - margin && y <= height - margin) return;
    this.show(pan(this.shownView, width / 2 - x, height / 2 - y));
  }

  say<K extends keyof MapEvents>(name: K, detail: MapEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-map-canvas': LensMapCanvas;
  }
}
