// A protocol's result as it is printed: one JSON object for programs, a table for people.
import type { ProtocolResult, ProtocolRun } from '../../../src/shared/protocol/engine.ts';
import { formatPercent } from '../../../src/shared/verdict.ts';
import type { ProtocolOptions } from './options.ts';

interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** The last line of stdout. Areas, rates and shares lie in 0–1. */
export interface PrintedProtocol {
  readonly protocol: ProtocolOptions['protocol'];
  readonly data: string;
  /** Set for data on which the scores were found: no evidence of what they do elsewhere. */
  readonly note?: 'development data';
  /** Set where not every class or split was in turn. */
  readonly part?: readonly string[];
  readonly recipe: ProtocolResult['spec']['recipe'];
  readonly seeds: readonly number[];
  /** Over seeds: of each seed the mean over its classes or splits. */
  readonly auroc: Readonly<Record<string, Spread>>;
  /** Mean over seeds. */
  readonly perClass: readonly { readonly class: string; readonly auroc: number; readonly pca: number }[];
  readonly perDefect: readonly { readonly defect: string; readonly auroc: number }[];
  readonly pca: { readonly components: number; readonly auroc: Spread | null };
  readonly pixels: { readonly auroc: number; readonly aupro: number } | null;
  /** Means over all runs. */
  readonly falsePositiveRate: number;
  readonly tprAt1Fpr: number | null;
  readonly caught: number | null;
  readonly rates: ProtocolResult['rates'];
  readonly nearDuplicates: ProtocolResult['nearDuplicates'];
  readonly runs: readonly ProtocolRun[];
  readonly engine: string;
  readonly spec: ProtocolResult['spec'];
  readonly training: ProtocolResult['training'];
  readonly seconds: number;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanOrNull = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
};

/** Of each seed the mean over its runs, then over seeds. */
function spreadOf(runs: readonly ProtocolRun[], channel: string): Spread | null {
  const means = [...new Set(runs.map(({ seed }) => seed))].flatMap((seed) => {
    const own = runs.filter((run) => run.seed === seed).flatMap(({ auroc }) => auroc[channel] ?? []);
    return own.length === 0 ? [] : [mean(own)];
  });
  if (means.length === 0) return null;
  return { mean: mean(means), min: Math.min(...means), max: Math.max(...means) };
}

const developed = /mnist|magnetic/i;

export function printedProtocol(result: ProtocolResult, options: ProtocolOptions): PrintedProtocol {
  const { runs } = result;
  const channels = [...new Set(runs.flatMap(({ auroc }) => Object.keys(auroc)))];
  const auroc: Record<string, Spread> = {};
  for (const channel of channels) {
    const spread = spreadOf(runs, channel);
    if (spread && channel !== 'pca') auroc[channel] = spread;
  }
  const names = [...new Set(runs.map(({ name }) => name))].filter((name) => name !== '');
  const of = (name: string, channel: string): number =>
    mean(runs.filter((run) => run.name === name).map((run) => run.auroc[channel] ?? Number.NaN));
  const defects = [...new Set(runs.flatMap((run) => run.perDefect.map(({ name }) => name)))];
  const pixels = runs.flatMap((run) => run.pixels ?? []);
  return {
    protocol: options.protocol,
    data: options.data,
    ...(developed.test(options.data) ? { note: 'development data' } : {}),
    ...(options.only ? { part: options.only } : {}),
    recipe: result.spec.recipe,
    seeds: options.seeds,
    auroc,
    perClass: names.map((name) => ({ class: name, auroc: of(name, 'combined'), pca: of(name, 'pca') })),
    perDefect: defects.map((defect) => ({
      defect,
      auroc: mean(
        runs.flatMap((run) => run.perDefect.filter(({ name }) => name === defect).map((own) => own.auroc)),
      ),
    })),
    pca: { components: result.components, auroc: spreadOf(runs, 'pca') },
    pixels:
      pixels.length === 0
        ? null
        : { auroc: mean(pixels.map((own) => own.auroc)), aupro: mean(pixels.map((own) => own.aupro)) },
    falsePositiveRate: mean(runs.map((run) => run.falsePositiveRate)),
    tprAt1Fpr: meanOrNull(runs.map((run) => run.tprAt1Fpr)),
    caught: meanOrNull(runs.map((run) => run.caught)),
    rates: result.rates,
    nearDuplicates: result.nearDuplicates,
    runs,
    engine: result.engine.build,
    spec: result.spec,
    training: result.training,
    seconds: result.seconds,
  };
}

const area = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4));

/** What a person wants to know, in a few lines. */
export function protocolLines(result: PrintedProtocol): string[] {
  const { auroc, perClass, pca, rates, pixels, nearDuplicates: twins } = result;
  const lines = [
    `${result.protocol} on ${result.data}${result.note ? ` (${result.note})` : ''}${result.part ? `, part: ${result.part.join(', ')}` : ''}; ` +
      `${result.recipe} recipe, seeds ${result.seeds.join(', ')}, on ${result.engine}`,
    ...perClass.map(
      (own) => `  ${own.class}: AUROC ${area(own.auroc)}, PCA-${pca.components} ${area(own.pca)}`,
    ),
    ...Object.entries(auroc).map(
      ([name, { mean: middle, min, max }]) =>
        `${name}: AUROC ${area(middle)} (${area(min)}–${area(max)} over seeds)`,
    ),
    `PCA-${pca.components}: AUROC ${area(pca.auroc?.mean)}`,
    ...result.perDefect.map(({ defect, auroc: own }) => `  ${defect}: AUROC ${area(own)}`),
    ...(pixels ? [`pixels: AUROC ${area(pixels.auroc)}, AUPRO ${area(pixels.aupro)}`] : []),
    `false-positive rate ${formatPercent(result.falsePositiveRate)}`,
    ...rates.map(
      (rate) =>
        `${rate.what}: ${formatPercent(rate.mean)} (${formatPercent(rate.min)}–${formatPercent(rate.max)}) of good images flagged ` +
        `over ${rate.splits} ${rate.splits === 1 ? 'split' : 'splits'}, ${formatPercent(rate.promisedRate)} promised with ${rate.images} images; ` +
        `${rate.near} within 0.4–1.7 times the asked rate`,
    ),
    `near-duplicates: ${twins.clusters} clusters of ${twins.images} images, the largest of ${twins.largest}` +
      (twins.pairRecall === null || twins.pairPrecision === null
        ? ''
        : `; against the given groups: pair recall ${area(twins.pairRecall)}, precision ${area(twins.pairPrecision)}`),
  ];
  return lines;
}
