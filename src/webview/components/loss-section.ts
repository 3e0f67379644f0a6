/** How a model's losses went, by epoch. */
import { html, type TemplateResult } from 'lit';
import type { ModelCard } from '../../shared/model-card.ts';
import { historyTable } from './history-table.ts';
import './loss-chart.ts';

/** As a chart and as a table. Needs `tableStyles`. */
export const lossSection = ({ history, training, spec }: ModelCard): TemplateResult =>
  html`<section>
    <h2>Loss</h2>
    <ll-loss-chart
      .history=${history}
      .epochs=${training.epochs}
      ?variational=${spec.variant === 'variational'}
    ></ll-loss-chart>
    ${historyTable(history)}
  </section>`;
