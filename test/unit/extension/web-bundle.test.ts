/** The web bundle, started without what only Node has. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { commands, panels, views } from '../../../src/shared/names.ts';
import { MemoryFiles } from './support/memory-files.ts';
import { modelBytes } from './support/model-bytes.ts';
import { activate as activateHost, buildWebHost } from './support/web-host.ts';

let code = '';

before(async () => {
  code = await buildWebHost();
});

const activate = (files: MemoryFiles) => activateHost(code, files);

describe('the web bundle', () => {
  it('asks for no module but vscode', () => {
    const required = new Set(
      [...code.matchAll(/require\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name),
    );
    assert.deepEqual([...required], ['vscode']);
    assert.doesNotMatch(code, /\bprocess\.(env|platform|cwd)\b|\bBuffer\.(from|alloc)\b|__dirname/);
  });

  it('starts, and registers every command, view, editor and serializer', async () => {
    const { seen, subscriptions } = await activate(new MemoryFiles({ 'w/a.png': 'x' }));
    assert.deepEqual([...seen.commands.keys()].sort(), Object.values(commands).sort());
    assert.deepEqual(seen.serializers.sort(), [panels.map, panels.report, panels.studio]);
    assert.deepEqual(seen.views, [views.map]);
    assert.deepEqual(seen.editors, [panels.modelEditor]);
    assert.deepEqual(seen.trees, [views.models]);
    assert.match(seen.log.join('\n'), /activated in [\d.]+ ms/);
    for (const each of subscriptions) each.dispose();
  });

  it('adopts a complete temporary file that a kill left behind', async () => {
    const bytes = modelBytes();
    const files = new MemoryFiles({ 'w/latent-lens/a.lens.safetensors.tmp': bytes });
    const { seen, run } = await activate(files);
    await run(commands.refreshModels);
    assert.deepEqual(files.paths, ['w/latent-lens/a.lens.safetensors']);
    assert.match(seen.log.join('\n'), /Adopted/);
  });

  it('says what is missing when an image is checked without a model', async () => {
    const { seen, run, uri } = await activate(new MemoryFiles({ 'w/a.png': 'x' }));
    assert.equal(await run(commands.check, uri('memory:/w/a.png')), undefined);
    assert.match(seen.messages.join('\n'), /There is no model yet/);
  });

  it('says what is wrong with a model that cannot judge', async () => {
    const files = new MemoryFiles({
      'w/a.png': 'x',
      'w/latent-lens/m.lens.safetensors': modelBytes({ calibration: null }),
      'w/latent-lens/broken.lens.safetensors': 'not a model',
    });
    const { seen, run, uri } = await activate(files);
    await run(commands.setActiveModel, uri('memory:/w/latent-lens/m.lens.safetensors'));
    await run(commands.check, uri('memory:/w/a.png'));
    assert.match(seen.messages.join('\n'), /“m” gives no verdict.*without calibration images/);
    await run(commands.setActiveModel, uri('memory:/w/latent-lens/broken.lens.safetensors'));
    assert.match(seen.messages.at(-1) ?? '', /not a valid safetensors file/);
  });

  it('renames and deletes models, and their place as the active one with them', async () => {
    const files = new MemoryFiles({
      'w/latent-lens/a.lens.safetensors': modelBytes(),
      'w/latent-lens/b.lens.safetensors': modelBytes(),
    });
    const { run, seen, uri } = await activate(files);
    const a = uri('memory:/w/latent-lens/a.lens.safetensors');
    await run(commands.setActiveModel, a);
    await run(commands.renameModel, a, 'B');
    assert.match(seen.messages.at(-1) ?? '', /name already/);
    await run(commands.renameModel, a, 'c');
    assert.deepEqual(files.paths.sort(), [
      'w/latent-lens/b.lens.safetensors',
      'w/latent-lens/c.lens.safetensors',
    ]);
    await run(commands.deleteModel, uri('memory:/w/latent-lens/c.lens.safetensors'), true);
    assert.deepEqual(files.paths, ['w/latent-lens/b.lens.safetensors']);
  });

  it('writes the sample images through the workspace’s file system, and never over others unasked', async () => {
    const files = new MemoryFiles({ 'w/latent-lens-samples/mine.txt': 'x' });
    const { run, seen, uri } = await activate(files);
    assert.equal(await run(commands.createSamples, uri('memory:/w')), undefined);
    assert.match(seen.messages.at(-1) ?? '', /already/);
    assert.equal(files.paths.length, 1);
    await run(commands.createSamples, uri('memory:/w'), { overwrite: true });
    assert.equal(files.paths.filter((path) => path.endsWith('.png')).length, 2500 + 900);
    assert.equal(files.text('w/latent-lens-samples/mine.txt'), 'x');
  });
});
