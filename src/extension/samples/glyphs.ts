/** How digits and letters are written: strokes in a box one unit high, with the habits that differ from hand to hand. */
import { cosTurn, sinTurn } from './numeric.ts';
import type { SampleRandom } from './random.ts';
import type { Anchor, Stroke } from './strokes.ts';

/** Strokes in a box of about one unit, y downwards. */
export type Glyph = readonly Stroke[];

const at = (x: number, y: number): Anchor => ({ x, y, corner: false });
const turn = (x: number, y: number): Anchor => ({ x, y, corner: true });
const straight = (...points: readonly (readonly [number, number])[]): Stroke =>
  points.map(([x, y]) => turn(x, y));

/** Anchors on an ellipse from one angle to another, in turns; 0 points right, 0.25 down. */
function arc(
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
  count: number,
): Anchor[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = from + ((to - from) * i) / (count - 1);
    return at(cx + rx * cosTurn(angle), cy + ry * sinTurn(angle));
  });
}

function zero(random: SampleRandom): Glyph {
  const rx = random.range(0.29, 0.42);
  const start = random.range(-0.34, -0.18);
  const closing = random.range(-0.03, 0.07);
  return [arc(0.5, 0.5, rx, 0.5, start, start - 1 - closing, 12)];
}

function one(random: SampleRandom): Glyph {
  const bend = random.range(-0.03, 0.03);
  const stem: Stroke = [at(0.5, 0), at(0.5 + bend, 0.5), at(0.5, 1)];
  const style = random.uniform();
  if (style < 0.6) return [stem];
  const flag: Stroke = [
    at(random.range(0.27, 0.36), random.range(0.17, 0.27)),
    turn(0.52, 0),
    ...stem.slice(1),
  ];
  if (style < 0.85) return [flag];
  return [flag, straight([random.range(0.22, 0.3), 1], [random.range(0.7, 0.8), random.range(0.98, 1.01)])];
}

function two(random: SampleRandom): Glyph {
  const top: Anchor[] = [
    at(random.range(0.1, 0.2), random.range(0.18, 0.28)),
    at(0.28, 0.05),
    at(0.52, 0),
    at(0.76, 0.1),
    at(0.8, 0.28),
    at(0.66, 0.52),
  ];
  if (random.chance(0.4)) {
    return [
      [
        ...top,
        at(0.36, 0.82),
        at(0.17, 0.94),
        at(0.12, 0.86),
        at(0.26, 0.81),
        at(0.5, 0.92),
        at(0.74, 0.98),
        at(0.93, random.range(0.86, 0.93)),
      ],
    ];
  }
  return [
    [
      ...top,
      at(0.36, 0.79),
      turn(random.range(0.08, 0.15), 0.97),
      at(0.5, random.range(0.92, 0.98)),
      at(random.range(0.84, 0.95), random.range(0.94, 0.99)),
    ],
  ];
}

function three(random: SampleRandom): Glyph {
  const waist = random.range(0.42, 0.5);
  const nose = random.range(0.36, 0.46);
  const low: Anchor[] = [
    at(0.7, waist + 0.1),
    at(0.82, 0.72),
    at(0.68, 0.93),
    at(0.42, 1),
    at(0.2, 0.93),
    at(random.range(0.1, 0.16), random.range(0.8, 0.87)),
  ];
  if (random.chance(0.2)) {
    return [[turn(0.18, 0.03), turn(0.76, 0.01), turn(nose, waist - 0.04), ...low]];
  }
  return [
    [
      at(random.range(0.14, 0.22), random.range(0.12, 0.2)),
      at(0.34, 0.02),
      at(0.58, 0.01),
      at(0.76, 0.14),
      at(0.7, 0.34),
      turn(nose, waist),
      ...low,
    ],
  ];
}

function four(random: SampleRandom): Glyph {
  const bar = random.range(0.56, 0.66);
  const stem = random.range(0.66, 0.74);
  const overhang = random.range(0.88, 0.98);
  if (random.chance(0.35)) {
    return [
      [
        turn(stem - 0.06, 0),
        at(0.3, 0.36),
        turn(0.08, bar),
        at(0.5, bar + random.range(-0.02, 0.02)),
        at(overhang, bar),
      ],
      straight([stem - 0.04, 0], [stem, 0.5], [stem - 0.02, 1]),
    ];
  }
  return [
    [
      at(random.range(0.2, 0.34), random.range(0, 0.08)),
      at(0.16, 0.32),
      turn(random.range(0.08, 0.15), bar - 0.02),
      at(0.45, bar),
      at(overhang - 0.04, bar - 0.04),
    ],
    [at(stem + 0.05, random.range(0, 0.14)), at(stem + 0.01, 0.5), at(stem - 0.04, 1)],
  ];
}

function five(random: SampleRandom): Glyph {
  const bellyTop = random.range(0.38, 0.44);
  const left = random.range(0.18, 0.26);
  const belly: Anchor[] = [
    turn(left, bellyTop + 0.06),
    at(0.46, bellyTop - 0.02),
    at(0.74, 0.52),
    at(0.8, 0.72),
    at(0.64, 0.93),
    at(0.38, 1),
    at(random.range(0.1, 0.18), random.range(0.86, 0.94)),
  ];
  const barEnd = random.range(0.74, 0.92);
  const barLift = random.range(-0.03, 0.05);
  if (random.chance(0.5)) {
    return [[turn(barEnd, barLift), at(0.56, 0.03), turn(left + 0.06, 0.05), ...belly]];
  }
  return [
    [turn(left + 0.05, 0.06), ...belly],
    [turn(left + 0.05, 0.05), at(0.56, 0.03), at(barEnd, barLift)],
  ];
}

function six(random: SampleRandom): Glyph {
  const top = random.range(0.56, 0.74);
  return [
    [
      at(top, random.range(0, 0.05)),
      at(0.38, 0.2),
      at(0.2, 0.5),
      at(0.18, 0.76),
      at(0.32, 0.97),
      at(0.56, 0.98),
      at(0.75, 0.82),
      at(0.73, 0.62),
      at(0.54, random.range(0.5, 0.55)),
      at(0.34, 0.6),
      at(random.range(0.2, 0.27), random.range(0.7, 0.8)),
    ],
  ];
}

function seven(random: SampleRandom): Glyph {
  const left = random.range(0.1, 0.2);
  const corner = random.range(0.8, 0.9);
  const foot = random.range(0.32, 0.46);
  const bow = random.range(-0.05, 0.02);
  const body: Anchor[] = [
    at(left, random.range(0.03, 0.09)),
    at(0.5, random.range(0.02, 0.06)),
    turn(corner, 0.03),
    at((corner + foot) / 2 + bow, 0.5),
    at(foot, 1),
  ];
  const strokes: Stroke[] = [
    random.chance(0.25)
      ? [turn(left - 0.01, random.range(0.15, 0.22)), turn(left, 0.05), ...body.slice(1)]
      : body,
  ];
  if (random.chance(0.3)) {
    const y = random.range(0.44, 0.52);
    strokes.push(straight([random.range(0.34, 0.42), y + 0.01], [random.range(0.76, 0.86), y - 0.02]));
  }
  return strokes;
}

function eight(random: SampleRandom): Glyph {
  const waist = random.range(0.43, 0.5);
  if (random.chance(0.3)) {
    const upper = waist / 2;
    const lower = (1 + waist) / 2;
    const rx = random.range(0.22, 0.28);
    return [
      arc(0.5, upper, rx, upper, 0.2, -0.85, 10),
      arc(0.5, lower, rx * random.range(1.05, 1.3), (1 - waist) / 2, -0.25, 0.82, 10),
    ];
  }
  return [
    [
      at(random.range(0.68, 0.76), random.range(0.1, 0.17)),
      at(0.52, 0.01),
      at(0.3, 0.09),
      at(0.29, 0.28),
      at(0.5, waist),
      at(0.72, 0.66),
      at(0.7, 0.9),
      at(0.48, 1),
      at(0.26, 0.9),
      at(0.27, 0.68),
      at(0.5, waist + 0.02),
      at(0.7, 0.3),
      at(random.range(0.7, 0.77), random.range(0.13, 0.19)),
    ],
  ];
}

function nine(random: SampleRandom): Glyph {
  const loop: Anchor[] = [
    at(0.76, random.range(0.14, 0.2)),
    at(0.56, 0.02),
    at(0.32, 0.09),
    at(0.22, 0.28),
    at(0.34, random.range(0.44, 0.5)),
    at(0.56, 0.42),
  ];
  if (random.chance(0.5)) {
    return [[...loop, turn(0.76, 0.17), at(0.75, 0.5), at(random.range(0.66, 0.74), 1)]];
  }
  return [
    [
      ...loop,
      turn(0.77, 0.18),
      at(0.76, 0.52),
      at(0.66, 0.86),
      at(0.46, 1),
      at(random.range(0.24, 0.34), 0.92),
    ],
  ];
}

const DIGITS: readonly ((random: SampleRandom) => Glyph)[] = [
  zero,
  one,
  two,
  three,
  four,
  five,
  six,
  seven,
  eight,
  nine,
];

/** One way of writing a digit (0 to 9). */
export function writeDigit(digit: number, random: SampleRandom): Glyph {
  const write = DIGITS[digit];
  if (write === undefined) throw new RangeError(`no digit ${digit}`);
  return write(random);
}

/** Capital letters that cannot be taken for a digit. */
const LETTERS: Readonly<Record<string, (random: SampleRandom) => Glyph>> = {
  A: (random) => [
    straight([0.1, 1], [0.5, 0], [0.9, 1]),
    straight([0.24, random.range(0.58, 0.68)], [0.77, random.range(0.58, 0.68)]),
  ],
  E: (random) => [
    straight([0.8, 0.02], [0.2, 0], [0.2, 1], [0.84, 0.98]),
    straight([0.2, 0.5], [random.range(0.62, 0.74), random.range(0.46, 0.52)]),
  ],
  F: (random) => [
    straight([0.82, 0.01], [0.22, 0], [0.2, 1]),
    straight([0.21, 0.48], [random.range(0.62, 0.74), random.range(0.44, 0.5)]),
  ],
  H: (random) => [
    straight([0.16, 0], [0.14, 1]),
    straight([0.84, 0], [0.85, 1]),
    straight([0.15, random.range(0.46, 0.56)], [0.85, random.range(0.44, 0.54)]),
  ],
  K: (random) => [
    straight([0.2, 0], [0.2, 1]),
    straight([random.range(0.74, 0.86), 0.02], [0.22, random.range(0.52, 0.6)]),
    straight([0.36, 0.46], [0.86, 1]),
  ],
  M: (random) => [straight([0.08, 1], [0.16, 0], [0.5, random.range(0.55, 0.75)], [0.84, 0], [0.94, 1])],
  N: () => [straight([0.16, 1], [0.16, 0], [0.84, 1], [0.85, 0])],
  R: (random) => [
    straight([0.2, 1], [0.2, 0]),
    [
      turn(0.2, 0.02),
      at(0.58, 0.02),
      at(0.8, 0.24),
      at(0.56, 0.48),
      turn(0.22, 0.5),
      turn(random.range(0.78, 0.9), 1),
    ],
  ],
  T: (random) => [straight([0.08, 0.02], [0.92, random.range(0, 0.04)]), straight([0.5, 0.02], [0.5, 1])],
  W: (random) => [straight([0.04, 0], [0.26, 1], [0.5, random.range(0.25, 0.45)], [0.74, 1], [0.96, 0])],
  X: () => [straight([0.14, 0], [0.86, 1]), straight([0.86, 0], [0.14, 1])],
  Y: (random) => [
    straight([0.1, 0], [0.5, random.range(0.44, 0.54)], [0.9, 0]),
    straight([0.5, 0.5], [0.5, 1]),
  ],
};

/** The letters that `writeLetter` knows. */
export const letterNames: readonly string[] = Object.keys(LETTERS);

/** One way of writing a letter of `letterNames`. */
export function writeLetter(name: string, random: SampleRandom): Glyph {
  const write = LETTERS[name];
  if (write === undefined) throw new RangeError(`no letter ${name}`);
  return write(random);
}

/** A smooth curve that wanders through the box without meaning. */
export function scribble(random: SampleRandom): Glyph {
  const count = 7 + random.below(3);
  const anchors: Anchor[] = [];
  while (anchors.length < count) {
    const next = at(random.uniform(), random.uniform());
    const apart = (other: Anchor | undefined, distance: number) =>
      other === undefined ||
      (next.x - other.x) * (next.x - other.x) + (next.y - other.y) * (next.y - other.y) > distance * distance;
    // Short steps and returns to the place just left would run together into a blot.
    if (apart(anchors.at(-1), 0.5) && apart(anchors.at(-2), 0.4)) anchors.push(next);
  }
  return [anchors];
}
