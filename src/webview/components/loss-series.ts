/** The numbers behind the loss chart; no drawing. */
import type { EpochRecord } from '../../shared/model-card.ts';

/** Losses of single batches, thinned: at most {@link pointsPerEpoch} means per epoch. */
export interface BatchTrace {
  /** Epochs passed, with fractions: 2.5 is the middle of the third epoch. */
  readonly at: readonly number[];
  readonly loss: readonly number[];
}

export const pointsPerEpoch = 60;

/**
 * Means over equal runs of batches.
 * @param losses of the first batches of an epoch, in order
 * @param epoch number of complete epochs before it
 * @param stepsPerEpoch batches in a whole epoch
 */
export function traceEpoch(losses: ArrayLike<number>, epoch: number, stepsPerEpoch: number): BatchTrace {
  const at: number[] = [];
  const loss: number[] = [];
  const run = Math.max(1, Math.ceil(stepsPerEpoch / pointsPerEpoch));
  for (let start = 0; start + run <= losses.length || (start === 0 && losses.length > 0); start += run) {
    const end = Math.min(start + run, losses.length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += losses[i] ?? 0;
    const mean = sum / (end - start);
    if (!Number.isFinite(mean)) continue;
    at.push(epoch + end / stepsPerEpoch);
    loss.push(mean);
  }
  return { at, loss };
}

/** Replaces what the trace knows of one epoch and later. */
export function extendTrace(trace: BatchTrace, newest: BatchTrace, epoch: number): BatchTrace {
  const first = trace.at.findIndex((at) => at > epoch);
  const keep = first === -1 ? trace.at.length : first;
  return {
    at: [...trace.at.slice(0, keep), ...newest.at],
    loss: [...trace.loss.slice(0, keep), ...newest.loss],
  };
}

export const emptyTrace: BatchTrace = { at: [], loss: [] };

/** Columns for the chart: positions, then one column each for batches, training and validation; null where none. */
export type LossColumns = readonly [
  at: readonly number[],
  batches: readonly (number | null)[],
  train: readonly (number | null)[],
  validation: readonly (number | null)[],
];

/** Joins epochs and batches on one ascending axis. */
export function lossColumns(history: readonly EpochRecord[], trace: BatchTrace): LossColumns {
  type Row = { at: number; batch: number | null; train: number | null; validation: number | null };
  const rows = new Map<number, Row>();
  const row = (at: number): Row => {
    const found = rows.get(at) ?? { at, batch: null, train: null, validation: null };
    rows.set(at, found);
    return found;
  };
  trace.at.forEach((at, index) => {
    row(at).batch = trace.loss[index] ?? null;
  });
  for (const { epoch, train, validation } of history) {
    row(epoch).train = train;
    row(epoch).validation = validation;
  }
  const sorted = [...rows.values()].sort((a, b) => a.at - b.at);
  return [
    sorted.map(({ at }) => at),
    sorted.map(({ batch }) => batch),
    sorted.map(({ train }) => train),
    sorted.map(({ validation }) => validation),
  ];
}

/** Whether a logarithmic axis can show these. */
export const hasPositive = ([, ...columns]: LossColumns): boolean =>
  columns.some((column) => column.some((value) => value !== null && value > 0));

/**
 * The axis of losses: from zero where it is linear; the data's own decades where it is logarithmic. Once two epochs
 * are complete a linear axis holds these, and the first batches, which are many times higher, may leave it.
 */
export function lossRange(
  [, batches, train, validation]: LossColumns,
  logarithmic: boolean,
): [low: number, high: number] {
  const epochs = train.filter((value) => value !== null).length;
  const columns = !logarithmic && epochs >= 2 ? [train, validation] : [batches, train, validation];
  const values = columns
    .flat()
    .filter((value): value is number => value !== null && (!logarithmic || value > 0));
  if (values.length === 0) return logarithmic ? [0.001, 1] : [0, 1];
  // Array spread would overflow the stack for long runs.
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (logarithmic) return [low * 0.85, high * 1.15];
  return [0, high === 0 ? 1 : high * 1.05];
}
