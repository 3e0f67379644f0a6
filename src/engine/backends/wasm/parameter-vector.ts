/** All parameters in one flat vector, so that Adam and sums of gradients are one pass. */
import { toEngineLayout, toTorchLayout } from '../../model/layouts.ts';
import { parameterInfos, type ParameterInfo, type Parameters } from '../../model/parameters.ts';
import type { Network } from '../../model/network.ts';
import { geometryOf, wholeVectors } from './geometry.ts';

interface Place {
  readonly info: ParameterInfo;
  /** Position in the vector, in floats, a multiple of 16. */
  readonly offset: number;
  /** Columns of the matrix (engine layout), and floats between two of its rows, padded to whole vectors. */
  readonly columns: number;
  readonly stride: number;
}

export interface ParameterVector {
  /** In the order of PyTorch's state_dict. */
  readonly places: ReadonlyMap<string, Place>;
  /** Weights of strided layers and all biases lie before this position, the other weights after it. */
  readonly summedLength: number;
  readonly length: number;
}

/** What pads a parameter (a latent that is no multiple of 4) is zero and stays zero under Adam. */
export function planParameters(network: Network): ParameterVector {
  const infos = parameterInfos(network);
  const isSummed = (info: ParameterInfo): boolean => info.role === 'bias' || info.layer.strided;
  const places = new Map<string, Place>();
  let length = 0;
  const place = (info: ParameterInfo): void => {
    const geometry = geometryOf(info.layer);
    const [last = 1] = info.role === 'bias' ? info.shape : [smallChannels(info)];
    const stride = info.role === 'bias' ? wholeVectors(last) : geometry.small.channels;
    const rows = info.role === 'bias' ? 1 : geometry.patch;
    places.set(info.name, { info, offset: length, columns: last, stride });
    length += Math.ceil((rows * stride) / 16) * 16;
  };
  infos.filter(isSummed).forEach(place);
  const summedLength = length;
  infos.filter((info) => !isSummed(info)).forEach(place);
  const inOrder = infos.flatMap(({ name }): [string, Place][] => {
    const found = places.get(name);
    return found ? [[name, found]] : [];
  });
  return { places: new Map(inOrder), summedLength, length };
}

const smallChannels = ({ layer }: ParameterInfo): number =>
  layer.kind === 'deconv' ? layer.in.channels : layer.out.channels;

/** Position of a parameter in floats. Every name of the network has one. */
export function offsetOf(vector: ParameterVector, name: string): number {
  const place = vector.places.get(name);
  if (!place) throw new RangeError(`no parameter ${name}`);
  return place.offset;
}

/** Writes parameters (PyTorch's layout) into `target`, a view of `vector.length` floats. */
export function writeParameters(vector: ParameterVector, values: Parameters, target: Float32Array): void {
  target.fill(0);
  for (const [name, { info, offset, columns, stride }] of vector.places) {
    const given = values.get(name);
    if (!given) throw new RangeError(`parameter ${name} is missing`);
    const source = toEngineLayout(info, given);
    for (let from = 0, to = offset; from < source.length; from += columns, to += stride) {
      target.set(source.subarray(from, from + columns), to);
    }
  }
}

/** The inverse of {@link writeParameters}: new arrays in PyTorch's layout. */
export function readParameters(vector: ParameterVector, source: Float32Array): Parameters {
  const values = new Map<string, Float32Array>();
  for (const [name, { info, offset, columns, stride }] of vector.places) {
    const target = new Float32Array(info.shape.reduce((a, b) => a * b, 1));
    for (let from = offset, to = 0; to < target.length; from += stride, to += columns) {
      target.set(source.subarray(from, from + columns), to);
    }
    values.set(name, toTorchLayout(info, target));
  }
  return values;
}
