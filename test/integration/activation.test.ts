import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Activation } from '../../src/extension/extension.ts';

describe('activation', () => {
  const extension = vscode.extensions.getExtension('latent-lens.latent-lens');

  it('activates', async function () {
    assert.ok(extension, 'VS Code does not know the extension');
    const { milliseconds } = (await extension.activate()) as Activation;
    assert.equal(extension.isActive, true);
    assert.ok(milliseconds > 0);
    // Measured, not asserted: the machine is not ours alone. The goal is 50 ms.
    if (this.test) this.test.title += ` in ${milliseconds.toFixed(1)} ms`;
  });

  it('registers every command that its manifest contributes', async () => {
    const contributed = (extension?.packageJSON as { contributes: { commands: { command: string }[] } })
      .contributes.commands;
    assert.ok(contributed.length > 0, 'the manifest contributes no command');
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
      'contributed, yet not registered',
    );
  });
});
