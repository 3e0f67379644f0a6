/** How long a training step takes on an engine. */
import { keyedRandom, normalPair, streams, uniform } from '../../shared/random.ts';
import type { Network } from '../model/network.ts';
import { initialParameters } from '../model/parameters.ts';
import type { Batch, Engine } from './engine.ts';

/** A clock in milliseconds. */
export type Clock = () => number;

// Long enough to be told from the clock's own grain, short enough not to be noticed at the start of a job.
const enoughMilliseconds = 200;
const enoughSteps = 64;

const optimizer = { learningRate: 1e-3, weightDecay: 1e-5 };

/**
 * Milliseconds per training step, the upload of its batch included. Loads seeded parameters and trains a few steps
 * on noise; whatever was loaded is gone.
 * @throws LensError where the engine fails, e.g. for want of memory for this model
 */
export async function stepMilliseconds(
  engine: Engine,
  network: Network,
  batchSize: number,
  now: Clock,
): Promise<number> {
  await engine.load(network, initialParameters(network, 1));
  const batch = noiseBatch(network, batchSize);
  const timed = async (steps: number): Promise<number> => {
    const start = now();
    for (let step = 0; step < steps; step++) await engine.trainStep(batch, optimizer);
    // Steps are queued; their losses are known only when they are done.
    await engine.takeLosses();
    return now() - start;
  };
  // The first step compiles the shaders.
  await timed(1);
  for (let steps = 1; ; steps *= 4) {
    const elapsed = await timed(steps);
    if (elapsed >= enoughMilliseconds || steps >= enoughSteps) return elapsed / steps;
  }
}

function noiseBatch({ spec }: Network, count: number): Batch {
  const random = keyedRandom(1, streams.selfTest);
  const length = count * spec.height * spec.width * spec.channels;
  const input = Float32Array.from({ length }, () => uniform(random));
  if (spec.variant !== 'variational') return { count, input, target: input };
  const latentNoise = Float32Array.from({ length: count * spec.latent }, () => normalPair(random)[0]);
  return { count, input, target: input, latentNoise, klWeight: 1e-3 };
}
