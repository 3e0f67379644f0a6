/** The evaluation of the model shown: what was chosen for it, how far it is, what it found. Draws nothing. */
import { isCancelled, toWireError, type WireError } from '../../../../shared/errors.ts';
import type { EvaluationFolder, EvaluationRequest } from '../../../../shared/protocol/evaluate.ts';
import type { ForwardApi } from '../../../../shared/protocol/forward.ts';
import { pointSets, type MapPoints } from '../../../../shared/map-points.ts';
import type { Pack, PackRequest } from '../../../../shared/transport.ts';
import { Store } from '../../../shared/store.ts';
import { throttle } from '../../../shared/throttle.ts';
import { Thumbnails } from '../../../shared/thumbnails.ts';
import type { RunningWorker } from '../../../shared/workers.ts';
import type { ModelView } from '../../model-view.ts';
import type { EvaluationResult, ScoredImage } from './result.ts';
import { readPicture, runEvaluation, type EvaluationWork } from './run.ts';
import {
  labelledImages,
  trainedOn,
  type ChosenFolder,
  type FolderRole,
  type LabelledImages,
} from './sets.ts';

/** Images that are to be evaluated on. */
export interface Chosen {
  readonly folders: readonly ChosenFolder[];
  readonly sets: LabelledImages;
  /** How many of them the model was trained on, as far as its file says. */
  readonly trainedOn: number;
  /** Whether they are the model's own calibration images, and of how many. */
  readonly calibration: number | null;
}

export interface EvaluationState {
  readonly chosen: Chosen | null;
  readonly run: { readonly done: number; readonly total: number; readonly failed: number } | null;
  readonly result: EvaluationResult | null;
  /** Of the result's images. */
  readonly pictures: Thumbnails<ScoredImage> | null;
  readonly error: WireError | null;
}

export const nothingEvaluated: EvaluationState = {
  ...{ chosen: null, run: null, result: null, pictures: null, error: null },
};

/** What survives a reload of the window: the folders, to be listed and evaluated again. */
export interface KeptEvaluation {
  /** Model file as a URI string. */
  readonly model: string;
  readonly folders: readonly { readonly role: FolderRole; readonly uri: string; readonly name: string }[];
}

export interface EvaluationHost {
  list(request: EvaluationRequest): Promise<EvaluationFolder | null>;
  pull(request: PackRequest): Promise<Pack>;
  /** Calls the forward worker with this model loaded. */
  run<T>(view: ModelView, call: (worker: RunningWorker<ForwardApi>) => Promise<T>): Promise<T>;
  keep(kept: KeptEvaluation | null): void;
}

/** Calibration images that defects are drawn into: enough for an interval of a few hundredths. */
const mostCalibration = 500;

const titles: Readonly<Record<FolderRole, string>> = {
  labelled: 'Choose a folder with sub-folders of good and bad images',
  good: 'Choose a folder of good images',
  bad: 'Choose a folder of bad images',
};

/** Paths of the images in one of the sets, each once. */
function pathsOf({ sets, files, paths }: MapPoints, set: (typeof pointSets)[number]): string[] {
  const wanted = pointSets.indexOf(set);
  const chosen = new Set<string>();
  sets.forEach((each, point) => {
    const path = paths[files[point] ?? -1];
    if (each === wanted && path !== undefined) chosen.add(path);
  });
  return [...chosen].sort();
}

export class Evaluation {
  readonly store = new Store<EvaluationState>(nothingEvaluated);
  #view: ModelView | undefined;
  #model = '';
  #abort: AbortController | undefined;

  constructor(private readonly host: EvaluationHost) {}

  /** Begins anew for another model; for the same one everything stays. */
  show(view: ModelView, model: string): void {
    if (view === this.#view) return;
    this.#abort?.abort();
    this.#abort = undefined;
    this.#view = view;
    this.#model = model;
    this.store.set(nothingEvaluated);
  }

  /** Asks for a folder. A labelled one takes the place of all others, a good or bad one that of its like. */
  choose(role: FolderRole): Promise<void> {
    return this.#choose(async () => {
      const folder = await this.#list(role, null);
      if (folder === null) return null;
      const others = role === 'labelled' ? [] : this.#folders.filter((each) => each.role !== role);
      return [...others.filter((each) => each.role !== 'labelled'), { role, folder }];
    });
  }

  /** Takes the folders that an evaluation before a reload was made on. */
  chooseAgain(kept: KeptEvaluation): Promise<void> {
    return this.#choose(async () => {
      const folders: ChosenFolder[] = [];
      for (const { role, uri } of kept.folders) {
        const folder = await this.#list(role, uri);
        if (folder) folders.push({ role, folder });
      }
      return folders;
    });
  }

  /** Takes the model's own calibration images, which are good and were not trained on. */
  chooseCalibration(points: MapPoints): Promise<void> {
    const all = pathsOf(points, 'calibration');
    const step = Math.max(1, all.length / mostCalibration);
    const paths = Array.from(
      { length: Math.min(all.length, mostCalibration) },
      (_, i) => all[Math.floor(i * step)] ?? '',
    );
    return this.#choose(async () => {
      const folder = await this.host.list({ from: 'model', paths, model: this.#model });
      return folder && [{ role: 'good', folder }];
    }, all.length);
  }

  /** Evaluates on what was chosen; with synthetic defects where there are no bad images. */
  async evaluate(): Promise<void> {
    const view = this.#view;
    const { chosen } = this.store.value;
    if (!view || !chosen || this.#abort) return;
    const abort = new AbortController();
    this.#abort = abort;
    const { folders, sets } = chosen;
    const synthetic = sets.bad === 0;
    const total = synthetic ? sets.good : sets.images.length;
    const shows = (change: Partial<EvaluationState>): void => {
      if (view === this.#view) this.store.set({ ...this.store.value, ...change });
    };
    const progress = throttle<EvaluationState['run']>(100, (run) => shows({ run }));
    shows({ run: { done: 0, total, failed: 0 }, error: null });
    const uris = folders.map(({ role, folder: { root, name } }) => ({ role, uri: root, name }));
    this.host.keep(chosen.calibration === null ? { model: this.#model, folders: uris } : null);
    const work: EvaluationWork = {
      ...{ chosen: folders, sets, synthetic, signal: abort.signal },
      title: folders.map(({ folder }) => folder.name).join(' and '),
      falseAlarmRate: view.card.calibration?.requestedRate ?? 0.01,
      pull: (request) => this.host.pull(request),
      run: (call) => this.host.run(view, call),
      onProgress: (done, failed) => progress.push({ done, total, failed }),
      onPicture: (image, thumbnail) => pictures.put(image, thumbnail),
    };
    const pictures = new Thumbnails<ScoredImage>((image) => readPicture(work, image));
    try {
      const result = await runEvaluation(work);
      progress.cancel();
      shows({ run: null, ...(result ? { result, pictures } : {}) });
    } catch (error) {
      progress.cancel();
      shows({ run: null, error: toWireError(error) });
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  /** Ends the evaluation after the images under way; what was judged so far is measured. */
  stop(): void {
    this.#abort?.abort();
  }

  get #folders(): readonly ChosenFolder[] {
    const { chosen } = this.store.value;
    return chosen?.calibration === null ? chosen.folders : [];
  }

  #list(role: FolderRole, uri: string | null): Promise<EvaluationFolder | null> {
    return this.host.list({ from: 'folder', uri, title: titles[role], model: this.#model });
  }

  async #choose(
    folders: () => Promise<readonly ChosenFolder[] | null>,
    calibration: number | null = null,
  ): Promise<void> {
    const view = this.#view;
    try {
      const list = await folders();
      if (list === null || view === undefined || view !== this.#view) return;
      const sets = labelledImages(list);
      const fitted = new Set(view.points ? pathsOf(view.points, 'fit') : []);
      const chosen = { folders: list, sets, trainedOn: trainedOn(sets, list, fitted), calibration };
      this.store.set({ ...nothingEvaluated, chosen });
    } catch (error) {
      if (isCancelled(error) || view !== this.#view) return;
      this.store.set({ ...this.store.value, error: toWireError(error) });
    }
  }
}
