import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { idxSplit, isImagePath, parseIdxName, splitOfFolder } from '../../../src/shared/dataset.ts';

describe('isImagePath', () => {
  it('goes by the last extension, in any case', () => {
    for (const path of [
      'a.png',
      'A.PNG',
      'x/y.z/photo.JPE',
      'a.b.webp',
      'c:\\pictures\\a.Ico',
      '.png.gif',
      'ü.avif',
    ]) {
      assert.ok(isImagePath(path), path);
    }
    for (const path of [
      '',
      'png',
      'a.png/',
      'a.png.txt',
      'a.pngx',
      'dir.png/file',
      'a.',
      'a.tif',
      'dir.png\\file',
    ]) {
      assert.ok(!isImagePath(path), path);
    }
  });
});

describe('parseIdxName', () => {
  it('reads the names of the MNIST family and finds the partner', () => {
    assert.deepEqual(parseIdxName('train-images-idx3-ubyte.gz'), {
      prefix: 'train-',
      role: 'idx-images',
      partners: ['train-labels-idx1-ubyte', 'train-labels-idx1-ubyte.gz'],
    });
    assert.deepEqual(parseIdxName('t10k-labels.idx1-ubyte'), {
      prefix: 't10k-',
      role: 'idx-labels',
      partners: ['t10k-images.idx3-ubyte', 't10k-images.idx3-ubyte.gz'],
    });
    assert.equal(parseIdxName('emnist-letters-test-images-idx3-ubyte')?.prefix, 'emnist-letters-test-');
    assert.equal(parseIdxName('images-idx3-ubyte')?.prefix, '');
    assert.equal(parseIdxName('images-labels-idx1-ubyte')?.role, 'idx-labels');
  });

  it('is no more than a name, and knows no others', () => {
    for (const name of [
      '',
      'train-images',
      'train-images-idx3-ubyte.zip',
      'idx3-ubyte',
      'images.png',
      'train-images-idx2-ubyte',
    ]) {
      assert.equal(parseIdxName(name), undefined, name);
    }
  });

  it('names partners that name it back', () => {
    const prefix = fc.stringMatching(/^[a-z0-9 ._-]{0,12}$/);
    fc.assert(
      fc.property(
        prefix,
        fc.constantFrom('-', '.'),
        fc.constantFrom('-', '.'),
        fc.boolean(),
        (start, a, b, packed) => {
          fc.pre(!/images|labels/.test(start));
          const name = `${start}images${a}idx3${b}ubyte${packed ? '.gz' : ''}`;
          for (const partner of parseIdxName(name)?.partners ?? []) {
            const back = parseIdxName(partner);
            assert.equal(back?.role, 'idx-labels');
            assert.ok(back.partners.includes(name));
            assert.equal(back.prefix, start);
          }
        },
      ),
    );
  });

  it('comes to an end on long names', () => {
    assert.equal(parseIdxName('images'.repeat(20_000)), undefined);
  });
});

describe('splits by name', () => {
  it('of IDX files', () => {
    assert.deepEqual(['t10k-', 'T10K-', 'emnist-test-', 'val-', 'train-', ''].map(idxSplit), [
      'test',
      'test',
      'test',
      'validation',
      'train',
      'train',
    ]);
  });

  it('of folders', () => {
    const names = ['train', 'Training', 'val', 'VALID', 'validation', 'test', 'testing', 'tests', 'good', ''];
    assert.deepEqual(names.map(splitOfFolder), [
      'train',
      'train',
      'validation',
      'validation',
      'validation',
      'test',
      'test',
      null,
      null,
      null,
    ]);
  });
});
