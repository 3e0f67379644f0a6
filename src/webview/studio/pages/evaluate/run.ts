/** Judges labelled images one after the other, as a check of many images does, and measures their scores. No drawing. */
import { isFailed, type BatchTerms } from '../../../../shared/batch.ts';
import { LensError, fromWireError } from '../../../../shared/errors.ts';
import { syntheticKinds } from '../../../../shared/protocol/evaluate.ts';
import type { ForwardApi, JudgedImage } from '../../../../shared/protocol/forward.ts';
import { packStart, type Pack, type PackRequest } from '../../../../shared/transport.ts';
import { BatchFiles } from '../../../report/batch-files.ts';
import { runBatch } from '../../../report/batch-run.ts';
import type { RunningWorker } from '../../../shared/workers.ts';
import {
  measureRequest,
  sortedScores,
  Worst,
  type EvaluationResult,
  type ScoredImage,
  type UnreadImage,
} from './result.ts';
import type { ChosenFolder, LabelledImage, LabelledImages } from './sets.ts';

/** Of the bootstrap and of synthetic defects: two runs over the same images say the same. */
const seed = 0;
const worstShown = 12;

export interface EvaluationWork {
  readonly title: string;
  readonly chosen: readonly ChosenFolder[];
  readonly sets: LabelledImages;
  /** Draws defects into the good images, which are then all that is read. */
  readonly synthetic: boolean;
  readonly falseAlarmRate: number;
  /** Aborted to stop: what was judged so far is still measured. */
  readonly signal: AbortSignal;
  readonly pull: (request: PackRequest) => Promise<Pack>;
  /** Calls the worker with the model loaded. */
  readonly run: <T>(call: (worker: RunningWorker<ForwardApi>) => Promise<T>) => Promise<T>;
  readonly onProgress: (done: number, failed: number) => void;
  /** Takes the small picture of each image with a score. */
  readonly onPicture: (image: ScoredImage, thumbnail: JudgedImage['thumbnail']) => void;
}

/** Bytes of files of one folder, by their place in its list. Those that cannot be read are left out. */
async function readFiles(
  pull: EvaluationWork['pull'],
  source: string,
  only: readonly number[],
  signal?: AbortSignal,
): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const read = new Map<number, Uint8Array<ArrayBuffer>>();
  const files = new BatchFiles();
  let cursor = only.length > 0 ? packStart : null;
  while (cursor !== null && signal?.aborted !== true) {
    const pack: Pack = await pull({ source, cursor, only });
    for (const file of files.take(pack)) if ('bytes' in file) read.set(file.index, file.bytes);
    cursor = pack.next;
  }
  return read;
}

const readMasks = (
  { pull, signal }: EvaluationWork,
  source: string,
  images: readonly LabelledImage[],
): Promise<Map<number, Uint8Array>> =>
  readFiles(
    pull,
    source,
    images.flatMap(({ mask }) => (mask === null ? [] : [mask])),
    signal,
  );

/**
 * Reads and judges an image once more, for its picture alone.
 * @throws LensError `read-failed` where its file is no longer there, and what judging throws
 */
export async function readPicture(
  { chosen, synthetic, falseAlarmRate, pull, run }: EvaluationWork,
  { folder, index, path: name, kind }: ScoredImage,
): Promise<JudgedImage['thumbnail']> {
  const bytes = (await readFiles(pull, chosen[folder]?.folder.source ?? '', [index])).get(index);
  if (bytes === undefined) throw new LensError('read-failed', `“${name}” could not be read again.`);
  if (!synthetic || kind === null)
    return (await run((worker) => worker.call('judge', { name, bytes, falseAlarmRate }))).thumbnail;
  const params = { name, bytes, falseAlarmRate, seed };
  const { defects } = await run((worker) => worker.call('judgeSynthetic', params));
  const drawn = defects.find((defect) => defect.kind === kind);
  if (!drawn) throw new LensError('internal', `No ${kind} was drawn into “${name}”.`);
  return drawn.judged.thumbnail;
}

/** Judges an image, and takes down what else comes of it. */
type Judge = (image: LabelledImage, bytes: Uint8Array<ArrayBuffer>) => Promise<JudgedImage>;

/** As it is, with its heat map where there are masks. */
function plainJudge({ run, sets, falseAlarmRate }: EvaluationWork, masks: Map<number, Uint8Array>): Judge {
  return ({ path: name, kind, mask: place }, bytes) => {
    const mask = (place === null ? null : masks.get(place)) ?? null;
    // A bad image without its mask would count as one without a defect.
    const pixels = sets.masks > 0 && (kind === null || mask !== null) ? { pixels: { mask } } : {};
    return run((worker) => worker.call('judge', { name, bytes, falseAlarmRate, ...pixels }));
  };
}

/** As it is and with every kind of defect, which are handed to `onDefect`. */
function syntheticJudge(
  { run, falseAlarmRate }: EvaluationWork,
  onDefect: (image: LabelledImage, judged: JudgedImage) => void,
): Judge {
  return async (image, bytes) => {
    const params = { name: image.path, bytes, falseAlarmRate, seed };
    const { good, defects } = await run((worker) => worker.call('judgeSynthetic', params));
    for (const { kind, judged } of defects) onDefect({ ...image, kind }, judged);
    return good;
  };
}

/** Collects what comes of the images. */
class Collected {
  readonly images: ScoredImage[] = [];
  readonly unread: UnreadImage[] = [];
  readonly falseAlarms = new Worst(worstShown, 1);
  readonly missed = new Worst(worstShown, -1);
  terms: BatchTerms | null = null;

  constructor(private readonly onPicture: EvaluationWork['onPicture']) {}

  readonly take = (image: LabelledImage, judged: JudgedImage): void => {
    const { verdict, autoencoder, pca, thumbnail } = judged;
    if (!Number.isFinite(verdict.score)) {
      this.unread.push({ ...image, reason: 'Its score is no number.' });
      return;
    }
    const { score, pValue } = verdict;
    const scored: ScoredImage = { ...image, score, pValue, autoencoder, pca };
    this.images.push(scored);
    this.onPicture(scored, thumbnail);
    (image.kind === null ? this.falseAlarms : this.missed).add({ ...scored, thumbnail });
  };
}

/**
 * @returns null where it was stopped before any image had a verdict
 * @throws LensError what would stop every further image, such as `model-not-calibrated` or `engine-failed`
 */
export async function runEvaluation(work: EvaluationWork): Promise<EvaluationResult | null> {
  const { title, chosen, sets, synthetic, signal, run, onProgress } = work;
  const found = new Collected(work.onPicture);
  const { images, unread } = found;
  let done = 0;
  // Begins anew, whatever an evaluation that was cut off has left behind.
  await run((worker) => worker.call('pixelMeasures', {}));
  for (const [at, { folder }] of chosen.entries()) {
    const own = sets.images.filter((image) => image.folder === at && (!synthetic || image.kind === null));
    const byIndex = new Map(own.map((image) => [image.index, image]));
    const byPath = new Map(own.map((image) => [image.path, image]));
    const judge = synthetic
      ? syntheticJudge(work, found.take)
      : plainJudge(work, await readMasks(work, folder.source, own));
    const only = own.map(({ index }) => index);
    const end = await runBatch({
      ...{ left: only.length, signal },
      nameOf: (index) => byIndex.get(index)?.path ?? '',
      pull: (cursor) => work.pull({ source: folder.source, cursor, only }),
      judge: (name, bytes) => {
        const image = byPath.get(name);
        if (!image) throw new LensError('internal', `“${name}” was not asked for.`);
        return judge(image, bytes);
      },
      onRow: (row, terms, judged) => {
        const image = byIndex.get(row.index);
        if (!image) return;
        found.terms ??= terms;
        if (isFailed(row)) unread.push({ ...image, reason: row.error.message });
        else if (judged) found.take(image, judged);
        onProgress(++done, unread.length);
      },
    });
    if (end.error) throw fromWireError(end.error);
  }
  const pixels = await run((worker) => worker.call('pixelMeasures', {}));
  const { terms } = found;
  if (images.length === 0 || !terms) {
    if (signal.aborted) return null;
    const [first] = unread;
    throw new LensError(
      'invalid-dataset',
      `None of the images could be read${first ? `; the first: ${first.reason}` : '.'}`,
    );
  }
  const all = synthetic ? syntheticKinds : sets.kinds;
  const kinds = all.filter((kind) => images.some((image) => image.kind === kind));
  // Whichever was judged first.
  images.sort(
    (a, b) =>
      a.folder - b.folder || a.index - b.index || kinds.indexOf(a.kind ?? '') - kinds.indexOf(b.kind ?? ''),
  );
  const request = measureRequest(images, kinds, seed);
  return {
    ...{ title, synthetic, kinds, images, terms, pixels, unread, stopped: signal.aborted },
    good: sortedScores(images, false),
    bad: sortedScores(images, true),
    measures: request && (await run((worker) => worker.call('measureScores', request))),
    falseAlarms: found.falseAlarms.list(),
    missed: found.missed.list(),
  };
}
