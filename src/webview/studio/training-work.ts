/** What a training asks of the engine's worker: anew by a form, anew as proposed, or on from a model file. */
import { LensError } from '../../shared/errors.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import type { ResumeProposal, TrainingProposal } from '../../shared/protocol/studio.ts';
import { baseName } from '../shared/format.ts';
import type { EngineWorker } from './engine-link.ts';
import { initialForm, readForm, type FormResult } from './form.ts';
import type { TrainingHandle, TrainingWork } from './training-job.ts';

function train(
  job: TrainingHandle,
  worker: EngineWorker,
  { dataset, location, defaults }: TrainingProposal,
  { name, spec, training, fit }: FormResult,
): Promise<JobOutcome> {
  job.handOver();
  job.plan(training.epochs);
  const { falseAlarmRate, memoryBudget } = defaults;
  return worker.call('train', {
    ...{ jobId: job.jobId, name, dataset, location, spec, fit, training, falseAlarmRate, memoryBudget },
  });
}

/** Trains what a form asks for. */
export const trainingOf =
  (proposal: TrainingProposal, asked: FormResult): TrainingWork =>
  (job, worker) =>
    train(job, worker, proposal, asked);

/** Looks at the images, then trains what their form would ask for untouched. */
export const trainingAsProposed =
  (proposal: TrainingProposal): TrainingWork =>
  async (job, worker) => {
    const { dataset, defaults } = proposal;
    const survey = await worker.call(
      'survey',
      { dataset, seed: defaults.training.seed },
      { signal: job.signal },
    );
    const asked = readForm(initialForm(proposal, survey));
    if (asked === null) {
      throw new LensError(
        'invalid-dataset',
        'The settings for a new training do not hold; open the form to see which.',
      );
    }
    return train(job, worker, proposal, asked);
  };

/** Goes on with an unfinished model. */
export const resumedTraining =
  (proposal: ResumeProposal, readFile: (uri: string) => Promise<Uint8Array>): TrainingWork =>
  async (job, worker) => {
    const { model: uri, dataset, falseAlarmRate, memoryBudget } = proposal;
    job.saved({ uri, savedAs: baseName(uri) });
    const model = await readFile(uri);
    job.handOver();
    return worker.call(
      'resume',
      { jobId: job.jobId, model, dataset, falseAlarmRate, memoryBudget },
      { transfer: [model.buffer as ArrayBuffer] },
    );
  };
