/** What lets a long stage be watched and stopped; no timers here, the caller decides when to breathe. */
import { cancelled } from '../../shared/errors.ts';

export interface StageHooks {
  /** Aborted → the stage throws the LensError `cancelled` at its next block. */
  readonly signal?: AbortSignal | undefined;
  /** Awaited between blocks of work (about 10 ms each), so that messages get in. */
  readonly breathe?: (() => Promise<void>) | undefined;
  /** Work done so far, of `total`; units are the stage's own. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Between two blocks. @throws LensError `cancelled` */
export async function pause(hooks: StageHooks, done: number, total: number): Promise<void> {
  hooks.onProgress?.(done, total);
  await hooks.breathe?.();
  if (hooks.signal?.aborted) throw cancelled();
}
