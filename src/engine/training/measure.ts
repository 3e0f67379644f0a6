/** What only the end of a training knows: channels, calibration, the points of the map, the baseline. */
import type { ModelSpec, TrainingSettings } from '../../shared/model-spec.ts';
import type { Engine } from '../backends/engine.ts';
import { choosePoints, collectPoints, principalProjection } from '../latents/points.ts';
import { combined } from '../scoring/combination.ts';
import { measurePcaBaseline } from '../scoring/pca-baseline.ts';
import { fitScoreModel } from '../scoring/score-model.ts';
import { canBeScored, scoreSet } from '../scoring/score-set.ts';
import { calibrate } from './calibrate.ts';
import type { TrainingEnd } from './checkpoint.ts';
import type { LoadedData, SplitIndices } from './loaded-data.ts';

export interface MeasureHooks {
  /** The time as ISO 8601. */
  readonly now: () => string;
  readonly breathe: () => Promise<void>;
  readonly progress: (done: number, total: number) => void;
}

/** Of the engine's parameters as they are now. @throws what the engine and the hooks throw */
export async function measureEnd(
  engine: Engine,
  loaded: LoadedData,
  plan: {
    readonly spec: ModelSpec;
    readonly training: Pick<TrainingSettings, 'seed'>;
    readonly falseAlarmRate: number;
  },
  { now, breathe, progress }: MeasureHooks,
): Promise<TrainingEnd> {
  const { images, split, duplicates } = loaded;
  const { spec, training, falseAlarmRate } = plan;
  const { latent } = spec;
  progress(0, split.calibration.length);
  const model = await fitScoreModel(images, split.fit, spec, training.seed, breathe);
  const baseline = await measurePcaBaseline(images, split, latent, training.seed, breathe);
  const pca = baseline?.model ?? null;
  // Only what has a score can be a point.
  const scorable = (set: keyof SplitIndices): Uint32Array =>
    split[set].filter((image) => canBeScored(model, images, image));
  const chosen = choosePoints(
    {
      fit: scorable('fit'),
      validation: scorable('validation'),
      calibration: scorable('calibration'),
      test: scorable('test'),
    },
    latent,
    training.seed,
  );
  const before = split.calibration.length;
  const total = before + chosen.images.length;
  const after =
    (start: number) =>
    async (done: number): Promise<void> => {
      progress(start + done, total);
      await breathe();
    };
  const calibration = await calibrate(
    engine,
    {
      ...{ images, calibration: split.calibration, group: duplicates?.group ?? null },
      ...{ model, pca, latent, rate: falseAlarmRate, seed: training.seed, when: now() },
    },
    after(0),
  );
  const points = await collectPoints(
    loaded,
    chosen,
    latent,
    async (indices) => {
      const set = await scoreSet(engine, model, images, indices, latent, { breathe: after(before) });
      return { latents: set.latents, scores: combined(calibration.combination, set.scores) };
    },
    breathe,
  );
  const projection = await principalProjection(points, now(), { breathe });
  return { calibration, points, projection, pcaBaseline: baseline?.card ?? null, scoreModel: model, pca };
}
