/** The settings `latentLens.*`, checked: what a user or a repository wrote there is believed only within its limits. */
import * as v from 'valibot';
import {
  defaultMaxImages,
  defaultMemoryBudget,
  defaultModelsFolder,
  settings as keys,
} from '../../shared/names.ts';
import { fitModes, maxLatent, notebookTraining, type FitMode, type Recipe } from '../../shared/model-spec.ts';
import type { EngineChoice } from '../../shared/protocol/engine.ts';
import type { TrainingDefaults } from '../../shared/protocol/studio.ts';

export interface Settings {
  readonly engine: EngineChoice;
  /** Null for as many as there are processors. */
  readonly workers: number | null;
  readonly modelsFolder: string;
  readonly falseAlarmRate: number;
  readonly maxImages: number;
  /** Bytes. */
  readonly memoryBudget: number;
  /** Whether anomalous files stand in the Problems panel. */
  readonly problems: boolean;
  readonly recipe: Recipe;
  readonly fit: FitMode;
  readonly latent: number;
  /** Null leaves it to the recipe and the number of images. */
  readonly epochs: number | null;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly seed: number;
}

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const gibibyte = 1024 ** 3;

const schemas = {
  engine: v.fallback(v.picklist(['auto', 'webgpu', 'wasm']), 'auto'),
  workers: v.fallback(v.nullable(whole(1, 16)), null),
  modelsFolder: v.fallback(v.pipe(v.string(), v.trim(), v.nonEmpty()), defaultModelsFolder),
  falseAlarmRate: v.fallback(v.pipe(v.number(), v.minValue(0.0001), v.maxValue(0.5)), 0.01),
  maxImages: v.fallback(whole(10, 10_000_000), defaultMaxImages),
  /** In GiB, as people count memory. */
  memoryBudget: v.fallback(
    v.pipe(v.number(), v.minValue(0.1), v.maxValue(64)),
    defaultMemoryBudget / gibibyte,
  ),
  problems: v.fallback(v.boolean(), false),
  recipe: v.fallback(v.picklist(['notebook', 'detector']), 'detector'),
  fit: v.fallback(v.picklist(fitModes), 'contain'),
  latent: v.fallback(whole(1, maxLatent), 20),
  epochs: v.fallback(v.nullable(whole(1, 10_000)), null),
  batchSize: v.fallback(whole(1, 1024), notebookTraining.batchSize),
  learningRate: v.fallback(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), notebookTraining.learningRate),
  weightDecay: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), notebookTraining.weightDecay),
  seed: v.fallback(whole(0, 0xffffffff), notebookTraining.seed),
} as const;

/** @param get reads a key under `latentLens.`; a value out of its limits counts as not set */
export function readSettings(get: (key: string) => unknown): Settings {
  const read = <K extends keyof typeof schemas>(name: K): v.InferOutput<(typeof schemas)[K]> =>
    v.parse(schemas[name], get(keys[name])) as v.InferOutput<(typeof schemas)[K]>;
  return {
    engine: read('engine'),
    workers: read('workers'),
    modelsFolder: read('modelsFolder'),
    falseAlarmRate: read('falseAlarmRate'),
    maxImages: read('maxImages'),
    memoryBudget: read('memoryBudget') * gibibyte,
    problems: read('problems'),
    recipe: read('recipe'),
    fit: read('fit'),
    latent: read('latent'),
    epochs: read('epochs'),
    batchSize: read('batchSize'),
    learningRate: read('learningRate'),
    weightDecay: read('weightDecay'),
    seed: read('seed'),
  };
}

export const trainingDefaults = (settings: Settings): TrainingDefaults => ({
  training: {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    learningRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    seed: settings.seed,
  },
  latent: settings.latent,
  recipe: settings.recipe,
  fit: settings.fit,
  falseAlarmRate: settings.falseAlarmRate,
  memoryBudget: settings.memoryBudget,
});
