/** A numeric self-test that an engine has to pass before its numbers are believed. */
import { LensError } from '../../shared/errors.ts';
import type { Parameters } from '../model/parameters.ts';
import type { Engine } from './engine.ts';
import {
  samplePixels,
  selfTestCases,
  selfTestOptimizer,
  selfTestSteps,
  summarize,
  type SelfTestCase,
  type SelfTestNumbers,
  type Summary,
} from './self-test-cases.ts';
import { selfTestNumbers } from './self-test-numbers.ts';

export type SelfTestResult =
  | {
      readonly passed: true;
      /** Numbers compared. */
      readonly compared: number;
      /** The largest error as a share of what is allowed, 0–1. */
      readonly worst: number;
    }
  | {
      readonly passed: false;
      /** Which number is wrong, e.g. `plain: gradient of decoder_module.2.weight is 0 instead of 0.0312`. */
      readonly failure: string;
    };

/**
 * Allowed errors, relative to the size of what is compared. Single precision leaves errors of about 1e-6 here (both
 * engines' tests hold them to 1e-5); a GPU may be a little sloppier, a wrong kernel is off by far more.
 */
const tolerance = { forward: 1e-4, loss: 1e-4, gradient: 1e-3, weights: 5e-4 };

/**
 * Runs the forward pass, gradients and Adam of two tiny models and compares them with numbers that were computed in
 * double precision. Replaces whatever the engine had loaded. Never throws: an engine that fails has not passed.
 */
export async function selfTest(engine: Engine): Promise<SelfTestResult> {
  const judge = new Judge();
  try {
    for (const test of selfTestCases()) {
      const expected = selfTestNumbers[test.name];
      if (!expected) throw new RangeError(`There are no numbers for ${test.name}.`);
      await compare(engine, test, expected, judge);
      if (judge.failure !== undefined) break;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const detail = error instanceof LensError && error.detail !== undefined ? ` (${error.detail})` : '';
    return { passed: false, failure: `${message}${detail}` };
  }
  return judge.failure === undefined
    ? { passed: true, compared: judge.compared, worst: judge.worst }
    : { passed: false, failure: judge.failure };
}

async function compare(
  engine: Engine,
  { name, network, parameters, batch }: SelfTestCase,
  expected: SelfTestNumbers,
  judge: Judge,
): Promise<void> {
  await engine.load(network, parameters);
  const { images, latents } = await engine.reconstruct(batch.input, batch.count);
  judge.list(`${name}: latent`, latents, expected.latents, tolerance.forward);
  judge.list(`${name}: reconstructed value`, samplePixels(images), expected.pixels, tolerance.forward);
  judge.summary(`${name}: reconstruction`, summarize(images), expected.images, tolerance.forward);

  const { loss, gradients } = await engine.gradients(batch);
  judge.number(`${name}: loss`, loss, expected.loss, tolerance.loss * expected.loss);
  judgeAll(judge, `${name}: gradient of`, gradients, expected.gradients, tolerance.gradient);

  for (let step = 0; step < selfTestSteps; step++) await engine.trainStep(batch, selfTestOptimizer);
  judge.list(`${name}: loss of step`, await engine.takeLosses(), expected.losses, tolerance.loss);
  const weights = await engine.readParameters();
  judgeAll(judge, `${name}: after training`, weights, expected.weights, tolerance.weights);
}

function judgeAll(
  judge: Judge,
  what: string,
  actual: Parameters,
  expected: Readonly<Record<string, Summary>>,
  allowed: number,
): void {
  for (const [name, summary] of Object.entries(expected)) {
    judge.summary(`${what} ${name}`, summarize(actual.get(name) ?? []), summary, allowed);
  }
}

/** Compares numbers, remembers the largest error and the first failure. */
class Judge {
  failure: string | undefined;
  compared = 0;
  worst = 0;

  /** @param allowed absolute */
  number(what: string, actual: number, expected: number, allowed: number): void {
    this.compared++;
    const share = Math.abs(actual - expected) / allowed;
    // Not a number is never within what is allowed.
    if (!(share <= 1)) this.failure ??= `${what} is ${short(actual)} instead of ${short(expected)}`;
    else this.worst = Math.max(this.worst, share);
  }

  list(what: string, actual: ArrayLike<number>, expected: readonly number[], allowed: number): void {
    if (actual.length !== expected.length) {
      this.failure ??= `${what}: ${actual.length} numbers instead of ${expected.length}`;
      return;
    }
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, index) => {
      this.number(`${what} ${index + 1}`, actual[index] ?? Number.NaN, value, allowed * largest);
    });
  }

  summary(what: string, actual: Summary, expected: Summary, allowed: number): void {
    this.number(`${what} (norm)`, actual.norm, expected.norm, allowed * expected.norm);
    this.number(`${what} (projection)`, actual.projection, expected.projection, allowed * expected.norm);
  }
}

const short = (value: number): string => value.toPrecision(4);
