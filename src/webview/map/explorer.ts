/** `ll-map-explorer`: one model's map with its tools, what lies under the pointer, and what was chosen. */
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { defaultSteps, interpolate } from '../../shared/interpolation.ts';
import type { ProjectionMethod } from '../../shared/model-card.ts';
import '../components/elements.ts';
import '../components/image.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { latestOnly } from '../shared/latest.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, isDark } from '../shared/theme.ts';
import './canvas.ts';
import type { LensMapCanvas, MapEvents, Place, Tool } from './canvas.ts';
import { selectionCsv } from './csv.ts';
import { deriver, possibleColorings, projectionOf } from './derive.ts';
import type { Drawing } from './drawing.ts';
import { explorerStyles } from './explorer-styles.ts';
import type { Coloring } from './groups.ts';
import './legend.ts';
import { extremes, meanDistances, neighboursOf } from './neighbours.ts';
import './path-strip.ts';
import { PointPictures, decodeLatents } from './pictures.ts';
import { toScreen, type Point } from './plane.ts';
import './point-details.ts';
import './point-list.ts';
import type { ListedPoint } from './point-list.ts';
import type { MapSession } from './session.ts';
import type { Look, MapModel } from './state.ts';
import { coloringNames, methodNames, pointWords, projectionWords, spokenPoint } from './words.ts';

/** Neighbours listed of a point. */
const neighbourCount = 10;
/** Points of a list of outliers or near-duplicates. */
const extremeCount = 50;
/** Outliers are looked for among so many points: every one is compared with every other. */
const mostCompared = 12_000;

/** A list that was asked for: what it is called and what its values are. */
interface Listing {
  readonly title: string;
  readonly note: string;
  readonly points: readonly ListedPoint[];
}

const tools: readonly { readonly tool: Tool; readonly icon: string; readonly title: string }[] = [
  { tool: 'move', icon: 'move', title: 'Move the map; Shift and drag selects a box' },
  { tool: 'lasso', icon: 'edit', title: 'Select by drawing around images' },
  { tool: 'box', icon: 'symbol-namespace', title: 'Select a box' },
  { tool: 'decode', icon: 'eye', title: 'Show what the decoder makes of any place' },
];

@customElement('ll-map-explorer')
export class LensMapExplorer extends LitElement {
  static override styles = [baseStyles, explorerStyles];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;

  @state() private tool: Tool = 'move';
  @state() private hovered: Place | null = null;
  /** The place that is decoded, live under the pointer until it is let go. */
  @state() private probe: { readonly world: Point; readonly live: boolean } | null = null;
  @state() private probed: Picture | undefined;
  @state() private path: readonly Place[] = [];
  @state() private strip: readonly Picture[] = [];
  @state() private listing: Listing | null = null;
  @state() private comparing = false;
  @state() private arrived = 0;
  @state() private spoken = '';

  @query('ll-map-canvas') private map!: LensMapCanvas;
  @query('.card') private card!: HTMLElement | null;

  readonly #derive = deriver();
  #pictures: PointPictures | null = null;
  #picturesOf: Uint8Array | undefined;
  #subscribed = false;
  #drawing!: Drawing;
  /** Counts the requests for a list: a newer one ends an older. */
  #compared = 0;

  readonly #decode = latestOnly<Point>(async ({ x, y }) => {
    const { model, session } = this;
    const latent = session.latentOf(model, x, y);
    if (latent === null) return;
    try {
      const images = await decodeLatents(model, session.forward, latent, 1);
      if (this.probe !== null && this.model.bytes === model.bytes)
        this.probed = pictureOf(images, model.card.spec);
    } catch (error) {
      session.report(error, 'decoding a place');
    }
  });

  constructor() {
    super();
    // The map's colours are drawn, so a change of theme draws it anew.
    new ThemeController(this);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#subscribed) {
      this.#subscribed = true;
      new StoreController(this, this.session.look);
      new StoreController(this, this.session.mark);
      new StoreController(this, this.session.large);
    }
    if (changed.has('model') && this.#picturesOf !== this.model.bytes) {
      this.#picturesOf = this.model.bytes;
      this.#pictures = new PointPictures(
        this.model,
        this.session.forward,
        () => {
          this.arrived++;
          this.map.repaint();
        },
        (error) => this.session.report(error, 'pictures'),
      );
      this.#letGo();
      this.#clearPath();
      this.listing = null;
      this.hovered = null;
    }
    this.#drawing = this.#derive(this.model, this.#look, isDark());
  }

  protected override render(): unknown {
    const { session, model } = this;
    const look = this.#look;
    const projection = projectionOf(model, look);
    const words = projectionWords(projection, model.points.total);
    const panel = this.#renderPanel();
    return html`
      <div class="toolbar" role="toolbar" aria-label="Map">${this.#renderTools(look)}</div>
      <main class="body ${panel === nothing ? '' : 'with-panel'}">
        <div class="stage">
          <ll-map-canvas
            .drawing=${this.#drawing}
            .view=${look.view}
            .pictures=${look.pictures ? this.#pictures : null}
            .tool=${this.tool}
            .current=${look.current < projection.card.count ? look.current : -1}
            .mark=${session.mark.value}
            .probe=${this.probe?.world ?? null}
            .path=${this.path.map(({ world }) => world)}
            label=${`Map of ${model.shown.name}: ${words.count}. Enter goes to an image, arrows to its neighbours; plus and minus zoom.`}
            @view-change=${(event: CustomEvent<MapEvents['view-change']>) => this.#viewed(event.detail)}
            @place-hover=${(event: CustomEvent<MapEvents['place-hover']>) => this.#hover(event.detail)}
            @place-click=${(event: CustomEvent<MapEvents['place-click']>) => this.#click(event.detail)}
            @points-select=${(event: CustomEvent<MapEvents['points-select']>) => this.#select(event.detail)}
            @point-current=${this.#goTo}
            @point-open=${this.#open}
            @point-toggle=${(event: CustomEvent<number>) => this.#toggle(event.detail)}
            @map-escape=${() => this.#escape()}
          ></ll-map-canvas>
          ${this.#renderCard()}
          <div class="legend">
            <ll-map-legend
              .grouping=${this.#drawing.grouping}
              .hiddenGroups=${look.hidden}
              @hidden-change=${(event: CustomEvent<readonly string[]>) => session.change({ hidden: event.detail })}
            ></ll-map-legend>
          </div>
        </div>
        ${panel}
      </main>
      <footer>
        ${this.#renderNotice()}
        <p class="status">
          <strong class="number">${words.count}</strong>
          <span class="quiet measures">${words.measures}</span>
          ${words.warning === null ? nothing : html`<span>${words.warning}</span>`}
          ${
            session.mark.value === null
              ? nothing
              : html`<span
                  >Checked: ${session.mark.value.name},
                  ${session.mark.value.anomalous ? 'anomalous' : 'not anomalous'}</span
                >`
          }
        </p>
      </footer>
      <p class="visually-hidden" aria-live="polite">${this.spoken}</p>
    `;
  }

  protected override updated(): void {
    this.#placeCard();
  }

  // — parts —

  #renderTools(look: Look): unknown {
    const { model, session } = this;
    const { projections } = model;
    return html`
      <span class="group">
        ${tools.map(({ tool, icon, title }) => this.#tool(icon, title, () => this.#useTool(tool), this.tool === tool))}
      </span>
      <span class="group">
        ${this.#tool('zoom-in', 'Zoom in', () => this.map.zoom(1.6))}
        ${this.#tool('zoom-out', 'Zoom out', () => this.map.zoom(1 / 1.6))}
        ${this.#tool('screen-full', 'Fit the map', () => session.change({ view: null }))}
        ${this.#tool('file-media', 'Show images where there is room', () => session.change({ pictures: !look.pictures }), look.pictures)}
      </span>
      <label
        >Colour
        <select
          @change=${(event: Event) => this.#recolor((event.target as HTMLSelectElement).value as Coloring)}
        >
          ${possibleColorings(model).map(
            (one) =>
              html`<option value=${one} ?selected=${one === look.coloring}>${coloringNames[one]}</option>`,
          )}
        </select>
      </label>
      ${
        projections.length < 2
          ? nothing
          : html`<label
              >Projection
              <select
                @change=${(event: Event) => this.#reproject((event.target as HTMLSelectElement).value as ProjectionMethod)}
              >
                ${projections.map(
                  ({ card: { method } }) =>
                    html`<option value=${method} ?selected=${method === look.method}>
                      ${methodNames[method]}
                    </option>`,
                )}
              </select>
            </label>`
      }
      <input
        type="search"
        placeholder="File name"
        aria-label="Search by file name"
        @keydown=${this.#search}
      />
      <span class="group">
        <select aria-label="List" .value=${''} @change=${this.#list}>
          <option value="">List…</option>
          <option value="largest">Outliers</option>
          <option value="smallest">Near-duplicates</option>
        </select>
      </span>
      <span class="group">
        ${this.#tool('device-camera', 'Save the map as PNG…', () => void this.#savePng())}
        ${session.large.value ? nothing : this.#tool('link-external', 'Open in an editor', () => session.calls.send('openInEditor', {}))}
      </span>
    `;
  }

  #tool(icon: string, title: string, act: () => void, pressed?: boolean): unknown {
    return html`<button
      class="tool"
      type="button"
      title=${title}
      aria-label=${title}
      aria-pressed=${pressed ?? nothing}
      @click=${act}
    >
      <vscode-icon name=${icon}></vscode-icon>
    </button>`;
  }

  #renderCard(): unknown {
    if (this.probe !== null) {
      return html`<div class="card probe">
        ${
          this.probed === undefined
            ? nothing
            : html`<ll-image
                id="probe"
                .picture=${this.probed}
                label="What the decoder makes of this place"
              ></ll-image>`
        }
        <span class="quiet">No image here: decoded</span>
      </div>`;
    }
    const point = this.hovered?.point ?? -1;
    if (point < 0 || this.tool !== 'move') return nothing;
    return html`<div class="card">
      <ll-point-details .session=${this.session} .model=${this.model} .point=${point}></ll-point-details>
    </div>`;
  }

  /** Beside the pointer, or the place that is decoded, and inside the map. */
  #placeCard(): void {
    const { card } = this;
    if (card === null) return;
    const { width, height } = this.map.size;
    const at =
      this.probe === null
        ? this.hovered?.screen
        : toScreen(this.map.shownView, this.map.size, this.probe.world.x, this.probe.world.y);
    if (at === undefined) return;
    const [ownWidth, ownHeight] = [card.offsetWidth, card.offsetHeight];
    const right = at.x + 18 + ownWidth <= width ? at.x + 18 : at.x - 18 - ownWidth;
    const below = at.y + 18 + ownHeight <= height ? at.y + 18 : at.y - 18 - ownHeight;
    const left = Math.min(Math.max(4, right), Math.max(4, width - ownWidth - 4));
    const top = Math.min(Math.max(4, below), Math.max(4, height - ownHeight - 4));
    card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  #renderPanel(): unknown {
    const look = this.#look;
    const { count } = projectionOf(this.model, look).card;
    const current = look.current >= 0 && look.current < count ? look.current : -1;
    if (
      current < 0 &&
      look.selection.length === 0 &&
      this.path.length === 0 &&
      this.listing === null &&
      !this.comparing
    )
      return nothing;
    return html`<aside class="panel" aria-label="Chosen images">
      ${this.path.length === 0 ? nothing : this.#renderPath()}
      ${current < 0 ? nothing : this.#renderCurrent(current, count)}
      ${look.selection.length === 0 ? nothing : this.#renderSelection(look.selection)}
      ${this.comparing ? html`<p class="quiet">Comparing all images with each other…</p>` : nothing}
      ${this.listing === null ? nothing : this.#renderListing(this.listing)}
    </aside>`;
  }

  #renderPath(): unknown {
    return html`<section>
      <div class="head">
        <h2>Interpolation</h2>
        ${this.#tool('close', 'Close the interpolation', () => this.#clearPath())}
      </div>
      ${
        this.path.length === 1
          ? html`<p class="quiet">Alt+click where the way shall end.</p>`
          : html`<ll-path-strip .pictures=${this.strip}></ll-path-strip>`
      }
    </section>`;
  }

  #renderCurrent(point: number, count: number): unknown {
    const { model, session } = this;
    const path = pointWords(model, point).path;
    const address = { model: model.shown.uri, path };
    const open = model.card.dataset.kind === 'folder' && model.shown.dataset === 'found';
    return html`<section>
      <div class="head">
        <h2>Image</h2>
        ${this.#tool('close', 'Close the image', () => session.change({ current: -1 }))}
      </div>
      <ll-point-details long .session=${session} .model=${model} .point=${point}></ll-point-details>
      ${
        open
          ? html`<div class="actions">
              <vscode-button secondary @click=${() => session.calls.send('openImage', address)}
                >Open</vscode-button
              >
              <vscode-button secondary @click=${() => session.calls.send('revealImage', address)}
                >Reveal</vscode-button
              >
              <vscode-button secondary @click=${() => session.calls.send('checkImage', address)}
                >Check</vscode-button
              >
            </div>`
          : nothing
      }
      <h3>Nearest by latent <span class="quiet">· distance</span></h3>
      ${this.#points(this.#neighbours(point, count), 'Nearest images')}
    </section>`;
  }

  #neighboursKnown:
    | {
        readonly of: Uint8Array;
        readonly point: number;
        readonly count: number;
        readonly list: ListedPoint[];
      }
    | undefined;
  #neighbours(point: number, count: number): readonly ListedPoint[] {
    const known = this.#neighboursKnown;
    const of = this.model.bytes;
    if (known?.of === of && known.point === point && known.count === count) return known.list;
    const list = neighboursOf(this.model.points, count, point, neighbourCount);
    this.#neighboursKnown = { of, point, count, list };
    return list;
  }

  #listed: { readonly of: readonly number[]; readonly list: readonly ListedPoint[] } | undefined;
  #renderSelection(selection: readonly number[]): unknown {
    const { session } = this;
    if (this.#listed?.of !== selection)
      this.#listed = { of: selection, list: selection.map((point) => ({ point })) };
    return html`<section>
      <div class="head">
        <h2>${countOf(selection.length, 'image')} selected</h2>
        ${this.#tool('close', 'Clear the selection', () => session.change({ selection: [] }))}
      </div>
      <div class="actions">
        <vscode-button secondary @click=${() => this.#copyPaths(selection)}>Copy Paths</vscode-button>
        <vscode-button secondary @click=${() => void this.#saveCsv(selection)}>Export CSV…</vscode-button>
      </div>
      ${this.#points(this.#listed.list, 'Selected images')}
    </section>`;
  }

  #renderListing(listing: Listing): unknown {
    return html`<section>
      <div class="head">
        <h2>${listing.title}</h2>
        ${this.#tool('close', 'Close the list', () => (this.listing = null))}
      </div>
      <p class="quiet">${listing.note}</p>
      <div class="actions">
        <vscode-button
          secondary
          @click=${() => this.session.change({ selection: ascending(listing.points.map(({ point }) => point)) })}
          >Select These</vscode-button
        >
      </div>
      ${this.#points(listing.points, listing.title)}
    </section>`;
  }

  #points(points: readonly ListedPoint[], label: string): unknown {
    return html`<ll-point-list
      class="rows"
      .model=${this.model}
      .pictures=${this.#pictures}
      .points=${points}
      .current=${this.#look.current}
      .arrived=${this.arrived}
      label=${label}
      @point-current=${this.#goTo}
      @point-open=${this.#open}
    ></ll-point-list>`;
  }

  #renderNotice(): unknown {
    const { shown } = this.model;
    if (shown.dataset !== 'missing') return nothing;
    return html`<p class="notice">
      <span class="path">The images are not at ${shown.location}: pictures come from the model alone.</span>
      <button
        class="link"
        type="button"
        @click=${() => this.session.calls.send('relink', { model: shown.uri })}
      >
        Re-link…
      </button>
    </p>`;
  }

  // — what happens —

  get #look(): Look {
    return this.session.look.value;
  }

  #useTool(tool: Tool): void {
    this.tool = tool;
    this.#letGo();
    if (tool === 'decode') {
      // For the keyboard: the middle of the map is decoded, and the arrows move the map below it.
      this.session.change({ current: -1 });
      this.#probeAt({ x: this.map.shownView.x, y: this.map.shownView.y }, true);
    }
  }

  #viewed(view: MapEvents['view-change']): void {
    this.session.change({ view });
    if (this.tool === 'decode' && this.hovered === null) this.#probeAt({ x: view.x, y: view.y }, true);
  }

  #hover(place: Place | null): void {
    this.hovered = place;
    if (place === null) return;
    if (this.tool === 'decode' || this.probe?.live === true) this.#probeAt(place.world, true);
  }

  #click({ alt, toggle, ...place }: MapEvents['place-click']): void {
    if (alt) return this.#waypoint(place);
    if (this.tool === 'lasso' || this.tool === 'box') {
      if (!toggle) this.session.change({ selection: [] });
      return;
    }
    if (this.tool === 'decode') return this.#probeAt(place.world, true);
    if (place.point >= 0) {
      this.#letGo();
      if (toggle) this.#toggle(place.point);
      else this.#current(place.point);
      return;
    }
    // On an empty place: its decoded image, live under the pointer; a second click leaves it there, a third ends it.
    if (this.probe === null) this.#probeAt(place.world, true);
    else if (this.probe.live) this.#probeAt(place.world, false);
    else this.#letGo();
  }

  #probeAt(world: Point, live: boolean): void {
    this.probe = { world, live };
    this.#decode(world);
  }

  #letGo(): void {
    this.probe = null;
    this.probed = undefined;
  }

  #current(point: number): void {
    this.session.change({ current: point });
    this.spoken = spokenPoint(this.model, point, projectionOf(this.model, this.#look).card.count);
  }

  readonly #goTo = (event: CustomEvent<number>): void => {
    this.#current(event.detail);
    this.map.bring(event.detail);
  };

  readonly #open = (event: CustomEvent<number>): void => {
    const { model } = this;
    if (model.card.dataset.kind !== 'folder' || model.shown.dataset !== 'found') return;
    const { path } = pointWords(model, event.detail);
    this.session.calls.send('openImage', { model: model.shown.uri, path });
  };

  #toggle(point: number): void {
    const { selection } = this.#look;
    const next = selection.includes(point)
      ? selection.filter((one) => one !== point)
      : ascending([...selection, point]);
    this.session.change({ selection: next });
    this.spoken = `${countOf(next.length, 'image')} selected.`;
  }

  #select({ points, add }: MapEvents['points-select']): void {
    const selection = add ? ascending([...new Set([...this.#look.selection, ...points])]) : points;
    this.session.change({ selection });
    this.spoken = `${countOf(selection.length, 'image')} selected.`;
  }

  #escape(): void {
    if (this.probe !== null) {
      this.#letGo();
      this.tool = 'move';
    } else if (this.path.length > 0) this.#clearPath();
    else if (this.tool !== 'move') this.tool = 'move';
    else if (this.#look.current >= 0) this.session.change({ current: -1 });
    else this.session.change({ selection: [] });
  }

  #recolor(coloring: Coloring): void {
    this.session.change({ coloring, hidden: [] });
  }

  #reproject(method: ProjectionMethod): void {
    this.#letGo();
    this.#clearPath();
    this.session.change({ method, view: null });
  }

  readonly #search = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    const text = (event.target as HTMLInputElement).value.trim().toLowerCase();
    if (text === '') return;
    const { count } = projectionOf(this.model, this.#look).card;
    const found: number[] = [];
    for (let point = 0; point < count; point++) {
      if (pointWords(this.model, point).path.toLowerCase().includes(text)) found.push(point);
    }
    const [first] = found;
    this.session.change({ selection: found, ...(first === undefined ? {} : { current: first }) });
    this.spoken = `${countOf(found.length, 'image')} found.`;
    if (first !== undefined) this.map.bring(first);
  };

  // — interpolation —

  #waypoint(place: Place): void {
    this.#letGo();
    this.path = this.path.length === 1 ? [...this.path, place] : [place];
    this.strip = [];
    if (this.path.length === 2) void this.#interpolate();
  }

  #clearPath(): void {
    this.path = [];
    this.strip = [];
  }

  async #interpolate(): Promise<void> {
    const { model, session, path } = this;
    const [start, end] = path.map((place) => this.#latentOf(place));
    if (!start || !end) return;
    try {
      const rows = interpolate(start, end, defaultSteps, 'linear');
      const images = await decodeLatents(model, session.forward, rows, defaultSteps);
      if (this.path !== path) return;
      this.strip = Array.from({ length: defaultSteps }, (_, step) =>
        pictureOf(images, model.card.spec, step),
      );
      this.spoken = 'Interpolation decoded.';
    } catch (error) {
      session.report(error, 'interpolation');
    }
  }

  /** Of an image its own latent, of an empty place its neighbours'. */
  #latentOf({ point, world }: Place): Float32Array | null {
    const { latents, latent } = this.model.points;
    if (point >= 0) return latents.slice(point * latent, (point + 1) * latent);
    return this.session.latentOf(this.model, world.x, world.y);
  }

  // — lists —

  readonly #list = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const which = select.value;
    select.value = '';
    if (which === 'largest' || which === 'smallest') void this.#compare(which);
  };

  async #compare(which: 'largest' | 'smallest'): Promise<void> {
    const turn = ++this.#compared;
    const { model } = this;
    const count = Math.min(projectionOf(model, this.#look).card.count, mostCompared);
    const means = new Float64Array(count);
    const k = which === 'largest' ? neighbourCount : 1;
    this.comparing = true;
    this.listing = null;
    for (let start = 0; start < count;) {
      const until = performance.now() + 24;
      while (start < count && performance.now() < until) {
        meanDistances(model.points, count, k, start, Math.min(count, start + 4), means);
        start += 4;
      }
      // Between the pieces the page stays alive.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (turn !== this.#compared || this.model.bytes !== model.bytes) return;
    }
    this.comparing = false;
    const among = count < model.points.total ? ` Among the first ${formatCount(count)} images.` : '';
    this.listing = {
      title: which === 'largest' ? 'Outliers' : 'Near-duplicates',
      note:
        (which === 'largest'
          ? `Images whose ${neighbourCount} nearest are farthest by latent, on average.`
          : 'Images that are nearest to another one by latent, with the distance to it.') + among,
      points: extremes(means, extremeCount, which),
    };
    this.spoken = `${this.listing.title}: ${countOf(this.listing.points.length, 'image')}.`;
  }

  // — out of the map —

  #copyPaths(selection: readonly number[]): void {
    const paths = selection.map((point) => pointWords(this.model, point).path);
    this.session.calls.send('copyPaths', { model: this.model.shown.uri, paths });
    this.spoken = `${countOf(paths.length, 'path')} copied.`;
  }

  async #saveCsv(selection: readonly number[]): Promise<void> {
    const { points, card, shown } = this.model;
    const text = selectionCsv(
      {
        points,
        kind: card.dataset.kind,
        classes: card.dataset.classes,
        threshold: card.calibration?.threshold ?? null,
        coordinates: projectionOf(this.model, this.#look).coordinates,
      },
      selection,
    );
    await this.#save(`${shown.name}-selection.csv`, new TextEncoder().encode(text));
  }

  async #savePng(): Promise<void> {
    await this.#save(`${this.model.shown.name}-map.png`, await this.map.png());
  }

  async #save(name: string, bytes: Uint8Array): Promise<void> {
    try {
      const { savedAs } = await this.session.calls.call('saveFile', { name, bytes });
      if (savedAs !== null) this.spoken = `Saved as ${savedAs}.`;
    } catch (error) {
      // The host has told the user already.
      this.session.report(error, 'saving a file');
    }
  }
}

const ascending = (points: readonly number[]): number[] => [...points].sort((a, b) => a - b);

declare global {
  interface HTMLElementTagNameMap {
    'll-map-explorer': LensMapExplorer;
  }
}
