/** The model file `NAME.lens.safetensors`: the card and named tensors. It is the checkpoint too. */
import * as v from 'valibot';
import { LensError } from './errors.ts';
import {
  cardFormat,
  cardVersion,
  modelCardSchema,
  type ModelCard,
  type ProjectionName,
} from './model-card.ts';
import { parseHeader, readSafetensors, writeSafetensors, type Tensor } from './safetensors.ts';

export interface ModelFile {
  readonly card: ModelCard;
  /** Parameters under PyTorch's names, and further tensors under {@link tensorNames}. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Names of the tensors beside the parameters. */
export const tensorNames = {
  /** F64 `[n]`, ascending: the calibration images' scores. */
  calibrationScores: 'calibration.scores',
  /** F64 `[n]`, ascending each: their mean squared errors, and PCA's. */
  calibrationErrors: 'calibration.errors',
  calibrationPca: 'calibration.pca',
  /** Bases and banks of the score channels: prefix before the names that score-tensors.ts gives. */
  scores: 'scores.',
  /** F64 `[n]`: per-image scores of the validation images, in set order. */
  validationScores: 'validation.scores',
  /**
   * The points of the map; map-points.ts reads them. F32 `[n, k]` latents, I32 `[n]` classes (−1 where there is none),
   * U8 `[n]` sets, F64 `[n]` scores as of the verdict, I32 `[n]` index into the paths and I32 `[n]` position within an IDX
   * file; U8 `[bytes]` the paths as a JSON array of strings; U8 `[m, h, w, C]` thumbnails of the first m points.
   */
  pointLatents: 'points.latents',
  pointLabels: 'points.labels',
  pointSets: 'points.sets',
  pointScores: 'points.scores',
  pointFiles: 'points.files',
  pointPositions: 'points.positions',
  pointPaths: 'points.paths',
  pointThumbnails: 'points.thumbnails',
  /** F64 `[batches]` of the last complete epoch. */
  trainBatchLosses: 'history.train_batch_losses',
  validationBatchLosses: 'history.validation_batch_losses',
  /** U8 `[8, H, W, C]`: the fixed images that are shown while training, and I32 `[8]` their labels. */
  exampleInputs: 'examples.inputs',
  exampleLabels: 'examples.labels',
  /** U8 `[e, 8, H, W, C]`: their reconstructions at the epochs in I32 `[e]`. */
  exampleReconstructions: 'examples.reconstructions',
  exampleEpochs: 'examples.epochs',
  /** F64 `[steps done]`: batch losses of the running epoch. */
  runningLosses: 'training.running_losses',
  /** Adam's moments: prefix before a parameter's name. */
  adamFirst: 'training.adam.first.',
  adamSecond: 'training.adam.second.',
  /** I32 `[1]`: Adam's step count. */
  adamStep: 'training.adam.step',
} as const;

/** F32 `[p, 2]`: coordinates of the first p points of the map. */
export const projectionTensor = (name: ProjectionName): string => `projection.${name}`;

/** A t-SNE of a file: the one at its end, or the one that was begun. */
export type TsneName = Exclude<ProjectionName, 'pca'>;

/** F32 `[p, 2]` each: the coordinates of a t-SNE, and what it needs to go on from them. */
export const tsneTensors = (
  name: TsneName,
): { readonly coordinates: string; readonly velocities: string; readonly gains: string } => {
  const coordinates = projectionTensor(name);
  return { coordinates, velocities: `${coordinates}.velocities`, gains: `${coordinates}.gains` };
};

const metadataKey = 'lens';

function parseCard(metadata: Readonly<Record<string, string>>): ModelCard {
  const json = metadata[metadataKey];
  if (json === undefined) {
    throw new LensError(
      'invalid-model-file',
      'This safetensors file was not written by Latent Lens: it has no model card. Weights alone cannot give a verdict.',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new LensError('invalid-model-file', 'The model card in this file is not valid JSON.');
  }
  const header = v.safeParse(v.object({ format: v.literal(cardFormat), version: v.number() }), value);
  if (header.success && header.output.version > cardVersion) {
    throw new LensError(
      'invalid-model-file',
      `This model was written by a newer Latent Lens (file version ${header.output.version}); update the extension to open it.`,
    );
  }
  const card = v.safeParse(modelCardSchema, value);
  if (!card.success) {
    const issue = card.issues[0];
    throw new LensError(
      'invalid-model-file',
      `The model card in this file does not hold: “${v.getDotPath(issue) ?? 'card'}” is not valid.`,
      issue.message,
    );
  }
  return card.output;
}

/** @throws LensError `invalid-model-file` */
export function readModelFile(bytes: Uint8Array): ModelFile {
  const { metadata, tensors } = readSafetensors(bytes);
  return { card: parseCard(metadata), tensors };
}

/** The card alone, from the file's header (`json`) and the number of bytes behind it. */
export const readModelCard = (json: Uint8Array, dataBytes: number): ModelCard =>
  parseCard(parseHeader(json, dataBytes).metadata);

export const writeModelFile = ({ card, tensors }: ModelFile): Uint8Array =>
  writeSafetensors({ metadata: { format: 'pt', [metadataKey]: JSON.stringify(card) }, tensors });
