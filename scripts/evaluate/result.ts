// The result as it is printed: one JSON object for programs, a few lines for people.
import type { EvaluateResult } from '../../src/shared/protocol/engine.ts';
import { formatPercent, formatScore, smallestRate } from '../../src/shared/verdict.ts';
import { describeShape } from '../../src/shared/model-spec.ts';
import type { Options } from './options.ts';

/** The last line of stdout. Losses and scores are mean squared errors of pixels in 0–1; rates and shares lie in 0–1. */
export interface PrintedResult {
  readonly engine: EvaluateResult['engine']['kind'];
  readonly build: string;
  /** The GPU, for WebGPU. */
  readonly adapter: string | null;
  readonly reason: string;
  readonly spec: EvaluateResult['spec'];
  readonly recipe: EvaluateResult['spec']['recipe'];
  readonly seed: number;
  readonly training: EvaluateResult['training'];
  readonly counts: EvaluateResult['counts'];
  readonly seconds: EvaluateResult['seconds'];
  readonly loss: EvaluateResult['loss'];
  /** On the validation images: the model's mean squared error, and that of as many principal components. */
  readonly baseline: EvaluateResult['baseline'];
  /** With `--noise` or `--denoise` alone: mean squared errors against the clean images, at a fixed seed. */
  readonly denoise?: EvaluateResult['denoise'];
  /** With `--synthetic` alone: an estimate on drawn defects, and whether they are drawn into good or calibration images. */
  readonly syntheticOn?: NonNullable<EvaluateResult['synthetic']>['drawnInto'];
  readonly synthetic?: NonNullable<EvaluateResult['synthetic']>['kinds'];
  /** What the verdict's score is: the sum of the channels' standard scores, or the mean squared error. */
  readonly score: EvaluateResult['score'];
  readonly threshold: number | null;
  /** Null where nothing was calibrated. */
  readonly calibration: {
    readonly images: number;
    readonly requestedRate: number;
    readonly promisedRate: number;
  } | null;
  /** Of the `--good` images, at the calibrated threshold. */
  readonly falsePositiveRate: number | null;
  /** With `--preset notebook` alone: the notebook's threshold, and the share of the validation images above it. */
  readonly notebookRule?: EvaluateResult['notebookRule'];
  readonly bad: EvaluateResult['bad'];
}

export function printedResult(result: EvaluateResult, { rate, notebook }: Options): PrintedResult {
  const { engine, spec, counts, training, calibrationImages: images } = result;
  return {
    engine: engine.kind,
    build: engine.build,
    adapter: engine.adapter ?? null,
    reason: engine.reason,
    spec,
    recipe: spec.recipe,
    seed: training.seed,
    training,
    counts,
    seconds: result.seconds,
    loss: result.loss,
    baseline: result.baseline,
    ...(result.denoise ? { denoise: result.denoise } : {}),
    ...(result.synthetic
      ? { syntheticOn: result.synthetic.drawnInto, synthetic: result.synthetic.kinds }
      : {}),
    score: result.score,
    threshold: result.threshold,
    calibration:
      result.threshold === null
        ? null
        : { images, requestedRate: rate, promisedRate: Math.max(rate, smallestRate(images)) },
    falsePositiveRate: result.falsePositiveRate,
    ...(notebook ? { notebookRule: result.notebookRule } : {}),
    bad: result.bad,
  };
}

const share = (value: number | null): string => (value === null ? '–' : formatPercent(value));
const decimal = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(4);

/** What a person wants to know of a result, in a few lines. */
export function summaryLines(result: PrintedResult): string[] {
  const { spec, counts, loss, seconds, calibration, notebookRule } = result;
  const lines = [
    `${describeShape(spec)}, latent ${spec.latent}, ${spec.variant === 'plain' ? '' : `${spec.variant}, `}${result.recipe} recipe, seed ${result.seed}, on ${result.build}` +
      (result.adapter === null ? '' : ` (${result.adapter})`),
    `fit ${counts.fit}, validation ${counts.validation}, calibration ${counts.calibration}, kept apart ${counts.test}, ` +
      `good ${counts.good}, bad ${counts.bad}`,
    `loss after ${loss.train.length} epochs: train ${formatScore(loss.train.at(-1) ?? NaN)}, ` +
      `validation ${formatScore(loss.validation.at(-1) ?? NaN)}`,
    `seconds: load ${seconds.load.toFixed(1)}, train ${seconds.train.toFixed(1)}, score ${seconds.score.toFixed(1)}`,
  ];
  if (result.baseline) {
    const { model, pca, components } = result.baseline;
    lines.push(`validation error: model ${formatScore(model)}, PCA-${components} ${formatScore(pca)}`);
  }
  if (result.denoise) {
    const { sigma, images, noisy, denoised } = result.denoise;
    lines.push(
      `noise ${sigma} on ${images} images: error ${formatScore(noisy)}, after the model ${formatScore(denoised)}`,
    );
  }
  if (notebookRule) {
    lines.push(
      `the notebook's threshold ${formatScore(notebookRule.threshold)} flags ${share(notebookRule.flagged)} of the validation images`,
    );
  }
  if (calibration && result.threshold !== null) {
    const promise =
      calibration.promisedRate > calibration.requestedRate
        ? `${share(calibration.promisedRate)}, the least that ${calibration.images} images can promise`
        : share(calibration.promisedRate);
    lines.push(`threshold ${formatScore(result.threshold)} for a false-positive rate of ${promise}`);
  }
  if (result.falsePositiveRate !== null) {
    lines.push(`false-positive rate on ${counts.good} good images: ${share(result.falsePositiveRate)}`);
  }
  for (const { kind, count, auroc, tprAt1Fpr } of result.synthetic ?? []) {
    lines.push(
      `synthetic ${kind} (${count} ${result.syntheticOn} images): AUROC ${decimal(auroc)}; ${share(tprAt1Fpr)} found at 1 % false positives`,
    );
  }
  for (const { path, count, auroc, tprAt1Fpr, caught, pca } of result.bad) {
    const channels = Object.entries(auroc ?? {}).map(([name, area]) => `${name} ${decimal(area)}`);
    lines.push(
      `${path} (${count}): AUROC ${channels.join(', ') || '–'}; ${share(tprAt1Fpr)} found at 1 % false positives; ` +
        `${share(caught)} above the threshold` +
        (pca ? `; PCA-${pca.components} AUROC ${decimal(pca.auroc)}` : ''),
    );
  }
  return lines;
}
