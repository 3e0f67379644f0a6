// VS Code's file dialog, which in a browser is a quick input over a list.
import path from 'node:path';
import type { Workbench } from '../../support/vscode.ts';
import { poll } from './studio.ts';

/** Answers the dialog with an absolute path, or with its own proposal once that ends so. */
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
