/** The panel of what was chosen: the way across the map, the current image, the selection, outliers or near-duplicates. */
import { html, nothing } from 'lit';
import type { PointChecks } from './checks.ts';
import './comparison-panel.ts';
import { projectionOf } from './derive.ts';
import type { MapActions } from './map-actions.ts';
import type { MapPath } from './map-path.ts';
import { panelHead } from './panel-head.ts';
import './path-strip.ts';
import type { PointPictures } from './pictures.ts';
import './point-panel.ts';
import './selection-panel.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';

export interface ChosenParts {
  readonly session: MapSession;
  readonly model: MapModel;
  readonly pictures: PointPictures | null;
  /** Counts the pictures that have come. */
  readonly arrived: number;
  readonly checks: PointChecks;
  readonly actions: MapActions;
}

/** @returns `nothing` where nothing is chosen: then it takes no room */
export function chosenPanel(parts: ChosenParts): unknown {
  const { session, model, actions } = parts;
  const { path, comparison } = actions;
  const { selection, current: wanted } = session.look.value;
  const { count } = projectionOf(model, session.look.value).card;
  const current = wanted >= 0 && wanted < count ? wanted : -1;
  const sections = [
    path.store.value.places.length === 0 ? nothing : pathSection(path),
    current < 0 ? nothing : currentSection(parts, current, count),
    selection.length === 0 ? nothing : selectionSection(parts, selection),
    comparison.store.value.kind === 'none' ? nothing : comparisonSection(parts),
  ];
  if (sections.every((section) => section === nothing)) return nothing;
  return html`<aside class="panel" aria-label="Chosen images">${sections}</aside>`;
}

function pathSection(path: MapPath): unknown {
  const { places, strip } = path.store.value;
  return html`<section>
    ${panelHead('Interpolation', 'Close the interpolation', () => path.clear())}
    ${
      places.length === 1
        ? html`<p class="quiet">Alt+click, or Alt+Enter on an image, where the way shall end.</p>`
        : html`<ll-path-strip .pictures=${strip}></ll-path-strip>`
    }
  </section>`;
}

function currentSection(parts: ChosenParts, point: number, count: number): unknown {
  const { session, model } = parts;
  const { choice } = parts.actions;
  return html`<section>
    <ll-point-panel
      .session=${session}
      .model=${model}
      .pictures=${parts.pictures}
      .point=${point}
      .count=${count}
      .arrived=${parts.arrived}
      @panel-close=${() => session.change({ current: -1 })}
      @point-current=${(event: CustomEvent<number>) => choice.goTo(event.detail)}
      @point-open=${(event: CustomEvent<number>) => choice.open(event.detail)}
    ></ll-point-panel>
  </section>`;
}

function selectionSection(parts: ChosenParts, selection: readonly number[]): unknown {
  const { session } = parts;
  const { choice, files } = parts.actions;
  return html`<section>
    <ll-selection-panel
      .model=${parts.model}
      .checks=${parts.checks}
      .selection=${selection}
      .pictures=${parts.pictures}
      .current=${session.look.value.current}
      .arrived=${parts.arrived}
      @selection-change=${(event: CustomEvent<readonly number[]>) => choice.select(event.detail)}
      @copy-paths=${() => files.copyPaths(selection)}
      @save-csv=${() => void files.saveCsv('selection', selection)}
      @point-current=${(event: CustomEvent<number>) => choice.goTo(event.detail)}
      @point-open=${(event: CustomEvent<number>) => choice.open(event.detail)}
    ></ll-selection-panel>
  </section>`;
}

function comparisonSection(parts: ChosenParts): unknown {
  const { session } = parts;
  const { choice, comparison } = parts.actions;
  return html`<section>
    <ll-comparison-panel
      .model=${parts.model}
      .comparison=${comparison.store.value}
      .pictures=${parts.pictures}
      .current=${session.look.value.current}
      .arrived=${parts.arrived}
      @panel-close=${() => comparison.close()}
      @selection-change=${(event: CustomEvent<readonly number[]>) => choice.select(event.detail)}
      @point-current=${(event: CustomEvent<number>) => choice.goTo(event.detail)}
      @point-open=${(event: CustomEvent<number>) => choice.open(event.detail)}
    ></ll-comparison-panel>
  </section>`;
}
