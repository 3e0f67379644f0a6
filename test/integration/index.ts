// What VS Code calls in its extension host: runs every suite beside this bundle with Mocha and writes down each result.
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** One line of the results file. `begin` says that the host is alive, `end` that nothing is missing. */
export type Result =
  | { type: 'begin'; version: string }
  | { type: 'pass' | 'skip'; title: string }
  | { type: 'fail'; title: string; error: string }
  | { type: 'end' };

/** @throws {Error} when a test failed, which is how VS Code learns of it */
export async function run(): Promise<void> {
  const file = process.env['LATENT_LENS_RESULTS'];
  if (file === undefined) throw new Error('LATENT_LENS_RESULTS names no file for the results.');
  const write = (result: Result): void => appendFileSync(file, `${JSON.stringify(result)}\n`);

  write({ type: 'begin', version: vscode.version });
  try {
    await warmUpWebviews();
    const failures = await runMocha(write);
    write({ type: 'end' });
    if (failures > 0) throw new Error(`${failures} test(s) failed`);
  } catch (error) {
    // Where the host swallows the rejection, the file still tells.
    if (error instanceof Error && !/test\(s\) failed$/.test(error.message))
      write({ type: 'fail', title: 'the run itself', error: error.stack ?? error.message });
    throw error;
  }
}

/**
 * Two webviews that load at once in a fresh browser profile can leave one blank for ever: both register the service
 * worker. So one trivial webview goes first.
 */
async function warmUpWebviews(): Promise<void> {
  const panel = vscode.window.createWebviewPanel('warm-up', 'Warm-up', vscode.ViewColumn.One, {
    enableScripts: true,
  });
  await new Promise<void>((resolve, reject) => {
    const budget = setTimeout(() => reject(new Error('The warm-up webview did not load in 60 s.')), 60_000);
    panel.webview.onDidReceiveMessage(() => {
      clearTimeout(budget);
      resolve();
    });
    panel.webview.html = '<script>acquireVsCodeApi().postMessage(1)</script>';
  });
  panel.dispose();
}

function runMocha(write: (result: Result) => void): Promise<number> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000, reporter: 'spec' });
  for (const entry of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort())
    if (entry.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, entry));
  return new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => write({ type: 'pass', title: test.fullTitle() }))
      .on('pending', (test) => write({ type: 'skip', title: test.fullTitle() }))
      .on('fail', (test, error: unknown) =>
        write({ type: 'fail', title: test.fullTitle(), error: describe(error) }),
      );
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
