// Paths of the command line as data sets: which files are pulled, and what is refused before anything is started.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseSet } from '../../../scripts/evaluate/options.ts';
import { EvaluationSets } from '../../../scripts/evaluate/sets.ts';
import { UsageError } from '../../../scripts/evaluate/usage.ts';
import { packStart, type PackCursor } from '../../../src/shared/transport.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-sets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text = name): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
for (const set of ['train', 't10k']) {
  put(`mnist/${set}-images-idx3-ubyte.gz`);
  put(`mnist/${set}-labels-idx1-ubyte.gz`);
}
put('lonely/train-images-idx3-ubyte');
put('photos/ok/1.png');
put('photos/ok/2.png');
put('photos/scratch/1.png');
put('photos/notes.txt');
put('one/good/1.png');
put('empty/readme.md');

const said: string[] = [];
const sets = new EvaluationSets(new AbortController().signal, (text) => said.push(text));
const open = (text: string) => sets.open(parseSet('--good', path.join(folder, text)));

async function pullAll(source: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let cursor: PackCursor | null = packStart; cursor;) {
    const pack = await sets.pull({ source, cursor }, new AbortController().signal);
    let position = 0;
    for (const { file, length } of pack.segments) {
      const bytes = pack.bytes.subarray(position, position + length);
      files[`${file.role} ${file.path}`] = new TextDecoder().decode(bytes);
      position += length;
    }
    cursor = pack.next;
  }
  return files;
}

test('an IDX images file comes with its own labels and without the other half of its data set', async () => {
  for (const set of ['train', 't10k']) {
    const { dataset, path: shown } = await open(`mnist/${set}-images-idx3-ubyte.gz`);
    assert.equal(shown, path.join(folder, `mnist/${set}-images-idx3-ubyte.gz`));
    const [images, labels] = [`${set}-images-idx3-ubyte.gz`, `${set}-labels-idx1-ubyte.gz`];
    assert.deepEqual(await pullAll(dataset.id), {
      [`idx-images ${images}`]: `mnist/${images}`,
      [`idx-labels ${labels}`]: `mnist/${labels}`,
    });
  }
});

test('a test file asked for by name is as free to be used as a train file', async () => {
  const { dataset } = await open('mnist/t10k-images-idx3-ubyte.gz');
  const pack = await sets.pull({ source: dataset.id, cursor: packStart }, new AbortController().signal);
  assert.deepEqual(
    pack.segments.map(({ file }) => file.split),
    ['train', 'train'],
  );
});

test('a folder is read with its classes; what is left out is said', async () => {
  const { dataset, filter } = await open('photos#label!=scratch');
  assert.deepEqual(filter, { label: 'scratch', negate: true });
  assert.deepEqual(Object.keys(await pullAll(dataset.id)), [
    'image ok/1.png',
    'image ok/2.png',
    'image scratch/1.png',
  ]);
  assert.match(said.at(-1) ?? '', /1 left out, such as notes\.txt/);
});

const refused: Readonly<Record<string, RegExp>> = {
  nowhere: /--good .*nowhere: there is no such file or folder\.$/,
  'photos#lable=ok': /A filter is written #label=3/,
  empty: /No images were found in “empty”/,
  mnist: /holds IDX files; name the images file itself/,
  'photos/notes.txt': /“notes\.txt” is not an IDX images file/,
  'photos/ok/1.png': /“1\.png” is a single image/,
  'photos#label=dent': /no class is called “dent” \(there are ok, scratch\)/,
  'photos/ok#label=ok': /there are no sub-folders/,
  'one#label!=good': /the filter leaves no image/,
  'lonely/train-images-idx3-ubyte#label=3': /no labels file beside the images/,
};

for (const [text, sentence] of Object.entries(refused)) {
  test(`refused in one sentence: ${text}`, async () => {
    await assert.rejects(open(text), (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('a pull of another data set is refused', async () => {
  const signal = new AbortController().signal;
  await assert.rejects(
    sets.pull({ source: 'set-99', cursor: packStart }, signal),
    /not part of this evaluation/,
  );
});
