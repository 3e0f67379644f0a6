/** Iterations on trial: how long they take, before a map is begun in earnest. */
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import { atRest, type TsneState } from './preparation.ts';

/** Of a map half-way: its points neither in one place nor all apart. */
const deviation = 10;

/** Points that lie as on a map half-way, at rest: the same for each count. */
export function trialState(count: number): TsneState {
  const next = keyedRandom(1, streams.selfTest, count);
  return atRest(Float32Array.from({ length: 2 * count }, () => deviation * normalPair(next)[0]));
}

const timedIterations = 4;

/** Milliseconds of one iteration. @param step runs iterations */
export async function iterationMilliseconds(
  step: (iterations: number) => void | Promise<void>,
  now: () => number = () => performance.now(),
): Promise<number> {
  // The first finds cold caches and code.
  await step(1);
  const started = now();
  await step(timedIterations);
  return (now() - started) / timedIterations;
}
