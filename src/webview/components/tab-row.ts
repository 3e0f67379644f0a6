/** One line of tabs that scrolls where room is short, as the editor's own tabs do. */
import { css, type ReactiveControllerHost } from 'lit';
import { followSize } from '../shared/follow-size.ts';

/** For a `.tab-row` with buttons in it, the chosen one with `aria-selected` or `aria-current`. */
export const tabRowStyles = css`
  .tab-row {
    list-style: none;
    display: flex;
    overflow-x: auto;
    scrollbar-width: none;
    /* Inside, since what scrolls cuts off what hangs out of it. */
    box-shadow: inset 0 -1px var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .tab-row button {
    flex: none;
    font: inherit;
    white-space: nowrap;
    color: var(--vscode-descriptionForeground);
    background: none;
    border: 0;
    border-bottom: 2px solid transparent;
    padding: 6px 10px;
    cursor: pointer;
  }
  .tab-row button:hover {
    color: var(--vscode-foreground);
  }
  .tab-row button:focus-visible {
    outline-offset: -2px;
  }
  .tab-row :is([aria-selected='true'], [aria-current='page']) {
    color: var(--vscode-foreground);
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
  }
`;

/** Room beside the chosen tab, in CSS pixels, in which a neighbour shows that there is more. */
const peek = 28;

/** Keeps the chosen tab of the host's `.tab-row` in sight: when another is chosen, and when there is less room. */
export function keepChosenInSight(host: ReactiveControllerHost & Element): void {
  let shown: Element | null = null;
  const find = (selector: string): Element | null => host.shadowRoot?.querySelector(selector) ?? null;
  const reveal = (): void => {
    const row = find('.tab-row');
    if (row === null || shown === null) return;
    const room = row.getBoundingClientRect();
    const { left, right } = shown.getBoundingClientRect();
    // By the row's own scrolling: the page stays where it is.
    if (left - peek < room.left) row.scrollLeft += left - peek - room.left;
    else if (right + peek > room.right) row.scrollLeft += right + peek - room.right;
  };
  host.addController({
    hostUpdated: () => {
      const chosen = find('.tab-row :is([aria-selected="true"], [aria-current="page"])');
      if (chosen === shown) return;
      shown = chosen;
      reveal();
    },
  });
  followSize(host, reveal);
}
