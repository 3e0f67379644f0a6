/** A turned flange with a bore and bolt holes, as a camera above a dark mat sees it: 64×64, gray. */
import { makeDefect, SOUND, type Defect, type DefectType } from './defects.ts';
import { clamp, cosTurn, lerp, sinTurn, smoothstep, toByte } from './numeric.ts';
import type { SampleRandom } from './random.ts';
import { noise1, noise2, noiseTable } from './surface.ts';

/** Width and height of a part's picture, in pixels. */
export const PART_SIDE = 64;

const RIM = 25;
const BORE = 7.6;
const HUB = 11.2;
const BOLT_CIRCLE = 17.8;
const BOLT_HOLE = 2.75;
const BOLT_COUNT = 6;

/** Each pixel is the mean of this many samples squared. */
const SAMPLES = 2;

const GRAIN_SIDE = 16;

/** Where the part lies, how it is lit, and what its surface is like. */
interface Scene {
  readonly centreX: number;
  readonly centreY: number;
  readonly scale: number;
  readonly holes: readonly { readonly x: number; readonly y: number }[];
  /** Unit vector in the image plane towards the lamp. */
  readonly lightX: number;
  readonly lightY: number;
  readonly slope: number;
  readonly sheen: number;
  readonly steel: number;
  readonly mat: number;
  readonly shadow: number;
  readonly grooves: Float64Array;
  readonly groovePitch: number;
  readonly grooveDepth: number;
  readonly clouds: Float64Array;
  readonly weave: Float64Array;
}

function makeScene(random: SampleRandom): Scene {
  const light = -0.375 + random.range(-0.14, 0.14);
  const turned = random.range(-0.03, 0.03);
  const holes = Array.from({ length: BOLT_COUNT }, (_, i) => {
    const angle = turned + i / BOLT_COUNT;
    return { x: BOLT_CIRCLE * cosTurn(angle), y: BOLT_CIRCLE * sinTurn(angle) };
  });
  return {
    centreX: PART_SIDE / 2 + clamp(0.8 * random.bell(), -2, 2),
    centreY: PART_SIDE / 2 + clamp(0.8 * random.bell(), -2, 2),
    scale: 1 + 0.012 * random.bell(),
    holes,
    lightX: cosTurn(light),
    lightY: sinTurn(light),
    slope: random.range(0.03, 0.12),
    sheen: random.range(0.1, 0.22),
    steel: random.range(0.5, 0.58),
    mat: random.range(0.17, 0.25),
    shadow: random.range(2, 3.4),
    grooves: noiseTable(64, random),
    groovePitch: random.range(0.75, 1.1),
    grooveDepth: random.range(0.05, 0.1),
    clouds: noiseTable(GRAIN_SIDE * GRAIN_SIDE, random),
    weave: noiseTable(GRAIN_SIDE * GRAIN_SIDE, random),
  };
}

/** The mat under the part, with the part's shadow; x, y from the part's centre. */
function matLevel(scene: Scene, x: number, y: number): number {
  const grain =
    0.035 * noise2(scene.weave, GRAIN_SIDE, x * 0.83 + 5, y * 0.83 + 9) +
    0.02 * noise2(scene.clouds, GRAIN_SIDE, x * 0.11, y * 0.11);
  const level = scene.mat + grain + 0.0016 * (x * scene.lightX + y * scene.lightY);
  const sx = x + scene.shadow * scene.lightX;
  const sy = y + scene.shadow * scene.lightY;
  const away = Math.sqrt(sx * sx + sy * sy) - RIM;
  return level * lerp(0.35, 1, smoothstep(-2, 4.5, away));
}

/** Down a hole: dark, but the far wall catches some light. `facing` is 1 towards the lamp, −1 away from it. */
function holeLevel(facing: number, depth: number): number {
  return 0.07 + 0.2 * clamp(-facing, 0, 1) * (1 - smoothstep(0, 2.2, depth));
}

/** The steel's own level before marks and holes; x, y from the part's centre, radius their length. */
function steelLevel(scene: Scene, x: number, y: number, radius: number): number {
  const facing = (x * scene.lightX + y * scene.lightY) / (radius + 1e-6);
  const groove = noise1(scene.grooves, radius / scene.groovePitch);
  // Turned grooves gather the light into two opposite fans.
  const fan = facing * facing * facing * facing;
  let level =
    scene.steel +
    (scene.slope * (x * scene.lightX + y * scene.lightY)) / RIM +
    scene.sheen * fan +
    scene.grooveDepth * groove * (0.45 + 0.55 * fan) +
    0.03 * noise2(scene.clouds, GRAIN_SIDE, x * 0.21 + 3, y * 0.21 + 7);
  // The outer chamfer leans outwards, the step of the hub and the bore's chamfer inwards.
  const chamfer = smoothstep(RIM - 2.4, RIM - 1.7, radius);
  level = lerp(level, 0.55 + 0.36 * facing, chamfer);
  const step = 1 - smoothstep(0.35, 1.1, Math.abs(radius - HUB));
  level = lerp(level, 0.5 + 0.34 * facing, step);
  const lip = 1 - smoothstep(BORE + 0.8, BORE + 1.6, radius);
  return lerp(level, 0.56 - 0.36 * facing, lip);
}

/** The steel with its marks and bolt holes; x, y from the part's centre, radius their length. */
function faceLevel(scene: Scene, defect: Defect, x: number, y: number, radius: number): number {
  let level = defect.mark(steelLevel(scene, x, y, radius), x, y);
  for (const hole of scene.holes) {
    const hx = x - hole.x;
    const hy = y - hole.y;
    const squared = hx * hx + hy * hy;
    if (squared > (BOLT_HOLE + 1.2) * (BOLT_HOLE + 1.2)) continue;
    const distance = Math.sqrt(squared);
    const facing = (hx * scene.lightX + hy * scene.lightY) / (distance + 1e-6);
    const lip = smoothstep(BOLT_HOLE + 0.5, BOLT_HOLE + 1.2, distance);
    const edge = smoothstep(BOLT_HOLE - 0.35, BOLT_HOLE + 0.35, distance);
    level = lerp(0.56 - 0.34 * facing, level, lip);
    level = lerp(holeLevel(facing, BOLT_HOLE - distance), level, edge);
  }
  return level;
}

/** The scene's brightness at one place, before exposure and noise; x, y from the part's centre. */
function levelAt(scene: Scene, defect: Defect, x: number, y: number): number {
  const radius = Math.sqrt(x * x + y * y);
  if (radius > RIM + 0.4) return matLevel(scene, x, y);
  const facing = (x * scene.lightX + y * scene.lightY) / (radius + 1e-6);
  const bore = smoothstep(BORE - 0.4, BORE + 0.4, radius);
  let level = bore < 1 ? holeLevel(facing, BORE - radius) : 0;
  if (bore > 0) level = lerp(level, faceLevel(scene, defect, x, y, radius), bore);
  const bite = defect.missing(x, y);
  // The broken face is bright and rough at the edge; beyond it lies the mat.
  if (bite < 1.5) {
    const rough = 0.8 + 0.15 * noise2(scene.weave, GRAIN_SIDE, x * 1.3, y * 1.3);
    level = lerp(rough, level, smoothstep(0.5, 1.5, bite));
  }
  const solid = smoothstep(-0.4, 0.4, Math.min(RIM - radius, bite));
  return solid < 1 ? lerp(matLevel(scene, x, y), level, solid) : level;
}

/** Slight blur of the lens: [1 2 1] by [1 2 1], mixed with the sharp picture. */
function blur(levels: Float64Array, amount: number): Float64Array {
  const side = PART_SIDE;
  const pixel = (column: number, row: number) =>
    levels[clamp(row, 0, side - 1) * side + clamp(column, 0, side - 1)] ?? 0;
  return levels.map((level, i) => {
    const column = i % side;
    const row = (i - column) / side;
    const line = (y: number) => pixel(column - 1, y) + 2 * pixel(column, y) + pixel(column + 1, y);
    return lerp(level, (line(row - 1) + 2 * line(row) + line(row + 1)) / 16, amount);
  });
}

/** Draws one photo: gray bytes [64, 64], row-major. `type` is `good` or the defect. */
export function drawPart(type: 'good' | DefectType, random: SampleRandom): Uint8Array {
  const planned = makeScene(random);
  const workpiece = { rim: RIM, hub: HUB, holes: planned.holes, holeRadius: BOLT_HOLE };
  const defect = type === 'good' ? SOUND : makeDefect(type, random, workpiece);
  const scene = { ...planned, holes: planned.holes.filter((_, i) => i !== defect.undrilled) };
  const side = PART_SIDE;
  const levels = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const px = column + ((sample % SAMPLES) + 0.5) / SAMPLES;
        const py = row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
        sum += levelAt(scene, defect, (px - scene.centreX) / scene.scale, (py - scene.centreY) / scene.scale);
      }
      levels[row * side + column] = sum / (SAMPLES * SAMPLES);
    }
  }
  const exposure = 1 + 0.06 * random.bell();
  const grain = random.range(0.012, 0.024);
  const soft = blur(levels, random.range(0.15, 0.6));
  return Uint8Array.from(soft, (level) =>
    toByte(level * exposure + grain * (0.6 + 0.4 * level) * random.bell()),
  );
}
