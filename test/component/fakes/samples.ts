/** Images and numbers that look like the real ones: drawn by the project's own generator, reconstructed by blurring. */
import { sampleDatasets } from '../../../src/extension/samples/index.ts';
import type {
  DatasetInspection,
  DatasetSummary,
  DatasetSurvey,
  InspectedCluster,
  InspectedImage,
} from '../../../src/shared/dataset.ts';
import type { Calibration, EngineCard, EpochRecord, ModelCard } from '../../../src/shared/model-card.ts';
import { writeModelFile, tensorNames } from '../../../src/shared/model-file.ts';
import { corruptionOf, notebookTraining, type ModelSpec } from '../../../src/shared/model-spec.ts';
import type { Examples } from '../../../src/shared/protocol/engine.ts';
import { imageKey, withDefect } from '../../../src/engine/scoring/synthetic-defects.ts';
import type { EvaluationFolder, SyntheticKind } from '../../../src/shared/protocol/evaluate.ts';
import type { CheckResult, JudgedImage } from '../../../src/shared/protocol/forward.ts';
import type { Batch } from '../../../src/shared/batch.ts';
import type { TrainingProposal } from '../../../src/shared/protocol/studio.ts';
import { conformalThreshold, judge } from '../../../src/shared/verdict.ts';
import type { Tensor } from '../../../src/shared/safetensors.ts';

export type Kind = 'digits' | 'parts';

const seed = 1;
export const sideOf = (kind: Kind): number => (kind === 'digits' ? 28 : 64);

/** Gray bytes of one sample image. @param folder below the data set, e.g. `test/rotated` */
export function drawSample(kind: Kind, folder: string, index: number): Uint8Array {
  const group = sampleDatasets
    .find(({ name }) => name === kind)
    ?.groups.find((one) => one.folder === `${kind}/${folder}`);
  if (!group) throw new Error(`no sample folder ${kind}/${folder}`);
  return group.draw(seed, index);
}

/** A stand-in for a reconstruction: the image averaged over a square of `2·radius + 1` pixels. */
export function blurred(image: Uint8Array, side: number, radius: number): Uint8Array {
  const out = new Uint8Array(image.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      let count = 0;
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          const [row, column] = [y + dy, x + dx];
          if (row < 0 || row >= side || column < 0 || column >= side) continue;
          sum += image[row * side + column] ?? 0;
          count++;
        }
      }
      out[y * side + x] = sum / count;
    }
  }
  return out;
}

export const specOf = (kind: Kind): ModelSpec => ({
  height: sideOf(kind),
  width: sideOf(kind),
  channels: 1,
  latent: 20,
  variant: 'plain',
  recipe: 'detector',
  corruption: corruptionOf.detector,
  loss: 'mse',
});

const exampleFolders: Record<Kind, readonly string[]> = {
  digits: ['0', '1', '2', '3', '4', '6', '8', '9'].map((digit) => `train/${digit}`),
  parts: new Array<string>(8).fill('train/good'),
};

export function examplesOf(kind: Kind): Examples {
  const side = sideOf(kind);
  const inputs = new Uint8Array(8 * side * side);
  exampleFolders[kind].forEach((folder, index) => {
    inputs.set(drawSample(kind, folder, index), index * side * side);
  });
  const labels = Int32Array.from(exampleFolders[kind], (folder) =>
    kind === 'digits' ? Number(folder.slice(-1)) : 0,
  );
  return { height: side, width: side, channels: 1, count: 8, inputs, labels };
}

/** Reconstructions that sharpen with the epochs. */
export function reconstructionsOf(kind: Kind, epoch: number): Uint8Array {
  const side = sideOf(kind);
  const { inputs } = examplesOf(kind);
  const radius = Math.max(1, 6 - epoch);
  const out = new Uint8Array(inputs.length);
  for (let i = 0; i < 8; i++) {
    const one = inputs.subarray(i * side * side, (i + 1) * side * side);
    out.set(blurred(one, side, radius), i * side * side);
  }
  return out;
}

/** A falling curve with a little unrest, the same every time. */
export const lossAt = (time: number, unrest = 0): number =>
  0.0098 +
  0.055 * Math.exp(-time / 2.4) +
  0.012 * Math.exp(-time / 9) +
  unrest * Math.sin(time * 91.7) * 0.0016;

export const historyOf = (epochs: number): EpochRecord[] =>
  Array.from({ length: epochs }, (_, index) => ({
    epoch: index + 1,
    train: lossAt(index + 0.7),
    validation: lossAt(index + 1) * 1.04,
    seconds: 1.31,
    imagesPerSecond: 1224,
  }));

export const engineCard: EngineCard = {
  kind: 'wasm',
  build: 'wasm-fma-1',
  reason: 'This window has no GPU adapter.',
};

const digitClasses = Array.from({ length: 10 }, (_, digit) => ({ name: String(digit), count: 200 }));

export const skipped = [
  { path: 'digits/train/3/Thumbs.db.png', reason: 'Not an image: the file does not begin like a PNG.' },
  { path: 'digits/train/7/empty.png', reason: 'The file is empty.' },
];

export function datasetOf(kind: Kind, id = `${kind}-1`): DatasetSummary {
  const classes = kind === 'digits' ? digitClasses : [{ name: 'good', count: 600 }];
  const images = kind === 'digits' ? 2000 : 600;
  return {
    id,
    name: kind,
    uri: `file:///workspace/samples/${kind}/train`,
    kind: 'folder',
    files: images,
    images,
    bytes: images * 320,
    classes,
    splits: null,
    skipped: kind === 'digits' ? skipped : [],
    skippedCount: kind === 'digits' ? 2 : 0,
    cut: null,
  };
}

export function surveyOf(dataset: DatasetSummary): DatasetSurvey {
  const kind: Kind = dataset.name === 'parts' ? 'parts' : 'digits';
  const images = dataset.images ?? 0;
  const side = sideOf(kind);
  const tenth = Math.round(images / 10);
  return {
    images,
    sampled: Math.min(200, images),
    sizes: [{ width: side, height: side, count: Math.min(200, images) }],
    colour: false,
    suggested: { height: side, width: side, channels: 1 },
    classes: dataset.classes.map(({ name, count }) => ({ name, count: count ?? 0 })),
    split: { fit: images - 2 * tenth, validation: tenth, calibration: tenth, test: 0 },
    skipped: [],
  };
}

/** Of the digits most have a twin; of the parts there is nothing to say. */
export function inspectionOf(dataset: DatasetSummary): DatasetInspection {
  const images = dataset.images ?? 0;
  const none = { count: 0, images: [] };
  const clean = { clusters: 0, twins: 0, copies: 0, largest: [], empty: none, oddSizes: none };
  if (dataset.name === 'parts') return { images, ...clean, units: images, skipped: [], skippedCount: 0 };
  const image = (path: string, index: number, size = 28): InspectedImage => ({
    ...{ path, number: null, size: { width: size, height: 28 } },
    picture: {
      height: 28,
      width: 28,
      channels: 1,
      pixels: drawSample('digits', `train/${index % 10}`, index),
    },
  });
  const cluster = (n: number, count: number): InspectedCluster => ({
    count,
    images: Array.from({ length: Math.min(12, count) }, (_, k) =>
      image(`train/${n}/shot-${n}-${k}.png`, 10 * n + k),
    ),
    identical: n === 1,
  });
  return {
    ...{ images, clusters: 300, twins: 1200, copies: 41, units: images - 900 },
    largest: [cluster(0, 31), ...Array.from({ length: 59 }, (_, n) => cluster(1 + (n % 9), 4))],
    empty: {
      count: 30,
      images: Array.from({ length: 30 }, (_, n) => ({
        ...image(`train/2/blank-${n}.png`, n),
        picture: { height: 28, width: 28, channels: 1, pixels: new Uint8Array(784) },
      })),
    },
    oddSizes: { count: 1, images: [image('train/4/a-scan-with-a-rather-long-name-of-its-own.png', 4, 900)] },
    skipped,
    skippedCount: 2,
  };
}

export const proposalOf = (dataset: DatasetSummary): TrainingProposal => ({
  dataset,
  location: `samples/${dataset.name}/train`,
  defaults: {
    training: { ...notebookTraining, epochs: null },
    latent: 20,
    recipe: 'detector',
    fit: 'contain',
    falseAlarmRate: 0.01,
    memoryBudget: 1.5 * 1024 ** 3,
  },
  name: dataset.name,
});

export function calibrationScores(images: number): Float64Array {
  return Float64Array.from({ length: images }, (_, index) => {
    const share = (index + 0.5) / images;
    return 0.0042 + 0.0048 * (-Math.log(1 - share)) ** 0.8;
  }).sort();
}

function calibrationOf(images: number): Calibration {
  const { threshold, promisedRate } = conformalThreshold(calibrationScores(images), 0.01);
  return {
    ...{ score: 'mse', rule: 'split-conformal', images, requestedRate: 0.01, promisedRate, threshold },
    when: '2026-11-24T08:16:00.000Z',
  };
}

/** A calibration anew: on 150 images in 90 clusters and singles, too few for 1 %. */
export const recalibrationOf = (kind: Kind): Calibration => ({
  ...calibrationOf(90),
  threshold: 0.031,
  when: '2026-11-25T10:00:00.000Z',
  source: {
    ...{ name: 'evening', location: `samples/${kind}/evening`, images: 150, clusters: 30, skipped: 1 },
    fingerprint: '77aa',
    shifts: [{ name: 'error', spreads: 4.27 }],
  },
  previous: {
    ...{ images: 200, promisedRate: 0.01, threshold: 0.02, when: '2026-11-24T08:16:00.000Z' },
    ...{ location: null, flagged: 0.4 },
  },
});

export interface CardOptions {
  readonly epochs?: number;
  readonly state?: 'training' | 'stopped' | 'finished';
  readonly calibrated?: boolean;
  /** In the place of the usual one. */
  readonly calibration?: Calibration;
  /** Changes to the spec. */
  readonly spec?: Partial<ModelSpec>;
}

export function cardOf(kind: Kind, options: CardOptions = {}): ModelCard {
  const { state = 'finished', epochs = 20, calibrated = state === 'finished' } = options;
  const dataset = datasetOf(kind);
  const survey = surveyOf(dataset);
  const n = survey.split.calibration;
  return {
    format: 'latent-lens',
    version: 1,
    writtenBy: '0.1.0',
    created: '2026-11-24T08:15:00.000Z',
    name: kind,
    spec: { ...specOf(kind), ...options.spec },
    preprocessing: { fit: 'contain' },
    training: notebookTraining,
    progress: { state, epoch: epochs, step: state === 'finished' ? 0 : 12, stepsPerEpoch: 25 },
    history: historyOf(epochs),
    dataset: {
      name: kind,
      kind: 'folder',
      location: `samples/${kind}/train`,
      images: survey.images,
      classes: [...survey.classes],
      split: survey.split,
      skipped: [...dataset.skipped],
      skippedCount: dataset.skippedCount,
      ...(kind === 'digits'
        ? {
            nearDuplicates: {
              ...{ clusters: 40, images: 95, largest: 9 },
              named: [
                { images: 9, names: Array.from({ length: 8 }, (_, n) => `0/shot-${n}.png`) },
                { images: 2, names: ['7/one.png', '7/two.png'] },
              ],
            },
            empty: { images: 1, names: ['4/blank.png'] },
          }
        : {}),
      fingerprint: '5f2a',
    },
    engine: engineCard,
    calibration: calibrated ? (options.calibration ?? calibrationOf(n)) : null,
    notebookRule: calibrated ? { threshold: 0.0112, flagged: 0.362 } : null,
    points:
      state === 'finished' ? { count: pointCount, total: survey.images, heldOut: pointCount / 2 } : null,
    projections: [],
    begunProjection: null,
    pcaBaseline:
      state === 'finished' ? { components: 20, images: 1600, validation: 0.0121, skipped: null } : null,
  };
}

const pointCount = 48;
const exampleCount = 8;

/** The fake decoder's images: latent `e_i` is the i-th example, anything else a blend. Gray, `[H, W]` of the kind. */
export function decodeFake(kind: Kind, latent: Float32Array): Uint8Array {
  const side = sideOf(kind);
  const basis = reconstructionsOf(kind, 20);
  const size = side * side;
  const weights = Array.from({ length: exampleCount }, (_, index) => Math.max(0, latent[index] ?? 0));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const image = new Float64Array(size);
  weights.forEach((weight, index) => {
    const share = sum > 0 ? weight / sum : 1 / exampleCount;
    for (let i = 0; i < size; i++) image[i] = (image[i] ?? 0) + share * (basis[index * size + i] ?? 0);
  });
  return Uint8Array.from(image, Math.round);
}

/** Points whose latents stand for the example of their class. */
function addPoints(tensors: Map<string, Tensor>, kind: Kind): void {
  const side = sideOf(kind);
  const small = Math.min(32, side);
  const step = side / small;
  const folders = exampleFolders[kind];
  const latents = new Float32Array(pointCount * 20);
  const pixels = new Uint8Array(pointCount * small * small);
  const paths: string[] = [];
  const labels = new Int32Array(pointCount);
  for (let point = 0; point < pointCount; point++) {
    const which = point % exampleCount;
    const folder = folders[which] ?? '';
    latents[point * 20 + which] = 1;
    const drawn = drawSample(kind, folder, point + 20);
    for (let i = 0; i < small * small; i++) {
      const at = Math.floor(i / small) * step * side + (i % small) * step;
      pixels[point * small * small + i] = drawn[at] ?? 0;
    }
    paths.push(`${folder.replace('train/', '')}/${String(point + 20).padStart(3, '0')}.png`);
    labels[point] = kind === 'digits' ? Number(folder.slice(-1)) : 0;
  }
  const sets = Uint8Array.from({ length: pointCount }, (_, point) => (point < 12 ? 1 : point < 24 ? 2 : 0));
  const scores = Float64Array.from(calibrationScores(pointCount));
  const text = new TextEncoder().encode(JSON.stringify(paths));
  const n = pointCount;
  tensors.set(tensorNames.pointLatents, { dtype: 'F32', shape: [n, 20], data: latents });
  tensors.set(tensorNames.pointLabels, { dtype: 'I32', shape: [n], data: labels });
  tensors.set(tensorNames.pointSets, { dtype: 'U8', shape: [n], data: sets });
  tensors.set(tensorNames.pointScores, { dtype: 'F64', shape: [n], data: scores });
  tensors.set(tensorNames.pointFiles, {
    dtype: 'I32',
    shape: [n],
    data: Int32Array.from({ length: n }, (_, point) => point),
  });
  tensors.set(tensorNames.pointPositions, { dtype: 'I32', shape: [n], data: new Int32Array(n) });
  tensors.set(tensorNames.pointPaths, { dtype: 'U8', shape: [text.length], data: text });
  tensors.set(tensorNames.pointThumbnails, { dtype: 'U8', shape: [n, small, small, 1], data: pixels });
}

/** A model file as the engine writes it, without weights. @param padding bytes of a further tensor */
export function modelFileOf(kind: Kind, options: CardOptions = {}, padding = 0): Uint8Array {
  const card = cardOf(kind, options);
  const side = sideOf(kind);
  const { inputs, labels } = examplesOf(kind);
  const epochs = Int32Array.from([0, 4, 8, 12, 16, 20].filter((epoch) => epoch <= card.history.length));
  const images = new Uint8Array(epochs.length * inputs.length);
  epochs.forEach((epoch, index) => images.set(reconstructionsOf(kind, epoch), index * inputs.length));
  const tensors = new Map<string, Tensor>([
    [tensorNames.exampleInputs, { dtype: 'U8', shape: [8, side, side, 1], data: inputs }],
    [tensorNames.exampleLabels, { dtype: 'I32', shape: [8], data: labels }],
    [tensorNames.exampleEpochs, { dtype: 'I32', shape: [epochs.length], data: epochs }],
    [
      tensorNames.exampleReconstructions,
      { dtype: 'U8', shape: [epochs.length, 8, side, side, 1], data: images },
    ],
  ]);
  if (card.calibration !== null) {
    const scores = calibrationScores(card.calibration.images);
    tensors.set(tensorNames.calibrationScores, { dtype: 'F64', shape: [scores.length], data: scores });
  }
  if (card.points !== null) addPoints(tensors, kind);
  if (card.notebookRule !== null) {
    const losses = (count: number, middle: number): Float64Array =>
      Float64Array.from(
        { length: count },
        (_, index) => middle * (1 + 0.16 * Math.sin(index * 12.9898) ** 3),
      );
    const doubles = (data: Float64Array): Tensor => ({ dtype: 'F64', shape: [data.length], data });
    tensors.set(tensorNames.trainBatchLosses, doubles(losses(100, 0.0094)));
    tensors.set(tensorNames.validationBatchLosses, doubles(losses(40, 0.0097)));
    tensors.set(tensorNames.validationScores, doubles(calibrationScores(200)));
  }
  if (padding > 0) {
    const data = Uint8Array.from({ length: padding }, (_, index) => (index * 7) % 251);
    tensors.set('padding', { dtype: 'U8', shape: [padding], data });
  }
  return writeModelFile({ card, tensors });
}

/** The outcome of a check: ordinary images are blurred a little, anomalous ones lose what should not be there. */
/** What the channels of small images say. */
const readingsOf = (anomalous: boolean): CheckResult['readings'] => [
  {
    name: 'structure',
    inSum: true,
    score: 0.31,
    z: anomalous ? 3.214 : 0.412,
    threshold: 2.6,
    fired: anomalous,
  },
  { name: 'orientation', inSum: true, score: 0.9, z: anomalous ? 1.87 : -0.35, threshold: 2.9, fired: false },
  { name: 'error', inSum: false, score: 0.02, z: anomalous ? 2.1 : 0.1, threshold: 2.4, fired: false },
];

/** Squared differences, smoothed; of an anomalous image some lie above the threshold. */
function heatOf(difference: Float32Array, side: number, anomalous: boolean): CheckResult['heat'] {
  const squares = Uint8Array.from(difference, (value) => Math.min(255, Math.round(value ** 2 * 255)));
  const values = Float32Array.from(blurred(squares, side, 2), (value) => value / 255);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return { channel: 'structure', values, threshold: anomalous ? largest * 0.55 : largest * 1.4 };
}

/** A verdict of many: what the name says, the score rising with the number in it. @param name `…/FOLDER/NNN.png` */
export function judgedOf(name: string): JudgedImage {
  const [, folder = 'good', number = '0'] = /(\w+)\/(\d+)\.png$/.exec(name.replace('slow/', '')) ?? [];
  const index = Number(number);
  const { verdict, input, height, width, channels } = checkResultOf('digits', `test/${folder}`, index % 20);
  const scores = calibrationScores(2000);
  const score = verdict.score + index * 1e-6;
  return {
    verdict: judge(score, scores, conformalThreshold(scores, 0.01)),
    readings: readingsOf(verdict.anomalous),
    ...{ autoencoder: 0.0071 + index * 1e-6, pca: 0.0091 },
    thumbnail: { height, width, channels, pixels: input },
  };
}

/** @param name `…/FOLDER/NNN.png` */
function evaluatedFile(name: string): { readonly folder: string; readonly index: number } {
  const [, folder = 'good', number = '0'] = /(\w+)\/(\d+)\.png$/.exec(name) ?? [];
  return { folder, index: Number(number) };
}

/** Scores of good and bad images that overlap, each its own by the number in the name. */
export function evaluatedScore(name: string, defect: string | null = null): number {
  const { folder, index } = evaluatedFile(name);
  const kind = defect ?? folder;
  if (kind === 'good') return 0.005 + ((index * 7) % 20) * 0.0005;
  return 0.0101 + kind.length * 0.0002 + ((index * 11) % 20) * 0.0011;
}

const evaluationScores = calibrationScores(2000);

/** A verdict of an evaluation, by {@link evaluatedScore}. */
export function evaluatedOf(name: string, defect: SyntheticKind | null = null): JudgedImage {
  const { folder, index } = evaluatedFile(name);
  const score = evaluatedScore(name, defect);
  const pixels = drawSample('digits', `test/${folder.toLowerCase()}`, index % 20);
  const side = sideOf('digits');
  const image = { height: side, width: side, channels: 1, pixels } as const;
  const verdict = judge(score, evaluationScores, conformalThreshold(evaluationScores, 0.01));
  return {
    ...{ verdict, readings: readingsOf(verdict.anomalous) },
    autoencoder: score + 0.004 * Math.sin(1e6 * score),
    pca: score + 0.008 * Math.sin(3e6 * score),
    thumbnail: { ...image, pixels: defect ? withDefect(defect, image, 0, imageKey(name)) : pixels },
  };
}

/** A folder with a test folder of good images, 12 rotated and 8 broken ones, and one that ends too early. */
export function evaluationFolder(bad = true, good = 20): EvaluationFolder {
  const images = (folder: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `test/${folder}/${String(index).padStart(3, '0')}.png`);
  return {
    ...{ source: 'evaluation', root: 'file:///workspace/samples/digits', name: 'samples/digits' },
    paths: [
      ...['train/3/000.png', ...images('good', good), 'test/good/truncated-020.png'],
      ...(bad ? [...images('broken', 8), ...images('rotated', 12)] : []),
    ],
    ...{ skipped: [{ path: 'notes.txt', reason: 'not an image type that can be read' }], skippedCount: 1 },
    ...{ cut: null, dataset: 'file:///workspace/samples/digits/train' },
  };
}

/** Images of the digits' test folders, good ones and `anomalous` rotated ones among them, and one that ends too early. */
export function batchOf(count: number, anomalous: number, id = 'batch'): Batch {
  const names = Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(3, '0');
    if (index === count - 1) return `digits/test/good/truncated-${number}.png`;
    return `digits/test/${index % Math.ceil(count / anomalous) === 1 ? 'rotated' : 'good'}/${number}.png`;
  });
  return {
    ...{ id, title: 'samples/digits', names },
    model: 'file:///workspace/latent-lens/digits.lens.safetensors',
    ...{ modelKey: 'digits one', modelName: 'digits', falseAlarmRate: 0.01 },
    skipped: [{ path: 'digits/test/notes.txt', reason: 'not an image type that can be read' }],
    ...{ skippedCount: 1, cut: null },
  };
}

export function checkResultOf(kind: Kind, folder: string, index = 0): CheckResult {
  const side = sideOf(kind);
  const input = drawSample(kind, folder, index);
  const anomalous = !folder.endsWith('good');
  const reconstruction = blurred(input, side, anomalous ? 3 : 1);
  const difference = Float32Array.from(input, (value, i) => ((reconstruction[i] ?? 0) - value) / 255);
  const scores = calibrationScores(kind === 'digits' ? 2000 : 60);
  const score = anomalous ? 0.0613 : 0.0071;
  return {
    height: side,
    width: side,
    channels: 1,
    originalWidth: side,
    originalHeight: side,
    input,
    reconstruction,
    difference,
    latent: new Float32Array(20),
    verdict: judge(score, scores, conformalThreshold(scores, 0.01)),
    calibrationScores: scores,
    readings: readingsOf(anomalous),
    autoencoder: judge(anomalous ? 0.0402 : 0.0071, scores, conformalThreshold(scores, 0.01)),
    pca: { components: 20, verdict: judge(0.0091, scores, conformalThreshold(scores, 0.01)) },
    heat: heatOf(difference, side, anomalous),
    milliseconds: 9,
  };
}
