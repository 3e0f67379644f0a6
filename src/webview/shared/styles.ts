/** What all pages share in looks. Adopted as style sheets: the content policy allows no inline style. */
import { css } from 'lit';

/** For the document itself. VS Code's default styles are inline, so that our policy may keep them out. */
export const documentStyles = css`
  html {
    scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background);
  }
  body {
    margin: 0;
    padding: 0;
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    font-weight: var(--vscode-font-weight, normal);
    line-height: 1.45;
    overscroll-behavior-x: none;
    color-scheme: light;
  }
  /* What the browser itself draws: tracks, radio buttons, check boxes. */
  body.vscode-dark,
  body.vscode-high-contrast:not(.vscode-high-contrast-light) {
    color-scheme: dark;
  }
`;

/** For every component with text in it. */
export const baseStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  dl,
  dd,
  ul {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: 1.55em;
    font-weight: 500;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 1.08em;
    font-weight: 600;
    line-height: 1.3;
  }
  h3 {
    font-size: 1em;
    font-weight: 600;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .number {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .path {
    overflow-wrap: anywhere;
  }
  a,
  .link {
    color: var(--vscode-textLink-foreground);
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
  }
  button.link {
    border: 0;
    padding: 0;
    background: none;
    font: inherit;
    text-align: start;
    overflow-wrap: anywhere;
  }
  a:hover,
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 2px;
  }
  summary {
    cursor: pointer;
    width: fit-content;
    padding-block: 2px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* The browser's own track is white on dark pages, and filled from the left where zero is in the middle. */
  input[type='range'] {
    appearance: none;
    background: none;
    min-height: 24px;
    margin: 0;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 28%, transparent));
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 14px;
    height: 14px;
    margin-top: -5px;
    border-radius: 50%;
    background: var(--vscode-focusBorder);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  vscode-button {
    max-width: 100%;
  }
  /* The component knows one border for both kinds, which in some themes is the primary button's own colour. */
  vscode-button[secondary] {
    --vscode-button-border: var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
  }
`;

/** Tables of numbers: no stripes, hairlines in the theme's own colour. */
export const tableStyles = css`
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 3px 20px 3px 0;
    text-align: start;
    vertical-align: baseline;
    font-weight: normal;
  }
  th {
    color: var(--vscode-descriptionForeground);
  }
  thead th {
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-editorWidget-border));
    white-space: nowrap;
  }
  th.number,
  td.number {
    text-align: end;
  }
`;

/** A sentence of warning: sign and words, so that colour is not alone. */
export const noticeStyles = css`
  .warning {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 8px;
    align-items: start;
  }
  .warning vscode-icon {
    color: var(--vscode-editorWarning-foreground);
  }
`;

/** Boxes to type in and to choose from, as the settings editor has them, and the line that says what does not hold. */
export const fieldStyles = css`
  :where(input:not([type='range'], [type='radio'], [type='checkbox']), select) {
    width: 100%;
    min-width: 0;
    height: 26px;
    padding: 3px 6px;
    font: inherit;
    font-variant-numeric: tabular-nums;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid
      var(
        --vscode-settings-textInputBorder,
        var(--vscode-input-border, var(--vscode-contrastBorder, transparent))
      );
    border-radius: 2px;
  }
  select {
    color: var(--vscode-settings-dropdownForeground, var(--vscode-dropdown-foreground));
    background: var(--vscode-settings-dropdownBackground, var(--vscode-dropdown-background));
    border-color: var(
      --vscode-settings-dropdownBorder,
      var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent))
    );
  }
  :where(input:not([type='range'], [type='radio'], [type='checkbox']), select):focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  input[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  .error {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 6px;
  }
  .error vscode-icon {
    color: var(--vscode-errorForeground);
  }
`;

/** A page: one column, as wide as its content wants. */
export const pageStyles = css`
  :host {
    display: block;
  }
  .page {
    max-width: 1180px;
    margin: 0 auto;
    padding: 24px 28px 40px;
    display: grid;
    gap: 24px;
    grid-template-columns: minmax(0, 1fr);
  }
  .page:focus {
    outline: none;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    align-items: flex-start;
    justify-content: space-between;
  }
  .head > div:first-child {
    flex: 1 1 260px;
    min-width: 0;
  }
  section {
    display: grid;
    gap: 12px;
    grid-template-columns: minmax(0, 1fr);
  }
  @media (max-width: 480px) {
    .page {
      padding: 16px 16px 28px;
      gap: 20px;
    }
  }
`;

/** Puts {@link documentStyles} on the document, once per page. */
export function adoptDocumentStyles(): void {
  const sheet = documentStyles.styleSheet;
  if (sheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Pages that say how something ended: its sign beside its title. */
export const endedStyles = css`
  .title {
    display: flex;
    gap: 10px;
    align-items: center;
  }
  .finished vscode-icon {
    color: var(--vscode-charts-green);
  }
`;

/** Charts with their captions, two abreast where there is room. */
export const chartStyles = css`
  .two {
    display: grid;
    gap: 24px 48px;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
  }
  figure {
    display: grid;
    gap: 6px;
    grid-template-columns: minmax(0, 1fr);
  }
  figcaption {
    font-weight: 600;
  }
`;
