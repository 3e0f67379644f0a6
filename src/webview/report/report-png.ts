/** The report as one picture, drawn dark on white. */
import type { Picture } from '../shared/pixels.ts';
import type { DocumentPicture, ReportDocument } from './report-document.ts';

const width = 1200;
const margin = 48;
const inner = width - 2 * margin;
const gap = 20;
const font = (size: number, weight = 400): string => `${weight} ${size}px system-ui, sans-serif`;
const ink = '#1b1b1b';
const quiet = '#5a5a5a';

type Context = OffscreenCanvasRenderingContext2D;

/** Breaks a text into lines that fit; a word that is longer than a line is broken itself. */
export function brokenLines(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && !fits(line + character)) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}

/** Writes a text and answers with the place below it. */
function write(
  context: Context,
  text: string,
  at: { readonly x: number; readonly y: number; readonly width: number },
  size: number,
  color = ink,
  weight = 400,
): number {
  context.font = font(size, weight);
  context.fillStyle = color;
  let { y } = at;
  for (const line of brokenLines(text, (each) => context.measureText(each).width <= at.width)) {
    y += size * 1.4;
    context.fillText(line, at.x, y - size * 0.35);
  }
  return y;
}

function draw(context: Context, picture: Picture, x: number, y: number, wide: number): number {
  const tall = (wide * picture.height) / picture.width;
  const once = new OffscreenCanvas(picture.width, picture.height);
  once.getContext('2d')?.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
  context.imageSmoothingEnabled = picture.width > wide;
  context.drawImage(once, x, y, wide, tall);
  context.strokeStyle = '#9995';
  context.strokeRect(x + 0.5, y + 0.5, wide - 1, tall - 1);
  return y + tall;
}

/** Pictures side by side with what is said below them; answers with the place below all. */
function row(context: Context, pictures: readonly DocumentPicture[], columns: number, y: number): number {
  const wide = (inner - gap * (columns - 1)) / columns;
  let [top, low] = [y, y];
  pictures.forEach(({ title, note, picture }, index) => {
    const column = index % columns;
    if (column === 0) top = low + (index === 0 ? 0 : gap);
    const at = { x: margin + column * (wide + gap), width: wide };
    const below = draw(context, picture, at.x, top, wide);
    const named = write(context, title, { ...at, y: below + 4 }, 16, ink, 600);
    low = Math.max(low, note === '' ? named : write(context, note, { ...at, y: named }, 13, quiet));
  });
  return low;
}

/** Draws everything and answers with its height. */
function layOut(context: Context, report: ReportDocument): number {
  const { title, path, conclusion, evidence, remarks, pictures, nearest, facts } = report;
  const line = { x: margin, width: inner };
  let y = write(context, title, { ...line, y: margin - 12 }, 30, ink, 600);
  y = write(context, path, { ...line, y }, 15, quiet) + 16;
  const top = y;
  const beside = { x: margin + 22, width: inner - 22 };
  y = write(context, conclusion, { ...beside, y }, 24, ink, 600);
  y = write(context, evidence, { ...beside, y }, 16);
  for (const remark of remarks) y = write(context, remark, { ...beside, y }, 16);
  context.fillStyle = report.anomalous ? '#b3261e' : '#2e7d32';
  context.fillRect(margin, top + 4, 6, y - top);
  y = row(context, pictures, pictures.length, y + 24) + 20;
  if (nearest.length > 0) {
    y = write(context, 'Nearest training images', { ...line, y }, 18, ink, 600) + 8;
    y = row(context, nearest, 8, y) + 16;
  }
  for (const { term, value } of facts) {
    const named = write(context, term, { x: margin, width: 200, y }, 15, quiet);
    y = Math.max(named, write(context, value, { x: margin + 220, width: inner - 220, y }, 15));
  }
  return Math.ceil(y + margin);
}

/** @throws Error where the window has no memory for the picture */
export async function reportPng(report: ReportDocument): Promise<Uint8Array> {
  const measured = new OffscreenCanvas(1, 1).getContext('2d');
  if (!measured) throw new Error('There is no canvas.');
  const canvas = new OffscreenCanvas(width, layOut(measured, report));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas.');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  layOut(context, report);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
