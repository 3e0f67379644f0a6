/** The last batch as a file, so that its table comes back after a reload. Pure. */
import * as v from 'valibot';
import type { Batch, BatchRow, BatchTerms } from '../../shared/batch.ts';
import { skippedFileSchema } from '../../shared/dataset.ts';
import { errorCodes } from '../../shared/errors.ts';

/** A batch with the places of its images and what came of them. */
export interface KeptBatch {
  readonly batch: Batch;
  /** By place in the batch. */
  readonly uris: readonly string[];
  readonly rows: readonly BatchRow[];
  readonly terms: BatchTerms | null;
}

const version = 1;
const finite = v.pipe(v.number(), v.finite());
const place = v.pipe(v.number(), v.integer(), v.minValue(0));

const rowSchema = v.union([
  v.object({
    index: place,
    score: finite,
    pValue: finite,
    anomalous: v.boolean(),
    channels: v.array(v.object({ name: v.string(), z: finite })),
  }),
  v.object({
    index: place,
    error: v.object({ code: v.picklist(errorCodes), message: v.string() }),
  }),
]);

const fileSchema = v.object({
  version: v.literal(version),
  batch: v.object({
    id: v.string(),
    title: v.string(),
    names: v.array(v.string()),
    model: v.string(),
    modelKey: v.string(),
    modelName: v.string(),
    falseAlarmRate: finite,
    skipped: v.array(skippedFileSchema),
    skippedCount: place,
    cut: v.nullable(v.object({ found: place, limit: place })),
  }),
  uris: v.array(v.string()),
  rows: v.array(rowSchema),
  terms: v.nullable(v.object({ threshold: finite, falsePositiveRate: finite, calibrationImages: place })),
});

export const encodeBatch = (kept: KeptBatch): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version, ...kept }));

/** Undefined where the file does not hold in every part. */
export function decodeBatch(bytes: Uint8Array): KeptBatch | undefined {
  try {
    const { batch, uris, rows, terms } = v.parse(fileSchema, JSON.parse(new TextDecoder().decode(bytes)));
    const count = batch.names.length;
    if (uris.length !== count || rows.some(({ index }) => index >= count)) return undefined;
    return { batch, uris, rows, terms };
  } catch {
    return undefined;
  }
}
