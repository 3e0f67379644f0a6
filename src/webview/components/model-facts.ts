/** Facts that are told of a model wherever it is shown. */
import type { ModelCard } from '../../shared/model-card.ts';
import type { ModelSpec, TrainingSettings } from '../../shared/model-spec.ts';
import { formatScore } from '../../shared/verdict.ts';
import { formatPercent } from '../shared/format.ts';
import { corruptionWords, engineTitle, fitNames, fitWords, recipeNames } from '../shared/words.ts';
import type { Fact } from './facts.ts';

export const recipeFact = ({ recipe, corruption }: ModelSpec): Fact => ({
  term: 'Recipe',
  value: recipeNames[recipe],
  note: `corruption: ${corruptionWords(corruption)}`,
});

export const trainingFact = ({ batchSize, learningRate, weightDecay, seed }: TrainingSettings): Fact => ({
  term: 'Training',
  value: `batch ${batchSize}, learning rate ${learningRate}, weight decay ${weightDecay}, seed ${seed}`,
});

export const fittingFact = ({ fit }: ModelCard['preprocessing']): Fact => ({
  term: 'Fitting',
  value: fitNames[fit],
  note: fitWords[fit],
});

export const engineFact = (engine: ModelCard['engine']): Fact => ({
  term: 'Engine',
  value: engineTitle(engine),
  note: engine.reason,
});

/** How well it was trained: the last losses, the threshold and what it promises, as far as there are any. */
export function resultFacts({ history, calibration }: ModelCard): Fact[] {
  const last = history.at(-1);
  const list: Fact[] = [];
  if (last !== undefined) list.push({ term: 'Training loss', value: formatScore(last.train) });
  if (last !== undefined && last.validation !== null)
    list.push({ term: 'Validation loss', value: formatScore(last.validation) });
  if (calibration !== null)
    list.push(
      { term: 'Threshold', value: formatScore(calibration.threshold) },
      { term: 'False-alarm rate', value: formatPercent(calibration.promisedRate) },
    );
  return list;
}

/** In all epochs. */
export const secondsInTraining = ({ history }: ModelCard): number =>
  history.reduce((sum, { seconds }) => sum + seconds, 0);
