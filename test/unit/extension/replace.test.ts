import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import { isComplete, recoverTemporaries, replaceFile } from '../../../src/extension/models/replace.ts';
import { platform as browserPlatform } from '../../../src/extension/platform/browser.ts';
import { platform } from '../../../src/extension/platform/node.ts';
import { Killed, MemoryFiles, named } from './support/memory-files.ts';
import { modelBytes } from './support/model-bytes.ts';

const target = 'memory:/w/latent-lens/a.lens.safetensors';
const file = 'w/latent-lens/a.lens.safetensors';
const folder = 'memory:/w/latent-lens';
const old = modelBytes({}, 1);
const fresh = modelBytes({}, 2);
/** Long after whatever the memory's clock says. */
const later = 10_000_000;

const content = (files: MemoryFiles): string | undefined => files.text(file);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const start = (): MemoryFiles => new MemoryFiles({ [file]: old });

describe('replacing a model file through workspace.fs', () => {
  it('writes aside, then renames over', async () => {
    const files = start();
    await replaceFile(target, fresh, { files, local: undefined });
    assert.equal(content(files), textOf(fresh));
    assert.deepEqual(files.paths, [file]);
  });

  it('makes the folder anew where it was deleted', async () => {
    const files = start();
    files.removeFolder('w');
    await replaceFile(target, fresh, { files, local: undefined });
    assert.equal(content(files), textOf(fresh));
  });

  // A process can die before any step, in the middle of a write, or between a rename's delete and its move.
  for (const step of ['createFolder', 'write', 'half a write', 'rename', 'rename after its delete']) {
    it(`a kill at “${step}” leaves one complete model after the next start`, async () => {
      const files = start();
      let dead = false;
      files.before = (name, uri) => {
        if (dead || name === step) {
          dead = true;
          throw new Killed(name);
        }
        if (step === 'half a write' && name === 'write') {
          files.put(uri.slice('memory:/'.length), fresh.slice(0, fresh.length / 2));
          dead = true;
          throw new Killed(name);
        }
      };
      await assert.rejects(replaceFile(target, fresh, { files, local: undefined }));
      files.before = () => undefined;
      await recoverTemporaries(folder, files, later);
      assert.deepEqual(files.paths, [file]);
      const kept = content(files);
      assert.ok(kept === textOf(old) || kept === textOf(fresh));
      // Once the new file was complete it must not be lost.
      if (step.startsWith('rename')) assert.equal(kept, textOf(fresh));
    });
  }

  const failures: readonly [string, Error, string, RegExp][] = [
    [
      'a full disk',
      named('Unknown', 'ENOSPC: no space left on device, write'),
      'disk-full',
      /disk is full.*kept/,
    ],
    ['a read-only folder', named('NoPermissions', target), 'no-permission', /may not be accessed/],
    ['anything else', new Error('the moon is in the wrong phase'), 'write-failed', /wrong phase/],
  ];
  for (const [what, error, code, pattern] of failures) {
    it(`${what} is told in one sentence, and the old file stays`, async () => {
      const files = start();
      files.before = (step) => {
        if (step === 'write') throw error;
      };
      await assert.rejects(replaceFile(target, fresh, { files, local: undefined }), (thrown) => {
        assert.ok(thrown instanceof LensError);
        assert.equal(thrown.code, code);
        assert.match(thrown.message, /“a\.lens\.safetensors”/);
        assert.match(thrown.message, pattern);
        return true;
      });
      files.before = () => undefined;
      assert.equal(content(files), textOf(old));
    });
  }

  it('tries once more when another window took the temporary file', async () => {
    const files = start();
    let taken = false;
    files.before = (step) => {
      if (step === 'rename' && !taken) {
        taken = true;
        throw named('FileNotFound', 'a.lens.safetensors.tmp');
      }
    };
    await replaceFile(target, fresh, { files, local: undefined });
    assert.equal(content(files), textOf(fresh));
  });
});

describe('a rename that fails after it deleted the old file', () => {
  it('leaves the new one to be adopted', async () => {
    const files = start();
    files.before = (step) => {
      if (step === 'rename after its delete') throw named('NoPermissions', target);
    };
    await assert.rejects(replaceFile(target, fresh, { files, local: undefined }), { code: 'no-permission' });
    files.before = () => undefined;
    await recoverTemporaries(folder, files, later);
    assert.equal(content(files), textOf(fresh));
  });
});

describe('bringing a models folder in order', () => {
  it('leaves a young incomplete file to the window that writes it', async () => {
    const files = start();
    files.put(`${file}.tmp`, fresh.slice(0, 50));
    assert.deepEqual(await recoverTemporaries(folder, files, 2000), { adopted: [], removed: [] });
    assert.equal(files.paths.length, 2);
    const { removed } = await recoverTemporaries(folder, files, later);
    assert.equal(removed.length, 1);
    assert.deepEqual(files.paths, [file]);
  });

  it('touches nothing else, and does not mind a missing folder', async () => {
    const files = new MemoryFiles({ 'w/latent-lens/notes.tmp': 'x', 'w/latent-lens/b.safetensors.tmp': 'x' });
    assert.deepEqual(await recoverTemporaries(folder, files, later), { adopted: [], removed: [] });
    assert.deepEqual(await recoverTemporaries('memory:/gone', files, later), { adopted: [], removed: [] });
  });

  it('knows a complete file from every cut one', () => {
    assert.equal(isComplete(fresh), true);
    for (let length = 0; length < fresh.length; length++)
      assert.equal(isComplete(fresh.subarray(0, length)), false);
  });
});

describe('replacing a model file on the local disk', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'latent-lens-replace-'));
  after(() => rmSync(home, { recursive: true, force: true }));
  const { replaceFile: replaceLocal, realPath } = platform;
  assert.ok(replaceLocal && realPath);

  it('creates folders, replaces, and leaves no temporary file', async () => {
    const place = path.join(home, 'deep/er/a.lens.safetensors');
    await replaceLocal(place, old);
    await replaceLocal(place, fresh);
    assert.ok(readFileSync(place).equals(fresh));
    assert.deepEqual(readdirSync(path.dirname(place)), ['a.lens.safetensors']);
  });

  it('keeps the old file and clears away the new one where it fails', async () => {
    const place = path.join(home, 'blocked');
    writeFileSync(place, 'a file where a folder should be');
    const files = new MemoryFiles();
    const uri = 'memory:/blocked/a.lens.safetensors';
    const local = () => replaceLocal(path.join(place, 'a.lens.safetensors'), fresh);
    await assert.rejects(replaceFile(uri, fresh, { files, local }), LensError);
    assert.equal(readFileSync(place, 'utf8'), 'a file where a folder should be');
  });

  it('is not there in a web extension host', () => {
    assert.ok(Object.values(browserPlatform).every((ability) => ability === undefined));
  });
});
