/** What the map says in words. Pure. */
import { pointName } from '../../shared/map-points.ts';
import type { ProjectionMethod } from '../../shared/model-card.ts';
import { isStopped } from '../../shared/projection-choices.ts';
import { formatScore } from '../../shared/verdict.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { baseName } from '../shared/format.ts';
import type { Coloring } from './groups.ts';
import { iterationsDone, projectionProgress, recallWarning } from '../shared/projection-words.ts';
import type { MapModel, ShownProjection } from './state.ts';

const methodNames: Readonly<Record<ProjectionMethod, string>> = { tsne: 't-SNE', pca: 'PCA' };

export const coloringNames: Readonly<Record<Coloring, string>> = {
  class: 'Class',
  score: 'Score',
  set: 'Set',
  verdict: 'Verdict',
};

const setWords = ['trained on', 'validation', 'calibration', 'test'] as const;

export interface PointWords {
  /** Path, with the number for an image in an IDX file. */
  readonly path: string;
  readonly name: string;
  readonly className: string | null;
  readonly set: string;
  readonly score: string;
  /** Null where the model gives no verdicts. */
  readonly verdict: string | null;
  readonly anomalous: boolean;
}

export function pointWords({ points, card }: MapModel, point: number): PointWords {
  const path = pointName(points, point, card.dataset.kind);
  const score = points.scores[point] ?? Number.NaN;
  const threshold = card.calibration?.threshold ?? null;
  const anomalous = threshold !== null && score > threshold;
  return {
    path,
    name: baseName(path.replace(/[?#](?!\d+$)/g, '_')) || path,
    className: card.dataset.classes[points.labels[point] ?? -1]?.name ?? null,
    set: setWords[points.sets[point] ?? 0] ?? '',
    score: formatScore(score),
    verdict: threshold === null ? null : anomalous ? 'anomalous' : 'not anomalous',
    anomalous,
  };
}

/** For a screen reader. */
export function spokenPoint(model: MapModel, point: number, count: number): string {
  const { path, className, score, verdict } = pointWords(model, point);
  const parts = [path, className === null ? '' : `class ${className}`, `score ${score}`, verdict ?? ''];
  return `${parts.filter((part) => part !== '').join(', ')}; point ${formatCount(point + 1)} of ${formatCount(count)}.`;
}

/** A projection among those to choose from: a t-SNE that has not reached its end says so. */
export function projectionTitle({ card, running }: ShownProjection): string {
  const name = methodNames[card.method];
  if (running) return `${name}, running`;
  return isStopped(card) ? `${name}, ${iterationsDone(card)}` : name;
}

export interface ProjectionWords {
  /** n of N. */
  readonly count: string;
  readonly measures: string;
  readonly warning: string | null;
}

export function projectionWords({ card, running }: ShownProjection, total: number): ProjectionWords {
  const { method, count, kl, recall, trustworthiness, perplexity } = card;
  if (running)
    return {
      count: `${formatCount(count)} of ${countOf(total, 'image')}`,
      measures: `${methodNames[method]} · ${projectionProgress(running)}`,
      warning: null,
    };
  const measures = [
    methodNames[method],
    ...(perplexity === null ? [] : [`perplexity ${formatScore(perplexity)}`]),
    ...(isStopped(card) ? [`stopped after ${iterationsDone(card)}`] : []),
    ...(kl === null ? [] : [`KL ${kl.toFixed(2)}`]),
    ...(recall === null ? [] : [`10-NN recall ${recall.toFixed(2)}`]),
    ...(trustworthiness === null ? [] : [`trustworthiness ${trustworthiness.toFixed(3)}`]),
  ];
  return {
    count: `${formatCount(count)} of ${countOf(total, 'image')}`,
    measures: measures.join(' · '),
    warning: recallWarning(card),
  };
}
