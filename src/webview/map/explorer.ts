/** `ll-map-explorer`: one model's map with its tools, what lies under the pointer, and what was chosen. */
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { defaultSteps, interpolate } from '../../shared/interpolation.ts';
import type { ProjectionMethod } from '../../shared/model-card.ts';
import '../components/elements.ts';
import '../components/error.ts';
import '../components/image.ts';
import '../components/progress.ts';
import { countOf } from '../shared/format.ts';
import { latestOnly } from '../shared/latest.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, isDark } from '../shared/theme.ts';
import './canvas.ts';
import { PointChecks } from './checks.ts';
import { LatentComparison, type Listing } from './comparison.ts';
import type { LensMapCanvas, MapEvents, Place, Tool } from './canvas.ts';
import { selectionCsv } from './csv.ts';
import { deriver, projectionOf } from './derive.ts';
import type { Drawing } from './drawing.ts';
import { explorerStyles } from './explorer-styles.ts';
import type { Coloring } from './groups.ts';
import './legend.ts';
import { panelStyles } from './panel-styles.ts';
import './path-strip.ts';
import { PointPictures, decodeLatents } from './pictures.ts';
import { toScreen, type Point } from './plane.ts';
import './point-details.ts';
import './point-list.ts';
import './point-panel.ts';
import type { ListedPoint } from './point-list.ts';
import './point-table.ts';
import './projection-bar.ts';
import './selection-panel.ts';
import type { MapSession } from './session.ts';
import type { Look, MapModel } from './state.ts';
import './toolbar.ts';
import type { Extreme, MapCommand } from './toolbar.ts';
import { pointWords, projectionWords, spokenPoint, type ProjectionWords } from './words.ts';

/** With less than this in CSS pixels the map keeps its room: tools, legend and status give way. */
const roomy = { width: 640, height: 420 };

@customElement('ll-map-explorer')
export class LensMapExplorer extends LitElement {
  static override styles = [baseStyles, panelStyles, explorerStyles];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;

  @state() private tool: Tool = 'move';
  @state() private hovered: Place | null = null;
  /** The place that is decoded, live under the pointer until it is let go. */
  @state() private probe: { readonly world: Point; readonly live: boolean } | null = null;
  @state() private probed: Picture | undefined;
  @state() private path: readonly Place[] = [];
  @state() private strip: readonly Picture[] = [];
  @state() private arrived = 0;
  @state() private spoken = '';
  @state() private width = 0;
  @state() private height = 0;

  @query('ll-map-canvas') private map!: LensMapCanvas;
  @query('.card') private card!: HTMLElement | null;

  readonly #derive = deriver();
  #pictures: PointPictures | null = null;
  #picturesOf: Uint8Array | undefined;
  #subscribed = false;
  #drawing!: Drawing;
  #comparison!: LatentComparison;
  #checks!: PointChecks;
  #observer: ResizeObserver | undefined;

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

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => {
      this.width = this.clientWidth;
      this.height = this.clientHeight;
    });
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#checks.stop();
    this.#comparison.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#comparison = new LatentComparison(this.session.forward);
      new StoreController(this, this.#comparison.store);
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
      this.#checks?.stop();
      this.#checks = this.#checksOf(this.model);
      this.#comparison.close();
      this.#letGo();
      this.#clearPath();
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
    const compact = this.width < roomy.width;
    const folded = compact || this.height < roomy.height;
    return html`
      <div>
        <ll-map-toolbar
          .model=${model}
          .look=${look}
          .tool=${this.tool}
          .width=${this.width}
          .large=${session.large.value}
          ?compact=${compact}
          about=${compact ? [words.count, words.measures, words.warning].filter(Boolean).join('. ') : ''}
          @map-command=${(event: CustomEvent<MapCommand>) => this.#command(event.detail)}
          ><ll-projection-button slot="projection" .session=${session}></ll-projection-button
        ></ll-map-toolbar>
        <ll-projection-bar .session=${session} .model=${model}></ll-projection-bar>
      </div>
      <main class="body ${panel === nothing ? '' : 'with-panel'}">
        <div class="stage">
          <ll-map-canvas
            ?hidden=${look.table}
            .drawing=${this.#drawing}
            .view=${look.view}
            .pictures=${look.pictures ? this.#pictures : null}
            .dotSize=${look.dotSize}
            .tool=${this.tool}
            .current=${look.current < projection.card.count ? look.current : -1}
            .mark=${session.mark.value}
            .probe=${this.probe?.world ?? null}
            .path=${this.#pathEnds}
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
          ${look.table ? this.#renderTable(look) : this.#renderCard()}
          <div class="legend ${folded ? 'folded' : ''} ${look.table ? 'below' : ''}">
            <ll-map-legend
              ?folded=${folded}
              .grouping=${this.#drawing.grouping}
              .hiddenGroups=${look.hidden}
              @hidden-change=${(event: CustomEvent<readonly string[]>) => session.change({ hidden: event.detail })}
            ></ll-map-legend>
          </div>
        </div>
        ${panel}
      </main>
      <footer>${this.#renderNotice()} ${this.#renderStatus(words, folded)}</footer>
      <p class="visually-hidden" aria-live="polite">${this.spoken}</p>
    `;
  }

  protected override updated(): void {
    this.#placeCard();
  }

  // — parts —

  #renderTable(look: Look): unknown {
    return html`<ll-point-table
      .model=${this.model}
      .pictures=${this.#pictures}
      .hiddenPoints=${this.#drawing.hidden}
      .selected=${this.#drawing.selected}
      .current=${look.current}
      .arrived=${this.arrived}
      @points-select=${(event: CustomEvent<readonly number[]>) => this.#select({ points: event.detail, add: false })}
      @point-current=${this.#goTo}
      @point-open=${this.#open}
      @map-escape=${() => this.#escape()}
    ></ll-point-table>`;
  }

  /** @param short one line, whose whole text is its title */
  #renderStatus(words: ProjectionWords, short: boolean): unknown {
    const { value: mark } = this.session.mark;
    const checked =
      mark === null ? null : `Checked: ${mark.name}, ${mark.anomalous ? 'anomalous' : 'not anomalous'}`;
    const whole = [words.count, words.measures, words.warning, checked].filter(Boolean).join(' · ');
    return html`<p class="status ${short ? 'short' : ''}" title=${short ? whole : nothing}>
      <strong class="number">${words.count}</strong>
      <span class="quiet measures">${words.measures}</span>
      ${words.warning === null ? nothing : html`<span>${words.warning}</span>`}
      ${checked === null ? nothing : html`<span>${checked}</span>`}
    </p>`;
  }

  #tool(icon: string, title: string, act: () => void): unknown {
    return html`<button class="tool" type="button" title=${title} aria-label=${title} @click=${act}>
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
      this.#comparison.store.value.kind === 'none'
    )
      return nothing;
    return html`<aside class="panel" aria-label="Chosen images">
      ${this.path.length === 0 ? nothing : this.#renderPath()}
      ${current < 0 ? nothing : this.#renderCurrent(current, count)}
      ${look.selection.length === 0 ? nothing : this.#renderSelection(look.selection)}
      ${this.#renderComparison()}
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
    return html`<section>
      <ll-point-panel
        .session=${this.session}
        .model=${this.model}
        .pictures=${this.#pictures}
        .point=${point}
        .count=${count}
        .arrived=${this.arrived}
        @panel-close=${() => this.session.change({ current: -1 })}
        @point-current=${this.#goTo}
        @point-open=${this.#open}
      ></ll-point-panel>
    </section>`;
  }

  #renderSelection(selection: readonly number[]): unknown {
    return html`<section>
      <ll-selection-panel
        .model=${this.model}
        .checks=${this.#checks}
        .selection=${selection}
        .pictures=${this.#pictures}
        .current=${this.#look.current}
        .arrived=${this.arrived}
        @selection-change=${(event: CustomEvent<readonly number[]>) => this.#select({ points: event.detail, add: false })}
        @copy-paths=${() => this.#copyPaths(selection)}
        @save-csv=${() => void this.#saveCsv('selection', selection)}
        @point-current=${this.#goTo}
        @point-open=${this.#open}
      ></ll-selection-panel>
    </section>`;
  }

  #renderComparison(): unknown {
    const { value: state } = this.#comparison.store;
    switch (state.kind) {
      case 'none':
        return nothing;
      case 'running':
        return html`<section class="checks">
          <ll-progress label="Comparing all images" .done=${state.done} .total=${state.total}></ll-progress>
          <vscode-button secondary @click=${() => this.#comparison.close()}>Stop</vscode-button>
        </section>`;
      case 'failed':
        return html`<section>
          <div class="head">
            <h2>Comparison</h2>
            ${this.#tool('close', 'Close the list', () => this.#comparison.close())}
          </div>
          <p role="alert">${state.message}</p>
        </section>`;
      case 'listed':
        return this.#renderListing(state.listing);
    }
  }

  #renderListing({ title, note, points }: Listing): unknown {
    return html`<section>
      <div class="head">
        <h2>${title}</h2>
        ${this.#tool('close', 'Close the list', () => this.#comparison.close())}
      </div>
      <p class="quiet">${note}</p>
      <div class="actions">
        <vscode-button
          secondary
          @click=${() => this.session.change({ selection: ascending(points.map(({ point }) => point)) })}
          >Select These</vscode-button
        >
      </div>
      ${this.#points(points, title)}
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
      <span
        class="path"
        title=${`The images are not at ${shown.location}: pictures come from the model alone.`}
        >The images are not at ${shown.location}: pictures come from the model alone.</span
      >
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

  #command(command: MapCommand): void {
    const { session } = this;
    switch (command.do) {
      case 'tool':
        return this.#useTool(command.tool);
      case 'zoom':
        return this.map.zoom(command.factor);
      case 'fit':
        return session.change({ view: null });
      case 'look':
        if (command.change.table === true) {
          this.#letGo();
          this.hovered = null;
        }
        return session.change(command.change);
      case 'color':
        return this.#recolor(command.coloring);
      case 'project':
        return this.#reproject(command.method);
      case 'search':
        return this.#search(command.text);
      case 'list':
        return void this.#compare(command.which);
      case 'save':
        return void (command.as === 'png' ? this.#savePng() : this.#saveAll());
      case 'open-in-editor':
        return session.calls.send('openInEditor', {});
    }
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

  #search(wanted: string): void {
    const text = wanted.trim().toLowerCase();
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
  }

  // — interpolation —

  #ends: { readonly of: readonly Place[]; readonly ends: readonly Point[] } = { of: [], ends: [] };
  /** The same array while the path is the same, so that the map is not drawn anew for it. */
  get #pathEnds(): readonly Point[] {
    if (this.#ends.of !== this.path)
      this.#ends = { of: this.path, ends: this.path.map(({ world }) => world) };
    return this.#ends.ends;
  }

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

  // — lists and checks —

  async #compare(which: Extreme): Promise<void> {
    const { count } = projectionOf(this.model, this.#look).card;
    await this.#comparison.start(this.model, count, which);
    const { value: state } = this.#comparison.store;
    if (state.kind === 'listed')
      this.spoken = `${state.listing.title}: ${countOf(state.listing.points.length, 'image')}.`;
  }

  #checksOf(model: MapModel): PointChecks {
    const { session } = this;
    const falseAlarmRate = model.card.calibration?.requestedRate ?? 0.01;
    return new PointChecks(async (point) => {
      const { path, name } = pointWords(model, point);
      const bytes = await session.readImage(model, path);
      const { verdict } = await session.forward.run(model, (worker) =>
        worker.call('check', { name, bytes, falseAlarmRate }),
      );
      return verdict;
    });
  }

  // — out of the map —

  #copyPaths(selection: readonly number[]): void {
    const paths = selection.map((point) => pointWords(this.model, point).path);
    this.session.calls.send('copyPaths', { model: this.model.shown.uri, paths });
    this.spoken = `${countOf(paths.length, 'path')} copied.`;
  }

  #saveAll(): Promise<void> {
    const { count } = projectionOf(this.model, this.#look).card;
    return this.#saveCsv(
      'map',
      Array.from({ length: count }, (_, point) => point),
    );
  }

  async #saveCsv(what: 'selection' | 'map', which: readonly number[]): Promise<void> {
    const { points, card, shown } = this.model;
    const text = selectionCsv(
      {
        points,
        kind: card.dataset.kind,
        classes: card.dataset.classes,
        threshold: card.calibration?.threshold ?? null,
        coordinates: projectionOf(this.model, this.#look).coordinates,
      },
      which,
    );
    await this.#save(`${shown.name}-${what}.csv`, new TextEncoder().encode(text));
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
