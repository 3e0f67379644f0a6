import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, test, type TestContext } from 'node:test';
import { dataPath, referencePath, requireOrSkip, root } from '../../support/data.ts';

const names = ['LATENT_LENS_DATA', 'LATENT_LENS_REFERENCE', 'LATENT_LENS_REQUIRE_ORACLES'] as const;
const before = names.map((name) => process.env[name]);
afterEach(() =>
  names.forEach((name, index) => {
    if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[index];
  }),
);

/** A context that notes why it was skipped. */
function context(): { t: TestContext; reasons: string[] } {
  const reasons: string[] = [];
  return { t: { skip: (reason: string) => void reasons.push(reason) } as unknown as TestContext, reasons };
}

test('the folders come from the environment', () => {
  process.env['LATENT_LENS_DATA'] = '/data';
  process.env['LATENT_LENS_REFERENCE'] = '/reference';
  assert.equal(dataPath('mnist', 'x.gz'), path.join('/data', 'mnist', 'x.gz'));
  assert.equal(referencePath('a.json'), path.join('/reference', 'a.json'));
});

test('a file that is there lets the test run', () => {
  const { t, reasons } = context();
  assert.equal(requireOrSkip(t, path.join(root, 'package.json')), true);
  assert.deepEqual(reasons, []);
});

test('a missing file skips the test and is named', () => {
  Reflect.deleteProperty(process.env, 'LATENT_LENS_REQUIRE_ORACLES');
  const { t, reasons } = context();
  assert.equal(
    requireOrSkip(t, path.join(root, 'package.json'), path.join(root, 'no', 'oracle.json')),
    false,
  );
  assert.deepEqual(reasons, ['no/oracle.json is missing']);
});

test('a missing file fails the test where oracles are required', () => {
  process.env['LATENT_LENS_REQUIRE_ORACLES'] = '1';
  const { t, reasons } = context();
  assert.throws(() => requireOrSkip(t, path.join(root, 'no', 'oracle.json')), /no\/oracle\.json is missing/);
  assert.deepEqual(reasons, []);
});
