// @ts-check
// Takes one surface of a real window in every look: out/screenshots/LOOK/SURFACE.png.
import { mkdirSync } from 'node:fs';
import { outPath } from '../lib/paths.mjs';

/** @typedef {import('../demo/window.mjs').DemoWindow} DemoWindow */

export const WIDE = { width: 1280, height: 860 };
/** A window of which the side bar leaves little. */
const NARROW = 720;

export const looks = [
  // What this VS Code opens with when nobody chose a theme.
  { name: 'default', theme: 'Light 2026', kind: 'vscode-light', width: WIDE.width },
  { name: 'light', theme: 'Light Modern', kind: 'vscode-light', width: WIDE.width },
  { name: 'dark', theme: 'Dark Modern', kind: 'vscode-dark', width: WIDE.width },
  { name: 'high-contrast', theme: 'Default High Contrast', kind: 'vscode-high-contrast', width: WIDE.width },
  {
    name: 'high-contrast-light',
    theme: 'Default High Contrast Light',
    kind: 'vscode-high-contrast-light',
    width: WIDE.width,
  },
  { name: 'narrow', theme: 'Dark Modern', kind: 'vscode-dark', width: NARROW },
];

/** Whatever takes longest: the first frames of a training on a loaded machine. */
export const STEP_MS = 300_000;

export class Camera {
  #wanted;
  #looks;

  /**
   * @param {DemoWindow} window
   * @param {readonly string[]} wanted surfaces; all where it is empty
   * @param {readonly string[]} only looks; all where it is empty
   */
  constructor(window, wanted, only) {
    this.window = window;
    this.#wanted = wanted;
    this.#looks = looks.filter(({ name }) => only.length === 0 || only.includes(name));
    for (const { name } of this.#looks) mkdirSync(outPath('screenshots', name), { recursive: true });
  }

  /** Whether one of these surfaces is asked for. @param {readonly string[]} surfaces */
  wants(...surfaces) {
    return this.#wanted.length === 0 || surfaces.some((surface) => this.#wanted.includes(surface));
  }

  /**
   * @param {string} surface
   * @param {string} [selector] what must stand in a webview before a picture is taken
   * @param {object} [options]
   * @param {number} [options.height] of the window, where a page is long
   * @param {(frame: import('playwright-core').Frame) => Promise<void>} [options.prepare] in each look, before the
   *   picture
   */
  async shoot(surface, selector, { height = WIDE.height, prepare } = {}) {
    if (!this.wants(surface)) return;
    const { page, run, workbench } = this.window;
    for (const { name, theme, kind, width } of this.#looks) {
      await page.setViewportSize({ width, height });
      await run('companion.setting', 'workbench.colorTheme', theme);
      await page.mouse.move(width / 2, height - 4);
      if (selector !== undefined) {
        const frame = await workbench.webview(`body[data-vscode-theme-kind="${kind}"] ${selector}`, STEP_MS);
        await frame.evaluate(() => document.fonts.ready.then(() => undefined));
        await settled(frame);
        await prepare?.(frame);
        await settled(frame);
      }
      await settled(page);
      await page.screenshot({ path: outPath('screenshots', name, `${surface}.png`), timeout: 30_000 });
    }
    console.log(surface);
  }
}

/**
 * Two frames drawn: what was changed is on the screen.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} place
 */
export const settled = (place) =>
  place.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined)))),
  );
