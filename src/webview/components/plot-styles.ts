/** How charts drawn by uPlot look. */
import { css } from 'lit';

/** Of uPlot's own style sheet, what a chart without legend and selection needs. */
export const uPlotStyles = css`
  .uplot {
    width: min-content;
  }
  .u-wrap {
    position: relative;
    user-select: none;
  }
  .u-over,
  .u-under,
  .u-axis {
    position: absolute;
  }
  .u-under {
    overflow: hidden;
  }
  .uplot canvas {
    display: block;
    position: relative;
    width: 100%;
    height: 100%;
  }
  .u-cursor-x,
  .u-cursor-y,
  .u-cursor-pt {
    position: absolute;
    left: 0;
    top: 0;
    pointer-events: none;
  }
  .u-cursor-x {
    height: 100%;
    border-right: 1px dashed var(--vscode-descriptionForeground);
  }
  .u-cursor-pt {
    border-radius: 50%;
  }
  .u-off {
    display: none;
  }
`;

/** A theme colour at a third of its strength; canvases understand `color-mix`. */
export const faint = (color: string): string => `color-mix(in srgb, ${color} 35%, transparent)`;
