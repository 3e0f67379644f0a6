// The command line of a protocol.
import { parseArgs } from 'node:util';
import { maxLatent, maxSide, minSide, type Recipe } from '../../../src/shared/model-spec.ts';
import { defaultMemoryBudget } from '../../../src/shared/names.ts';
import {
  evaluationProtocols,
  type EngineChoice,
  type EvaluationProtocol,
} from '../../../src/shared/protocol/engine.ts';
import { UsageError } from '../usage.ts';

export interface ProtocolOptions {
  readonly protocol: EvaluationProtocol;
  readonly data: string;
  readonly seeds: readonly number[];
  /** A part: classes in turn, or splits of `groups`; null for all. */
  readonly only: readonly string[] | null;
  readonly groups: string | null;
  readonly rateSplits: number;
  readonly recipe: Recipe;
  readonly size: number | null;
  readonly channels: 1 | 3 | null;
  readonly latent: number | null;
  readonly epochs: number | null;
  readonly rate: number;
  /** Bytes. */
  readonly memoryBudget: number;
  readonly engine: EngineChoice;
  readonly out: string | null;
}

const names = [
  'protocol',
  'data',
  'seeds',
  'classes',
  'splits',
  'groups',
  'rate-splits',
  'recipe',
  'size',
  'channels',
  'latent',
  'epochs',
  'rate',
  'memory',
  'engine',
  'out',
] as const;
type Name = (typeof names)[number];

/** @throws UsageError in one sentence */
export function parseProtocolOptions(args: readonly string[]): ProtocolOptions {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<Name, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const name = token.kind === 'option' ? names.find((known) => known === token.name) : undefined;
    if (token.kind === 'positional' || name === undefined) {
      const what = token.kind === 'positional' ? `“${token.value}”` : token.rawName;
      throw new UsageError(`${what} is no option of a protocol; --help lists those there are.`);
    }
    if (token.value === undefined || token.value === '' || token.value.startsWith('--')) {
      throw new UsageError(`--${name} needs a value.`);
    }
    if (given.has(name)) throw new UsageError(`--${name} can be given once.`);
    given.set(name, token.value);
  }
  const oneOf = <T extends string>(name: Name, choices: readonly T[]): T | null => {
    const value = given.get(name);
    if (value === undefined) return null;
    const choice = choices.find((each) => each === value);
    if (choice === undefined)
      throw new UsageError(`--${name} takes ${choices.join(' or ')}, not “${value}”.`);
    return choice;
  };
  const whole = (name: Name, value: string, least: number, most: number): number => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(`--${name} takes whole numbers from ${least} to ${most}, not “${value}”.`);
  };
  const number = (name: Name, least: number, most: number): number | null => {
    const value = given.get(name);
    return value === undefined ? null : whole(name, value, least, most);
  };
  const list = (name: Name): readonly string[] | null => given.get(name)?.split(',') ?? null;

  const protocol = oneOf('protocol', evaluationProtocols);
  const data = given.get('data');
  if (protocol === null || data === undefined) throw new UsageError('A protocol needs --data DIR.');
  const rate = Number(given.get('rate') ?? '0.01');
  if (!(rate > 0 && rate < 1)) {
    throw new UsageError(`--rate takes a number between 0 and 1, such as 0.01, not “${given.get('rate')}”.`);
  }
  if (protocol !== 'holdout' && (given.has('groups') || given.has('splits'))) {
    throw new UsageError('--groups and --splits belong to --protocol holdout.');
  }
  const classes = list('classes');
  if (classes && protocol !== 'one-class' && protocol !== 'leave-one-out') {
    throw new UsageError('--classes belongs to --protocol one-class and leave-one-out.');
  }
  const splits = list('splits')?.map((value) => `split${whole('splits', value, 0, 999)}`) ?? null;
  const channels = oneOf('channels', ['gray', 'rgb']);
  const memory = number('memory', 1, 1024 ** 2);
  return {
    protocol,
    data,
    seeds: (list('seeds') ?? ['0']).map((value) => whole('seeds', value, 0, 0xffffffff)),
    only: classes ?? splits,
    groups: given.get('groups') ?? null,
    rateSplits: number('rate-splits', 0, 1000) ?? 0,
    recipe: oneOf('recipe', ['notebook', 'detector']) ?? 'detector',
    size: number('size', minSide, maxSide),
    channels: channels === null ? null : channels === 'gray' ? 1 : 3,
    latent: number('latent', 1, maxLatent),
    epochs: number('epochs', 1, 10_000),
    rate,
    memoryBudget: memory === null ? defaultMemoryBudget : memory * 1024 ** 2,
    engine: oneOf('engine', ['auto', 'wasm', 'webgpu']) ?? 'auto',
    out: given.get('out') ?? null,
  };
}
