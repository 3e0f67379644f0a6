/** The model file of a training: complete at every checkpoint. */
import type { DatasetCard, EngineCard, ModelCard, PcaBaseline } from '../../shared/model-card.ts';
import { cardFormat, cardVersion } from '../../shared/model-card.ts';
import type { MapPoints } from '../../shared/map-points.ts';
import { tensorNames, writeModelFile } from '../../shared/model-file.ts';
import type { FitMode, ModelSpec, TrainingSettings } from '../../shared/model-spec.ts';
import type { Examples } from '../../shared/protocol/engine.ts';
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import type { Tensor } from '../../shared/safetensors.ts';
import { pointsCard, pointTensors, projectionTensors, type ProjectedPoints } from '../latents/points.ts';
import { adamTensors, parameterTensors, tensor } from '../model/model-tensors.ts';
import type { Network } from '../model/network.ts';
import type { AdamState, Parameters } from '../model/parameters.ts';
import type { PcaModel } from '../scoring/pca.ts';
import type { ScoreModel } from '../scoring/score-model.ts';
import { scoreTensors } from '../scoring/score-tensors.ts';
import { batchMeans, notebookThreshold, shareAbove } from '../scoring/statistics.ts';
import type { CalibrationResult } from './calibrate.ts';
import { stateTensors, type TrainingState } from './state.ts';

/** Keys the draw of validation batches apart from every epoch's shuffle. */
const validationDraw = 0xffffffff;

/** What does not change during a job. */
export interface CheckpointFrame {
  readonly name: string;
  readonly created: string;
  readonly writtenBy: string;
  readonly spec: ModelSpec;
  readonly fit: FitMode;
  readonly training: TrainingSettings;
  readonly dataset: DatasetCard;
  readonly stepsPerEpoch: number;
  readonly examples: Examples;
}

/** Scores of the calibration images as tensors of the model file; PCA's where there are any. */
export function calibrationTensors({
  scores,
  errors,
  pca,
}: Pick<CalibrationResult, 'scores' | 'errors' | 'pca'>): [string, Tensor][] {
  const column = (name: string, values: Float64Array): [string, Tensor] => [
    name,
    tensor([values.length], values),
  ];
  return [
    column(tensorNames.calibrationScores, scores),
    column(tensorNames.calibrationErrors, errors),
    ...(pca.length > 0 ? [column(tensorNames.calibrationPca, pca)] : []),
  ];
}

/** What only the end of a training knows. */
export interface TrainingEnd {
  readonly calibration: CalibrationResult;
  readonly points: MapPoints;
  readonly projection: ProjectedPoints;
  readonly pcaBaseline: PcaBaseline | null;
  /** What the verdict's channels rest on, and PCA's components. */
  readonly scoreModel: ScoreModel;
  readonly pca: PcaModel | null;
}

/**
 * Mean losses of the validation images in batches drawn at random, as the notebook's shuffled loader draws them: the
 * rule built on their spread would otherwise depend on the order of the files.
 */
export function validationBatchLosses(
  state: TrainingState,
  { batchSize, seed }: TrainingSettings,
): Float64Array {
  const { validationScores: scores } = state;
  const order = permutation(keyedRandom(seed, streams.shuffle, validationDraw), scores.length);
  return batchMeans(
    Float64Array.from(order, (image) => scores[image] ?? 0),
    batchSize,
  );
}

/** The notebook's rule on the last epoch, with the share of ordinary images that it flags. */
export function notebookRule(state: TrainingState, training: TrainingSettings): ModelCard['notebookRule'] {
  if (state.validationScores.length === 0) return null;
  const threshold = notebookThreshold(validationBatchLosses(state, training));
  return { threshold, flagged: shareAbove(state.validationScores, threshold) };
}

export function makeCard(
  frame: CheckpointFrame,
  state: TrainingState,
  engine: EngineCard,
  progress: ModelCard['progress']['state'],
  end: TrainingEnd | null,
): ModelCard {
  return {
    format: cardFormat,
    version: cardVersion,
    writtenBy: frame.writtenBy,
    created: frame.created,
    name: frame.name,
    spec: frame.spec,
    preprocessing: { fit: frame.fit },
    training: frame.training,
    progress: { state: progress, epoch: state.epoch, step: state.step, stepsPerEpoch: frame.stepsPerEpoch },
    history: state.history,
    dataset: frame.dataset,
    engine,
    calibration: end?.calibration.card ?? null,
    notebookRule: notebookRule(state, frame.training),
    points: end && pointsCard(end.points),
    projections: end ? [end.projection.card] : [],
    begunProjection: null,
    pcaBaseline: end?.pcaBaseline ?? null,
  };
}

/** Bytes of the whole model file. Adam's state is left out of a finished model, which nothing resumes. */
export function encodeCheckpoint(
  frame: CheckpointFrame,
  network: Network,
  card: ModelCard,
  state: TrainingState,
  parameters: Parameters,
  adam: AdamState | null,
  end: TrainingEnd | null,
): Uint8Array {
  const { examples } = frame;
  const exampleShape = [examples.count, examples.height, examples.width, examples.channels];
  const validationLosses = validationBatchLosses(state, frame.training);
  const tensors = new Map<string, Tensor>([
    ...parameterTensors(network, parameters),
    [tensorNames.exampleInputs, tensor(exampleShape, examples.inputs)],
    [tensorNames.exampleLabels, tensor([examples.count], examples.labels)],
    ...stateTensors(state, exampleShape),
    [tensorNames.validationBatchLosses, tensor([validationLosses.length], validationLosses)],
    ...(adam ? adamTensors(network, adam) : []),
  ]);
  if (end) {
    const added = [
      ...calibrationTensors(end.calibration),
      ...scoreTensors(end.scoreModel, end.pca),
      ...pointTensors(end.points),
      ...projectionTensors(end.projection),
    ];
    for (const [name, value] of added) tensors.set(name, value);
  }
  return writeModelFile({ card, tensors });
}
