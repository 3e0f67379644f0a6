// A thread that trains on half batches by itself, with nobody to wait for: what a second core can give at most. Answers
// a number of steps with the milliseconds that each took.
import { parentPort } from 'node:worker_threads';
import type { ModelSpec } from '../src/shared/model-spec.ts';
import { batchSize, stepTimes, wasmSteps, type Steps } from './contestants.ts';

let run: Steps | undefined;

const answer = async ({ spec, steps }: { spec: ModelSpec; steps: number }): Promise<void> => {
  run ??= await wasmSteps(spec, 'fma', { images: batchSize / 2 });
  parentPort?.postMessage(await stepTimes(run, steps));
};

parentPort?.on('message', (request: Parameters<typeof answer>[0]) => void answer(request));
