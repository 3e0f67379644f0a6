/** The two series of a training, in the same colours wherever they are drawn. */
import { css, type CSSResult } from 'lit';
import { themeColor } from './theme.ts';

export const trainingColor: CSSResult = css`var(--vscode-charts-blue)`;

/**
 * Orange: the themes' yellow is olive in some light ones. Several themes give it as a translucent highlight, of which
 * only the hue is taken; high contrast has none and a clear yellow instead.
 */
export const validationColor: CSSResult = css`rgb(
  from var(--vscode-charts-orange, var(--vscode-charts-yellow)) r g b / 1
)`;

/** The same as canvases want them: without variables. */
export const seriesColors = (): { readonly training: string; readonly validation: string } => ({
  training: themeColor('--vscode-charts-blue', '--vscode-foreground'),
  validation: `rgb(from ${themeColor('--vscode-charts-orange', '--vscode-charts-yellow')} r g b / 1)`,
});
