// The Latent Map as a user sees it, and what its drawing is made of: view, size, what is chosen.
import type { Frame, Locator } from 'playwright-core';
import type {} from '../../../src/webview/map/app.ts';
import type {} from '../../../src/webview/map/canvas.ts';
import type { Point, Size, View } from '../../../src/webview/map/plane.ts';
import type { Look } from '../../../src/webview/map/state.ts';
import type { Workbench } from '../../support/vscode.ts';

export const mapCanvas = 'll-map-canvas canvas';

export class LatentMap {
  constructor(
    private readonly window: Workbench,
    readonly frame: Frame,
  ) {}

  /** The map once it has drawn something. */
  static async open(window: Workbench): Promise<LatentMap> {
    const frame = await window.webview(mapCanvas);
    await frame.locator('ll-map-canvas canvas[data-detail]').waitFor();
    return new LatentMap(window, frame);
  }

  /** What the canvas shows, as it says itself. */
  canvas(): Promise<{
    readonly view: View;
    readonly size: Size;
    readonly probe: Point | null;
    readonly path: readonly Point[];
  }> {
    return this.frame.locator('ll-map-canvas').evaluate((element) => {
      const map = element as HTMLElementTagNameMap['ll-map-canvas'];
      return { view: map.shownView, size: map.size, probe: map.probe, path: map.path };
    });
  }

  look(): Promise<Look> {
    return this.frame
      .locator('ll-map')
      .evaluate((element) => (element as HTMLElementTagNameMap['ll-map']).session.look.value);
  }

  tool(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }

  /** A place of the canvas on the window's page. */
  async onPage({ x, y }: Point): Promise<Point> {
    const box = await this.frame.locator(mapCanvas).boundingBox();
    if (!box) throw new Error('The map is not to be seen.');
    return { x: box.x + x, y: box.y + y };
  }

  async moveTo(at: Point): Promise<void> {
    const { x, y } = await this.onPage(at);
    await this.window.page.mouse.move(x, y, { steps: 3 });
  }

  async click(at: Point, modifier?: 'Alt'): Promise<void> {
    await this.moveTo(at);
    if (modifier) await this.window.page.keyboard.down(modifier);
    await this.window.page.mouse.down();
    await this.window.page.mouse.up();
    if (modifier) await this.window.page.keyboard.up(modifier);
  }

  /** Drags from corner to corner. */
  async drag(corners: readonly Point[]): Promise<void> {
    const { mouse } = this.window.page;
    const [first, ...others] = await Promise.all(corners.map((corner) => this.onPage(corner)));
    if (!first) return;
    await mouse.move(first.x, first.y);
    await mouse.down();
    for (const { x, y } of others) await mouse.move(x, y, { steps: 2 });
    await mouse.up();
  }

  /** Gray values of an `ll-image` whose own picture is so wide and high, row-major. */
  pixels(image: Locator, { width, height }: Size): Promise<number[]> {
    return image.locator('canvas').evaluate(
      (element, size) => {
        const canvas = element as HTMLCanvasElement;
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
        return Array.from({ length: size.width * size.height }, (_, i) => {
          const x = Math.floor((((i % size.width) + 0.5) * canvas.width) / size.width);
          const y = Math.floor(((Math.floor(i / size.width) + 0.5) * canvas.height) / size.height);
          return data?.[4 * (y * canvas.width + x)] ?? -1;
        });
      },
      { width, height },
    );
  }
}
