/** What is said of a checked file outside the report. */
import * as vscode from 'vscode';
import { formatPercent, formatScore } from '../../shared/verdict.ts';
import type { CheckRecord } from './record.ts';

/** “Anomalous at a false-alarm rate of 1 %: score 0.0613, p = 0.05 % (model “digits”)”. */
export function recordWords(record: CheckRecord): string {
  const { anomalous, falsePositiveRate, score, pValue, modelName } = record;
  const values = [
    formatPercent(falsePositiveRate),
    formatScore(score),
    formatPercent(pValue),
    modelName,
  ] as const;
  return anomalous
    ? vscode.l10n.t('Anomalous at a false-alarm rate of {0}: score {1}, p = {2} (model “{3}”)', ...values)
    : vscode.l10n.t(
        'Not anomalous at a false-alarm rate of {0}: score {1}, p = {2} (model “{3}”)',
        ...values,
      );
}
