/** Bases and banks of the channels, and PCA's, as tensors of the model file. */
import { LensError } from '../../shared/errors.ts';
import { tensorNames, type ModelFile } from '../../shared/model-file.ts';
import type { Tensor } from '../../shared/safetensors.ts';
import { smallSide } from '../data/gray-planes.ts';
import { tensor } from '../model/model-tensors.ts';
import { histogramSize } from './orientation.ts';
import type { PcaModel } from './pca.ts';
import { photoCell, placeCells, smallCell, type ScoreModel } from './score-model.ts';
import type { ResidualModel } from './residual-map.ts';
import type { WhitenedBank } from './whitened-bank.ts';

const { scores: prefix } = tensorNames;
/** Of files that were written before a bank said it. */
const neighboursOfOld = 5;

function bankTensors(name: 'orientation' | 'whole', bank: WhitenedBank): [string, Tensor][] {
  const { size, components, count } = bank;
  return [
    [`${prefix}${name}.neighbours`, tensor([1], Float32Array.of(bank.neighbours))],
    [`${prefix}${name}.mean`, tensor([size], bank.mean)],
    [`${prefix}${name}.projection`, tensor([components, size], bank.projection)],
    [`${prefix}${name}.scale`, tensor([components], bank.scale)],
    [`${prefix}${name}.bank`, tensor([count, components], bank.bank)],
  ];
}

/** What a check needs of the channels and of PCA. */
export function scoreTensors(model: ScoreModel, pca: PcaModel | null): [string, Tensor][] {
  const tensors: [string, Tensor][] = [];
  if (model.orientation) tensors.push(...bankTensors('orientation', model.orientation));
  if (model.whole) tensors.push(...bankTensors('whole', model.whole));
  if (model.place) {
    const { size, components, mean, inverse, basis } = model.place;
    tensors.push(
      [`${prefix}place.mean`, tensor([size], mean)],
      [`${prefix}place.inverse`, tensor([size], inverse)],
      [`${prefix}place.basis`, tensor([components, size], basis)],
    );
  }
  if (pca) {
    const size = pca.mean.length;
    tensors.push(
      [`${prefix}pca.mean`, tensor([size], Float32Array.from(pca.mean))],
      [`${prefix}pca.basis`, tensor([pca.components, size], Float32Array.from(pca.basis))],
    );
  }
  return tensors;
}

/** The numbers under a name, of the shape they must have (−1: any length). @throws LensError `invalid-model-file` */
function floats(
  { card, tensors }: ModelFile,
  name: string,
  shape: readonly number[],
): { readonly data: Float32Array; readonly shape: readonly number[] } | null {
  const found = tensors.get(prefix + name);
  if (!found) return null;
  const fits = found.shape.length === shape.length && shape.every((n, i) => n < 0 || n === found.shape[i]);
  if (!fits || !(found.data instanceof Float32Array) || !found.data.every(Number.isFinite)) {
    throw new LensError(
      'invalid-model-file',
      `The tensor “${prefix}${name}” of the model “${card.name}” is not what its scores need. Train the model again.`,
    );
  }
  return { data: found.data, shape: found.shape };
}

function readBank(file: ModelFile, name: 'orientation' | 'whole', size: number): WhitenedBank | undefined {
  const scale = floats(file, `${name}.scale`, [-1]);
  const components = scale?.shape[0] ?? 0;
  const mean = floats(file, `${name}.mean`, [size]);
  const projection = floats(file, `${name}.projection`, [components, size]);
  const bank = floats(file, `${name}.bank`, [-1, components]);
  if (!scale || !mean || !projection || !bank || components === 0) return undefined;
  const count = bank.shape[0] ?? 0;
  const neighbours = floats(file, `${name}.neighbours`, [1])?.data[0] ?? neighboursOfOld;
  if (count === 0 || neighbours < 1) return undefined;
  return {
    ...{ size, components, count, neighbours: Math.floor(neighbours) },
    ...{ mean: mean.data, projection: projection.data, scale: scale.data, bank: bank.data },
  };
}

function readPlace(file: ModelFile): ResidualModel | undefined {
  const size = placeCells * placeCells * 8;
  const mean = floats(file, 'place.mean', [size]);
  const inverse = floats(file, 'place.inverse', [size]);
  const basis = floats(file, 'place.basis', [-1, size]);
  if (!mean || !inverse || !basis) return undefined;
  const components = basis.shape[0] ?? 0;
  return {
    ...{ cells: placeCells, size, components },
    ...{ mean: mean.data, inverse: inverse.data, basis: basis.data },
  };
}

/** The channels of a model; empty for models without. @throws LensError `invalid-model-file` */
export function readScoreModel(file: ModelFile): ScoreModel {
  const { height, width } = file.card.spec;
  const orientation = readBank(file, 'orientation', histogramSize(height, width, smallCell));
  const whole = readBank(file, 'whole', histogramSize(smallSide, smallSide, photoCell));
  const place = readPlace(file);
  return {
    ...(orientation ? { orientation } : {}),
    ...(place ? { place } : {}),
    ...(whole ? { whole } : {}),
  };
}

/** The principal components of a model's images, or null. @throws LensError `invalid-model-file` */
export function readPcaModel(file: ModelFile): PcaModel | null {
  const { height, width, channels } = file.card.spec;
  const size = height * width * channels;
  const mean = floats(file, 'pca.mean', [size]);
  const basis = floats(file, 'pca.basis', [-1, size]);
  if (!mean || !basis) return null;
  return {
    components: basis.shape[0] ?? 0,
    images: file.card.pcaBaseline?.images ?? 0,
    mean: Float64Array.from(mean.data),
    basis: Float64Array.from(basis.data),
  };
}
