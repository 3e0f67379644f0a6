/** Checks what is left of a batch: pulls packs, a few images under way at once, rows as they come. No drawing. */
import type { BatchRow, BatchTerms } from '../../shared/batch.ts';
import { LensError, toWireError, type ErrorCode } from '../../shared/errors.ts';
import type { JudgedImage } from '../../shared/protocol/forward.ts';
import type { BatchEnd } from '../../shared/protocol/report.ts';
import { packStart, type Pack, type PackCursor } from '../../shared/transport.ts';
import { BatchFiles } from './batch-files.ts';

/** Images that are judged at once, and the bytes of their files; one larger file goes alone. */
const atOnce = 6;
const bytesAtOnce = 64 * 1024 ** 2;

/** Errors that the next image would meet, too. */
const fatal: ReadonlySet<ErrorCode> = new Set([
  'engine-unavailable',
  'invalid-model-file',
  'model-not-calibrated',
  'disconnected',
]);
/** A worker that dies takes all images under way with it. One of them may be the reason, so others get their chance. */
const mostDeaths = 3;

export interface BatchWork {
  /** Number of images left. */
  readonly left: number;
  /** Aborted to stop: images under way are still finished. */
  readonly signal: AbortSignal;
  readonly nameOf: (index: number) => string;
  pull(cursor: PackCursor): Promise<Pack>;
  judge(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<JudgedImage>;
  /** @param judged null where the image could not be checked */
  onRow(row: BatchRow, terms: BatchTerms | null, judged: JudgedImage | null): void;
}

/** Never rejects: whatever ends it early is the end's error. */
export async function runBatch(work: BatchWork): Promise<BatchEnd> {
  const { signal, onRow } = work;
  const files = new BatchFiles();
  const underWay = new Set<Promise<void>>();
  let bytesUnderWay = 0;
  let deaths = 0;
  let lastDeath: unknown;
  let failure: LensError | undefined;
  const over = (): boolean => signal.aborted || failure !== undefined;

  const fail = (index: number, error: unknown): void => {
    const { code, message } = toWireError(error);
    onRow({ index, error: { code, message } }, null, null);
  };
  const judge = async (index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    try {
      const judged = await work.judge(work.nameOf(index), bytes);
      deaths = 0;
      const { score, pValue, anomalous, threshold, falsePositiveRate, calibrationImages } = judged.verdict;
      const terms = { threshold, falsePositiveRate, calibrationImages };
      const channels = judged.readings
        .filter(({ inSum }) => inSum)
        .map(({ name: channel, z }) => ({ name: channel, z }));
      onRow({ index, score, pValue, anomalous, channels }, terms, judged);
    } catch (error) {
      const { code, message, detail } = toWireError(error);
      // Those that die together are told by the same error.
      if (code === 'engine-failed' && error !== lastDeath) {
        lastDeath = error;
        deaths++;
      }
      if (fatal.has(code) || deaths >= mostDeaths) failure ??= new LensError(code, message, detail);
      else fail(index, error);
    }
  };
  const start = async (index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const { length } = bytes;
    while (underWay.size >= atOnce || (underWay.size > 0 && bytesUnderWay + length > bytesAtOnce)) {
      await Promise.race(underWay);
    }
    if (over()) return;
    bytesUnderWay += length;
    const one: Promise<void> = judge(index, bytes).finally(() => {
      underWay.delete(one);
      bytesUnderWay -= length;
    });
    underWay.add(one);
  };

  try {
    let next: Promise<Pack> | undefined = work.left > 0 ? work.pull(packStart) : undefined;
    while (next && !over()) {
      const pack: Pack = await next;
      // One pack is pulled ahead.
      next = pack.next === null || over() ? undefined : work.pull(pack.next);
      next?.catch(() => undefined);
      for (const file of files.take(pack)) {
        if (over()) break;
        if ('error' in file) fail(file.index, file.error);
        else await start(file.index, file.bytes);
      }
    }
  } catch (error) {
    const { code, message, detail } = toWireError(error);
    failure ??= new LensError(code, message, detail);
  }
  await Promise.all(underWay);
  if (failure) return { state: 'failed', error: toWireError(failure) };
  return { state: signal.aborted ? 'stopped' : 'finished', error: null };
}
