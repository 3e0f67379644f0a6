// A protocol's command line, its file of groups, and what is printed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseGroups } from '../../../scripts/evaluate/protocol/groups.ts';
import { parseProtocolOptions } from '../../../scripts/evaluate/protocol/options.ts';
import { printedProtocol, protocolLines } from '../../../scripts/evaluate/protocol/result.ts';
import { UsageError } from '../../../scripts/evaluate/usage.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import type { ProtocolResult, ProtocolRun } from '../../../src/shared/protocol/engine.ts';

const parse = (line: string) => parseProtocolOptions(line.split(' '));
const refuses = (line: string, sentence: RegExp): void =>
  assert.throws(
    () => parse(line),
    (error: unknown) => error instanceof UsageError && sentence.test(error.message),
    line,
  );

describe('options', () => {
  test('defaults, and every option', () => {
    const plain = parse('--protocol one-class --data d');
    assert.deepEqual(
      [plain.seeds, plain.only, plain.recipe, plain.rate, plain.groups, plain.rateSplits],
      [[0], null, 'detector', 0.01, null, 0],
    );
    const all = parse(
      '--protocol holdout --data d --seeds 0,1,2 --groups g.csv --splits 0,3 --rate-splits 20 --rate 0.05 --epochs 3 --latent 8 --size 64 --channels rgb --memory 100 --engine wasm --out o.json --recipe notebook',
    );
    assert.deepEqual(all.seeds, [0, 1, 2]);
    assert.deepEqual(all.only, ['split0', 'split3']);
    assert.deepEqual([all.groups, all.rateSplits, all.rate, all.channels], ['g.csv', 20, 0.05, 3]);
    assert.deepEqual(parse('--protocol leave-one-out --data d --classes 1,4').only, ['1', '4']);
  });

  test('what cannot be is refused in one sentence', () => {
    refuses('--protocol one-class', /needs --data/);
    refuses('--protocol all --data d', /--protocol takes one-class or/);
    refuses('--protocol one-class --data d --seeds 0,x', /--seeds takes whole numbers/);
    refuses('--protocol one-class --data d --groups g', /belong to --protocol holdout/);
    refuses('--protocol holdout --data d --classes 1', /--classes belongs to/);
    refuses('--protocol holdout --data --seeds 1', /--data needs a value/);
    refuses('--protocol holdout --data d --train x', /--train is no option of a protocol/);
    refuses('--protocol holdout --data d --data e', /once/);
    refuses('--protocol holdout --data d --rate 1', /between 0 and 1/);
  });
});

describe('groups', () => {
  const csv =
    'file,tile,split0,split1\nnormal/a.jpg,0,train,test\r\nnormal/b.jpg,1,test,train\nother/c.jpg,2,train,train\n';

  test('rows of the normal folder, by path within it', () => {
    assert.deepEqual(parseGroups(csv, 'normal'), {
      of: { 'a.jpg': '0', 'b.jpg': '1' },
      splits: [
        { name: 'split0', train: ['a.jpg'] },
        { name: 'split1', train: ['b.jpg'] },
      ],
    });
  });

  test('a file that is none is refused, with the line', () => {
    const refused = (text: string, sentence: RegExp): void =>
      assert.throws(
        () => parseGroups(text, 'normal'),
        (error: unknown) => error instanceof UsageError && sentence.test(error.message),
      );
    refused('', /must begin with a line of columns/);
    refused('name,group\nx,1', /must begin with a line of columns/);
    refused('file,group,split0\nnormal/a.jpg,0', /line 2 has not the columns/);
    refused('file,group,split0\nnormal/a.jpg,0,maybe', /line 2 says “maybe” under split0/);
    refused('file,group\nelse/a.jpg,0', /no line names a file of the folder “normal”/);
  });
});

describe('what is printed', () => {
  const run = (seed: number, name: string, combined: number): ProtocolRun => ({
    ...{ seed, name, calibrationImages: 100, promisedRate: 0.01, epochs: 8 },
    counts: { fit: 800, validation: 100, calibration: 100, test: 0, good: 10, bad: 90 },
    auroc: { combined, mse: combined - 0.1, pca: 0.5 },
    interval: { low: combined - 0.02, high: combined + 0.02 },
    ...{ averagePrecision: 0.9, bestF1: 0.8, tprAt1Fpr: 0.7, falsePositiveRate: 0.01, caught: 0.75 },
    perDefect: [{ name: 'crack', count: 3, auroc: combined }],
    ...{ pixels: { auroc: 0.7, aupro: 0.3 }, seconds: 9 },
  });
  const result: ProtocolResult = {
    engine: { kind: 'wasm', build: 'wasm-fma-1', reason: 'asked for' },
    ...{ spec: { ...notebookSpec, recipe: 'detector' }, training: notebookTraining, components: 20 },
    runs: [run(0, '1', 0.8), run(0, '4', 0.9), run(1, '1', 0.9), run(1, '4', 0.95)],
    rates: [],
    nearDuplicates: { clusters: 3, images: 7, largest: 3, pairRecall: 0.95, pairPrecision: 0.96 },
    seconds: 36,
  };

  test('the mean of each seed over its classes, then mean, least and greatest over seeds', () => {
    const printed = printedProtocol(
      result,
      parse('--protocol one-class --data x/mnist --seeds 0,1 --classes 1,4'),
    );
    const { combined } = printed.auroc;
    assert.ok(combined);
    for (const [actual, expected] of [
      [combined.mean, 0.8875],
      [combined.min, 0.85],
      [combined.max, 0.925],
    ] as const) {
      assert.ok(Math.abs(actual - expected) < 1e-12);
    }
    assert.deepEqual(Object.keys(printed.auroc), ['combined', 'mse']);
    assert.deepEqual(
      printed.perClass.map((own) => [own.class, own.auroc.toFixed(4)]),
      [
        ['1', '0.8500'],
        ['4', '0.9250'],
      ],
    );
    assert.deepEqual([printed.pca.components, printed.pca.auroc?.mean], [20, 0.5]);
    assert.deepEqual(
      [printed.note, printed.part, printed.recipe],
      ['development data', ['1', '4'], 'detector'],
    );
    assert.equal(printed.falsePositiveRate, 0.01);
    const text = protocolLines(printed).join('\n');
    assert.match(text, /combined: AUROC 0\.8875 \(0\.8500–0\.9250 over seeds\)/);
    assert.match(text, /crack: AUROC 0\.8875/);
    assert.match(text, /pair recall 0\.9500/);
  });

  test('other data is no development data, and a whole is no part', () => {
    const printed = printedProtocol(result, parse('--protocol one-class --data mine'));
    assert.equal('note' in printed, false);
    assert.equal('part' in printed, false);
  });
});
