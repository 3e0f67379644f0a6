/** Where a network's parameters lie in the one flat vector that the prebuilt step trains. */
import { toEngineLayout, toTorchLayout } from '../../../model/layouts.ts';
import type { Network } from '../../../model/network.ts';
import {
  elementCount,
  parameterInfos,
  type ParameterInfo,
  type Parameters,
} from '../../../model/parameters.ts';

export interface Place {
  readonly info: ParameterInfo;
  /** In floats. */
  readonly offset: number;
  readonly length: number;
}

export interface FlatLayout {
  /** By name, in the order of PyTorch's state_dict; each in engine layout (model/layouts.ts). */
  readonly places: ReadonlyMap<string, Place>;
  /** Biases and weights of strided layers lie before this: their gradients are summed from parts. */
  readonly summedLength: number;
  readonly length: number;
}

export function flatLayout(network: Network): FlatLayout {
  const infos = parameterInfos(network);
  const isSummed = ({ role, layer }: ParameterInfo): boolean => role === 'bias' || layer.strided;
  const offsets = new Map<string, number>();
  let length = 0;
  const place = ({ name, shape }: ParameterInfo): void => {
    offsets.set(name, length);
    length += elementCount(shape);
  };
  infos.filter(isSummed).forEach(place);
  const summedLength = length;
  infos.filter((info) => !isSummed(info)).forEach(place);
  const places = infos.map((info): [string, Place] => [
    info.name,
    { info, offset: offsets.get(info.name) ?? 0, length: elementCount(info.shape) },
  ]);
  return { places: new Map(places), summedLength, length };
}

/** @param values in PyTorch's layout; what is missing is zero */
export function toFlat(
  { places, length }: FlatLayout,
  values: Parameters | undefined,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(length);
  for (const [name, { info, offset }] of places) {
    const given = values?.get(name);
    if (given) flat.set(toEngineLayout(info, given), offset);
  }
  return flat;
}

/** The inverse of {@link toFlat}: new arrays in PyTorch's layout. */
export const fromFlat = ({ places }: FlatLayout, flat: Float32Array): Parameters =>
  new Map(
    [...places].map(([name, { info, offset, length }]) => [
      name,
      toTorchLayout(info, flat.subarray(offset, offset + length)),
    ]),
  );
