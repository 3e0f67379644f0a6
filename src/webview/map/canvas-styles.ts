/** The looks of the map's canvas and of what lies over it. */
import { css } from 'lit';

export const canvasStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    min-height: 0;
    touch-action: none;
  }
  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    cursor: default;
    image-rendering: pixelated;
  }
  canvas:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  :host([tool='lasso']) canvas,
  :host([tool='box']) canvas,
  :host([tool='decode']) canvas {
    cursor: crosshair;
  }
  canvas.dragging {
    cursor: grabbing;
  }
  svg {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    pointer-events: none;
    fill: none;
    stroke-width: 1.5;
  }
  .drawn {
    stroke: var(--vscode-focusBorder);
    fill: color-mix(in srgb, var(--vscode-focusBorder) 12%, transparent);
  }
  .halo {
    stroke: var(--vscode-editor-background);
    stroke-width: 5;
  }
  .ring {
    stroke: var(--vscode-foreground);
    stroke-width: 2;
  }
  .hover {
    stroke: var(--vscode-focusBorder);
    stroke-width: 2;
  }
  .mark {
    stroke: var(--vscode-charts-green);
    stroke-width: 2.5;
  }
  .mark.anomalous {
    stroke: var(--vscode-charts-red);
  }
  .path {
    stroke: var(--vscode-foreground);
    stroke-dasharray: 5 4;
  }
  .end {
    fill: var(--vscode-foreground);
    stroke: none;
  }
`;
