// The command line of `npm run evaluate`: what it takes, and the sentence for what it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions, parseSet } from '../../../scripts/evaluate/options.ts';
import { UsageError } from '../../../scripts/evaluate/usage.ts';
import { defaultMemoryBudget } from '../../../src/shared/names.ts';

const parse = (line: string) => parseOptions(line.split(' '));

test('with a training set alone everything else has its default', () => {
  assert.deepEqual(parse('--train images'), {
    train: { option: '--train', text: 'images', path: 'images', filter: null },
    validation: null,
    good: null,
    bad: [],
    notebook: false,
    recipe: null,
    size: null,
    channels: null,
    latent: null,
    variant: null,
    beta: null,
    noise: null,
    denoise: null,
    synthetic: false,
    epochs: null,
    seed: 42,
    rate: 0.01,
    memoryBudget: defaultMemoryBudget,
    engine: 'auto',
    out: null,
  });
});

test('every option is read', () => {
  const options = parse(
    '--train a --validation b --good c --bad d --bad e#label!=3 --recipe detector --size 32 --channels rgb ' +
      '--latent 8 --variant variational --beta 0.5 --noise 0.1 --denoise .3 --epochs 3 --seed 0 --rate 0.05 --memory 100 --engine webgpu --out x.json',
  );
  assert.deepEqual(
    { ...options, train: options.train.path, validation: options.validation?.path, good: options.good?.path },
    {
      train: 'a',
      validation: 'b',
      good: 'c',
      bad: [
        { option: '--bad', text: 'd', path: 'd', filter: null },
        { option: '--bad', text: 'e#label!=3', path: 'e', filter: { label: '3', negate: true } },
      ],
      notebook: false,
      recipe: 'detector',
      size: 32,
      channels: 3,
      latent: 8,
      variant: 'variational',
      beta: 0.5,
      noise: 0.1,
      denoise: 0.3,
      synthetic: false,
      epochs: 3,
      seed: 0,
      rate: 0.05,
      memoryBudget: 100 * 1024 * 1024,
      engine: 'webgpu',
      out: 'x.json',
    },
  );
});

test('noise while training is what the measure takes off again, unless told otherwise', () => {
  assert.equal(parse('--train a --noise 0.2').denoise, 0.2);
  assert.equal(parse('--train a --noise 0').denoise, null);
  assert.equal(parse('--train a --noise 0 --denoise 0.2').denoise, 0.2);
  for (const line of [
    '--noise 1.5',
    '--noise -0.1',
    '--denoise x',
    '--noise 1e-1',
    '--variant deep',
    '--beta 1',
  ]) {
    assert.throws(() => parse(`--train a ${line}`), UsageError, line);
  }
});

test('synthetic defects are asked for by a flag', () => {
  assert.equal(parse('--train a --synthetic --good b').synthetic, true);
  assert.equal(parse('--synthetic --train a').train.path, 'a');
});

test('the preset sets the protocol and the recipe', () => {
  const options = parse('--preset notebook --train a --validation b');
  assert.equal(options.notebook, true);
  assert.equal(options.recipe, 'notebook');
});

test('a filter is what follows the last #label; any other # is part of the path', () => {
  const filters = {
    'a/b.gz#label=3': ['a/b.gz', { label: '3', negate: false }],
    'a#label!=not ok': ['a', { label: 'not ok', negate: true }],
    'parts#1': ['parts#1', null],
    'parts#1#label=x': ['parts#1', { label: 'x', negate: false }],
    'a#label=x=y': ['a', { label: 'x=y', negate: false }],
  } as const;
  for (const [text, [path, filter]] of Object.entries(filters)) {
    const set = parseSet('--good', text);
    assert.deepEqual([set.path, set.filter], [path, filter], text);
    assert.equal(set.text, text);
  }
});

const refused: Readonly<Record<string, RegExp>> = {
  '--good a': /--train PATH is missing/,
  '--train a --speed 3': /no option --speed/,
  '--train a --synthetic --bad b': /leave --bad out/,
  '--train a --synthetic=yes': /--synthetic takes no value/,
  '--train a -x': /no option -x/,
  '--train a b': /“b” belongs to no option/,
  '--train': /--train needs a value/,
  '--train a --good --bad b': /--good needs a value/,
  '--train a --train b': /--train can be given once, not 2 times/,
  '--train a#label=': /names no class/,
  '--train #label=3': /--train needs a folder/,
  '--train a --size 7': /--size takes a whole number from 8 to 256, not “7”/,
  '--train a --size 1e2': /--size takes a whole number/,
  '--train a --latent 0': /--latent takes a whole number from 1/,
  '--train a --epochs 1.5': /--epochs takes a whole number/,
  '--train a --seed 4294967296': /--seed takes a whole number from 0 to 4294967295/,
  '--train a --rate 1': /--rate takes a number between 0 and 1/,
  '--train a --rate x': /--rate takes a number between 0 and 1/,
  '--train a --channels grey': /--channels takes gray or rgb, not “grey”/,
  '--train a --engine cpu': /--engine takes auto or wasm or webgpu/,
  '--train a --preset mnist': /--preset takes notebook/,
  '--train a --preset notebook': /needs --validation PATH/,
  '--train a --validation b --preset notebook --recipe detector': /leave --recipe detector out/,
  '--train a --memory 0': /--memory takes a whole number from 1/,
};

for (const [line, sentence] of Object.entries(refused)) {
  test(`refused in one sentence: ${line}`, () => {
    assert.throws(
      () => parse(line),
      (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, sentence);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}
