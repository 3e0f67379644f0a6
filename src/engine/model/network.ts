/** From a ModelSpec to layers: the one place that knows the architecture's rules. */
import type { ModelSpec } from '../../shared/model-spec.ts';

/** Height, width, channels of one image inside the network, `[H, W, C]`. */
export interface MapShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export type Activation = 'none' | 'relu' | 'sigmoid';

/**
 * One layer with parameters, named as in PyTorch's state_dict.
 * - `conv`: Conv2d. `strided` is kernel 3, stride 2, padding 1; otherwise the kernel covers the whole map.
 * - `deconv`: ConvTranspose2d, the mirror image of such a convolution (output_padding follows from `out`).
 * - `linear`: Linear; `in` and `out` are 1×1 maps.
 */
export interface Layer {
  readonly name: string;
  readonly kind: 'conv' | 'deconv' | 'linear';
  readonly strided: boolean;
  readonly in: MapShape;
  readonly out: MapShape;
  /** Kernel `[kh, kw]`; `[1, 1]` for linear. */
  readonly kernel: readonly [number, number];
  readonly activation: Activation;
}

export interface Network {
  readonly spec: ModelSpec;
  /** From the image to the vector before the latent. */
  readonly encoder: readonly Layer[];
  readonly toLatent: Layer;
  /** Only for variational models: the head of the log-variance. */
  readonly toLogVariance: Layer | undefined;
  readonly fromLatent: Layer;
  /** From the vector to the image. */
  readonly decoder: readonly Layer[];
}

const maxWidth = 64;
const baseWidth = 16;
const smallestMap = 8;

const vectorShape = (channels: number): MapShape => ({ height: 1, width: 1, channels });
const halved = (size: number): number => Math.floor((size - 1) / 2) + 1;

/** Size of the vector between the last convolution and the latent. */
export const vectorSize = (latent: number): number => Math.max(64, Math.ceil(latent / 16) * 16);

/**
 * Layers of a model: stride-2 3×3 convolutions of width min(16·2^i, 64) while max(H, W) > 8, one full-size
 * convolution to a vector, Linear to the latent; the decoder mirrors it. ReLU between, sigmoid at the end;
 * the linear variant has neither.
 */
export function buildNetwork(spec: ModelSpec): Network {
  const active = spec.variant !== 'linear';
  const shapes: MapShape[] = [{ height: spec.height, width: spec.width, channels: spec.channels }];
  let map = shapes[0] as MapShape;
  while (Math.max(map.height, map.width) > smallestMap) {
    const channels = Math.min(baseWidth * 2 ** (shapes.length - 1), maxWidth);
    map = { height: halved(map.height), width: halved(map.width), channels };
    shapes.push(map);
  }
  const vector = vectorShape(vectorSize(spec.latent));
  shapes.push(vector);

  // An activation is a module of its own in PyTorch's Sequential, so it takes an index.
  const moduleStep = active ? 2 : 1;
  const last = shapes.length - 2;
  const layer = (
    module: string,
    index: number,
    kind: 'conv' | 'deconv',
    from: MapShape,
    to: MapShape,
  ): Layer => {
    const strided = from !== vector && to !== vector;
    const big = kind === 'conv' ? from : to;
    const hidden = index < last;
    const closing: Activation = kind === 'conv' ? 'none' : 'sigmoid';
    return {
      name: `${module}.${index * moduleStep}`,
      kind,
      strided,
      in: from,
      out: to,
      kernel: strided ? [3, 3] : [big.height, big.width],
      activation: active ? (hidden ? 'relu' : closing) : 'none',
    };
  };
  const at = (index: number): MapShape => shapes[index] as MapShape;
  const linear = (name: string, from: number, to: number): Layer => ({
    name,
    kind: 'linear',
    strided: false,
    in: vectorShape(from),
    out: vectorShape(to),
    kernel: [1, 1],
    activation: 'none',
  });
  const indices = Array.from({ length: last + 1 }, (_, index) => index);
  return {
    spec,
    encoder: indices.map((i) => layer('encoder_module', i, 'conv', at(i), at(i + 1))),
    toLatent: linear('NN_encode_to_latent', vector.channels, spec.latent),
    toLogVariance:
      spec.variant === 'variational'
        ? linear('NN_encode_to_logvar', vector.channels, spec.latent)
        : undefined,
    fromLatent: linear('NN_latent_to_decode', spec.latent, vector.channels),
    decoder: indices.map((i) => layer('decoder_module', i, 'deconv', at(last + 1 - i), at(last - i))),
  };
}

/** All layers with parameters, in the order of PyTorch's state_dict. */
export function layersOf(network: Network): readonly Layer[] {
  return [
    ...network.encoder,
    ...network.decoder,
    network.toLatent,
    ...(network.toLogVariance ? [network.toLogVariance] : []),
    network.fromLatent,
  ];
}
