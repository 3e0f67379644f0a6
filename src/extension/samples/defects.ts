/** What can be wrong with a part. Lengths are in the part's own units: millimetres, about one per pixel, from the part's centre. */
import { cosTurn, lerp, sinTurn, smoothstep } from './numeric.ts';
import type { SampleRandom } from './random.ts';
import { noise1, noise2, noiseTable } from './surface.ts';

/** The kinds of defects, as their folders are named. */
export type DefectType = 'scratches' | 'chips' | 'stains' | 'missing-hole';

/** A defect as the renderer asks for it. */
export interface Defect {
  /** Signed distance to the edge of missing material at a place: negative where a piece has broken away. */
  readonly missing: (x: number, y: number) => number;
  /** The gray level of the surface after the defect, from the level before it. */
  readonly mark: (level: number, x: number, y: number) => number;
  /** The number of the bolt hole that was not drilled. */
  readonly undrilled: number | undefined;
}

const FAR = 1e3;

/** No defect at all. */
export const SOUND: Defect = { missing: () => FAR, mark: (level) => level, undrilled: undefined };

/** What a defect needs to know of the part that it spoils. */
export interface Workpiece {
  /** Outer radius. */
  readonly rim: number;
  /** Radius of the step around the bore: outside of it the face is flat. */
  readonly hub: number;
  /** The centres of all bolt holes, and their radius. */
  readonly holes: readonly { readonly x: number; readonly y: number }[];
  readonly holeRadius: number;
}

/** Whether a place lies on the flat face, at least `margin` away from every bolt hole. */
function onFace(part: Workpiece, x: number, y: number, margin: number): boolean {
  const squared = x * x + y * y;
  if (squared > (part.rim - 2) * (part.rim - 2) || squared < part.hub * part.hub) return false;
  const away = part.holeRadius + margin;
  return part.holes.every((hole) => (x - hole.x) * (x - hole.x) + (y - hole.y) * (y - hole.y) > away * away);
}

interface Scratch {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly length: number;
  readonly bow: number;
  readonly width: number;
  readonly strength: number;
}

/** Where along a scratch (−1 to 1) its middle line runs, from the part's centre. */
function onScratch({ x, y, dx, dy, length, bow }: Scratch, along: number): readonly [number, number] {
  const forth = (along * length) / 2;
  const aside = bow * (1 - along * along);
  return [x + forth * dx - aside * dy, y + forth * dy + aside * dx];
}

/** The length of a scratch that can be seen on the flat face. */
function seenLength(scratch: Scratch, part: Workpiece): number {
  let seen = 0;
  for (let step = -10; step <= 10; step++) {
    const [x, y] = onScratch(scratch, step / 10);
    if (onFace(part, x, y, 0.8)) seen++;
  }
  return (seen / 21) * scratch.length;
}

function drawScratch(random: SampleRandom, heading: number, part: Workpiece): Scratch {
  const angle = heading + random.range(-0.04, 0.04);
  for (;;) {
    const where = random.uniform();
    const radius = random.range(12, 20);
    const scratch = {
      x: radius * cosTurn(where),
      y: radius * sinTurn(where),
      dx: cosTurn(angle),
      dy: sinTurn(angle),
      length: random.range(16, 28),
      bow: random.range(-2, 2),
      width: random.range(0.65, 0.95),
      strength: random.range(0.85, 1),
    };
    if (seenLength(scratch, part) >= 13) return scratch;
  }
}

function scratches(random: SampleRandom, part: Workpiece): Defect {
  const count = 1 + random.below(2);
  const heading = random.uniform();
  const list = Array.from({ length: count }, () => drawScratch(random, heading, part));
  return {
    ...SOUND,
    mark: (level, x, y) => {
      let result = level;
      for (const scratch of list) {
        const along = ((x - scratch.x) * scratch.dx + (y - scratch.y) * scratch.dy) / (scratch.length / 2);
        if (along < -1 || along > 1) continue;
        const across =
          (y - scratch.y) * scratch.dx - (x - scratch.x) * scratch.dy - scratch.bow * (1 - along * along);
        if (across < -2 || across > 3) continue;
        const fade = scratch.strength * smoothstep(0, 0.35, 1 - Math.abs(along));
        // A furrow: its bed is dark, the burr beside it catches the light.
        const bed = 1 - smoothstep(scratch.width - 0.5, scratch.width + 0.5, Math.abs(across));
        const burr = 1 - smoothstep(0, 0.9, Math.abs(across - scratch.width - 0.55));
        result = lerp(lerp(result, 0.13, fade * bed), 0.97, fade * burr * 0.8);
      }
      return result;
    },
  };
}

function chips(random: SampleRandom, rim: number): Defect {
  const count = random.chance(0.3) ? 2 : 1;
  const bites = Array.from({ length: count }, () => {
    const where = random.uniform();
    const radius = random.range(4, 6);
    const distance = rim + radius * random.range(-0.15, 0.25);
    return {
      x: distance * cosTurn(where),
      y: distance * sinTurn(where),
      radius,
      edge: noiseTable(9, random),
    };
  });
  return {
    ...SOUND,
    missing: (x, y) => {
      let nearest = FAR;
      for (const bite of bites) {
        const dx = x - bite.x;
        const dy = y - bite.y;
        const distance = Math.sqrt(dx * dx + dy * dy);
        // A diamond angle (0 to 4 around the circle) needs no arc tangent.
        const sum = Math.abs(dx) + Math.abs(dy) + 1e-9;
        const diamond = dx >= 0 ? (dy >= 0 ? dy / sum : 4 + dy / sum) : 2 - dy / sum;
        const ragged = noise1(bite.edge, (diamond / 4) * bite.edge.length);
        nearest = Math.min(nearest, distance - bite.radius - 1.1 * ragged);
      }
      return nearest;
    },
  };
}

function stains(random: SampleRandom, part: Workpiece): Defect {
  let x = 0;
  let y = 0;
  while (!onFace(part, x, y, 1)) {
    const where = random.uniform();
    const radius = random.range(13, 20);
    x = radius * cosTurn(where);
    y = radius * sinTurn(where);
  }
  const drops = Array.from({ length: 3 + random.below(3) }, () => ({
    x: x + random.range(-3.4, 3.4),
    y: y + random.range(-3.4, 3.4),
    radius: random.range(2.4, 3.8),
  }));
  const edge = noiseTable(64, random);
  const depth = random.range(0.36, 0.52);
  return {
    ...SOUND,
    mark: (level, px, py) => {
      let pull = 0;
      for (const drop of drops) {
        const dx = px - drop.x;
        const dy = py - drop.y;
        pull += (drop.radius * drop.radius) / (dx * dx + dy * dy + 0.5);
      }
      // Drops that flow together: a level line of summed fields, roughly in units of length.
      const inside = 3.2 * (1 - 1 / (pull + 1e-6)) + 0.9 * noise2(edge, 8, px * 0.45, py * 0.45);
      const body = smoothstep(-0.3, 0.5, inside) * (1 + 0.18 * noise2(edge, 8, px * 0.3 + 4, py * 0.3 + 2));
      // A drop dries from its edge: the rim is the darkest.
      const dried = smoothstep(-0.3, 0.4, inside) * (1 - smoothstep(0.4, 1.4, inside));
      return level * (1 - depth * body - 0.2 * dried);
    },
  };
}

/** A random defect on a part. */
export function makeDefect(type: DefectType, random: SampleRandom, part: Workpiece): Defect {
  switch (type) {
    case 'scratches':
      return scratches(random, part);
    case 'chips':
      return chips(random, part.rim);
    case 'stains':
      return stains(random, part);
    case 'missing-hole':
      return { ...SOUND, undrilled: random.below(part.holes.length) };
  }
}
