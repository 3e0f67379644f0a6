/** The table as files for other programs. Pure. */
import { isFailed, tallyRows, type Batch, type BatchRow, type BatchTerms } from '../../shared/batch.ts';
import { csvText } from '../shared/export/csv.ts';

export interface ExportedTable {
  readonly batch: Batch;
  /** In the order in which they are written. */
  readonly rows: readonly BatchRow[];
  readonly terms: BatchTerms | null;
  /** Names of the channels, each a column. */
  readonly channels: readonly string[];
}

const verdictOf = (row: BatchRow): string =>
  isFailed(row) ? 'not checked' : row.anomalous ? 'anomalous' : 'not anomalous';

const zOf = (row: BatchRow, channel: string): number =>
  isFailed(row) ? Number.NaN : (row.channels.find(({ name }) => name === channel)?.z ?? Number.NaN);

/** One line an image; numbers in full precision, empty where an image could not be checked. */
export function tableCsv({ batch, rows, terms, channels }: ExportedTable): string {
  const header = [
    ...['file', 'verdict', 'score', 'p', 'threshold', 'false_alarm_rate'],
    ...channels.map((channel) => `z_${channel}`),
    'error',
  ];
  const lines = rows.map((row) => [
    batch.names[row.index] ?? '',
    verdictOf(row),
    ...(isFailed(row) ? [Number.NaN, Number.NaN] : [row.score, row.pValue]),
    terms?.threshold ?? Number.NaN,
    terms?.falsePositiveRate ?? Number.NaN,
    ...channels.map((channel) => zOf(row, channel)),
    isFailed(row) ? row.error.message : '',
  ]);
  return csvText([header, ...lines]);
}

/** The same with what the numbers rest on. */
export function tableJson({ batch, rows, terms, channels }: ExportedTable): string {
  const { images, ...counts } = tallyRows(batch.names.length, rows);
  const value = {
    checked: batch.title,
    model: { name: batch.modelName, file: batch.model },
    requestedFalseAlarmRate: batch.falseAlarmRate,
    falseAlarmRate: terms?.falsePositiveRate ?? null,
    threshold: terms?.threshold ?? null,
    calibrationImages: terms?.calibrationImages ?? null,
    listed: { images: rows.length, of: images, ...counts },
    images: rows.map((row) => ({
      file: batch.names[row.index] ?? '',
      verdict: verdictOf(row),
      ...(isFailed(row)
        ? { error: row.error }
        : {
            score: row.score,
            p: row.pValue,
            ...(channels.length > 0
              ? { z: Object.fromEntries(row.channels.map(({ name, z }) => [name, z])) }
              : {}),
          }),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
