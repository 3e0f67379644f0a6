/** What a model is: the one description from which layers, parameters and tensors in the file follow. */
import * as v from 'valibot';

export const minSide = 8;
export const maxSide = 256;
export const maxLatent = 1024;

const side = v.pipe(v.number(), v.integer(), v.minValue(minSide), v.maxValue(maxSide));

/** Corruption of the input while training; the target stays clean. */
export const corruptionSchema = v.object({
  /** Standard deviation of Gaussian noise added to pixels in 0–1; the sum is clipped to 0–1. 0 = none. */
  noise: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Number of erased rectangles per image, each side uniform in 0.20–0.45 of the image's. 0 = none. */
  erase: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8)),
});
export type Corruption = v.InferOutput<typeof corruptionSchema>;

export const modelSpecSchema = v.object({
  height: side,
  width: side,
  channels: v.picklist([1, 3]),
  /** Latent size k. */
  latent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxLatent)),
  variant: v.picklist(['plain', 'linear', 'variational']),
  recipe: v.picklist(['notebook', 'detector']),
  corruption: corruptionSchema,
  loss: v.literal('mse'),
  /** Weight β of the divergence in the loss of a variational model; {@link betaOf} reads it. */
  beta: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
});
export type ModelSpec = v.InferOutput<typeof modelSpecSchema>;
export type Recipe = ModelSpec['recipe'];
export type Variant = ModelSpec['variant'];
export const variants = ['plain', 'linear', 'variational'] as const satisfies readonly Variant[];

/** β of a variational model: 1, the evidence lower bound itself, unless the spec says otherwise. */
export const betaOf = ({ beta = 1 }: Pick<ModelSpec, 'beta'>): number => beta;

export const trainingSettingsSchema = v.object({
  epochs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  learningRate: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** L2 coefficient, added to the gradient (coupled, as torch.optim.Adam does). */
  weightDecay: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  /** Epochs over which the divergence of a variational model is brought in; without it there is no annealing. */
  klAnnealEpochs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000))),
});
export type TrainingSettings = v.InferOutput<typeof trainingSettingsSchema>;

export const fitModes = ['contain', 'cover', 'stretch'] as const;
export const fitModeSchema = v.picklist(fitModes);
export type FitMode = v.InferOutput<typeof fitModeSchema>;

export const corruptionOf: Record<Recipe, Corruption> = {
  notebook: { noise: 0, erase: 0 },
  detector: { noise: 0.2, erase: 1 },
};

export const notebookTraining: TrainingSettings = {
  epochs: 20,
  batchSize: 64,
  learningRate: 1e-3,
  weightDecay: 1e-5,
  seed: 42,
};

/** Images seen in 20 epochs of 6,000, the size on which the detector recipe was measured. */
const detectorPresentations = 120_000;
const mostDetectorEpochs = 200;

/**
 * Default number of epochs. The notebook takes 20. The detector takes 8 passes over more than 20,000 images; a small
 * set needs as many presentations as a middling one, so its epochs grow as it shrinks, from 20 up to 200.
 * @param images images to fit
 */
export function epochsOf(recipe: Recipe, images: number): number {
  if (recipe === 'notebook') return notebookTraining.epochs;
  if (images > 20_000) return 8;
  const needed = Math.ceil(detectorPresentations / Math.max(1, images));
  return Math.min(mostDetectorEpochs, Math.max(notebookTraining.epochs, needed));
}

/** Proposed for variational models: enough to learn shapes before the latent is pulled to the normal distribution. */
export const defaultKlAnnealEpochs = 5;

/**
 * Weight of the divergence per image in an epoch of a variational model. The divergence (summed over the latent) is
 * set against the squared error summed over H·W·C (Kingma & Welling 2014; β: Higgins et al. 2017), and the loss is the
 * mean over H·W·C, hence the division. Annealed linearly from 0 (Bowman et al. 2016): epoch 0 learns without it,
 * epoch `klAnnealEpochs` and all after with the whole of it.
 * @param epoch from 0
 */
export function klWeightAt(
  spec: Pick<ModelSpec, 'height' | 'width' | 'channels' | 'beta'>,
  { klAnnealEpochs = 0 }: Pick<TrainingSettings, 'klAnnealEpochs'>,
  epoch: number,
): number {
  const share = klAnnealEpochs === 0 ? 1 : Math.min(1, epoch / klAnnealEpochs);
  return (betaOf(spec) * share) / (spec.height * spec.width * spec.channels);
}

/** The notebook's model: 28×28×1, latent 20. */
export const notebookSpec: ModelSpec = {
  height: 28,
  width: 28,
  channels: 1,
  latent: 20,
  variant: 'plain',
  recipe: 'notebook',
  corruption: corruptionOf.notebook,
  loss: 'mse',
};

/** `28 × 28 gray`, `64 × 48 RGB`: height × width, as shown everywhere. */
export const describeShape = (spec: Pick<ModelSpec, 'height' | 'width' | 'channels'>): string =>
  `${spec.height} × ${spec.width} ${spec.channels === 1 ? 'gray' : 'RGB'}`;
