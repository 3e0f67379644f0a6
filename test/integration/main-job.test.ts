/** The host with its real pages, worker and disk: trains, saves, checks, resumes, renames and deletes by commands. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { modelFileSuffix } from '../../src/shared/model-card.ts';
import { readModelFile } from '../../src/shared/model-file.ts';
import { commands, extensionId, panels } from '../../src/shared/names.ts';
import type { JobOutcome } from '../../src/shared/protocol/engine.ts';
import type { Verdict } from '../../src/shared/verdict.ts';

const TRAIN_MS = 120_000;

const workspace = (): string => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(folder, 'the tests need a workspace folder');
  return folder;
};
const at = (...parts: string[]): vscode.Uri => vscode.Uri.file(path.join(workspace(), ...parts));
const models = (): string[] =>
  existsSync(at('latent-lens').fsPath) ? readdirSync(at('latent-lens').fsPath).sort() : [];
const modelUri = (name: string): vscode.Uri => at('latent-lens', name + modelFileSuffix);
const run = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(command, ...args);

const short = { epochs: 2, batchSize: 16 };
/** Many times what passes until the first checkpoint, also on a machine that is faster than today's. */
const endless = { epochs: 10_000, batchSize: 1 };

async function train(name: string, training = short): Promise<JobOutcome> {
  const outcome = await run<JobOutcome>(commands.train, at('rings'), {
    startNow: true,
    name,
    overrides: { latent: 4, training },
  });
  assert.ok(outcome);
  return outcome;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (
    const end = Date.now() + 30_000;
    !(await condition());
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (Date.now() > end) throw new Error(`${what}: not within 30 s`);
  }
}

describe('the main job by commands', function () {
  this.timeout(TRAIN_MS);

  before(async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    rmSync(at('latent-lens').fsPath, { recursive: true, force: true });
  });

  it('trains on a folder, and the model is one complete file on disk', async () => {
    const outcome = await train('rings');
    assert.equal(outcome.error, null);
    assert.equal(outcome.state, 'finished');
    assert.equal(outcome.savedAs, 'latent-lens/rings.lens.safetensors');
    assert.deepEqual(models(), ['rings.lens.safetensors']);
    const { card } = readModelFile(readFileSync(modelUri('rings').fsPath));
    assert.equal(card.progress.state, 'finished');
    assert.equal(card.history.length, 2);
    assert.equal(card.dataset.location, 'rings');
    assert.equal(card.dataset.images, 40);
    assert.ok(card.calibration);
  });

  it('checks an image with the model just trained, and once more when it changed', async () => {
    const image = at('rings', 'ring-000.png');
    const verdict = await run<Verdict>(commands.check, image);
    assert.ok(verdict, 'there is a verdict');
    assert.ok(Number.isFinite(verdict.score));
    assert.equal(await run<Verdict>(commands.check, image).then(({ score }) => score), verdict.score);
  });

  it('gives no verdict, but a sentence, for what is no image', async () => {
    writeFileSync(at('empty.png').fsPath, '');
    writeFileSync(at('torn.png').fsPath, readFileSync(at('rings', 'ring-000.png').fsPath).subarray(0, 60));
    writeFileSync(at('text.png').fsPath, 'this is text');
    for (const name of ['empty.png', 'torn.png', 'text.png', 'gone.png']) {
      assert.equal(await run(commands.check, at(name)), undefined, name);
    }
    // The report still works afterwards.
    assert.ok(await run<Verdict>(commands.check, at('rings', 'ring-001.png')));
  });

  it('opens the model file as a card in its own editor', async () => {
    await run('vscode.open', modelUri('rings'));
    await until('the custom editor', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.viewType === panels.modelEditor;
    });
  });

  it('gives the next model a free name, and replaces nothing', async () => {
    const before = readFileSync(modelUri('rings').fsPath);
    const outcome = await train('rings');
    assert.equal(outcome.savedAs, 'latent-lens/rings 2.lens.safetensors');
    assert.ok(readFileSync(modelUri('rings').fsPath).equals(before));
    assert.deepEqual(models(), ['rings 2.lens.safetensors', 'rings.lens.safetensors']);
  });

  it('stops with a checkpoint, and goes on in the same file to the end', async () => {
    const ended = train('long', endless);
    await until('the first checkpoint', () => models().includes('long.lens.safetensors'));
    const stopped = await run<JobOutcome>(commands.stopTraining);
    assert.equal(stopped.state, 'stopped');
    assert.deepEqual(await ended, stopped);
    const { card } = readModelFile(readFileSync(modelUri('long').fsPath));
    assert.equal(card.progress.state, 'stopped');
    // Only the progress is of interest, so the rest of the way is cut short by stopping again.
    await run(commands.resumeTraining, modelUri('long'));
    await until('progress beyond the stop', async () => {
      const again = await run<JobOutcome | undefined>(commands.stopTraining);
      return again?.state === 'stopped';
    });
    const after = readModelFile(readFileSync(modelUri('long').fsPath)).card;
    assert.ok(after.history.length >= card.history.length);
    assert.equal(models().filter((name) => name.startsWith('long')).length, 1);
  });

  it('goes on by itself from the checkpoint when its page is recreated', async () => {
    const ended = train('recreated', endless);
    const history = (): number => {
      const file = modelUri('recreated').fsPath;
      return existsSync(file) ? readModelFile(readFileSync(file)).card.history.length : 0;
    };
    await until('the first checkpoint', () => history() > 0);
    const before = history();
    await run('workbench.action.webview.reloadWebviewAction');
    await until('a checkpoint of the new page', () => history() > before);
    await run<JobOutcome>(commands.stopTraining);
    const { state, error } = await ended;
    assert.equal(error, null);
    assert.equal(state, 'stopped');
    assert.deepEqual(
      models().filter((name) => name.startsWith('recreated')),
      ['recreated.lens.safetensors'],
    );
  });

  it('makes the models folder again where it was deleted', async () => {
    rmSync(at('latent-lens').fsPath, { recursive: true, force: true });
    const outcome = await train('again');
    assert.equal(outcome.error, null);
    assert.equal(outcome.state, 'finished');
    assert.deepEqual(models(), ['again.lens.safetensors']);
  });

  it('renames and deletes', async () => {
    await run(commands.renameModel, modelUri('again'), 'good rings');
    assert.deepEqual(models(), ['good rings.lens.safetensors']);
    assert.ok(
      await run<Verdict>(commands.check, at('rings', 'ring-000.png')),
      'the active model follows its file',
    );
    await run(commands.deleteModel, modelUri('good rings'), true);
    assert.deepEqual(models(), []);
  });

  it('says what is wrong with a folder without images', async () => {
    const outcome = await run<JobOutcome>(commands.train, at('latent-lens'), { startNow: true });
    assert.equal(outcome.state, 'failed');
    assert.equal(outcome.error?.code, 'invalid-dataset');
  });
});
