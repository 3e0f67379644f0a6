/** `ll-map-explorer`: one model's map with its tools, what lies under the pointer, and what was chosen. */
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { pointName } from '../../shared/map-points.ts';
import type { ProjectionMethod } from '../../shared/model-card.ts';
import '../components/elements.ts';
import { countOf } from '../../shared/count.ts';
import { followSize } from '../shared/follow-size.ts';
import { latestOnly } from '../shared/latest.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, isDark } from '../shared/theme.ts';
import './canvas.ts';
import { PointChecks } from './checks.ts';
import './comparison-panel.ts';
import { LatentComparison, type ComparisonState } from './comparison.ts';
import type { LensMapCanvas } from './canvas.ts';
import { selectionCsv } from './csv.ts';
import { deriver, projectionOf } from './derive.ts';
import type { Drawing } from './drawing.ts';
import { explorerStyles } from './explorer-styles.ts';
import type { Coloring } from './groups.ts';
import './legend.ts';
import { MapPath, type MapPathState } from './map-path.ts';
import './map-status.ts';
import { panelStyles } from './panel-styles.ts';
import './path-strip.ts';
import { PointPictures, decodeLatents } from './pictures.ts';
import { toScreen, type Point } from './plane.ts';
import './place-card.ts';
import './point-panel.ts';
import './point-table.ts';
import './projection-bar.ts';
import './selection-panel.ts';
import type { MapSession } from './session.ts';
import type { Look, MapModel } from './state.ts';
import type { MapEvents, Place, Tool } from './surface.ts';
import './toolbar.ts';
import type { Extreme, MapCommand } from './toolbar.ts';
import { pointWords, projectionWords, spokenPoint } from './words.ts';

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
  @state() private arrived = 0;
  @state() private spoken = '';
  @state() private width = 0;
  @state() private height = 0;

  @query('ll-map-canvas') private map!: LensMapCanvas;

  readonly #derive = deriver();
  #pictures: PointPictures | null = null;
  #picturesOf: Uint8Array | undefined;
  #subscribed = false;
  #drawing!: Drawing;
  #comparison!: LatentComparison;
  #checks!: PointChecks;
  #path!: MapPath;

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
    followSize(this, () => {
      this.width = this.clientWidth;
      this.height = this.clientHeight;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#checks.stop();
    this.#comparison.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#comparison = new LatentComparison(this.session.forward);
      new StoreController(this, this.#comparison.store);
      this.#path = new MapPath(this.session);
      new StoreController(this, this.#path.store);
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
      this.#path.clear();
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
            .path=${this.#path.store.value.ends}
            label=${`Map of ${model.shown.name}: ${words.count}. Enter goes to an image, arrows to its neighbours, Space selects it; plus and minus zoom; Alt+Enter on two images shows the way between them.`}
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
      <footer>
        <ll-map-status
          .shown=${model.shown}
          .words=${words}
          .mark=${session.mark.value}
          ?short=${folded}
          @relink=${() => session.calls.send('relink', { model: model.shown.uri })}
        ></ll-map-status>
      </footer>
      <p class="visually-hidden" aria-live="polite">${this.spoken}</p>
    `;
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

  #renderCard(): unknown {
    const { probe, hovered } = this;
    const point = hovered?.point ?? -1;
    if (probe === null && (point < 0 || this.tool !== 'move')) return nothing;
    const { size, shownView } = this.map;
    const at = probe === null ? hovered?.screen : toScreen(shownView, size, probe.world.x, probe.world.y);
    return html`<ll-place-card
      .session=${this.session}
      .model=${this.model}
      .point=${point}
      ?decoded=${probe !== null}
      .picture=${this.probed}
      .at=${at}
      .room=${size}
    ></ll-place-card>`;
  }

  #renderPanel(): unknown {
    const look = this.#look;
    const { count } = projectionOf(this.model, look).card;
    const current = look.current >= 0 && look.current < count ? look.current : -1;
    const path = this.#path.store.value;
    const comparison = this.#comparison.store.value;
    const empty = current < 0 && look.selection.length === 0;
    if (empty && path.places.length === 0 && comparison.kind === 'none') return nothing;
    return html`<aside class="panel" aria-label="Chosen images">
      ${path.places.length === 0 ? nothing : this.#renderPath(path)}
      ${current < 0 ? nothing : this.#renderCurrent(current, count)}
      ${look.selection.length === 0 ? nothing : this.#renderSelection(look.selection)}
      ${comparison.kind === 'none' ? nothing : this.#renderComparison(comparison)}
    </aside>`;
  }

  #renderPath({ places, strip }: MapPathState): unknown {
    return html`<section>
      <div class="head">
        <h2>Interpolation</h2>
        <button
          class="tool"
          type="button"
          title="Close the interpolation"
          aria-label="Close the interpolation"
          @click=${() => this.#path.clear()}
        >
          <vscode-icon name="close"></vscode-icon>
        </button>
      </div>
      ${
        places.length === 1
          ? html`<p class="quiet">Alt+click, or Alt+Enter on an image, where the way shall end.</p>`
          : html`<ll-path-strip .pictures=${strip}></ll-path-strip>`
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

  #renderComparison(comparison: ComparisonState): unknown {
    return html`<section>
      <ll-comparison-panel
        .model=${this.model}
        .comparison=${comparison}
        .pictures=${this.#pictures}
        .current=${this.#look.current}
        .arrived=${this.arrived}
        @panel-close=${() => this.#comparison.close()}
        @selection-change=${(event: CustomEvent<readonly number[]>) => this.#select({ points: event.detail, add: false })}
        @point-current=${this.#goTo}
        @point-open=${this.#open}
      ></ll-comparison-panel>
    </section>`;
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
    if (alt) return void this.#waypoint(place);
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

  async #waypoint(place: Place): Promise<void> {
    this.#letGo();
    if (await this.#path.add(this.model, place)) this.spoken = 'Interpolation decoded.';
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
    } else if (this.#path.store.value.places.length > 0) this.#path.clear();
    else if (this.tool !== 'move') this.tool = 'move';
    else if (this.#look.current >= 0) this.session.change({ current: -1 });
    else this.session.change({ selection: [] });
  }

  #recolor(coloring: Coloring): void {
    this.session.change({ coloring, hidden: [] });
  }

  #reproject(method: ProjectionMethod): void {
    this.#letGo();
    this.#path.clear();
    this.session.change({ method, view: null });
  }

  #search(wanted: string): void {
    const text = wanted.trim().toLowerCase();
    if (text === '') return;
    const { points, card } = this.model;
    const { count } = projectionOf(this.model, this.#look).card;
    const found: number[] = [];
    for (let point = 0; point < count; point++) {
      if (pointName(points, point, card.dataset.kind).toLowerCase().includes(text)) found.push(point);
    }
    const [first] = found;
    this.session.change({ selection: found, ...(first === undefined ? {} : { current: first }) });
    this.spoken = `${countOf(found.length, 'image')} found.`;
    if (first !== undefined) this.map.bring(first);
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
