/** What is remembered of a check, and the file that it is kept in between windows. Pure. */
import * as v from 'valibot';

/** The verdict on one file as it was then. */
export interface CheckRecord {
  readonly uri: string;
  /** Bytes, and milliseconds since the epoch: where either differs, the file is another one. */
  readonly size: number;
  readonly mtime: number;
  /** The model's name, and its key: its file as it was then. */
  readonly modelName: string;
  readonly modelKey: string;
  readonly score: number;
  readonly pValue: number;
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly anomalous: boolean;
}

const version = 1;
const finite = v.pipe(v.number(), v.finite());

/** One row a record, and models by their place in a list: 10,000 records are about 1 MB. */
const rowSchema = v.tuple([
  v.string(),
  finite,
  finite,
  v.pipe(v.number(), v.integer(), v.minValue(0)),
  finite,
  finite,
  finite,
  finite,
  v.boolean(),
]);
type Row = v.InferOutput<typeof rowSchema>;

const fileSchema = v.object({
  version: v.literal(version),
  models: v.array(v.object({ name: v.string(), key: v.string() })),
  records: v.array(v.unknown()),
});

export function encodeRecords(records: Iterable<CheckRecord>): Uint8Array {
  const models: { name: string; key: string }[] = [];
  const places = new Map<string, number>();
  const rows: Row[] = [];
  for (const record of records) {
    const { modelKey: key, modelName: name } = record;
    const place = places.get(key) ?? models.push({ name, key }) - 1;
    places.set(key, place);
    const { uri, size, mtime, score, pValue, threshold, falsePositiveRate, anomalous } = record;
    rows.push([uri, size, mtime, place, score, pValue, threshold, falsePositiveRate, anomalous]);
  }
  return new TextEncoder().encode(JSON.stringify({ version, models, records: rows }));
}

/** What of it holds; a file that was cut short, or written by another version, holds nothing. */
export function decodeRecords(bytes: Uint8Array): readonly CheckRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
  const file = v.safeParse(fileSchema, value);
  if (!file.success) return [];
  const { models, records } = file.output;
  return records.flatMap((each) => {
    const row = v.safeParse(rowSchema, each);
    const model = row.success ? models[row.output[3]] : undefined;
    if (!row.success || !model) return [];
    const [uri, size, mtime, , score, pValue, threshold, falsePositiveRate, anomalous] = row.output;
    const { name: modelName, key: modelKey } = model;
    return [
      { uri, size, mtime, modelName, modelKey, score, pValue, threshold, falsePositiveRate, anomalous },
    ];
  });
}
