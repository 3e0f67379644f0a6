/**
 * WGSL of the prebuilt training step, written for one layer's sizes at a time. Every thread makes a tile of the result in
 * registers; no shader waits at a barrier, so that a software adapter runs them, too.
 *
 * As in the WASM kernels (backends/wasm/geometry.ts), every layer joins a big side to a small one by a matrix
 * W `[taps·big channels, small channels]`, row-major; maps are `[N, H, W, C]`.
 */
import type { Activation, Layer, MapShape } from '../../../model/network.ts';

/** Channels that a thread takes of a strided layer's big side: 1, 3, 16, 32 and 64 are multiples of it. */
const lanesOf = (channels: number): number => Math.min(4, channels);

export const workgroupSize = 64;
/** Parts from which the gradients of biases and strided layers are summed. */
export const gradientParts = 32;
/** Threads that sum squared errors, and sums that are read per step. */
export const lossThreads = 4096;
export const lossSums = 64;

/** The uniform that changes with every step, and the layout that {@link StepNumbers} is written in. */
const stepStruct = /* wgsl */ `
struct Step {
  count: u32, gradientScale: f32, lossScale: f32, klScale: f32,
  stepSize: f32, rootCorrection: f32, weightDecay: f32, padding: f32,
}
@group(0) @binding(0) var<uniform> step: Step;`;

/** Buffers in the order of their bindings, from 1 on. */
const bindings = (...declarations: readonly string[]): string =>
  declarations.map((text, i) => `@group(0) @binding(${i + 1}) var<storage, ${text}: array<f32>;`).join('\n');

const main = (body: string): string => `
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = (group.y * groups.x + group.x) * ${workgroupSize}u + lane;
${body}
}`;

export interface Sides {
  readonly big: MapShape;
  readonly small: MapShape;
  readonly strided: boolean;
  /** Whether the layer goes from its big side to its small one. */
  readonly contracts: boolean;
}

export function sidesOf({ kind, strided, in: from, out: to }: Layer): Sides {
  const contracts = kind !== 'deconv';
  return { big: contracts ? from : to, small: contracts ? to : from, strided, contracts };
}

export const mapSize = ({ height, width, channels }: MapShape): number => height * width * channels;

/** What is done with a finished element `value` at `index` of channel `channel`. */
export type Finish =
  /** Forward: adds the bias at this place of the parameters, then the activation. */
  | { readonly kind: 'activate'; readonly bias: number; readonly activation: Activation }
  /** Backward: the gradient by a layer's input, where `masked` only where that input, a ReLU's result, is positive. */
  | { readonly kind: 'gradient'; readonly masked: boolean; readonly accumulate: boolean };

const activated: Readonly<Record<Activation, string>> = {
  none: 'x',
  // A NaN stays one, so that a diverged training shows.
  relu: 'select(x, 0.0, x < 0.0)',
  sigmoid: '1.0 / (1.0 + exp(-x))',
};

function finish(how: Finish): string {
  if (how.kind === 'activate') {
    return /* wgsl */ `
fn finish(index: u32, channel: u32, value: f32) {
  let x = value + parameters[${how.bias}u + channel];
  result[index] = ${activated[how.activation]};
}`;
  }
  const value = how.masked ? 'select(0.0, value, passed[index] > 0.0)' : 'value';
  return /* wgsl */ `
fn finish(index: u32, channel: u32, value: f32) {
  result[index] ${how.accumulate ? '+=' : '='} ${value};
}`;
}

const productBindings = (how: Finish): string =>
  bindings(
    'read> source',
    'read> parameters',
    'read_write> result',
    ...(how.kind === 'gradient' && how.masked ? ['read> passed'] : []),
  );

/** How many tiles of at most four cover `count`. */
const tiles = (count: number): number => Math.ceil(count / 4);

const each = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** One shader and the threads that it needs for `count` images. */
export interface Shader {
  readonly code: string;
  readonly threads: (count: number) => number;
}

/** small = patches(big) · W of a strided layer: four positions by four channels a thread. */
function contractStrided({ big, small }: Sides, weights: number, how: Finish): Shader {
  const columns = tiles(small.channels);
  const positions = small.height * small.width;
  const code = /* wgsl */ `${stepStruct}
${productBindings(how)}
${finish(how)}
${main(/* wgsl */ `
  let rows = step.count * ${positions}u;
  let first = thread / ${columns}u * 4u;
  let channel = thread % ${columns}u * 4u;
  if (first >= rows) { return; }
${each(
  4,
  (r) => `
  var sum${r} = vec4f();
  let row${r} = min(first + ${r}u, rows - 1u);
  let top${r} = i32(row${r} % ${positions}u / ${small.width}u) * 2 - 1;
  let left${r} = i32(row${r} % ${small.width}u) * 2 - 1;
  let image${r} = row${r} / ${positions}u * ${mapSize(big)}u;`,
)}
  for (var tap = 0; tap < 9; tap++) {
${each(
  4,
  (r) => `
    let y${r} = top${r} + tap / 3;
    let x${r} = left${r} + tap % 3;
    let inside${r} = f32(y${r} >= 0 && y${r} < ${big.height} && x${r} >= 0 && x${r} < ${big.width});
    let at${r} = image${r} + u32(clamp(y${r}, 0, ${big.height - 1}) * ${big.width} + clamp(x${r}, 0, ${big.width - 1})) * ${big.channels}u;`,
)}
    for (var c = 0u; c < ${big.channels}u; c++) {
      let w = ${weights}u + (u32(tap) * ${big.channels}u + c) * ${small.channels}u + channel;
      let weight = vec4f(parameters[w], parameters[w + 1u], parameters[w + 2u], parameters[w + 3u]);
${each(4, (r) => `      sum${r} += inside${r} * source[at${r} + c] * weight;`)}
    }
  }
${each(
  4,
  (r) => `
  if (first + ${r}u < rows) {
    for (var i = 0u; i < 4u; i++) { finish(row${r} * ${small.channels}u + channel + i, channel + i, sum${r}[i]); }
  }`,
)}`)}`;
  return { code, threads: (count) => Math.ceil((count * positions) / 4) * columns };
}

/** small = big · W of a layer that covers the whole map: one image by four channels a thread. */
function contractWhole({ big, small }: Sides, weights: number, how: Finish): Shader {
  const depth = mapSize(big);
  const width = small.channels;
  const columns = tiles(width);
  // Beyond the last channel the tile reads other parameters and throws the sums away.
  const code = /* wgsl */ `${stepStruct}
${productBindings(how)}
${finish(how)}
${main(/* wgsl */ `
  let image = thread / ${columns}u;
  let channel = thread % ${columns}u * 4u;
  if (image >= step.count) { return; }
  var sum = vec4f();
  for (var j = 0u; j < ${depth}u; j++) {
    let w = ${weights}u + j * ${width}u + channel;
    sum += source[image * ${depth}u + j] * vec4f(parameters[w], parameters[w + 1u], parameters[w + 2u], parameters[w + 3u]);
  }
  for (var i = 0u; i < 4u && channel + i < ${width}u; i++) {
    finish(image * ${width}u + channel + i, channel + i, sum[i]);
  }`)}`;
  return { code, threads: (count) => count * columns };
}

/**
 * big = scatter(small · Wᵀ) of a strided layer, gathered: four pixels of a row, every other one (they meet the same
 * taps), by up to four channels a thread.
 */
function expandStrided({ big, small }: Sides, weights: number, how: Finish): Shader {
  const lanes = lanesOf(big.channels);
  const columns = big.channels / lanes;
  const groups = tiles(Math.ceil(big.width / 2));
  const perImage = big.height * 2 * groups * columns;
  const code = /* wgsl */ `${stepStruct}
${productBindings(how)}
${finish(how)}
${main(/* wgsl */ `
  let image = thread / ${perImage}u;
  if (image >= step.count) { return; }
  let channel = thread % ${columns}u * ${lanes}u;
  let quad = thread / ${columns}u % ${2 * groups}u;
  let y = i32(thread / ${2 * groups * columns}u % ${big.height}u);
  let odd = i32(quad % 2u);
  let x = i32(quad / 2u) * 8 + odd;
${each(4, (p) => each(lanes, (c) => `  var sum${p}${c} = 0.0;`))}
  for (var ky = 1 - y % 2; ky < 3; ky += 2) {
    let sy = (y + 1 - ky) / 2;
    if (sy >= ${small.height}) { continue; }
    for (var kx = 1 - odd; kx < 3; kx += 2) {
      let sx = (x + 1 - kx) / 2;
      let row = (image * ${small.height}u + u32(sy)) * ${small.width}u;
${each(
  4,
  (p) => `
      let inside${p} = f32(sx + ${p} < ${small.width});
      let at${p} = (row + u32(min(sx + ${p}, ${small.width - 1}))) * ${small.channels}u;`,
)}
      let w = ${weights}u + (u32(ky * 3 + kx) * ${big.channels}u + channel) * ${small.channels}u;
      for (var s = 0u; s < ${small.channels}u; s++) {
${each(lanes, (c) => `        let w${c} = parameters[w + ${c * small.channels}u + s];`)}
${each(4, (p) => `        let v${p} = inside${p} * source[at${p} + s];\n${each(lanes, (c) => `        sum${p}${c} += v${p} * w${c};`)}`)}
      }
    }
  }
${each(
  4,
  (p) => `
  if (x + ${2 * p} < ${big.width}) {
    let at = ((image * ${big.height}u + u32(y)) * ${big.width}u + u32(x + ${2 * p})) * ${big.channels}u + channel;
${each(lanes, (c) => `    finish(at + ${c}u, channel + ${c}u, sum${p}${c});`)}
  }`,
)}`)}`;
  return { code, threads: (count) => count * perImage };
}

/** big = small · Wᵀ of a layer that covers the whole map: four images by four elements a thread. */
function expandWhole({ big, small }: Sides, weights: number, how: Finish): Shader {
  const width = mapSize(big);
  const depth = small.channels;
  const columns = tiles(width);
  const code = /* wgsl */ `${stepStruct}
${productBindings(how)}
${finish(how)}
${main(/* wgsl */ `
  let first = thread / ${columns}u * 4u;
  let element = thread % ${columns}u * 4u;
  if (first >= step.count) { return; }
${each(4, (r) => `  var sum${r} = vec4f();\n  let at${r} = min(first + ${r}u, step.count - 1u) * ${depth}u;`)}
  for (var s = 0u; s < ${depth}u; s++) {
    let w = ${weights}u + element * ${depth}u + s;
    let weight = vec4f(parameters[w], parameters[w + ${depth}u], parameters[w + ${2 * depth}u], parameters[w + ${3 * depth}u]);
${each(4, (r) => `    sum${r} += source[at${r} + s] * weight;`)}
  }
${each(
  4,
  (r) => `
  if (first + ${r}u < step.count) {
    for (var i = 0u; i < 4u && element + i < ${width}u; i++) {
      finish((first + ${r}u) * ${width}u + element + i, (element + i) % ${big.channels}u, sum${r}[i]);
    }
  }`,
)}`)}`;
  return { code, threads: (count) => Math.ceil(count / 4) * columns };
}

/** A layer's product from its big side to its small one. @param weights place of W in the parameters */
export const contract = (sides: Sides, weights: number, how: Finish): Shader =>
  sides.strided ? contractStrided(sides, weights, how) : contractWhole(sides, weights, how);

/** A layer's product from its small side to its big one. */
export const expand = (sides: Sides, weights: number, how: Finish): Shader =>
  sides.strided ? expandStrided(sides, weights, how) : expandWhole(sides, weights, how);

/** Images of a part: `[begin, end)`. */
const partImages = /* wgsl */ `
  let perPart = (step.count + ${gradientParts - 1}u) / ${gradientParts}u;
  let begin = min(part * perPart, step.count);
  let end = min(begin + perPart, step.count);`;

/** Sums of the gradient by a layer's result over images and places: one channel of one part a thread. */
const biasGradient = (out: MapShape, bias: number, summedLength: number): string => /* wgsl */ `
fn addBias(thread: u32, part: u32) {
${partImages}
  var sum = 0.0;
  for (var i = begin * ${out.height * out.width}u; i < end * ${out.height * out.width}u; i++) {
    sum += after[i * ${out.channels}u + thread];
  }
  parts[part * ${summedLength}u + ${bias}u + thread] = sum;
}`;

export interface GradientPlaces {
  readonly weights: number;
  readonly bias: number;
  readonly summedLength: number;
}

/**
 * The gradients by a layer's weights and bias. Bindings: `before` (the layer's input), `after` (the gradient by its
 * result), `parts` `[32, summed length]`, `whole` (gradients that need no parts).
 */
export function parameterGradients(sides: Sides, places: GradientPlaces): Shader {
  const { big, small, strided, contracts } = sides;
  const out = contracts ? small : big;
  const [bigSide, smallSide] = contracts ? ['before', 'after'] : ['after', 'before'];
  const lanes = strided ? lanesOf(big.channels) : 4;
  const rows = strided ? (9 * big.channels) / lanes : tiles(mapSize(big));
  const columns = tiles(small.channels);
  const weightThreads = rows * columns * (strided ? gradientParts : 1);
  const body = strided
    ? stridedGradient(sides, bigSide, smallSide, lanes, columns, places)
    : wholeGradient(sides, bigSide, smallSide, columns, places);
  const code = /* wgsl */ `${stepStruct}
${bindings('read> before', 'read> after', `read_write> ${strided ? 'parts' : 'whole'}`, ...(strided ? [] : ['read_write> parts']))}
${biasGradient(out, places.bias, places.summedLength)}
${main(/* wgsl */ `
  if (thread >= ${weightThreads}u) {
    let rest = thread - ${weightThreads}u;
    if (rest < ${out.channels * gradientParts}u) { addBias(rest % ${out.channels}u, rest / ${out.channels}u); }
    return;
  }
${body}`)}`;
  return { code, threads: () => weightThreads + out.channels * gradientParts };
}

function stridedGradient(
  { big, small }: Sides,
  bigSide: string,
  smallSide: string,
  lanes: number,
  columns: number,
  { weights, summedLength }: GradientPlaces,
): string {
  const groups = big.channels / lanes;
  return /* wgsl */ `
  let s = thread % ${columns}u * 4u;
  let c = thread / ${columns}u % ${groups}u * ${lanes}u;
  let tap = i32(thread / ${columns * groups}u % 9u);
  let part = thread / ${columns * groups * 9}u;
${partImages}
${each(lanes, (i) => `  var sum${i} = vec4f();`)}
  for (var image = begin; image < end; image++) {
    for (var sy = 0; sy < ${small.height}; sy++) {
      let y = 2 * sy - 1 + tap / 3;
      if (y < 0 || y >= ${big.height}) { continue; }
      for (var sx = 0; sx < ${small.width}; sx++) {
        let x = 2 * sx - 1 + tap % 3;
        if (x < 0 || x >= ${big.width}) { continue; }
        let at = ((image * ${small.height}u + u32(sy)) * ${small.width}u + u32(sx)) * ${small.channels}u + s;
        let v = vec4f(${smallSide}[at], ${smallSide}[at + 1u], ${smallSide}[at + 2u], ${smallSide}[at + 3u]);
        let b = ((image * ${big.height}u + u32(y)) * ${big.width}u + u32(x)) * ${big.channels}u + c;
${each(lanes, (i) => `        sum${i} += ${bigSide}[b + ${i}u] * v;`)}
      }
    }
  }
  let place = part * ${summedLength}u + ${weights}u + (u32(tap) * ${big.channels}u + c) * ${small.channels}u + s;
  for (var i = 0u; i < 4u; i++) {
${each(lanes, (i) => `    parts[place + ${i * small.channels}u + i] = sum${i}[i];`)}
  }`;
}

function wholeGradient(
  { big, small }: Sides,
  bigSide: string,
  smallSide: string,
  columns: number,
  { weights, summedLength }: GradientPlaces,
): string {
  const height = mapSize(big);
  const width = small.channels;
  return /* wgsl */ `
  let s = thread % ${columns}u * 4u;
  let j = thread / ${columns}u * 4u;
${each(4, (i) => `  var sum${i} = vec4f();`)}
  for (var image = 0u; image < step.count; image++) {
    let at = image * ${width}u + s;
    let v = vec4f(${smallSide}[at], ${smallSide}[at + 1u], ${smallSide}[at + 2u], ${smallSide}[at + 3u]);
    let b = image * ${height}u + j;
${each(4, (i) => `    sum${i} += ${bigSide}[b + ${i}u] * v;`)}
  }
  for (var i = 0u; i < 4u && s + i < ${width}u; i++) {
${each(4, (i) => `    if (j + ${i}u < ${height}u) { whole[${weights - summedLength}u + (j + ${i}u) * ${width}u + s + i] = sum${i}[i]; }`)}
  }`;
}

/** The gradient by the reconstruction (through the sigmoid, where there is one) and sums of squared errors. */
export const lossShader = (imageSize: number, throughSigmoid: boolean): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> output', 'read> goal', 'read_write> gradient', 'read_write> squares')}
${main(/* wgsl */ `
  if (thread >= ${lossThreads}u) { return; }
  var sum = 0.0;
  for (var i = thread; i < step.count * ${imageSize}u; i += ${lossThreads}u) {
    let y = output[i];
    let difference = y - goal[i];
    sum += difference * difference;
    gradient[i] = step.gradientScale * difference${throughSigmoid ? ' * y * (1.0 - y)' : ''};
  }
  squares[thread] = sum;`)}`,
  threads: () => lossThreads,
});

/** The loss as {@link lossSums} numbers to be added. @param latent size, where there is a divergence */
export const lossSumShader = (latent: number | null): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> squares', ...(latent === null ? [] : ['read> divergences']), 'read_write> sums')}
${main(/* wgsl */ `
  if (thread >= ${lossSums}u) { return; }
  var sum = 0.0;
  for (var i = thread; i < ${lossThreads}u; i += ${lossSums}u) { sum += squares[i]; }
  sum *= step.lossScale;
${
  latent === null
    ? ''
    : `  for (var i = thread; i < step.count * ${latent}u; i += ${lossSums}u) { sum += step.klScale * divergences[i]; }`
}
  sums[thread] = sum;`)}`,
  threads: () => lossSums,
});

/** latent = mean + noise · σ (Kingma & Welling 2014, §2.4). */
export const sampleShader = (latent: number): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> mean', 'read> logVariance', 'read> noise', 'read_write> latent')}
${main(/* wgsl */ `
  if (thread >= step.count * ${latent}u) { return; }
  latent[thread] = mean[thread] + noise[thread] * exp(0.5 * logVariance[thread]);`)}`,
  threads: (count) => count * latent,
});

/** From the gradient by the latent to those by mean and log-variance, the divergence's included, and its values. */
export const divergenceShader = (latent: number): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> mean', 'read> logVariance', 'read> noise', 'read> after', 'read_write> byMean', 'read_write> byLogVariance', 'read_write> divergences')}
${main(/* wgsl */ `
  if (thread >= step.count * ${latent}u) { return; }
  let m = mean[thread];
  let l = logVariance[thread];
  let variance = exp(l);
  let g = after[thread];
  byMean[thread] = g + step.klScale * m;
  byLogVariance[thread] = 0.5 * (g * noise[thread] * exp(0.5 * l) + step.klScale * (variance - 1.0));
  divergences[thread] = 0.5 * (m * m + variance - l - 1.0);`)}`,
  threads: (count) => count * latent,
});

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

const gradientAt = (summedLength: number): string => /* wgsl */ `
fn gradientAt(i: u32) -> f32 {
  if (i >= ${summedLength}u) { return whole[i - ${summedLength}u]; }
  var sum = 0.0;
  for (var part = 0u; part < ${gradientParts}u; part++) { sum += parts[part * ${summedLength}u + i]; }
  return sum;
}`;

/** Adam over the whole vector (Kingma & Ba 2015; the L2 term added to the gradient, as torch.optim.Adam does). */
export const adamShader = (length: number, summedLength: number): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> parts', 'read> whole', 'read_write> weights', 'read_write> first', 'read_write> second')}
${gradientAt(summedLength)}
${main(/* wgsl */ `
  if (thread >= ${length}u) { return; }
  let g = gradientAt(thread) + step.weightDecay * weights[thread];
  let m = first[thread] + ${1 - beta1} * (g - first[thread]);
  let v = ${beta2} * second[thread] + ${1 - beta2} * g * g;
  first[thread] = m;
  second[thread] = v;
  weights[thread] -= step.stepSize * m / (sqrt(v) * step.rootCorrection + ${epsilon});`)}`,
  threads: () => length,
});

/** The gradient by all parameters in one vector. */
export const gradientShader = (length: number, summedLength: number): Shader => ({
  code: /* wgsl */ `${stepStruct}
${bindings('read> parts', 'read> whole', 'read_write> gradient')}
${gradientAt(summedLength)}
${main(/* wgsl */ `
  if (step.count > 0u && thread < ${length}u) { gradient[thread] = gradientAt(thread); }`)}`,
  threads: () => length,
});

/** Corrections of Adam's biases at a step, counted from 1. */
export const adamNumbers = (
  step: number,
  learningRate: number,
): { readonly stepSize: number; readonly rootCorrection: number } => ({
  stepSize: learningRate / (1 - beta1 ** step),
  rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
});
