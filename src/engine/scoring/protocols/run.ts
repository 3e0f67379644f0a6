/** Runs a protocol: for each seed and each class or split in turn a model is trained, calibrated and measured. */
import {
  corruptionOf,
  epochsOf,
  notebookTraining,
  type ModelSpec,
  type TrainingSettings,
} from '../../../shared/model-spec.ts';
import { LensError } from '../../../shared/errors.ts';
import type {
  EvaluateSet,
  ProtocolRequest,
  ProtocolResult,
  ProtocolRun,
  RateMeasurement,
} from '../../../shared/protocol/engine.ts';
import { isPhoto } from '../../data/gray-planes.ts';
import { everyImage, type PackedImages } from '../../data/packed-images.ts';
import { duplicatesOf, splitImages, type LoadedData } from '../../training/loaded-data.ts';
import { engineCard } from '../../training/chosen-engine.ts';
import type { EvaluationEnvironment } from '../evaluate.ts';
import { auroc, truePositiveRate } from '../statistics.ts';
import { trainScorer, type TrainedScorer } from '../trained-scorer.ts';
import { measure } from './measure.ts';
import { photoRates } from './photo-rates.ts';
import { ratesOverSplits, summarise } from './rates.ts';
import { cutByClusters, pairAgreement, rotated, subgroup, subset, trainAndTest } from './sets.ts';

export interface ProtocolEnvironment extends EvaluationEnvironment {
  /** A line for people, when a run has ended. */
  readonly note: (text: string) => void;
}

/** One model's images. */
interface Turn {
  readonly seed: number;
  readonly name: string;
  readonly train: Uint32Array;
  readonly good: Uint32Array;
  /** Of the data set itself; null: the anomalous set. */
  readonly bad: Uint32Array | null;
}

async function specOf(request: ProtocolRequest, environment: ProtocolEnvironment): Promise<ModelSpec> {
  const { spec } = request;
  const recipe = spec.recipe ?? 'detector';
  const known = spec.height !== undefined && spec.width !== undefined && spec.channels !== undefined;
  const suggested = known ? spec : (await environment.survey(request.data, 0)).suggested;
  return {
    height: spec.height ?? suggested.height ?? 64,
    width: spec.width ?? suggested.width ?? 64,
    channels: spec.channels ?? suggested.channels ?? 1,
    latent: spec.latent ?? 20,
    variant: spec.variant ?? 'plain',
    recipe,
    corruption: corruptionOf[recipe],
    loss: 'mse',
  };
}

/** The classes in turn. @throws LensError `invalid-dataset` for a class that is not there */
function classTurns(request: ProtocolRequest, images: PackedImages, group: Int32Array): Turn[] {
  const wanted = request.only ?? images.classes.map(({ name }) => name);
  return request.seeds.flatMap((seed) => {
    const { train, test } = trainAndTest(images, group, seed);
    return wanted.map((name): Turn => {
      const label = images.classes.findIndex((each) => each.name === name);
      if (label < 0)
        throw new LensError('invalid-dataset', `There is no class “${name}” in ${request.data.path}.`);
      const own = (set: Uint32Array): Uint32Array => set.filter((image) => images.labels[image] === label);
      const others = (set: Uint32Array): Uint32Array => set.filter((image) => images.labels[image] !== label);
      return request.protocol === 'one-class'
        ? { seed, name, train: own(train), good: own(test), bad: others(test) }
        : { seed, name, train: others(train), good: others(test), bad: own(test) };
    });
  });
}

const pathOf = (images: PackedImages, image: number): string => images.paths[images.files[image] ?? -1] ?? '';

/** The given groups of the images, by path with or without the folder of the normal images before it. */
function givenGroups(request: ProtocolRequest, images: PackedImages): (string | undefined)[] {
  const { groups } = request;
  return Array.from({ length: images.count }, (_, image) => groups?.of[pathOf(images, image)]);
}

function splitTurns(request: ProtocolRequest, images: PackedImages, group: Int32Array): Turn[] {
  const all = everyImage(images);
  const { groups } = request;
  return request.seeds.flatMap((seed) => {
    if (!groups || groups.splits.length === 0) {
      const { train, test } = cutByClusters(all, group, seed);
      return [{ seed, name: '', train, good: test, bad: null }];
    }
    return groups.splits
      .filter(({ name }) => request.only?.includes(name) ?? true)
      .map(({ name, train }): Turn => {
        const paths = new Set(train);
        const known = all.filter((image) => groups.of[pathOf(images, image)] !== undefined);
        return {
          ...{ seed, name, bad: null },
          train: known.filter((image) => paths.has(pathOf(images, image))),
          good: known.filter((image) => !paths.has(pathOf(images, image))),
        };
      });
  });
}

const trainingData = (images: PackedImages, { train, seed }: Turn, group: Int32Array): LoadedData => {
  const training = subset(images, train);
  const own = subgroup(group, train);
  const clusters = new Set(own.filter((cluster) => cluster >= 0)).size;
  const twins = own.filter((cluster) => cluster >= 0).length;
  return {
    images: training,
    split: splitImages(training, seed, {}, own),
    duplicates: { group: own, clusters, twins, largest: 0 },
  };
};

/** With few images the rate of a single split says little: the mean needs many. */
const calibrationSizes = [
  { count: 1000, splits: 100 },
  { count: 200, splits: 100 },
  { count: 50, splits: 1000 },
] as const;

const rotatedDigits = ['2', '3', '4', '5', '6', '7', '9'];

const caughtBy = (good: Float64Array, bad: Float64Array): string =>
  `AUROC ${auroc(good, bad).toFixed(4)}, ${(100 * truePositiveRate(good, bad, 0.01)).toFixed(1)} % caught at 1 % false alarms`;

/** Rates over splits of the test images, the held-out rate, and rotated images, of one model of all classes. */
async function calibrationStudy(
  scorer: TrainedScorer,
  images: PackedImages,
  test: PackedImages,
  rate: number,
  note: (text: string) => void,
): Promise<{
  readonly rates: RateMeasurement[];
  readonly turned: PackedImages | null;
  readonly upright: PackedImages;
}> {
  const scores = await scorer.score(test, everyImage(test));
  const rates: RateMeasurement[] = [];
  for (const { count, splits } of calibrationSizes) {
    if (2 * count > test.count) continue;
    rates.push(ratesOverSplits(`test images, ${count} to calibrate`, scores.channels, count, rate, splits));
  }
  const card = scorer.calibration.card;
  if (card) {
    const above = scores.combined.filter((score) => score > card.threshold).length / test.count;
    rates.push(summarise('held-out training images', card.images, rate, card.promisedRate, [above]));
  }
  const labels = rotatedDigits.map((name) => images.classes.findIndex((each) => each.name === name));
  const square = images.shape.height === images.shape.width;
  const upright = subset(
    test,
    everyImage(test).filter((image) => labels.includes(test.labels[image] ?? -1)),
  );
  if (!square || labels.some((label) => label < 0)) return { rates, turned: null, upright };
  const turned = rotated(upright);
  const [good, bad] = [
    await scorer.score(upright, everyImage(upright)),
    await scorer.score(turned, everyImage(turned)),
  ];
  note(`rotated by 90°: ${caughtBy(good.combined, bad.combined)}`);
  return { rates, turned, upright };
}

/** @throws LensError where a set cannot be read or holds too few images */
export async function runProtocol(
  request: ProtocolRequest,
  environment: ProtocolEnvironment,
): Promise<ProtocolResult> {
  const clock = (): number => performance.now() / 1000;
  const started = clock();
  const { breathe, progress, note } = environment;
  const spec = await specOf(request, environment);
  const load = (set: EvaluateSet): Promise<PackedImages> => environment.load(set, spec);
  const images = await load(request.data);
  const anomalous = request.anomalous && (await load(request.anomalous));
  const masks =
    request.masks && isPhoto(spec) ? await environment.load(request.masks, { ...spec, channels: 1 }) : null;
  progress('looking for near-duplicates', 0, 1);
  const duplicates = await duplicatesOf(images, breathe);
  const given = givenGroups(request, images);
  const hasGroups = given.some((each) => each !== undefined);
  const agreement = hasGroups ? pairAgreement(duplicates.group, given) : null;
  const names = [...new Set(given)];
  const group = hasGroups
    ? Int32Array.from(given, (each) => (each === undefined ? -1 : names.indexOf(each)))
    : duplicates.group;

  const runs: ProtocolRun[] = [];
  const rates: RateMeasurement[] = [];
  let engine: ProtocolResult['engine'] | undefined;
  let settings: TrainingSettings = { ...notebookTraining, seed: request.seeds[0] ?? 0 };
  let components = 0;
  const turns: Turn[] =
    request.protocol === 'holdout'
      ? splitTurns(request, images, group)
      : request.protocol === 'calibration'
        ? request.seeds.map((seed) => {
            const { train, test } = trainAndTest(images, group, seed);
            return { seed, name: '', train, good: test, bad: new Uint32Array(0) };
          })
        : classTurns(request, images, group);
  for (const [k, turn] of turns.entries()) {
    const start = clock();
    const title = [request.protocol, turn.name, `seed ${turn.seed}`].filter((part) => part !== '').join(' ');
    const data = trainingData(images, turn, group);
    settings = {
      ...notebookTraining,
      seed: turn.seed,
      epochs: request.epochs ?? epochsOf(spec.recipe, data.split.fit.length),
    };
    const scorer = await trainScorer(data, spec, settings, request.falseAlarmRate, {
      ...environment,
      progress: (text, done, total) =>
        progress(`${title} (${k + 1} of ${turns.length}), ${text}`, done, total),
    });
    try {
      engine = engineCard(scorer.chosen);
      components = scorer.pca.components;
      let good = subset(images, turn.good);
      let bad = turn.bad ? subset(images, turn.bad) : anomalous;
      if (request.protocol === 'calibration') {
        const study = await calibrationStudy(scorer, images, good, request.falseAlarmRate, note);
        rates.push(...study.rates);
        if (study.turned) [good, bad] = [study.upright, study.turned];
      }
      const measured = await measure(scorer, good, bad, turn.bad ? null : masks, turn.seed);
      const run: ProtocolRun = {
        ...{ seed: turn.seed, name: turn.name, epochs: settings.epochs },
        counts: {
          fit: data.split.fit.length,
          validation: data.split.validation.length,
          calibration: data.split.calibration.length,
          test: 0,
          good: good.count,
          bad: bad?.count ?? 0,
        },
        calibrationImages: scorer.calibration.scores.length,
        promisedRate: scorer.calibration.card?.promisedRate ?? 1,
        ...measured,
        seconds: clock() - start,
      };
      runs.push(run);
      const areas = Object.entries(run.auroc).map(([name, area]) => `${name} ${area.toFixed(4)}`);
      note(
        `${title}: ${areas.join(', ')}; false positives ${(100 * run.falsePositiveRate).toFixed(2)} %; ${run.seconds.toFixed(0)} s`,
      );
    } finally {
      scorer.engine.dispose();
    }
  }
  if (request.protocol === 'holdout' && request.rateSplits > 0 && images.planes) {
    rates.push(
      await photoRates(
        ...([images, group, spec, request.falseAlarmRate, request.rateSplits, breathe] as const),
        (done) => progress('false-positive rate over splits', done, request.rateSplits),
      ),
    );
  }
  if (!engine) throw new LensError('invalid-dataset', 'The protocol leaves nothing to train on.');
  return {
    ...{ engine, spec, training: settings, components, runs, rates },
    nearDuplicates: {
      clusters: duplicates.clusters,
      images: duplicates.twins,
      largest: duplicates.largest,
      pairRecall: agreement?.recall ?? null,
      pairPrecision: agreement?.precision ?? null,
    },
    seconds: clock() - started,
  };
}
