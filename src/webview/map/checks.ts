/** Checks chosen images one after the other with the map's own worker, and keeps what came out. Draws nothing. */
import { toWireError } from '../../shared/errors.ts';
import type { CheckResult } from '../../shared/protocol/forward.ts';
import { Store } from '../shared/store.ts';
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';
import { pointWords } from './words.ts';

/** What came of one image: its verdict, or the sentence that says why there is none. */
export type PointCheck =
  { readonly score: number; readonly anomalous: boolean } | { readonly failure: string };

export interface ChecksState {
  /** Of the running or the last round: images to check, and how many of them are through. */
  readonly total: number;
  readonly done: number;
  readonly running: boolean;
  /** By point; later rounds replace what earlier ones found. */
  readonly results: ReadonlyMap<number, PointCheck>;
}

const nothingYet: ChecksState = { total: 0, done: 0, running: false, results: new Map() };

export class PointChecks {
  readonly store = new Store<ChecksState>(nothingYet);
  private turn = 0;

  /** @param check judges one image; may fail with an error whose sentence is shown at the image */
  constructor(private readonly check: (point: number) => Promise<CheckResult['verdict']>) {}

  /** Checks these points in their order; a round that still runs ends first. */
  async start(points: readonly number[]): Promise<void> {
    const turn = ++this.turn;
    const results = new Map(this.store.value.results);
    const show = (done: number, running: boolean): void =>
      this.store.set({ total: points.length, done, running, results: new Map(results) });
    for (const point of points) results.delete(point);
    show(0, points.length > 0);
    for (const [index, point] of points.entries()) {
      const result = await this.one(point);
      if (turn !== this.turn) return;
      results.set(point, result);
      show(index + 1, index + 1 < points.length);
    }
  }

  /** Ends the round after the image that is being checked; what was found stays. */
  stop(): void {
    this.turn++;
    const { value } = this.store;
    if (value.running) this.store.set({ ...value, running: false });
  }

  private async one(point: number): Promise<PointCheck> {
    try {
      const { score, anomalous } = await this.check(point);
      return { score, anomalous };
    } catch (error) {
      return { failure: toWireError(error).message };
    }
  }
}

/** Checks of this model's images, at the false-alarm rate that its calibration was asked for. */
export function checksOf(session: MapSession, model: MapModel): PointChecks {
  const falseAlarmRate = model.card.calibration?.requestedRate ?? 0.01;
  return new PointChecks(async (point) => {
    const { path, name } = pointWords(model, point);
    const bytes = await session.readImage(model, path);
    const { verdict } = await session.forward.run(model, (worker) =>
      worker.call('check', { name, bytes, falseAlarmRate }),
    );
    return verdict;
  });
}

/** How a round went. Pure. @param points those of the round, or of the list it is shown at */
export function tally(
  results: ReadonlyMap<number, PointCheck>,
  points: readonly number[],
): { readonly anomalous: readonly number[]; readonly checked: number; readonly failed: number } {
  const anomalous: number[] = [];
  let [checked, failed] = [0, 0];
  for (const point of points) {
    const result = results.get(point);
    if (result === undefined) continue;
    if ('failure' in result) failed++;
    else {
      checked++;
      if (result.anomalous) anomalous.push(point);
    }
  }
  return { anomalous, checked, failed };
}
