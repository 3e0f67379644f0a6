/** What of the Studio survives a reload of the window: kept as it changes, told to the page that comes after. */
import { nothingPersisted, readPersisted, type Persisted } from './persisted.ts';
import type { Interrupted, RunningJob } from './state.ts';

/** A training under way, as a page that takes the place of this one would tell of it. @param uri its last checkpoint */
export function rememberedTraining(
  { name, epochs, snapshot }: RunningJob,
  uri: string | null,
): Persisted['running'] {
  const last = snapshot?.history.at(-1);
  return { name, epoch: last?.epoch ?? 0, epochs, loss: last?.train ?? null, uri };
}

/** The job that was cut off when the page before this one closed. */
export const interruptedBy = ({ running, projecting }: Persisted): Interrupted | null =>
  running !== null
    ? { kind: 'training', name: running.name, uri: running.uri }
    : projecting && { kind: 'projection', ...projecting };

/** A model's file, as a URI string. */
export type ModelFile = NonNullable<Persisted['model']>;

/** What is under way or shown: one of them counts, the others are forgotten with it. */
export type Scene = Partial<Pick<Persisted, 'model' | 'page' | 'projecting' | 'running'>>;

export class Memory {
  #kept: Persisted = nothingPersisted;

  constructor(private readonly write: (kept: Persisted) => void) {}

  get kept(): Persisted {
    return this.#kept;
  }

  /**
   * Takes over what the page before kept of evaluations; its scene is for the new page to take up or not.
   * @param state as it was written, or anything else
   * @returns all that the page before kept
   */
  restore(state: unknown): Persisted {
    const before = readPersisted(state);
    const { evaluation, evaluationView } = before;
    this.#kept = { ...nothingPersisted, evaluation, evaluationView };
    return before;
  }

  /** Another scene takes the place of the one before. */
  stage(scene: Scene): void {
    const { model, page, projecting, running } = nothingPersisted;
    this.keep({ model, page, projecting, running, ...scene });
  }

  keep(change: Partial<Persisted>): void {
    this.#kept = { ...this.#kept, ...change };
    this.write(this.#kept);
  }
}
