/** A network's parameters and activations in kernel memory: images → latents → images, a few images at a time. */
import type { Layer, Network } from '../../model/network.ts';
import { Arena } from './arena.ts';
import { geometryOf, mapSize, wholeVectors, type Geometry } from './geometry.ts';
import { activationNumber, instantiateKernels, type Kernels, type Pointer } from './kernels.ts';
import { LayerOperations, packedFloats, workFloats } from './layer-operations.ts';
import { offsetOf, planParameters, type ParameterVector } from './parameter-vector.ts';

/** Activations of the images computed together take at most this much, as long as they are four or fewer than 16. */
const activationBytes = 32 * 2 ** 20;

/** A layer with its buffers. `input` of one layer is `output` of the one before. */
export interface Stage {
  readonly geometry: Geometry;
  readonly weights: Pointer;
  readonly bias: Pointer;
  /** Transposed weights (packing.ts); filled where {@link ForwardPass} expands, else by training. */
  packed: Pointer | undefined;
  readonly input: Pointer;
  readonly output: Pointer;
}

export class ForwardPass {
  readonly network: Network;
  readonly arena = new Arena();
  readonly kernels: Kernels;
  readonly operations: LayerOperations;
  readonly vector: ParameterVector;
  readonly parameters: Pointer;
  /** Images computed together; a function of the network alone, so that sums never depend on the machine. */
  readonly capacity: number;
  readonly imageSize: number;
  /** Floats per latent, padded. */
  readonly latentSize: number;

  readonly encoder: readonly Stage[];
  readonly toLatent: Stage;
  readonly toLogVariance: Stage | undefined;
  readonly fromLatent: Stage;
  readonly decoder: readonly Stage[];

  readonly images: Pointer;
  /** The latent, or the mean of a variational one. */
  readonly mean: Pointer;
  /** What the decoder reads: the mean itself, but for variational models a buffer of its own. */
  readonly latent: Pointer;
  readonly reconstructions: Pointer;
  #packedIsOld = true;

  constructor(module: WebAssembly.Module, network: Network) {
    this.network = network;
    const { arena } = this;
    this.kernels = instantiateKernels(module, arena.memory);
    this.vector = planParameters(network);
    this.parameters = arena.floats(this.vector.length);

    const { encoder, toLatent, toLogVariance, fromLatent, decoder } = network;
    const all = [...encoder, toLatent, ...(toLogVariance ? [toLogVariance] : []), fromLatent, ...decoder];
    const geometries = all.map(geometryOf);
    this.imageSize = mapSize({ ...network.spec });
    this.latentSize = wholeVectors(network.spec.latent);
    const perImage = this.imageSize + geometries.reduce((sum, g) => sum + outputSize(g), 0);
    this.capacity = Math.min(16, Math.max(4, Math.floor(activationBytes / 4 / perImage)));
    const work = arena.floats(workFloats(geometries, this.capacity));
    this.operations = new LayerOperations(this.kernels, arena, work);

    const stage = (layer: Layer, input: Pointer): Stage => {
      const geometry = geometryOf(layer);
      return {
        geometry,
        weights: this.parameters + 4 * offsetOf(this.vector, `${layer.name}.weight`),
        bias: this.parameters + 4 * offsetOf(this.vector, `${layer.name}.bias`),
        packed: geometry.contracts ? undefined : arena.floats(packedFloats(geometry)),
        input,
        output: arena.floats(this.capacity * outputSize(geometry)),
      };
    };
    const chain = (layers: readonly Layer[], input: Pointer): readonly Stage[] => {
      const stages: Stage[] = [];
      for (const layer of layers) stages.push(stage(layer, stages.at(-1)?.output ?? input));
      return stages;
    };
    this.images = arena.floats(this.capacity * this.imageSize);
    this.encoder = chain(encoder, this.images);
    const code = this.encoder.at(-1)?.output ?? this.images;
    this.toLatent = stage(toLatent, code);
    this.toLogVariance = toLogVariance && stage(toLogVariance, code);
    this.mean = this.toLatent.output;
    this.latent = toLogVariance ? arena.floats(this.capacity * this.latentSize) : this.mean;
    this.fromLatent = stage(fromLatent, this.latent);
    this.decoder = chain(decoder, this.fromLatent.output);
    this.reconstructions = this.decoder.at(-1)?.output ?? this.fromLatent.output;
  }

  /** To be called whenever the parameters were changed. */
  parametersChanged(): void {
    this.#packedIsOld = true;
  }

  /** `count` of {@link images} → {@link mean}. */
  encode(count: number): void {
    for (const stage of this.encoder) this.run(stage, count);
    this.run(this.toLatent, count);
  }

  /** Lets the decoder read the mean. */
  useMean(count: number): void {
    if (this.latent !== this.mean) this.arena.copy(this.latent, this.mean, count * this.latentSize);
  }

  /** `count` of {@link latent} → {@link reconstructions}. */
  decode(count: number): void {
    if (this.#packedIsOld) {
      for (const stage of this.decoder) this.pack(stage);
      this.#packedIsOld = false;
    }
    this.run(this.fromLatent, count);
    for (const stage of this.decoder) this.run(stage, count);
  }

  pack({ geometry, weights, packed }: Stage): void {
    if (packed === undefined) return;
    this.kernels.packTransposed(weights, geometry.patch, geometry.small.channels, packed);
  }

  run({ geometry, weights, bias, packed, input, output }: Stage, count: number): void {
    if (geometry.contracts) this.operations.contract(geometry, count, input, weights, output);
    else if (packed !== undefined) this.operations.expand(geometry, count, input, packed, output);
    const out = geometry.contracts ? geometry.small : geometry.big;
    const rows = count * out.height * out.width;
    const activation = activationNumber[geometry.layer.activation];
    this.kernels.addBiasAndActivate(output, bias, rows, out.channels, activation);
  }
}

/** Floats per image of what a layer makes, and of what it reads. */
export const outputSize = (geometry: Geometry): number =>
  geometry.contracts ? geometry.smallSize : geometry.bigSize;
export const inputSize = (geometry: Geometry): number =>
  geometry.contracts ? geometry.bigSize : geometry.smallSize;
