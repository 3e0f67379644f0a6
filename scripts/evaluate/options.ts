// The command line, read and checked before anything is started.
import { parseArgs } from 'node:util';
import {
  maxLatent,
  maxSide,
  minSide,
  notebookTraining,
  variants,
  type Recipe,
  type Variant,
} from '../../src/shared/model-spec.ts';
import { defaultMemoryBudget } from '../../src/shared/names.ts';
import type { EngineChoice, EvaluateSet } from '../../src/shared/protocol/engine.ts';
import { UsageError } from './usage.ts';

/** A `PATH` argument: a place on disk and what to take from it. */
export interface SetArgument {
  /** The option it was given to, for messages: `--train`. */
  readonly option: string;
  /** As written, filter included. */
  readonly text: string;
  readonly path: string;
  readonly filter: EvaluateSet['filter'];
}

export interface Options {
  readonly train: SetArgument;
  readonly validation: SetArgument | null;
  readonly good: SetArgument | null;
  readonly bad: readonly SetArgument[];
  /** The notebook's own protocol. */
  readonly notebook: boolean;
  readonly recipe: Recipe | null;
  readonly size: number | null;
  readonly channels: 1 | 3 | null;
  readonly latent: number | null;
  readonly variant: Variant | null;
  /** Of the variational variant. */
  readonly beta: number | null;
  /** σ of the noise while training. */
  readonly noise: number | null;
  /** σ of the noise that is to be removed when measured. */
  readonly denoise: number | null;
  /** Whether defects are drawn into good images for an estimate. */
  readonly synthetic: boolean;
  readonly epochs: number | null;
  readonly seed: number;
  readonly rate: number;
  /** Bytes. */
  readonly memoryBudget: number;
  readonly engine: EngineChoice;
  /** Where the result is written too. */
  readonly out: string | null;
}

const optionNames = [
  'train',
  'validation',
  'good',
  'bad',
  'preset',
  'recipe',
  'size',
  'channels',
  'latent',
  'variant',
  'beta',
  'noise',
  'denoise',
  'epochs',
  'seed',
  'rate',
  'memory',
  'engine',
  'out',
] as const;
/** Options without a value. */
const flagNames = ['synthetic'] as const;
type OptionName = (typeof optionNames)[number] | (typeof flagNames)[number];

const mebibyte = 1024 ** 2;

/** `PATH`, `PATH#label=3`, `PATH#label!=3`; any other `#` belongs to the path. */
export function parseSet(option: string, text: string): SetArgument {
  const match = /^(.*)#label(!?)=(.*)$/s.exec(text);
  const [, path = text, negation = '', label = ''] = match ?? [];
  if (path === '') throw new UsageError(`${option} needs a folder of images or an IDX images file.`);
  if (match && label === '') {
    throw new UsageError(
      `${option} ${text}: the filter names no class; write for example #label=3 or #label!=3.`,
    );
  }
  return { option, text, path, filter: match ? { label, negate: negation === '!' } : null };
}

/** All values given to each option, in order. */
function collect(args: readonly string[]): ReadonlyMap<OptionName, readonly string[]> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...optionNames.map((name) => [name, { type: 'string', multiple: true }] as const),
      ...flagNames.map((name) => [name, { type: 'boolean' }] as const),
    ]),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<OptionName, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(
        `“${token.value}” belongs to no option; give each path with its option, as in --train PATH.`,
      );
    }
    if (token.kind === 'option-terminator') continue;
    const flag = flagNames.find((known) => known === token.name);
    if (flag !== undefined) {
      if (token.value !== undefined) throw new UsageError(`--${flag} takes no value.`);
      given.set(flag, []);
      continue;
    }
    const name = optionNames.find((known) => known === token.name);
    if (name === undefined) {
      throw new UsageError(`There is no option ${token.rawName}; --help lists those there are.`);
    }
    // A value that looks like an option is one that was meant as such: “--good --bad x”.
    if (
      token.value === undefined ||
      token.value === '' ||
      (!token.inlineValue && token.value.startsWith('--'))
    ) {
      throw new UsageError(`--${name} needs a value.`);
    }
    given.set(name, [...(given.get(name) ?? []), token.value]);
  }
  return given;
}

/** @throws UsageError in one sentence */
export function parseOptions(args: readonly string[]): Options {
  const given = collect(args);
  const single = (name: OptionName): string | null => {
    const values = given.get(name) ?? [];
    if (values.length > 1) throw new UsageError(`--${name} can be given once, not ${values.length} times.`);
    return values[0] ?? null;
  };
  const oneOf = <T extends string>(name: OptionName, choices: readonly T[]): T | null => {
    const value = single(name);
    if (value === null) return null;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) {
      throw new UsageError(`--${name} takes ${choices.join(' or ')}, not “${value}”.`);
    }
    return choice;
  };
  const whole = (name: OptionName, least: number, most: number): number | null => {
    const value = single(name);
    if (value === null) return null;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not “${value}”.`);
  };
  const decimal = (name: OptionName, most: number): number | null => {
    const value = single(name);
    if (value === null) return null;
    const number = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : NaN;
    if (number <= most) return number;
    throw new UsageError(`--${name} takes a number from 0 to ${most}, not “${value}”.`);
  };
  const set = (name: OptionName): SetArgument | null => {
    const value = single(name);
    return value === null ? null : parseSet(`--${name}`, value);
  };

  const train = set('train');
  if (!train) throw new UsageError('--train PATH is missing; --help tells what can be given.');
  const notebook = oneOf('preset', ['notebook']) !== null;
  const recipe = oneOf('recipe', ['notebook', 'detector']);
  const validation = set('validation');
  if (notebook && recipe === 'detector') {
    throw new UsageError('--preset notebook trains by the notebook recipe; leave --recipe detector out.');
  }
  if (notebook && !validation) {
    throw new UsageError('--preset notebook fits all --train images, so it needs --validation PATH.');
  }
  const rate = single('rate');
  const falsePositiveRate = rate === null ? 0.01 : Number(rate);
  if (!(falsePositiveRate > 0 && falsePositiveRate < 1)) {
    throw new UsageError(`--rate takes a number between 0 and 1, such as 0.01, not “${rate}”.`);
  }
  const variant = oneOf('variant', variants);
  const beta = decimal('beta', 100);
  if (beta !== null && variant !== 'variational') {
    throw new UsageError('--beta belongs to --variant variational.');
  }
  const synthetic = given.has('synthetic');
  if (synthetic && given.has('bad')) {
    throw new UsageError('--synthetic is for want of bad images; leave --bad out.');
  }
  const noise = decimal('noise', 1);
  const channels = oneOf('channels', ['gray', 'rgb']);
  const memory = whole('memory', 1, 1024 ** 2);
  return {
    train,
    validation,
    good: set('good'),
    bad: (given.get('bad') ?? []).map((text) => parseSet('--bad', text)),
    notebook,
    recipe: notebook ? 'notebook' : recipe,
    size: whole('size', minSide, maxSide),
    channels: channels === null ? null : channels === 'gray' ? 1 : 3,
    latent: whole('latent', 1, maxLatent),
    variant,
    beta,
    noise,
    synthetic,
    denoise: decimal('denoise', 1) ?? (noise === null || noise === 0 ? null : noise),
    epochs: whole('epochs', 1, 10_000),
    seed: whole('seed', 0, 0xffffffff) ?? notebookTraining.seed,
    rate: falsePositiveRate,
    memoryBudget: memory === null ? defaultMemoryBudget : memory * mebibyte,
    engine: oneOf('engine', ['auto', 'wasm', 'webgpu']) ?? 'auto',
    out: single('out'),
  };
}
