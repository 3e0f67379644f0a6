/** Thousands of files through the real page and worker, with the report's tab hidden; cancel; results by command. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CheckedMany } from '../../src/extension/commands/check-many.ts';
import { commands, extensionId, panels } from '../../src/shared/names.ts';
import type { JobOutcome } from '../../src/shared/protocol/engine.ts';

const images = 3000;

const at = (...parts: string[]): vscode.Uri => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(folder, 'the tests need a workspace folder');
  return vscode.Uri.file(path.join(folder, ...parts));
};
const run = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(command, ...args);

async function until(what: string, condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error(`${what}: not within 30 s`);
}

const reportTab = (): vscode.Tab | undefined =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes(panels.report));

describe('a check of many images', function () {
  this.timeout(180_000);

  before(async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    rmSync(at('latent-lens').fsPath, { recursive: true, force: true });
    const outcome = await run<JobOutcome>(commands.train, at('rings'), {
      startNow: true,
      name: 'many',
      overrides: { latent: 4, training: { epochs: 2, batchSize: 16 } },
    });
    assert.equal(outcome.state, 'finished');
    mkdirSync(at('many').fsPath, { recursive: true });
    for (let i = 0; i < images; i++) {
      const ring = `ring-${String(i % 40).padStart(3, '0')}.png`;
      copyFileSync(at('rings', ring).fsPath, at('many', `${String(i).padStart(4, '0')}.png`).fsPath);
    }
    writeFileSync(at('many', '1500.png').fsPath, 'not an image');
    writeFileSync(at('many', 'notes.txt').fsPath, 'text');
  });

  after(async () => {
    await run(commands.clearChecks);
    const tab = reportTab();
    if (tab) await vscode.window.tabGroups.close(tab);
    for (const folder of ['many', 'latent-lens']) rmSync(at(folder).fsPath, { recursive: true, force: true });
  });

  it('goes on to its end while its tab is hidden', async () => {
    const running = run<CheckedMany>(commands.check, at('many'));
    await until('the report', () => reportTab()?.isActive === true);
    const column = reportTab()?.group.viewColumn ?? vscode.ViewColumn.Two;
    await vscode.window.showTextDocument(at('many', 'notes.txt'), { viewColumn: column });
    assert.equal(reportTab()?.isActive, false);
    const result = await running;
    assert.equal(reportTab()?.isActive, false, 'the tab was hidden all the while');
    assert.deepEqual([result.state, result.images, result.failed], ['finished', images, 1]);
    assert.equal(result.checked, images - 1);
    // 40 images 75 times each: whatever the verdict on one is, it is the same every time.
    assert.equal(
      result.anomalous % 75 === 0 || (result.anomalous + 1) % 75 === 0,
      true,
      String(result.anomalous),
    );
  });

  it('gives one of many the verdict that it gets by itself', async () => {
    const single = await run<{ score: number; threshold: number }>(commands.check, at('many', '0007.png'));
    const pair = await run<CheckedMany>(commands.check, at('many', '0007.png'), [
      at('many', '0007.png'),
      at('many', '0047.png'),
    ]);
    assert.equal(pair.terms?.threshold, single.threshold);
    assert.equal(pair.anomalous, single.score > single.threshold ? 2 : 0);
  });

  it('ends with its panel', async () => {
    const before = reportTab();
    if (before) await vscode.window.tabGroups.close(before);
    const running = run<CheckedMany>(commands.check, at('many'));
    await until('the report', () => reportTab() !== undefined);
    const tab = reportTab();
    assert.ok(tab);
    await vscode.window.tabGroups.close(tab);
    const { state, checked } = await running;
    assert.equal(state, 'stopped');
    assert.ok(checked < images);
    const next = await run<CheckedMany>(commands.check, at('rings'));
    assert.deepEqual([next.state, next.checked], ['finished', 40]);
  });
});
