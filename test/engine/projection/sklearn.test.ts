// Each stage against scikit-learn's, on the same points.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { jointAffinities, type Affinities } from '../../../src/engine/projection/affinities.ts';
import { exactKl, neighbourQuality } from '../../../src/engine/projection/metrics.ts';
import { nearestNeighbours, neighbourCount } from '../../../src/engine/projection/neighbours.ts';
import { createTsne } from '../../../src/engine/projection/run.ts';
import { root, skipOrFail } from '../../support/data.ts';
import { relativeError } from '../support/compare.ts';
import { cloud, derivative, gradientAt, program } from './support.ts';

/** Debian's Python, which python3-sklearn installs for; another may stand first on the PATH. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const script = path.join(root, 'test/engine/projection/sklearn_oracle.py');
const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-sklearn-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const set = cloud(900, 8, 7, 20);
const perplexity = 20;
const iterations = 500;

interface Oracle {
  readonly affinities: Affinities;
  /** `[count, 2]` each. */
  readonly map: Float32Array;
  readonly gradient: Float32Array;
  readonly trustworthiness: number;
}

let oracle: Oracle | undefined;

/** Computed once; undefined, and the test skipped, without scikit-learn. */
function sklearn(t: TestContext): Oracle | undefined {
  if (oracle) return oracle;
  if (spawnSync(python, ['-c', 'import sklearn.manifold'], { stdio: 'ignore' }).status !== 0) {
    skipOrFail(t, 'scikit-learn is missing (Debian’s python3-sklearn)');
    return undefined;
  }
  const { count, dimensions, points } = set;
  writeFileSync(
    path.join(folder, 'task.json'),
    JSON.stringify({ count, dimensions, perplexity, iterations }),
  );
  writeFileSync(path.join(folder, 'points.f32'), points);
  const answer = execFileSync(python, [script, folder], { encoding: 'utf8' });
  const read = (name: string): ArrayBuffer => new Uint8Array(readFileSync(path.join(folder, name))).buffer;
  const { trustworthiness } = JSON.parse(answer) as { trustworthiness: number };
  oracle = {
    affinities: {
      count,
      starts: new Uint32Array(read('starts.u32')),
      columns: new Uint32Array(read('columns.u32')),
      values: new Float32Array(read('values.f32')),
    },
    map: new Float32Array(read('map.f32')),
    gradient: new Float32Array(read('gradient.f32')),
    trustworthiness,
  };
  return oracle;
}

test('the joint affinities are scikit-learn’s', async (t) => {
  const expected = sklearn(t)?.affinities;
  if (!expected) return;
  const kernels = await program('fma');
  const neighbours = await nearestNeighbours(kernels, set, neighbourCount(set.count, perplexity));
  const found = await jointAffinities(neighbours, perplexity);
  assert.deepEqual(found.starts, expected.starts);
  assert.deepEqual(found.columns, expected.columns);
  // Its search stops within 1e-5 of the entropy.
  found.values.forEach((value, e) => {
    const other = expected.values[e] ?? NaN;
    assert.ok(Math.abs(value - other) <= 1e-4 * other + 1e-9, `entry ${e}: ${value} for ${other}`);
  });
});

test('the tree’s gradient is nearer to that over all pairs than scikit-learn’s is', async (t) => {
  const reference = sklearn(t);
  if (!reference) return;
  const kernels = await program('fma');
  const exact = derivative(gradientAt(kernels, reference.affinities, reference.map, 0));
  const tree = derivative(gradientAt(kernels, reference.affinities, reference.map, 0.5));
  const [own, theirs] = [relativeError(tree, exact), relativeError(reference.gradient, exact)];
  assert.ok(own < 0.5 * theirs, `${own} against ${theirs}`);
});

test('trustworthiness is scikit-learn’s', async (t) => {
  const reference = sklearn(t);
  if (!reference) return;
  const { trustworthiness, k } = await neighbourQuality(await program('fma'), set, reference.map, 1);
  assert.equal(k, 12);
  assert.ok(
    Math.abs(trustworthiness - reference.trustworthiness) < 1e-6,
    `${trustworthiness} for ${reference.trustworthiness}`,
  );
});

for (const theta of [undefined, 0.5]) {
  test(`the map is as good as scikit-learn’s, ${theta === undefined ? 'over all pairs' : 'by the tree'}`, async (t) => {
    const reference = sklearn(t);
    if (!reference) return;
    const kernels = await program('fma');
    const run = await createTsne({ ...set, perplexity, seed: 1, kernels, theta });
    run.step(iterations);
    const divergence = await run.exactKl();
    const other = await exactKl(kernels, run.affinities, reference.map);
    assert.ok(divergence <= 1.02 * other, `divergence ${divergence} against ${other}`);
    const own = await neighbourQuality(kernels, set, run.coordinates, 1);
    const theirs = await neighbourQuality(kernels, set, reference.map, 1);
    // Of 900 points, where chaos alone moves the recall by 2 %; `npm run bench -- tsne` asks for 0.98 of 10,000.
    assert.ok(own.recall >= 0.95 * theirs.recall, `recall ${own.recall} against ${theirs.recall}`);
    assert.ok(own.trustworthiness >= theirs.trustworthiness - 0.01);
  });
}
