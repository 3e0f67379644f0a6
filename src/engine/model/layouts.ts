/**
 * Parameters between PyTorch's layout (in files and above the engines) and the engines' own:
 * Conv2d (out, in, kh, kw) → [kh, kw, in, out]; ConvTranspose2d (in, out, kh, kw) → [kh, kw, out, in];
 * Linear (out, in) → [in, out]. All three are permute(2, 3, 1, 0) with kh = kw = 1 for Linear; biases stay.
 */
import type { ParameterInfo } from './parameters.ts';

/** Shape of a parameter in engine layout. */
export function engineShape({ shape, role }: ParameterInfo): readonly number[] {
  if (role === 'bias') return shape;
  const [first = 1, second = 1, ...kernel] = shape;
  return [...kernel, second, first];
}

/** A parameter's values in engine layout, as a new array. */
export function toEngineLayout(info: ParameterInfo, values: Float32Array): Float32Array<ArrayBuffer> {
  if (info.role === 'bias') return values.slice();
  const { first, second, taps } = extents(info);
  const result = new Float32Array(values.length);
  let from = 0;
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      for (let tap = 0; tap < taps; tap++) result[(tap * second + b) * first + a] = values[from++] ?? 0;
    }
  }
  return result;
}

/** The inverse of {@link toEngineLayout}: values in PyTorch's layout, as a new array. */
export function toTorchLayout(info: ParameterInfo, values: Float32Array): Float32Array<ArrayBuffer> {
  if (info.role === 'bias') return values.slice();
  const { first, second, taps } = extents(info);
  const result = new Float32Array(values.length);
  let to = 0;
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      for (let tap = 0; tap < taps; tap++) result[to++] = values[(tap * second + b) * first + a] ?? 0;
    }
  }
  return result;
}

function extents({ shape }: ParameterInfo): { first: number; second: number; taps: number } {
  const [first = 1, second = 1, height = 1, width = 1] = shape;
  return { first, second, taps: height * width };
}
