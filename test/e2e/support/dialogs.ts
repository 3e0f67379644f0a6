// VS Code's file dialogs, which in a browser are a quick input over a list.
import path from 'node:path';
import type { Workbench } from '../../support/vscode.ts';
import { poll } from './studio.ts';

/**
 * Answers a file dialog.
 * @param file absolute (a folder with a slash at its end), else the proposal that is waited for
 */
export async function acceptPath(window: Workbench, file: string): Promise<void> {
  const input = window.page.locator('.quick-input-widget input[type=text]').first();
  // Its own proposal comes late, and over whatever was typed before.
  await poll(async () => (await input.inputValue()) !== '', 'the dialog to propose a path');
  if (!path.isAbsolute(file))
    await poll(async () => (await input.inputValue()).endsWith(file), `the dialog to propose ${file}`);
  await poll(async () => {
    if (path.isAbsolute(file)) await input.fill(file, { timeout: 3000 }).catch(() => undefined);
    await input.press('Enter', { timeout: 3000 }).catch(() => undefined);
    return input.waitFor({ state: 'hidden', timeout: 2000 }).then(
      () => true,
      () => false,
    );
  }, 'the dialog to close');
}
