import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listImages, type ListOptions } from '../../../../src/extension/checks/listing.ts';
import { MemoryFiles } from '../support/memory-files.ts';

const optionsOf = (files: MemoryFiles, changes: Partial<ListOptions> = {}): ListOptions => ({
  files,
  describe: (uri) => uri.replace(/^memory:\/w\//, ''),
  linkResolver: () => undefined,
  maxImages: 100,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...changes,
});

describe('listing the images to check', () => {
  const tree = {
    'w/parts/good/1.png': 'x',
    'w/parts/good/10.png': 'x',
    'w/parts/bad/2.JPG': 'x',
    'w/parts/notes.txt': 'x',
    'w/parts/train-images-idx3-ubyte': 'x',
    'w/single.png': 'x',
    'w/readme.md': 'x',
  };

  it('takes the images of a folder and of those below it, and names what it leaves out', async () => {
    const list = await listImages(['memory:/w/parts'], optionsOf(new MemoryFiles(tree)));
    assert.deepEqual(list.names, ['parts/bad/2.JPG', 'parts/good/1.png', 'parts/good/10.png']);
    assert.deepEqual(
      list.uris,
      list.names.map((name) => `memory:/w/${name}`),
    );
    assert.equal(list.skippedCount, 2);
    assert.deepEqual(list.skipped.map(({ path }) => path).sort(), [
      'parts/notes.txt',
      'parts/train-images-idx3-ubyte',
    ]);
    assert.equal(list.cut, null);
  });

  it('takes what was chosen by itself as it is, each image once', async () => {
    const files = new MemoryFiles(tree);
    const chosen = [
      'memory:/w/readme.md',
      'memory:/w/single.png',
      'memory:/w/gone.png',
      'memory:/w/parts/good/1.png',
    ];
    const list = await listImages([...chosen, 'memory:/w/parts/good'], optionsOf(files));
    assert.deepEqual(list.names, [
      'readme.md',
      'single.png',
      'gone.png',
      'parts/good/1.png',
      'parts/good/10.png',
    ]);
  });

  it('takes no more than it may, evenly spaced, and says so', async () => {
    const files = new MemoryFiles();
    for (let i = 0; i < 50; i++) files.put(`w/many/${String(i).padStart(2, '0')}.png`, 'x');
    const list = await listImages(['memory:/w/many'], optionsOf(files, { maxImages: 5 }));
    assert.deepEqual(
      list.names.map((name) => name.slice(5, 7)),
      ['00', '10', '20', '30', '40'],
    );
    assert.deepEqual(list.cut, { found: 50, limit: 5 });
  });

  it('can be cancelled, and says which folder cannot be read', async () => {
    const abort = new AbortController();
    abort.abort();
    const files = new MemoryFiles(tree);
    await assert.rejects(listImages(['memory:/w/parts'], optionsOf(files, { signal: abort.signal })), {
      code: 'cancelled',
    });
    files.before = (step) => {
      if (step === 'list') throw new Error('EACCES');
    };
    await assert.rejects(listImages(['memory:/w/parts'], optionsOf(files)), {
      code: 'no-permission',
      message: /“parts”/,
    });
  });
});
