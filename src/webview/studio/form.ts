/** The training form as data: fields, what each means, and whether the values hold. No drawing. */
import { formatCount } from '../../shared/count.ts';
import {
  betaOf,
  corruptionOf,
  defaultKlAnnealEpochs,
  epochsOf,
  maxLatent,
  maxSide,
  minSide,
  type Corruption,
  type FitMode,
  type ModelSpec,
  type Recipe,
  type TrainingSettings,
  type Variant,
} from '../../shared/model-spec.ts';
import type { DatasetSurvey } from '../../shared/dataset.ts';
import type { TrainingDefaults, TrainingProposal } from '../../shared/protocol/studio.ts';

/** What stands in the fields: text as typed. */
export interface FormValues {
  readonly name: string;
  readonly height: string;
  readonly width: string;
  readonly channels: '1' | '3';
  readonly latent: string;
  readonly variant: Variant;
  /** Of the variational variant alone, as is the next. */
  readonly beta: string;
  readonly klAnnealEpochs: string;
  readonly recipe: Recipe;
  readonly noise: string;
  readonly erase: string;
  readonly epochs: string;
  readonly batchSize: string;
  readonly learningRate: string;
  readonly weightDecay: string;
  readonly seed: string;
  readonly fit: FitMode;
}
export type Field = keyof FormValues;

export interface FormResult {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly training: TrainingSettings;
  readonly fit: FitMode;
}

export type FormErrors = Partial<Record<Field, string>>;

interface NumberRule {
  readonly field: Field;
  /** Begins the sentence of an error. */
  readonly subject: string;
  readonly integer: boolean;
  readonly low: number;
  readonly high: number;
  /** Whether `low` itself is allowed. */
  readonly lowAllowed: boolean;
}

const whole = (field: Field, subject: string, low: number, high: number): NumberRule => ({
  field,
  subject,
  integer: true,
  low,
  high,
  lowAllowed: true,
});

const numberRules = {
  height: whole('height', 'The image height', minSide, maxSide),
  width: whole('width', 'The image width', minSide, maxSide),
  latent: whole('latent', 'The latent size', 1, maxLatent),
  epochs: whole('epochs', 'The number of epochs', 1, 10_000),
  batchSize: whole('batchSize', 'The batch size', 1, 1024),
  seed: whole('seed', 'The seed', 0, 0xffffffff),
  erase: whole('erase', 'The number of erased squares', 0, 8),
  noise: {
    field: 'noise',
    subject: 'The noise',
    integer: false,
    low: 0,
    high: 1,
    lowAllowed: true,
  },
  learningRate: {
    field: 'learningRate',
    subject: 'The learning rate',
    integer: false,
    low: 0,
    high: 1,
    lowAllowed: false,
  },
  weightDecay: {
    field: 'weightDecay',
    subject: 'The weight decay',
    integer: false,
    low: 0,
    high: 1,
    lowAllowed: true,
  },
} as const satisfies Record<string, NumberRule>;

/** Rules for what only a variational model has. */
const variationalRules = {
  beta: {
    field: 'beta',
    subject: 'β',
    integer: false,
    low: 0,
    high: 100,
    lowAllowed: true,
  },
  klAnnealEpochs: whole('klAnnealEpochs', 'The number of annealing epochs', 0, 10_000),
} as const satisfies Record<string, NumberRule>;

/** Reads `1e-3`, `0.001`, ` 28 `; nothing else counts as a number. */
function readNumber(text: string): number {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function checkNumber(text: string, rule: NumberRule): string | undefined {
  const value = readNumber(text);
  const inside = rule.lowAllowed ? value >= rule.low : value > rule.low;
  if (inside && value <= rule.high && (!rule.integer || Number.isInteger(value))) return undefined;
  const kind = rule.integer ? 'a whole number' : 'a number';
  const from = rule.lowAllowed ? `from ${rule.low}` : `above ${rule.low},`;
  return `${rule.subject} must be ${kind} ${from} ${rule.lowAllowed ? 'to' : 'at most'} ${formatCount(rule.high)}.`;
}

function checkName(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === '') return 'The model needs a name; its file is called after it.';
  if (trimmed.length > 100) return 'The name must have at most 100 characters.';
  // Control characters are what the file systems refuse.
  if (/[\\/:*?"<>|\u0000-\u001f]/.test(trimmed) || /^\.|\.$/.test(trimmed)) {
    return 'The name becomes a file name: leave out \\ / : * ? " < > | and dots at its ends.';
  }
  return undefined;
}

/** A sentence for every field that does not hold; empty when all do. */
export function checkForm(values: FormValues): FormErrors {
  const errors: FormErrors = {};
  const name = checkName(values.name);
  if (name !== undefined) errors.name = name;
  const rules: NumberRule[] = Object.values(numberRules);
  if (values.variant === 'variational') rules.push(...Object.values(variationalRules));
  for (const rule of rules) {
    const error = checkNumber(values[rule.field], rule);
    if (error !== undefined) errors[rule.field] = error;
  }
  return errors;
}

/** What the form asks for, or null while {@link checkForm} has something to say. */
export function readForm(values: FormValues): FormResult | null {
  if (Object.keys(checkForm(values)).length > 0) return null;
  const variational = values.variant === 'variational';
  return {
    name: values.name.trim(),
    spec: {
      height: readNumber(values.height),
      width: readNumber(values.width),
      channels: values.channels === '3' ? 3 : 1,
      latent: readNumber(values.latent),
      variant: values.variant,
      recipe: values.recipe,
      corruption: { noise: readNumber(values.noise), erase: readNumber(values.erase) },
      loss: 'mse',
      ...(variational ? { beta: readNumber(values.beta) } : {}),
    },
    training: {
      epochs: readNumber(values.epochs),
      batchSize: readNumber(values.batchSize),
      learningRate: readNumber(values.learningRate),
      weightDecay: readNumber(values.weightDecay),
      seed: readNumber(values.seed),
      ...(variational ? { klAnnealEpochs: readNumber(values.klAnnealEpochs) } : {}),
    },
    fit: values.fit,
  };
}

/** 1e-3 → `0.001`, 1e-5 → `0.00001`: plain as long as it stays short. */
const plain = (value: number): string => {
  const text = String(value);
  if (!text.includes('e')) return text;
  const fixed = value.toFixed(10).replace(/0+$/, '').replace(/\.$/, '');
  return Number(fixed) === value ? fixed : text;
};

/** A setting left alone follows the recipe's rule; a number is the user's own. */
const proposedEpochs = ({ recipe, training }: TrainingDefaults, images: number): number =>
  training.epochs ?? epochsOf(recipe, images);

const corruptionFields = ({ noise, erase }: Corruption): Pick<FormValues, 'noise' | 'erase'> => ({
  noise: String(noise),
  erase: String(erase),
});

/**
 * The form as proposed: the settings' defaults, and size and channels as the images suggest, or all of these as they are in
 * the model that is trained anew.
 */
export function initialForm(proposal: TrainingProposal, survey: DatasetSurvey): FormValues {
  const { defaults } = proposal;
  const { pattern } = defaults;
  const { height, width, channels } = pattern ?? survey.suggested;
  return {
    name: proposal.name,
    height: String(height),
    width: String(width),
    channels: channels === 3 ? '3' : '1',
    latent: String(defaults.latent),
    variant: pattern?.variant ?? 'plain',
    beta: String(pattern ? betaOf(pattern) : 1),
    klAnnealEpochs: String(defaults.training.klAnnealEpochs ?? defaultKlAnnealEpochs),
    recipe: defaults.recipe,
    ...corruptionFields(
      pattern?.recipe === defaults.recipe ? pattern.corruption : corruptionOf[defaults.recipe],
    ),
    epochs: String(proposedEpochs(defaults, survey.split.fit)),
    batchSize: String(defaults.training.batchSize),
    learningRate: plain(defaults.training.learningRate),
    weightDecay: plain(defaults.training.weightDecay),
    seed: String(defaults.training.seed),
    fit: defaults.fit,
  };
}

/** Takes another recipe, a preset: corruption follows it, and epochs unless somebody typed their own. */
export function withRecipe(values: FormValues, recipe: Recipe, images: number): FormValues {
  const untouched = values.epochs === String(epochsOf(values.recipe, images));
  const epochs = untouched ? String(epochsOf(recipe, images)) : values.epochs;
  return { ...values, recipe, ...corruptionFields(corruptionOf[recipe]), epochs };
}

/** Memory for the images once fitted, in bytes, where the size holds. */
export function imageBytes(values: FormValues, images: number): number | null {
  const result = readForm(values);
  return result === null ? null : result.spec.height * result.spec.width * result.spec.channels * images;
}
