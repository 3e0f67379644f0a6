/**
 * Every layer joins a big side to a small one by a weight matrix `[patch, small channels]`, row-major in engine layout:
 * a convolution or Linear contracts big → small, a transposed convolution expands small → big, and the gradient by a
 * layer's input is the other direction.
 */
import type { Layer, MapShape } from '../../model/network.ts';

export interface Geometry {
  readonly layer: Layer;
  /** Whether the layer goes from its big side to its small one. */
  readonly contracts: boolean;
  readonly big: MapShape;
  readonly small: MapShape;
  /** Floats per image on each side. */
  readonly bigSize: number;
  readonly smallSize: number;
  /** Rows of the weight matrix: 3·3·channels of the big side where strided, else all of it. */
  readonly patch: number;
  /** Floats between two rows of patches: `patch`, rounded up to whole vectors. */
  readonly patchRow: number;
}

/** Kernels work on four floats at a time. */
export const wholeVectors = (count: number): number => Math.ceil(count / 4) * 4;

export const mapSize = ({ height, width, channels }: MapShape): number => height * width * channels;

/** A vector's channels (a latent of any size) are padded with zeros to whole vectors; maps stay as they are. */
const padded = (shape: MapShape): MapShape =>
  shape.height === 1 && shape.width === 1 ? { ...shape, channels: wholeVectors(shape.channels) } : shape;

export function geometryOf(layer: Layer): Geometry {
  const contracts = layer.kind !== 'deconv';
  const big = padded(contracts ? layer.in : layer.out);
  const small = padded(contracts ? layer.out : layer.in);
  const patch = layer.strided ? 9 * big.channels : mapSize(big);
  return {
    layer,
    contracts,
    big,
    small,
    bigSize: mapSize(big),
    smallSize: mapSize(small),
    patch,
    patchRow: wholeVectors(patch),
  };
}
