/** `ll-map-explorer`: one model's map with its tools, what lies under the pointer, and what was chosen. */
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { followSize } from '../shared/follow-size.ts';
import { StoreController } from '../shared/store.ts';
import { baseStyles } from '../shared/styles.ts';
import { ThemeController, isDark } from '../shared/theme.ts';
import './canvas.ts';
import type { LensMapCanvas } from './canvas.ts';
import { checksOf, type PointChecks } from './checks.ts';
import { chosenPanel } from './chosen-panel.ts';
import { deriver, projectionOf } from './derive.ts';
import type { Drawing } from './drawing.ts';
import { explorerStyles } from './explorer-styles.ts';
import './legend.ts';
import { MapActions } from './map-actions.ts';
import './map-status.ts';
import { panelStyles } from './panel-styles.ts';
import { PointPictures } from './pictures.ts';
import { toScreen } from './plane.ts';
import './place-card.ts';
import './point-table.ts';
import './projection-button.ts';
import './projection-form.ts';
import './projection-running.ts';
import type { MapSession } from './session.ts';
import type { Look, MapModel } from './state.ts';
import type { MapEvents } from './surface.ts';
import './toolbar.ts';
import type { MapCommand } from './toolbar.ts';
import { projectionWords } from './words.ts';

/** With less than this in CSS pixels the map keeps its room: tools, legend and status give way. */
const roomy = { width: 640, height: 420 };

@customElement('ll-map-explorer')
export class LensMapExplorer extends LitElement {
  static override styles = [baseStyles, panelStyles, explorerStyles];

  @property({ attribute: false }) session!: MapSession;
  @property({ attribute: false }) model!: MapModel;

  @state() private arrived = 0;
  @state() private spoken = '';
  @state() private width = 0;
  @state() private height = 0;

  @query('ll-map-canvas') private map!: LensMapCanvas;

  readonly #derive = deriver();
  #drawing!: Drawing;
  #actions!: MapActions;
  #checks!: PointChecks;
  #pictures: PointPictures | null = null;
  #picturesOf: Uint8Array | undefined;

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
    this.#actions.comparison.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#actions ??= this.#begin(this.session);
    if (changed.has('model') && this.#picturesOf !== this.model.bytes) this.#take(this.model);
    this.#drawing = this.#derive(this.model, this.#look, isDark());
  }

  #begin(session: MapSession): MapActions {
    const actions = new MapActions(
      { session, model: () => this.model, say: (text) => (this.spoken = text) },
      () => this.map,
    );
    for (const { store } of [actions.path, actions.probe, actions.tools, actions.comparison])
      new StoreController<unknown>(this, store);
    for (const store of [session.look, session.mark, session.large])
      new StoreController<unknown>(this, store);
    return actions;
  }

  /** Another file: nothing of the one before is left. */
  #take(model: MapModel): void {
    const { session } = this;
    this.#picturesOf = model.bytes;
    this.#pictures = new PointPictures(
      model,
      session.forward,
      () => {
        this.arrived++;
        this.map.repaint();
      },
      (error) => session.report(error, 'pictures'),
    );
    this.#checks?.stop();
    this.#checks = checksOf(session, model);
    this.#actions.end();
  }

  protected override render(): unknown {
    const { session, model } = this;
    const look = this.#look;
    const words = projectionWords(projectionOf(model, look), model.points.total);
    const panel = this.#renderPanel();
    const compact = this.width < roomy.width;
    const folded = compact || this.height < roomy.height;
    return html`
      <div>
        <ll-map-toolbar
          .model=${model}
          .look=${look}
          .tool=${this.#actions.tools.store.value.tool}
          .width=${this.width}
          .large=${session.large.value}
          ?compact=${compact}
          about=${compact ? [words.count, words.measures, words.warning].filter(Boolean).join('. ') : ''}
          @map-command=${(event: CustomEvent<MapCommand>) => this.#actions.command(event.detail)}
          ><ll-projection-button slot="projection" .session=${session}></ll-projection-button
        ></ll-map-toolbar>
        <ll-projection-running .session=${session}></ll-projection-running>
        <ll-projection-form .session=${session} .model=${model}></ll-projection-form>
      </div>
      <main class="body ${panel === nothing ? '' : 'with-panel'}">
        <div class="stage">
          ${this.#renderCanvas(look, words.count)}
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

  #renderCanvas(look: Look, count: string): unknown {
    const { session, model } = this;
    const { choice, tools, probe, path } = this.#actions;
    return html`<ll-map-canvas
      ?hidden=${look.table}
      .drawing=${this.#drawing}
      .view=${look.view}
      .pictures=${look.pictures ? this.#pictures : null}
      .dotSize=${look.dotSize}
      .tool=${tools.store.value.tool}
      .current=${look.current < projectionOf(model, look).card.count ? look.current : -1}
      .mark=${session.mark.value}
      .probe=${probe.store.value.place?.world ?? null}
      .path=${path.store.value.ends}
      label=${`Map of ${model.shown.name}: ${count}. Enter goes to an image, arrows to its neighbours, Space selects it; plus and minus zoom; Alt+Enter on two images shows the way between them.`}
      @view-change=${(event: CustomEvent<MapEvents['view-change']>) => tools.viewed(event.detail)}
      @place-hover=${(event: CustomEvent<MapEvents['place-hover']>) => tools.hover(event.detail)}
      @place-click=${(event: CustomEvent<MapEvents['place-click']>) => tools.click(event.detail)}
      @points-select=${({ detail: { points, add } }: CustomEvent<MapEvents['points-select']>) =>
        add ? choice.add(points) : choice.select(points)}
      @point-current=${this.#goTo}
      @point-open=${this.#open}
      @point-toggle=${(event: CustomEvent<number>) => choice.toggle(event.detail)}
      @map-escape=${() => tools.escape()}
    ></ll-map-canvas>`;
  }

  #renderTable(look: Look): unknown {
    return html`<ll-point-table
      .model=${this.model}
      .pictures=${this.#pictures}
      .hiddenPoints=${this.#drawing.hidden}
      .selected=${this.#drawing.selected}
      .current=${look.current}
      .arrived=${this.arrived}
      @points-select=${(event: CustomEvent<readonly number[]>) => this.#actions.choice.select(event.detail)}
      @point-current=${this.#goTo}
      @point-open=${this.#open}
      @map-escape=${() => this.#actions.tools.escape()}
    ></ll-point-table>`;
  }

  #renderCard(): unknown {
    const { place, picture } = this.#actions.probe.store.value;
    const { hovered, tool } = this.#actions.tools.store.value;
    const point = hovered?.point ?? -1;
    if (place === null && (point < 0 || tool !== 'move')) return nothing;
    const { size, shownView } = this.map;
    const at = place === null ? hovered?.screen : toScreen(shownView, size, place.world.x, place.world.y);
    return html`<ll-place-card
      .session=${this.session}
      .model=${this.model}
      .point=${point}
      ?decoded=${place !== null}
      .picture=${picture}
      .at=${at}
      .room=${size}
    ></ll-place-card>`;
  }

  #renderPanel(): unknown {
    return chosenPanel({
      session: this.session,
      model: this.model,
      pictures: this.#pictures,
      arrived: this.arrived,
      checks: this.#checks,
      actions: this.#actions,
    });
  }

  get #look(): Look {
    return this.session.look.value;
  }

  readonly #goTo = (event: CustomEvent<number>): void => this.#actions.choice.goTo(event.detail);

  readonly #open = (event: CustomEvent<number>): void => this.#actions.choice.open(event.detail);
}

declare global {
  interface HTMLElementTagNameMap {
    'll-map-explorer': LensMapExplorer;
  }
}
