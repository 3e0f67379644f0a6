/** Parameters of a network: names and shapes as in PyTorch, values as flat Float32Arrays in PyTorch's layout. */
import { keyedRandom, streams, uniform } from '../../shared/random.ts';
import { layersOf, type Layer, type Network } from './network.ts';

export interface ParameterInfo {
  /** e.g. `encoder_module.0.weight`. */
  readonly name: string;
  /** PyTorch's shape: Conv2d (out, in, kh, kw), ConvTranspose2d (in, out, kh, kw), Linear (out, in), bias (out). */
  readonly shape: readonly number[];
  readonly layer: Layer;
  readonly role: 'weight' | 'bias';
}

/** Values by parameter name, row-major in PyTorch's layout. */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** Adam's first and second moments in the layout of the parameters, and the number of steps taken. */
export interface AdamState {
  readonly step: number;
  readonly first: Parameters;
  readonly second: Parameters;
}

function weightShape(layer: Layer): readonly number[] {
  const [kh, kw] = layer.kernel;
  switch (layer.kind) {
    case 'conv':
      return [layer.out.channels, layer.in.channels, kh, kw];
    case 'deconv':
      return [layer.in.channels, layer.out.channels, kh, kw];
    case 'linear':
      return [layer.out.channels, layer.in.channels];
  }
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Every parameter of a network, in the order of PyTorch's state_dict. */
export function parameterInfos(network: Network): readonly ParameterInfo[] {
  return layersOf(network).flatMap((layer): ParameterInfo[] => [
    { name: `${layer.name}.weight`, shape: weightShape(layer), layer, role: 'weight' },
    { name: `${layer.name}.bias`, shape: [layer.out.channels], layer, role: 'bias' },
  ]);
}

/**
 * PyTorch's default initialisation: U(−b, b) with b = 1/√fan_in for weight and bias (nn.Conv2d, nn.Linear:
 * kaiming_uniform with a = √5). For ConvTranspose2d PyTorch's fan_in is dim 1 (out) · kh · kw.
 */
export function initialParameters(network: Network, seed: number): Parameters {
  const values = new Map<string, Float32Array>();
  parameterInfos(network).forEach(({ name, shape, layer }, index) => {
    const [, ...fan] = weightShape(layer);
    const bound = 1 / Math.sqrt(elementCount(fan));
    const next = keyedRandom(seed, streams.initialisation, index);
    values.set(
      name,
      Float32Array.from({ length: elementCount(shape) }, () => (2 * uniform(next) - 1) * bound),
    );
  });
  return values;
}

/** Zero moments before the first step. */
export function initialAdam(network: Network): AdamState {
  const zeros = (): Parameters =>
    new Map(parameterInfos(network).map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]));
  return { step: 0, first: zeros(), second: zeros() };
}
