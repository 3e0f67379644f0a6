import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LensError } from '../../../src/shared/errors.ts';
import { exactBytes, isNotFound, toFileError } from '../../../src/extension/core/files.ts';
import { locationOf, placesOf } from '../../../src/extension/core/location.ts';
import { mapBounded, Pool } from '../../../src/extension/core/pool.ts';
import { readSettings, trainingDefaults } from '../../../src/extension/core/settings.ts';
import { suggestFolders } from '../../../src/extension/datasets/suggest.ts';
import { formatDuration, percentOf } from '../../../src/extension/jobs/status-text.ts';
import { MemoryFiles, named } from './support/memory-files.ts';

describe('errors of the file system', () => {
  it('become one sentence with a code', () => {
    const cases: readonly [unknown, string, RegExp][] = [
      [Object.assign(new Error('write'), { code: 'ENOSPC' }), 'disk-full', /disk is full/],
      [named('NoPermissions', 'x'), 'no-permission', /Check the permissions/],
      [Object.assign(new Error('nope'), { code: 'ENOENT' }), 'not-found', /not there/],
      [new Error('a\nb'), 'read-failed', /: a\.$/],
      ['text', 'read-failed', /: text\.$/],
    ];
    for (const [error, code, pattern] of cases) {
      const made = toFileError(error, 'read', 'x.png');
      assert.equal(made.code, code);
      assert.match(made.message, pattern);
      assert.match(made.message, /^Could not read “x\.png”: /);
    }
    const own = new LensError('empty-file', 'Empty.');
    assert.equal(toFileError(own, 'read', 'x'), own);
    assert.equal(isNotFound(named('FileNotFound', 'x')), true);
    assert.equal(isNotFound(new Error('other')), false);
  });

  it('copies exactly the bytes asked for', () => {
    const pool = Buffer.from('xxhelloxx');
    const copy = exactBytes(pool.subarray(2, 7));
    assert.equal(Buffer.from(copy).toString(), 'hello');
    assert.equal(copy.buffer.byteLength, 5);
    assert.equal(exactBytes(pool, 2, 4).length, 2);
  });
});

describe('bounded concurrency', () => {
  it('keeps order, limit and the first error', async () => {
    let running = 0;
    let most = 0;
    const task = async (value: number): Promise<number> => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return value * 2;
    };
    const values = Array.from({ length: 20 }, (_, i) => i);
    assert.deepEqual(
      await mapBounded(values, 3, task),
      values.map((value) => value * 2),
    );
    assert.equal(most, 3);
    most = 0;
    const pool = new Pool(4);
    await Promise.all(values.map((value) => pool.run(() => task(value))));
    assert.equal(most, 4);
    let started = 0;
    const failing = mapBounded(values, 2, (value) => {
      started++;
      return value === 3 ? Promise.reject(new Error('three')) : task(value);
    });
    await assert.rejects(failing, /three/);
    assert.ok(started < 20);
    await assert.rejects(pool.run(() => Promise.reject(new Error('one'))));
    assert.equal(await pool.run(() => task(1)), 2);
  });
});

describe('settings', () => {
  it('are the defaults where nothing holds', () => {
    const defaults = readSettings(() => undefined);
    assert.equal(defaults.engine, 'auto');
    assert.equal(defaults.memoryBudget, 1.5 * 1024 ** 3);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const settings = readSettings(() => value);
        assert.ok(settings.falseAlarmRate > 0 && settings.falseAlarmRate <= 0.5);
        assert.ok(settings.epochs === null || (Number.isInteger(settings.epochs) && settings.epochs >= 1));
        assert.ok(settings.modelsFolder.length > 0);
        assert.ok(Number.isFinite(settings.memoryBudget));
      }),
    );
  });

  it('are taken where they hold', () => {
    const values: Record<string, unknown> = {
      'training.latent': 8,
      memoryBudget: 2,
      'training.recipe': 'notebook',
    };
    const settings = readSettings((key) => values[key]);
    assert.equal(settings.memoryBudget, 2 * 1024 ** 3);
    const defaults = trainingDefaults(settings);
    assert.equal(defaults.latent, 8);
    assert.equal(defaults.recipe, 'notebook');
    assert.equal(defaults.training.epochs, null);
  });
});

describe('the location of a data set', () => {
  const one = [{ name: 'w', uri: 'memory:/w' }];
  const two = [...one, { name: 'v', uri: 'memory:/other/v' }];
  const files = new MemoryFiles();

  it('is relative inside the workspace and leads back', () => {
    for (const folders of [one, two]) {
      for (const uri of ['memory:/w', 'memory:/w/a/b%20c', 'memory:/elsewhere']) {
        const location = locationOf(uri, folders);
        assert.ok(
          placesOf(location, folders, files)
            .map((place) => place.replaceAll(' ', '%20'))
            .includes(uri),
          location,
        );
      }
    }
    assert.equal(locationOf('memory:/w', one), '.');
    assert.equal(locationOf('memory:/w/a/b%20c', one), 'a/b c');
    assert.equal(locationOf('memory:/other/v/x', two), 'v/x');
    assert.equal(locationOf('memory:/west/x', one), 'memory:/west/x');
  });

  it('cannot lead out of the workspace', () => {
    for (const location of ['../x', 'a/../../x', '..']) assert.deepEqual(placesOf(location, two, files), []);
    assert.deepEqual(placesOf('/etc', one, files), ['memory:/w/etc']);
  });
});

describe('folders worth training on', () => {
  it('are those with images or IDX files, the largest first, within a few listings', async () => {
    const files = new MemoryFiles({
      'w/good/1.png': '',
      'w/good/2.png': '',
      'w/good/sub/3.png': '',
      'w/one/1.png': '',
      'w/mnist/train-images-idx3-ubyte': '',
      'w/src/a.ts': '',
      'w/node_modules/x/1.png': '',
      'w/node_modules/x/2.png': '',
      'w/.hidden/1.png': '',
      'w/.hidden/2.png': '',
    });
    const found = await suggestFolders('memory:/w', files, new AbortController().signal);
    assert.deepEqual(
      found.map(({ path, images, idx }) => [path, images, idx]),
      [
        ['', 4, false],
        ['good', 3, false],
        ['mnist', 0, true],
      ],
    );
    const wide = new MemoryFiles(
      Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`w/${i}/a.png`, ''])),
    );
    await suggestFolders('memory:/w', wide, new AbortController().signal);
    assert.ok(wide.steps.length <= 150);
  });
});

describe('progress in words', () => {
  it('grows coarser with distance', () => {
    assert.deepEqual([0.2, 40, 59.5, 90, 3600, 4800, Number.NaN, -1].map(formatDuration), [
      '1 s',
      '40 s',
      '60 s',
      '2 min',
      '1 h',
      '1 h 20 min',
      '–',
      '–',
    ]);
  });
  it('is a whole percentage', () => {
    assert.equal(percentOf({ done: 1, total: 3 }), 33);
    assert.equal(percentOf({ done: 5, total: 0 }), 0);
    assert.equal(percentOf({ done: 9, total: 3 }), 100);
  });
});
