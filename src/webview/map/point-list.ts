/** `ll-point-list`: points as a list with pictures; only the rows in sight exist. */
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/elements.ts';
import '../components/image.ts';
import { RowWindow } from '../components/row-window.ts';
import { formatScore } from '../../shared/verdict.ts';
import { rowOfKey } from '../shared/row-keys.ts';
import { baseStyles } from '../shared/styles.ts';
import type { PointCheck } from './checks.ts';
import type { PointPictures } from './pictures.ts';
import type { MapModel } from './state.ts';
import { pointWords, type PointWords } from './words.ts';

const rowHeight = 38;

export interface ListedPoint {
  readonly point: number;
  /** Shown instead of the score, such as a distance. */
  readonly value?: number;
}

/** Fires `point-current` for the row that the keyboard or the pointer is at, `point-open` to open it. */
@customElement('ll-point-list')
export class LensPointList extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-height: 0;
      }
      .scroll {
        max-height: inherit;
        height: 100%;
        overflow-y: auto;
        position: relative;
        border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      }
      .all {
        position: relative;
      }
      .row {
        position: absolute;
        inset-inline: 0;
        height: ${rowHeight}px;
        display: grid;
        grid-template-columns: 30px minmax(0, 1fr) auto;
        gap: 8px;
        align-items: center;
        padding: 0 8px;
        cursor: pointer;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .row.active {
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .scroll:focus-visible .row.active {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .small {
        font-size: 0.92em;
        opacity: 0.9;
      }
      .verdict {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .verdict vscode-icon {
        flex: none;
      }
      .blank {
        width: 30px;
        height: 30px;
        background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
      }
    `,
  ];

  @property({ attribute: false }) model!: MapModel;
  @property({ attribute: false }) pictures: PointPictures | null = null;
  @property({ attribute: false }) points: readonly ListedPoint[] = [];
  /** Verdicts of a check that was asked for: shown instead of the stored ones. */
  @property({ attribute: false }) results: ReadonlyMap<number, PointCheck> = new Map();
  @property({ type: Number }) current = -1;
  /** Counts the pictures that arrived, so that the rows show them. */
  @property({ type: Number }) arrived = 0;
  @property() label = '';

  readonly #window = new RowWindow(this, rowHeight, 12, 4);

  protected override render(): unknown {
    const { from, to } = this.#window;
    const rows = this.points.slice(from, to);
    const active = this.points.findIndex(({ point }) => point === this.current);
    const visible = active >= from && active < from + rows.length;
    return html`<div
      class="scroll"
      role="listbox"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${visible ? `row-${active}` : nothing}
      @scroll=${this.#window.measure}
      @keydown=${this.#key}
    >
      <div class="all" role="presentation">
        ${rows.map((row, index) => this.#row(row, from + index, active))}
      </div>
    </div>`;
  }

  #row({ point, value }: ListedPoint, index: number, active: number): unknown {
    const words = pointWords(this.model, point);
    const picture = this.pictures?.picture(point);
    const result = this.results.get(point);
    const score = result !== undefined && 'score' in result ? formatScore(result.score) : words.score;
    return html`<div
      class="row ${index === active ? 'active' : ''}"
      id="row-${index}"
      data-index=${index}
      data-point=${point}
      role="option"
      aria-selected=${index === active}
      aria-setsize=${this.points.length}
      aria-posinset=${index + 1}
      title=${words.path}
      @click=${() => this.#go(index)}
      @dblclick=${() => this.#say('point-open', point)}
    >
      ${
        picture === undefined
          ? html`<div class="blank"></div>`
          : html`<ll-image aria-hidden="true" .picture=${picture}></ll-image>`
      }
      <div class="name">
        ${words.name}
        <div class="small name">${this.#about(words, result)}</div>
      </div>
      <span class="number">${value === undefined ? score : formatScore(value)}</span>
    </div>`;
  }

  /** Class and what is out of the ordinary; of a checked image its verdict, with a sign. */
  #about({ className, anomalous }: PointWords, result: PointCheck | undefined): unknown {
    if (result === undefined) return [className, anomalous ? 'anomalous' : null].filter(Boolean).join(' · ');
    const [icon, text] =
      'failure' in result
        ? ['error', result.failure]
        : result.anomalous
          ? ['warning', 'anomalous']
          : ['check', 'not anomalous'];
    return html`<span class="verdict" title=${text}
      ><vscode-icon name=${icon} size="12"></vscode-icon>${text}</span
    >`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#window.place(this.points.length);
    // For whoever gives the list its height: no more than its rows need.
    this.style.setProperty('--rows-height', `${this.points.length * rowHeight + 2}px`);
    if (changed.has('points')) {
      this.#window.toTop();
      this.#window.measure();
    }
    const { from, to } = this.#window;
    const inSight = this.points.slice(from, to).map(({ point }) => point);
    this.pictures?.want(
      'list',
      inSight.filter((point) => this.pictures?.of(point) === undefined),
    );
  }

  readonly #key = (event: KeyboardEvent): void => {
    const active = this.points.findIndex(({ point }) => point === this.current);
    const next = rowOfKey(event.key, active, this.points.length, this.#window.page);
    if (next !== undefined) {
      event.preventDefault();
      this.#go(next);
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault();
      this.#say('point-open', this.current);
    }
  };

  #go(index: number): void {
    const at = this.points[index];
    if (at === undefined) return;
    this.#window.reveal(index);
    this.#say('point-current', at.point);
  }

  #say(name: 'point-current' | 'point-open', point: number): void {
    this.dispatchEvent(new CustomEvent(name, { detail: point }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-point-list': LensPointList;
  }
}
