/** The cache of packed images with the real pages, worker, workspace storage and disk. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodeGrayPng } from '../../src/extension/samples/index.ts';
import { commands, extensionId } from '../../src/shared/names.ts';
import type { JobOutcome } from '../../src/shared/protocol/engine.ts';

const images = 24;
const side = 28;

describe('a second training on the same folder', function () {
  this.timeout(120_000);
  const workspace = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const folder = (): string => path.join(workspace(), 'packed');
  const clear = (): void => {
    for (const name of ['packed', 'latent-lens'])
      rmSync(path.join(workspace(), name), { recursive: true, force: true });
  };

  /** Writes the images; all versions have files of one size, so that only their times tell them apart. */
  function write(brightness: number, time: Date): void {
    mkdirSync(folder(), { recursive: true });
    for (let i = 0; i < images; i++) {
      const pixels = Uint8Array.from({ length: side * side }, (_, at) =>
        Math.floor(at / side) === i ? brightness : (at * (i + 3)) % 90,
      );
      const file = path.join(folder(), `${String(i).padStart(2, '0')}.png`);
      writeFileSync(file, encodeGrayPng(side, side, pixels));
      utimesSync(file, time, time);
    }
  }

  /** Names the pixels that a training saw. */
  async function fingerprint(): Promise<string> {
    const outcome = await vscode.commands.executeCommand<JobOutcome>(
      commands.train,
      vscode.Uri.file(folder()),
      { startNow: true, overrides: { latent: 4, training: { epochs: 1, batchSize: 16 } } },
    );
    assert.equal(outcome.error, null);
    assert.equal(outcome.card?.dataset.images, images);
    return outcome.card.dataset.fingerprint;
  }

  before(async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    clear();
  });
  after(clear);

  it('decodes no file that is as old and as long as it was, and every other', async () => {
    write(200, new Date(2020, 1));
    const first = await fingerprint();
    // Other pixels, but nothing says so: whoever decoded one of these files would see it.
    write(250, new Date(2020, 1));
    assert.equal(await fingerprint(), first);
    write(250, new Date(2020, 2));
    const changed = await fingerprint();
    assert.notEqual(changed, first);
    write(200, new Date(2020, 2));
    assert.equal(await fingerprint(), changed);
  });
});
