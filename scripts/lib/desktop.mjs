// @ts-check
// A desktop VS Code on this machine, if there is one.
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findOnPath } from './chromium.mjs';

/**
 * The command line of a desktop VS Code: VSCODE_EXECUTABLE, else `code` on the PATH. LATENT_LENS_VSCODE=server
 * answers "none", to get the npm-installed server on a machine that has both; so does an integrated terminal of a
 * remote window, whose `code` only talks to that window.
 * @returns {string | undefined}
 */
export function findDesktopVscode() {
  if (process.env['LATENT_LENS_VSCODE'] === 'server') return undefined;
  const asked = process.env['VSCODE_EXECUTABLE'];
  if (asked) {
    if (existsSync(asked)) return asked;
    throw new Error(`VSCODE_EXECUTABLE names ${asked}, which does not exist.`);
  }
  const code = findOnPath('code');
  return code && !/[/\\]remote-cli[/\\]/.test(code) ? code : undefined;
}

/**
 * The program behind a command line: `code` is a script that hands over to it and returns at once.
 * @param {string} code what {@link findDesktopVscode} found
 * @returns {string}
 */
export function desktopProgram(code) {
  const folder = path.dirname(realpathSync(code));
  return (
    [
      path.join(folder, '../code'),
      path.join(folder, '../code-insiders'),
      path.join(folder, '../../../MacOS/Electron'),
      path.join(folder, '../../../MacOS/Code'),
    ].find((file) => path.basename(folder) === 'bin' && existsSync(file)) ?? code
  );
}
