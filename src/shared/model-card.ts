/** The card of a model: all that the file says of itself in words and numbers, as JSON under `__metadata__.lens`. */
import * as v from 'valibot';
import { fitModeSchema, modelSpecSchema, trainingSettingsSchema } from './model-spec.ts';
import { skippedFileSchema } from './dataset.ts';

export const cardFormat = 'latent-lens';
export const cardVersion = 1;
export const modelFileSuffix = '.lens.safetensors';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const text = v.pipe(v.string(), v.maxLength(10_000));

export const epochRecordSchema = v.object({
  /** 1-based. */
  epoch: count,
  /** Mean of the epoch's batch losses while training. */
  train: finite,
  /** Mean validation loss after the epoch, mean over images; null without validation images. */
  validation: v.nullable(finite),
  seconds: finite,
  imagesPerSecond: finite,
});
export type EpochRecord = v.InferOutput<typeof epochRecordSchema>;

/** Where training stands: `epoch` epochs are complete and `step` batches of the next one are done. */
export const progressSchema = v.object({
  state: v.picklist(['training', 'stopped', 'finished']),
  epoch: count,
  step: count,
  stepsPerEpoch: count,
});
export type TrainingProgress = v.InferOutput<typeof progressSchema>;

/**
 * What looks at an image for the verdict. `structure`: 1 − SSIM of the reconstruction; `orientation`: distance to the
 * nearest orientation histograms of good images; `place`: the worst place of a photo, beyond the principal components of
 * good photos; `whole`: as `orientation`, of a whole photo; `error`: the mean squared error of the reconstruction.
 * `structure` and `error` are learned by the model, the others are hand-made features of the good images.
 */
export const channelNames = ['structure', 'orientation', 'place', 'whole', 'error'] as const;
export type ChannelName = (typeof channelNames)[number];

/** A channel's calibration. */
export const channelCardSchema = v.object({
  name: v.picklist(channelNames),
  /** Whether it is part of the verdict's score; else it stands beside. */
  inSum: v.boolean(),
  /** Its scores on the calibration images: median, and interquartile range / 1.349. z = (score − median) / spread. */
  median: finite,
  spread: finite,
  /** It fires where its own score is greater: the split-conformal threshold at the promised rate. */
  threshold: finite,
  /** A pixel of its heat map is out of the ordinary if greater: conformal over the calibration images' hottest pixels. */
  heatThreshold: finite,
});
export type ChannelCard = v.InferOutput<typeof channelCardSchema>;

/** Images of another folder, on which a model was calibrated again. */
export const calibrationSourceSchema = v.object({
  name: text,
  /** As {@link datasetCardSchema}'s. */
  location: text,
  /** Images that were scored, clusters of near-duplicates among them, and files that could not be read. */
  images: count,
  clusters: count,
  skipped: count,
  fingerprint: text,
  /** How far each channel's median lies from that of the first calibration, in spreads of the first. */
  shifts: v.array(v.object({ name: v.picklist(channelNames), spreads: finite })),
});
export type CalibrationSource = v.InferOutput<typeof calibrationSourceSchema>;

/** What is still said of a calibration that another took the place of. */
export const previousCalibrationSchema = v.object({
  images: count,
  promisedRate: rate,
  threshold: finite,
  when: text,
  /** Its images' folder; null where they were set aside from the data set. */
  location: v.nullable(text),
  /** Share of the images that calibrate now above its threshold, one of each cluster. */
  flagged: rate,
});
export type PreviousCalibration = v.InferOutput<typeof previousCalibrationSchema>;

export const calibrationSchema = v.object({
  /**
   * The verdict's score: `mse`, the mean squared error of the reconstruction, or `combined`, the sum of the standard scores
   * of the channels that are `inSum`.
   */
  score: v.picklist(['mse', 'combined']),
  rule: v.literal('split-conformal'),
  /** Number of calibration images: one of each cluster of near-duplicates. */
  images: count,
  /** The false-positive rate that was asked for, and the one that this many images can promise. */
  requestedRate: rate,
  promisedRate: rate,
  /** An image is anomalous if its score is greater. */
  threshold: finite,
  /** ISO 8601. */
  when: text,
  /** Absent in files of the first versions. */
  channels: v.exactOptional(v.array(channelCardSchema)),
  /** Channels that said the same of every calibration image, and are therefore left out. */
  dropped: v.exactOptional(v.array(v.picklist(channelNames))),
  /** The verdicts beside: of the mean squared error alone, and of as many principal components as the latent has. */
  autoencoder: v.exactOptional(v.object({ threshold: finite })),
  pca: v.exactOptional(v.object({ components: count, threshold: finite })),
  /** Where the images come from; absent where they were set aside from the data set itself. */
  source: v.exactOptional(calibrationSourceSchema),
  /** Present where the model was calibrated again. */
  previous: v.exactOptional(previousCalibrationSchema),
});
export type Calibration = v.InferOutput<typeof calibrationSchema>;

/** How much of the near-duplicates a card names: enough to look at, and small beside the weights. */
export const mostNamedClusters = 30;
export const mostNamedImages = 8;

export const splitCountsSchema = v.object({ fit: count, validation: count, calibration: count, test: count });

export const datasetCardSchema = v.object({
  name: text,
  kind: v.picklist(['folder', 'idx']),
  /** Workspace-relative path where the data lies inside the workspace, else a URI. */
  location: text,
  images: count,
  classes: v.array(v.object({ name: text, count })),
  split: splitCountsSchema,
  skipped: v.array(skippedFileSchema),
  skippedCount: count,
  /** Near-duplicates: clusters, the images in them, images of the largest. Absent in files of the first versions. */
  nearDuplicates: v.exactOptional(
    v.object({
      clusters: count,
      images: count,
      largest: count,
      /** The largest clusters, with the names of their first images: {@link mostNamedClusters} × {@link mostNamedImages}. */
      named: v.exactOptional(v.array(v.object({ images: count, names: v.array(text) }))),
    }),
  ),
  /** Constant or nearly empty images, as the model saw them, the first by name. */
  empty: v.exactOptional(v.object({ images: count, names: v.array(text) })),
  /** Hash over the files' paths and decoded pixels: resuming asks for the same data. */
  fingerprint: text,
});
export type DatasetCard = v.InferOutput<typeof datasetCardSchema>;

export const engineCardSchema = v.object({
  kind: v.picklist(['wasm', 'webgpu']),
  build: text,
  adapter: v.optional(text),
  /** Why this engine, as shown to the user. */
  reason: text,
});
export type EngineCard = v.InferOutput<typeof engineCardSchema>;

/** The points of the map: images whose latents are kept in the file. */
export const pointsCardSchema = v.object({
  /** Points kept, and images of the data set: n of N. */
  count,
  total: count,
  /** The first so many points were never trained on: validation, calibration, test, in this order. */
  heldOut: count,
});
export type PointsCard = v.InferOutput<typeof pointsCardSchema>;

export const projectionMethods = ['tsne', 'pca'] as const;
export type ProjectionMethod = (typeof projectionMethods)[number];

/** What a file can keep, the one to show first: the finished t-SNE, a t-SNE on its way or stopped, the principal plane. */
export const projectionNames = ['tsne', 'begun', 'pca'] as const;
export type ProjectionName = (typeof projectionNames)[number];

/** A projection of the first `count` points to the plane; its coordinates are a tensor of the file. */
export const projectionCardSchema = v.object({
  method: v.picklist(projectionMethods),
  count,
  /** Of t-SNE; null for others. */
  perplexity: v.nullable(finite),
  /** Iterations done, and asked for: fewer where it was stopped. 0 for PCA. */
  iterations: count,
  planned: count,
  seed: count,
  /** Kullback–Leibler divergence, exact; null where there is none. */
  kl: v.nullable(finite),
  /** Share of the 10 nearest neighbours in the latent space that are among the 10 nearest on the map; null if unmeasured. */
  recall: v.nullable(finite),
  /** Trustworthiness with k = 12 (Venna & Kaski 2001); null if unmeasured. */
  trustworthiness: v.nullable(finite),
  /** What computed it, e.g. `wasm-fma`. */
  engine: text,
  /** ISO 8601. */
  when: text,
});
export type ProjectionCard = v.InferOutput<typeof projectionCardSchema>;

/** Principal components as many as the latent has, fitted on fit images: the baseline beside the model. */
export const pcaBaselineSchema = v.object({
  components: count,
  /** Fit images that it was fitted on. */
  images: count,
  /** Mean squared error on the validation images; null where it was not computed: `skipped` says why. */
  validation: v.nullable(finite),
  skipped: v.nullable(text),
});
export type PcaBaseline = v.InferOutput<typeof pcaBaselineSchema>;

export const modelCardSchema = v.object({
  format: v.literal(cardFormat),
  version: v.literal(cardVersion),
  /** Written by this version of the extension. */
  writtenBy: text,
  /** ISO 8601. */
  created: text,
  name: text,
  spec: modelSpecSchema,
  preprocessing: v.object({ fit: fitModeSchema }),
  training: trainingSettingsSchema,
  progress: progressSchema,
  history: v.array(epochRecordSchema),
  dataset: datasetCardSchema,
  engine: engineCardSchema,
  calibration: v.nullable(calibrationSchema),
  /** The notebook's rule on the last epoch's validation batch losses: mean + standard deviation. */
  notebookRule: v.nullable(
    v.object({
      threshold: finite,
      /** Share of the validation images that it flags. */
      flagged: finite,
    }),
  ),
  /** Null before the end of the training, and in files of the first versions. */
  points: v.optional(v.nullable(pointsCardSchema), null),
  /** At most one for each method. */
  projections: v.optional(v.array(projectionCardSchema), []),
  /** A t-SNE that has not reached its end, beside the one that has; versions before this kept it among the projections. */
  begunProjection: v.optional(v.nullable(projectionCardSchema), null),
  pcaBaseline: v.optional(v.nullable(pcaBaselineSchema), null),
});
export type ModelCard = v.InferOutput<typeof modelCardSchema>;

/** What the card says of this projection; undefined where the file has none. */
export const projectionCardOf = (
  card: Pick<ModelCard, 'projections' | 'begunProjection'>,
  name: ProjectionName,
): ProjectionCard | undefined =>
  name === 'begun'
    ? (card.begunProjection ?? undefined)
    : card.projections.find(({ method }) => method === name);

/** The threshold on a mean squared error, whatever the verdict's own score is; null without calibration. */
export function errorThreshold({ calibration }: Pick<ModelCard, 'calibration'>): number | null {
  if (calibration === null) return null;
  return calibration.score === 'mse' ? calibration.threshold : (calibration.autoencoder?.threshold ?? null);
}
