// The Studio's pages about a model, as a user drives them: pictures are read pixel by pixel.
import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../../support/vscode.ts';
import { poll } from './studio.ts';

export type StudioPageName =
  'Train' | 'Reconstructions' | 'Losses' | 'Evaluate' | 'Interpolate' | 'Denoise' | 'Generate';

/** Pictures come a moment after what asked for them. */
const PICTURE_MS = 20_000;

export class StudioPages {
  constructor(readonly frame: Frame) {}

  /** Opens a model file by its card and goes to one of the pages. */
  static async open(window: Workbench, model: string, page: StudioPageName): Promise<StudioPages> {
    await window.openFile(`latent-lens/${model}.lens.safetensors`);
    const card = await window.webview('ll-model-card h1');
    await card.getByRole('button', { name: 'Open in Studio' }).click();
    const pages = new StudioPages(await window.webview('ll-studio nav'));
    await pages.go(page);
    return pages;
  }

  async go(page: StudioPageName): Promise<void> {
    await this.frame.getByRole('navigation', { name: 'Studio' }).getByRole('button', { name: page }).click();
    if (page !== 'Train') await this.frame.getByRole('heading', { name: page, exact: true }).waitFor();
    // A model that is still being read has the heading, too.
    await this.frame.locator('ll-studio ll-progress').waitFor({ state: 'detached' });
  }

  image(name: string | RegExp): Locator {
    return this.frame.getByRole('img', { name, exact: true });
  }

  /** Text of an element, with ordinary spaces. */
  async text(locator: Locator): Promise<string> {
    return ((await locator.first().textContent()) ?? '').replace(/\s+/g, ' ').trim();
  }

  /** Waits until a picture shows these gray values, each at most `tolerance` of 255 away. */
  async shows(picture: Locator, wanted: ArrayLike<number>, tolerance: number, what: string): Promise<void> {
    let distance = Infinity;
    await poll(
      async () => {
        distance = largestDistance(await pixelsOf(picture), wanted);
        return distance <= tolerance;
      },
      `${what} to show the expected pixels`,
      PICTURE_MS,
    ).catch(() => assert.fail(`${what} differs by ${distance}/255 from what was expected`));
  }
}

/**
 * The gray values of an `ll-image` as drawn, each of its own pixels once; empty before anything is drawn.
 * @param side of the picture itself, in its own pixels
 */
export const pixelsOf = (picture: Locator, side = 28): Promise<number[]> =>
  picture.first().evaluate((element, side) => {
    const canvas = element as HTMLCanvasElement;
    const times = canvas.width / side;
    if (!Number.isInteger(times)) return [];
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    return Array.from({ length: side * side }, (_, i) => {
      const row = Math.floor(i / side) * times;
      return data?.[(row * canvas.width + (i % side) * times) * 4] ?? -1;
    });
  }, side);

/** Infinity for pictures of different sizes. */
export function largestDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}

/** Mean squared error of bytes, as of numbers in 0–1. */
export function meanSquaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (((a[i] ?? 0) - (b[i] ?? 0)) / 255) ** 2;
  return sum / a.length;
}
