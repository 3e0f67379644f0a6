import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  assignSplit,
  countsOf,
  imagesOf,
  minFitImages,
  planSplit,
  requireEnough,
  roles,
  splitCode,
  type SplitInput,
} from '../../../src/engine/data/split.ts';
import { LensError } from '../../../src/shared/errors.ts';

const tooFew = (error: unknown): boolean => error instanceof LensError && error.code === 'too-few-images';
const free = (n: number): { free: number; validation: number; test: number } => ({
  free: n,
  validation: 0,
  test: 0,
});
const input = (labels: ArrayLike<number>, over: Partial<SplitInput> = {}): SplitInput => ({
  labels: Int32Array.from(labels),
  wanted: new Int8Array(labels.length).fill(-1),
  seed: 42,
  ...over,
});
const range = (n: number, of: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => of(i));

describe('planSplit', () => {
  it('takes a tenth for validation and a fifth for calibration, at most 5,000', () => {
    assert.deepEqual(planSplit(free(2000)), { fit: 1400, validation: 200, calibration: 400, test: 0 });
    assert.deepEqual(planSplit(free(60_000)), { fit: 50_000, validation: 5000, calibration: 5000, test: 0 });
  });

  it('raises calibration to 200 where that is at most a third of the images, else to 100 where it is 30 %', () => {
    assert.deepEqual(planSplit(free(600)), { fit: 340, validation: 60, calibration: 200, test: 0 });
    assert.equal(planSplit(free(599)).calibration, 120);
    assert.equal(planSplit(free(400)).calibration, 100);
    assert.equal(planSplit(free(334)).calibration, 100);
    assert.equal(planSplit(free(333)).calibration, 67);
    assert.equal(planSplit(free(250)).calibration, 50);
    assert.equal(planSplit(free(249)).calibration, 25);
  });

  it('counts clusters: of six pictures of each thing as many things must be left', () => {
    assert.equal(planSplit({ ...free(666), units: 111 }).calibration, 133);
    assert.equal(planSplit({ ...free(3600), units: 600 }).calibration, 720);
    const group = Int32Array.from({ length: 600 }, (_, i) => Math.floor(i / 6));
    assert.equal(countsOf(assignSplit(input(new Int32Array(600), { group }))).calibration, 120);
  });

  it('says what very small folders would give', () => {
    const sizes = [0, 1, 2, 5, 19, 20].map((n) => planSplit(free(n)));
    assert.deepEqual(
      sizes.map(({ fit, validation, calibration }) => [fit, validation, calibration]),
      [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [3, 1, 1],
        [15, 2, 2],
        [16, 2, 2],
      ],
    );
    sizes.slice(0, -1).forEach((counts) => assert.throws(() => requireEnough(counts), tooFew));
    requireEnough(planSplit(free(20)));
  });

  it('lets any folder of at least 20 images through', () => {
    for (let n = 20; n < 5000; n++) assert.ok(planSplit(free(n)).fit >= minFitImages, String(n));
  });

  it('takes given validation images as they are, and keeps test images apart', () => {
    const wanted = { free: 1000, validation: 7, test: 30 };
    assert.deepEqual(planSplit(wanted), { fit: 800, validation: 7, calibration: 200, test: 30 });
  });

  it('calibrates nothing in the notebook’s protocol', () => {
    const wanted = { free: 60_000, validation: 10_000, test: 0 };
    assert.deepEqual(planSplit(wanted, { protocol: 'notebook' }), {
      fit: 60_000,
      validation: 10_000,
      calibration: 0,
      test: 0,
    });
  });
});

describe('assignSplit', () => {
  it('yields exactly the planned counts, in three disjoint sets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1, max: 6 }), fc.constantFrom(-1, -1, -1, 0, 1, 2)), {
          minLength: 60,
          maxLength: 600,
        }),
        fc.nat(),
        (images, seed) => {
          const wanted = Int8Array.from(images, ([, split]) => split);
          const counts = {
            free: images.filter(([, split]) => split < 1).length,
            validation: images.filter(([, split]) => split === 1).length,
            test: images.filter(([, split]) => split === 2).length,
          };
          const plan = planSplit(counts);
          fc.pre(plan.fit >= minFitImages);
          const assigned = assignSplit(
            input(
              images.map(([label]) => label),
              { wanted, seed },
            ),
          );
          assert.deepEqual(countsOf(assigned), plan);
          assigned.forEach((role, i) => {
            if (wanted[i] === 1) assert.equal(role, roles.validation);
            assert.equal(role === roles.test, wanted[i] === 2);
          });
        },
      ),
    );
  });

  it('keeps every class’s share to within one image', () => {
    const labels = range(1000, (i) => (i < 700 ? 0 : i < 950 ? 1 : 2));
    const assigned = assignSplit(input(labels));
    for (const role of ['validation', 'calibration'] as const) {
      const perClass = [0, 0, 0];
      for (const i of imagesOf(assigned, role)) {
        const label = labels[i] ?? 0;
        perClass[label] = (perClass[label] ?? 0) + 1;
      }
      const times = role === 'validation' ? 1 : 2;
      [70, 25, 5].forEach((wanted, k) =>
        assert.ok(Math.abs((perClass[k] ?? 0) - times * wanted) <= 1, `${role} ${k}`),
      );
    }
  });

  it('is the same for the same seed and another for another', () => {
    const labels = range(500, (i) => i % 3);
    assert.deepEqual(assignSplit(input(labels)), assignSplit(input(labels)));
    assert.notDeepEqual(assignSplit(input(labels)), assignSplit(input(labels, { seed: 43 })));
  });

  it('spreads its choice over the whole set', () => {
    const chosen = [...imagesOf(assignSplit(input(new Array<number>(1000).fill(0))), 'calibration')];
    const early = chosen.filter((i) => i < 500).length;
    assert.equal(chosen.length, 200);
    assert.ok(early > 70 && early < 130, `${early} of 200 in the first half`);
  });

  it('refuses too few images in words', () => {
    for (const n of [0, 1, 2, 5, 19]) assert.throws(() => assignSplit(input(new Int32Array(n))), tooFew);
    assert.equal(countsOf(assignSplit(input(new Int32Array(20)))).fit, 16);
    const onlyTest = new Int8Array(100).fill(splitCode('test'));
    assert.throws(() => assignSplit(input(new Int32Array(100), { wanted: onlyTest })), tooFew);
  });

  it('keeps every group on one side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1, max: 60 }), fc.integer({ min: 0, max: 2 })), {
          minLength: 100,
          maxLength: 500,
        }),
        (images) => {
          const group = Int32Array.from(images, ([g]) => g);
          const assigned = assignSplit(
            input(
              images.map(([, label]) => label),
              { group },
            ),
          );
          const side = new Map<number, number>();
          group.forEach((g, i) => {
            if (g < 0) return;
            assert.equal(assigned[i], side.get(g) ?? assigned[i]);
            side.set(g, assigned[i] ?? -1);
          });
          const plan = planSplit(free(images.length));
          const counts = countsOf(assigned);
          assert.ok(counts.validation <= plan.validation && counts.calibration <= plan.calibration);
        },
      ),
    );
  });

  it('without real groups cuts as it does without any', () => {
    const labels = range(300, (i) => i % 2);
    const alone = Int32Array.from(labels, (_, i) => i);
    assert.deepEqual(assignSplit(input(labels, { group: alone })), assignSplit(input(labels)));
  });

  it('lets a group follow its test image, then its validation image', () => {
    const group = new Int32Array(200).fill(-1);
    const wanted = new Int8Array(200).fill(-1);
    group.set([1, 1, 1, 2, 2]);
    wanted[0] = splitCode('validation');
    wanted[1] = splitCode('test');
    wanted[4] = splitCode('validation');
    const assigned = assignSplit(input(new Int32Array(200), { group, wanted }));
    assert.deepEqual(
      [...assigned.subarray(0, 5)],
      [roles.test, roles.test, roles.test, roles.validation, roles.validation],
    );
  });

  it('puts one huge group into the fit set rather than cut it', () => {
    const group = new Int32Array(200).fill(-1).fill(3, 0, 100);
    const assigned = assignSplit(input(new Int32Array(200), { group }));
    assert.ok(assigned.subarray(0, 100).every((role) => role === roles.fit));
    assert.equal(countsOf(assigned).calibration, 20);
  });
});
