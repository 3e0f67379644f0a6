/** In the page of the map's bench: counts the frames that were drawn, and draws the rival. */
import type { Drawing } from '../src/webview/map/drawing.ts';
import type {} from '../src/webview/map/explorer.ts';
import { fit, pan, type View } from '../src/webview/map/plane.ts';

export interface MapBench {
  start(): void;
  /** Milliseconds between the frames in which something was drawn. */
  stop(): readonly number[];
  showRival(): void;
  hideRival(): void;
}

let drawn = false;
let times: number[] = [];
let running = false;

const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (
  this: CanvasRenderingContext2D,
  ...given: unknown[]
) {
  drawn = true;
  (put as (...all: unknown[]) => void).apply(this, given);
};

/** Runs after all that was drawn in a frame. */
function watch(): void {
  requestAnimationFrame((now) => {
    if (!running) return;
    // What was drawn since the last look was drawn in the frame before this one.
    if (drawn) times.push(now);
    drawn = false;
    watch();
  });
}

const mapCanvas = (): HTMLElement & { readonly drawing: Drawing } => {
  const found = document
    .querySelector('ll-map')
    ?.shadowRoot?.querySelector('ll-map-explorer')
    ?.shadowRoot?.querySelector('ll-map-canvas');
  if (!found) throw new Error('The map is not there.');
  return found as HTMLElement as HTMLElement & { readonly drawing: Drawing };
};

let rival: HTMLCanvasElement | undefined;

/** The obvious way: every point an arc, all of a class filled at once. */
function drawArcs(canvas: HTMLCanvasElement, view: View, { grid, grouping }: Drawing): void {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return;
  const { width, height } = canvas;
  context.fillStyle = '#1f1f1f';
  context.fillRect(0, 0, width, height);
  grouping.groups.forEach(({ color: [red, green, blue] }, group) => {
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.beginPath();
    for (let point = 0; point < grouping.of.length; point++) {
      if (grouping.of[point] !== group) continue;
      const x = ((grid.coordinates[2 * point] ?? 0) - view.x) * view.scale + width / 2;
      const y = (view.y - (grid.coordinates[2 * point + 1] ?? 0)) * view.scale + height / 2;
      if (x < -2 || y < -2 || x > width + 2 || y > height + 2) continue;
      context.moveTo(x + 1.5, y);
      context.arc(x, y, 1.5, 0, 2 * Math.PI);
    }
    context.fill();
  });
  drawn = true;
}

globalThis.mapBench = {
  start: () => {
    times = [];
    drawn = false;
    running = true;
    watch();
  },
  stop: () => {
    running = false;
    return times.slice(1).map((time, i) => time - (times[i] ?? NaN));
  },
  showRival: () => {
    const below = mapCanvas();
    const { left, top, width, height } = below.getBoundingClientRect();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [Math.round(width), Math.round(height)];
    Object.assign(canvas.style, { position: 'fixed', left: `${left}px`, top: `${top}px`, zIndex: '9' });
    const { drawing } = below;
    const start = fit(drawing.grid.bounds, canvas);
    let from: { x: number; y: number } | undefined;
    let frame = 0;
    canvas.addEventListener('pointerdown', ({ clientX, clientY }) => (from = { x: clientX, y: clientY }));
    canvas.addEventListener('pointerup', () => (from = undefined));
    canvas.addEventListener('pointermove', ({ clientX, clientY }) => {
      if (from === undefined) return;
      const view = pan(start, clientX - from.x, clientY - from.y);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => drawArcs(canvas, view, drawing));
    });
    document.body.append(canvas);
    drawArcs(canvas, start, drawing);
    rival = canvas;
  },
  hideRival: () => {
    rival?.remove();
    rival = undefined;
  },
};

declare global {
  // The bench reaches its part of the page through the page's window.
  var mapBench: MapBench;
}
