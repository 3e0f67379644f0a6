/** Digits as a pen would write them: light strokes on black, 28×28, centred by their mass as MNIST's are. */
import { letterNames, scribble, writeDigit, writeLetter, type Glyph } from './glyphs.ts';
import { clamp, cosTurn, sinTurn, smoothstep, toByte } from './numeric.ts';
import type { SampleRandom } from './random.ts';
import { coverage, flatten, inkDistance, lengthOf, polyline, type Polyline } from './strokes.ts';

/** Width and height of a digit, in pixels. */
export const DIGIT_SIDE = 28;

/** Digits that, turned by 90°, can no longer be read as a digit. */
const TURNABLE = [2, 3, 4, 5, 6, 7, 9] as const;

/** A place on the strokes where the pen hardly touches the paper. */
interface Gap {
  readonly stroke: number;
  readonly along: number;
  readonly length: number;
}

/** Moves every anchor a little, then bends the whole glyph by slow waves: no two hands write alike. */
function wobble(glyph: Glyph, random: SampleRandom): Glyph {
  const jitter = random.range(0.01, 0.034);
  const bendX = random.range(-0.055, 0.055);
  const bendY = random.range(-0.055, 0.055);
  const phaseX = random.uniform();
  const phaseY = random.uniform();
  return glyph.map((stroke) =>
    stroke.map((anchor) => ({
      x: anchor.x + jitter * random.bell() + bendX * sinTurn(anchor.y * 0.8 + phaseX),
      y: anchor.y + jitter * random.bell() + bendY * sinTurn(anchor.x * 0.8 + phaseY),
      corner: anchor.corner,
    })),
  );
}

/** Slants, turns and stretches the strokes, fits them into about 20 pixels and puts their centre of mass near the image's. */
function place(lines: readonly Polyline[], random: SampleRandom): Polyline[] {
  const slant = clamp(0.14 + 0.2 * random.bell(), -0.3, 0.6);
  const angle = 0.018 * random.bell();
  const aspect = random.range(0.74, 1.16);
  const size = random.range(16.4, 20.4);
  const shiftX = 0.65 * random.bell();
  const shiftY = 0.65 * random.bell();
  const cos = cosTurn(angle);
  const sin = sinTurn(angle);
  const moved = lines.map((line) => {
    const x = line.xs.map((value, i) => (value - 0.5) * aspect - slant * ((line.ys[i] ?? 0) - 0.5));
    const y = line.ys.map((value) => value - 0.5);
    return polyline(
      x.map((value, i) => value * cos - (y[i] ?? 0) * sin),
      y.map((value, i) => value * cos + (x[i] ?? 0) * sin),
    );
  });
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (const { xs, ys, along } of moved) {
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i] as number;
      const y = ys[i] as number;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      if (i === 0) continue;
      const piece = (along[i] as number) - (along[i - 1] as number);
      mass += piece;
      massX += (piece * (x + (xs[i - 1] as number))) / 2;
      massY += (piece * (y + (ys[i - 1] as number))) / 2;
    }
  }
  const scale = (size - 2) / Math.max(right - left, bottom - top);
  // Centred by mass, but never so that the ink's box leaves the image.
  const margin = 1.8;
  const fitShift = (shift: number, low: number, high: number) =>
    clamp(shift, margin - DIGIT_SIDE / 2 - low, DIGIT_SIDE / 2 - margin - high);
  const centreX = massX / mass;
  const centreY = massY / mass;
  const dx = fitShift(shiftX, (left - centreX) * scale, (right - centreX) * scale);
  const dy = fitShift(shiftY, (top - centreY) * scale, (bottom - centreY) * scale);
  return moved.map((line) =>
    polyline(
      line.xs.map((x) => (x - centreX) * scale + dx + DIGIT_SIDE / 2),
      line.ys.map((y) => (y - centreY) * scale + dy + DIGIT_SIDE / 2),
    ),
  );
}

/** Half the pen's width at every vertex: slow changes of pressure, thinner at lifted ends, nearly nothing in a gap. */
function pressure(line: Polyline, base: number, random: SampleRandom, gap: Gap | undefined): Float64Array {
  const swing = random.range(0.03, 0.14);
  const wave = random.range(0.04, 0.09);
  const phase = random.uniform();
  const taper = random.range(0, 0.35);
  const length = lengthOf(line);
  return line.along.map((s) => {
    let radius = base * (1 + swing * sinTurn(s * wave + phase));
    radius *= 1 - taper * (1 - smoothstep(0, 2.5, length - s));
    if (gap !== undefined) radius *= smoothstep(-0.2, gap.length, Math.abs(s - gap.along));
    return radius;
  });
}

/** A written glyph: the lines that the pen followed, in pixels, and its ink when the paper is shifted by some pixels. */
interface Writing {
  readonly lines: readonly Polyline[];
  /** [28, 28] row-major, 0 (paper) to 1 (ink). */
  readonly ink: (shiftX: number, shiftY: number) => Float64Array;
}

function write(glyph: Glyph, random: SampleRandom, thickest = 1.8): Writing {
  const lines = place(wobble(glyph, random).map(flatten), random);
  const base = clamp(1.18 + 0.27 * random.bell(), 0.75, thickest);
  const softness = random.range(1.1, 1.6);
  const strength = random.range(0.88, 1);
  let gap: Gap | undefined;
  if (random.chance(0.1)) {
    const stroke = random.below(lines.length);
    const length = lengthOf(lines[stroke] as Polyline);
    gap = { stroke, along: random.range(0.25, 0.75) * length, length: random.range(0.8, 1.3) };
  }
  const radii = lines.map((line, i) => pressure(line, base, random, gap?.stroke === i ? gap : undefined));
  return {
    lines,
    ink: (shiftX, shiftY) => {
      const field = new Float64Array(DIGIT_SIDE * DIGIT_SIDE).fill(DIGIT_SIDE);
      lines.forEach((line, i) => {
        const xs = line.xs.map((x) => x + shiftX);
        const ys = line.ys.map((y) => y + shiftY);
        inkDistance(field, DIGIT_SIDE, polyline(xs, ys), radii[i] as Float64Array);
      });
      return field.map((distance) => strength * coverage(distance, softness));
    },
  };
}

/** Turns a square image by 90°. */
function quarterTurn(ink: Float64Array, clockwise: boolean): Float64Array {
  const side = DIGIT_SIDE;
  return ink.map((_, i) => {
    const row = Math.floor(i / side);
    const column = i % side;
    const from = clockwise ? (side - 1 - column) * side + row : column * side + (side - 1 - row);
    return ink[from] ?? 0;
  });
}

/** Tears a digit across its middle: either a band is missing, or the halves have slipped apart along the tear. */
function tear({ lines, ink }: Writing, random: SampleRandom): Float64Array {
  const side = DIGIT_SIDE;
  const line = lines.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a));
  const middle = Math.floor(line.xs.length * random.range(0.35, 0.65));
  const angle = random.range(-0.09, 0.09);
  const normalX = sinTurn(angle);
  const normalY = cosTurn(angle);
  // Half-way between the pen and the image's centre: both parts keep enough ink to be seen.
  const offset =
    (((line.xs[middle] ?? 0) - side / 2) * normalX + ((line.ys[middle] ?? 0) - side / 2) * normalY) * 0.5;
  const across = (i: number) =>
    ((i % side) + 0.5 - side / 2) * normalX + (Math.floor(i / side) + 0.5 - side / 2) * normalY - offset;
  if (random.chance(0.5)) {
    const half = random.range(2.3, 3.1);
    return ink(0, 0).map((level, i) => level * smoothstep(half - 0.4, half + 0.4, Math.abs(across(i))));
  }
  // Less than this, and a slipped digit could be a slanted one.
  const slip = (random.sign() * random.range(6, 8)) / 2;
  const lower = ink(slip * normalY, -slip * normalX);
  return ink(-slip * normalY, slip * normalX).map((level, i) => {
    const place = across(i);
    return (place > 0 ? (lower[i] ?? 0) : level) * smoothstep(0.2, 1, Math.abs(place));
  });
}

/** What can be drawn: a digit as it should be, or something that is none. */
export type DigitKind =
  | { readonly type: 'digit'; readonly digit: number }
  | { readonly type: 'rotated' | 'letters' | 'scribbles' | 'broken' };

function ink(kind: DigitKind, random: SampleRandom): Float64Array {
  switch (kind.type) {
    case 'digit':
      return write(writeDigit(kind.digit, random), random).ink(0, 0);
    case 'rotated': {
      const digit = random.pick(TURNABLE);
      return quarterTurn(write(writeDigit(digit, random), random).ink(0, 0), random.chance(0.5));
    }
    case 'letters':
      return write(writeLetter(random.pick(letterNames), random), random).ink(0, 0);
    case 'scribbles':
      return write(scribble(random), random, 1.2).ink(0, 0);
    case 'broken':
      return tear(write(writeDigit(random.below(10), random), random), random);
  }
}

/** Draws one image: gray bytes [28, 28], row-major. */
export function drawDigit(kind: DigitKind, random: SampleRandom): Uint8Array {
  return Uint8Array.from(ink(kind, random), toByte);
}
