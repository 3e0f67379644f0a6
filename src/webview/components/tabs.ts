/** Parts of a page of which one is shown at a time (ARIA's tabs, chosen as the arrow keys reach them). */
import { css, html, nothing, type TemplateResult } from 'lit';
import { tabRowStyles } from './tab-row.ts';

export const tabStyles = [
  tabRowStyles,
  css`
    .tab-row [aria-selected='true'] {
      font-weight: 600;
    }
    [role='tabpanel'] {
      display: grid;
      gap: 24px;
      grid-template-columns: minmax(0, 1fr);
    }
  `,
];

export interface Tabs<Id extends string> {
  /** What the tabs are parts of. */
  readonly label: string;
  readonly titles: Readonly<Record<Id, string>>;
  readonly order: readonly Id[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
  /** The chosen part. */
  readonly content: unknown;
}

export const tabId = (id: string): string => `tab-${id}`;

/** The tab that a key leads to from another; undefined for another key. */
export function tabOfKey<Id extends string>(key: string, order: readonly Id[], from: Id): Id | undefined {
  const at = order.indexOf(from);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % order.length,
    ArrowLeft: (at + order.length - 1) % order.length,
    Home: 0,
    End: order.length - 1,
  };
  return order[steps[key] ?? -1];
}

/** Its host has {@link tabStyles}, and calls `keepChosenInSight`. */
export function tabs<Id extends string>({ label, titles, order, chosen, ...rest }: Tabs<Id>): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const to = tabOfKey(event.key, order, chosen);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#${tabId(to)}`)?.focus();
    rest.onChoose(to);
  };
  return html`<div class="tab-row" role="tablist" aria-label=${label} @keydown=${onKey}>
      ${order.map((id) => {
        const selected = id === chosen;
        return html`<button
          type="button"
          role="tab"
          id=${tabId(id)}
          aria-selected=${selected}
          aria-controls=${selected ? 'tab-panel' : nothing}
          tabindex=${selected ? 0 : -1}
          @click=${() => rest.onChoose(id)}
        >
          ${titles[id]}
        </button>`;
      })}
    </div>
    <div role="tabpanel" id="tab-panel" aria-labelledby=${tabId(chosen)}>${rest.content}</div>`;
}
