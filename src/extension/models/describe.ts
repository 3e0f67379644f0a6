/** How a model is told in a line, and in a tooltip. */
import { formatCount } from '../../shared/count.ts';
import type { ModelCard } from '../../shared/model-card.ts';
import { describeShape } from '../../shared/model-spec.ts';
import { formatPercent, formatScore } from '../../shared/verdict.ts';

/** The latest loss that says most: on validation images where there are any. */
export function latestLoss(card: ModelCard): number | null {
  const last = card.history.at(-1);
  return last ? (last.validation ?? last.train) : null;
}

/** `28 × 28 gray · epoch 20 · 0.007444 · 1 % of 200` */
export function describeModel(card: ModelCard): string {
  const { progress, training, calibration } = card;
  const unfinished = progress.state !== 'finished';
  const epoch = unfinished ? `epoch ${progress.epoch} of ${training.epochs}` : `epoch ${progress.epoch}`;
  const loss = latestLoss(card);
  const parts = [describeShape(card.spec), epoch];
  if (loss !== null) parts.push(formatScore(loss));
  if (calibration)
    parts.push(`${formatPercent(calibration.promisedRate)} of ${formatCount(calibration.images)}`);
  else parts.push(unfinished ? 'unfinished' : 'not calibrated');
  return parts.join(' · ');
}

/** Markdown lines; the values of the card are escaped, since a model file may come from anywhere. */
export function describeModelAtLength(card: ModelCard): string {
  const { spec, dataset, training, engine, calibration, progress } = card;
  const loss = latestLoss(card);
  const lines = [
    `**${escapeMarkdown(card.name)}**`,
    '',
    `${describeShape(spec)}, latent size ${spec.latent}, ${spec.variant} (recipe: ${spec.recipe})`,
    `Learned from ${formatCount(dataset.images)} images of ${escapeMarkdown(dataset.name)}`,
    `${progress.epoch} of ${training.epochs} epochs, seed ${training.seed}, ${engine.kind}`,
  ];
  if (loss !== null) lines.push(`Loss ${formatScore(loss)}`);
  lines.push(
    calibration
      ? `Threshold ${formatScore(calibration.threshold)} at a false-alarm rate of ${formatPercent(calibration.promisedRate)}, from ${formatCount(calibration.images)} calibration images`
      : 'No threshold yet: this model gives no verdict',
  );
  return lines.join('  \n');
}

export const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, '\\$&');
