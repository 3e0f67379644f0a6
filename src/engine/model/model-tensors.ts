/** Parameters and Adam's state ↔ named tensors of a model file, every name and shape checked. */
import { LensError } from '../../shared/errors.ts';
import { tensorNames } from '../../shared/model-file.ts';
import type { Tensor, TensorData } from '../../shared/safetensors.ts';
import type { Network } from './network.ts';
import { parameterInfos, type AdamState, type Parameters } from './parameters.ts';

type Tensors = ReadonlyMap<string, Tensor>;

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

function requireFloats(tensors: Tensors, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new LensError('invalid-model-file', `The model file has no tensor “${name}”.`);
  if (!(tensor.data instanceof Float32Array) || !sameShape(tensor.shape, shape)) {
    throw new LensError(
      'invalid-model-file',
      `The tensor “${name}” should be F32 [${shape.join(', ')}] for this model, but is ${tensor.dtype} [${tensor.shape.join(', ')}].`,
    );
  }
  return tensor.data;
}

const readAll = (network: Network, tensors: Tensors, prefix: string): Parameters =>
  new Map(
    parameterInfos(network).map(({ name, shape }) => [name, requireFloats(tensors, prefix + name, shape)]),
  );

/** @throws LensError `invalid-model-file` if a parameter is missing or has another shape */
export const parametersFrom = (network: Network, tensors: Tensors): Parameters =>
  readAll(network, tensors, '');

/** Adam's state, or undefined where the file holds none (a finished model). */
export function adamFrom(network: Network, tensors: Tensors): AdamState | undefined {
  const step = tensors.get(tensorNames.adamStep)?.data[0];
  if (step === undefined) return undefined;
  return {
    step,
    first: readAll(network, tensors, tensorNames.adamFirst),
    second: readAll(network, tensors, tensorNames.adamSecond),
  };
}

const dtypeOf = (data: TensorData): Tensor['dtype'] => {
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Uint32Array ? 'U32' : 'U8';
};

export const tensor = (shape: readonly number[], data: TensorData): Tensor => ({
  dtype: dtypeOf(data),
  shape,
  data,
});

export function parameterTensors(network: Network, parameters: Parameters, prefix = ''): [string, Tensor][] {
  return parameterInfos(network).map(({ name, shape }) => {
    const data = parameters.get(name);
    if (!data) throw new LensError('internal', `The engine returned no values for “${name}”.`);
    return [prefix + name, tensor(shape, data)];
  });
}

export const adamTensors = (network: Network, adam: AdamState): [string, Tensor][] => [
  [tensorNames.adamStep, tensor([1], Int32Array.of(adam.step))],
  ...parameterTensors(network, adam.first, tensorNames.adamFirst),
  ...parameterTensors(network, adam.second, tensorNames.adamSecond),
];
