/** Gradients and Adam over a {@link ForwardPass}. Made at the first training step; a check never needs it. */
import { corruptRow } from '../../model/corruption.ts';
import type { AdamState } from '../../model/parameters.ts';
import { gradientShards, shardBounds, type Batch, type OptimizerSettings } from '../engine.ts';
import { inputSize, outputSize, type ForwardPass, type Stage } from './forward-pass.ts';
import type { Pointer } from './kernels.ts';
import { packedFloats } from './layer-operations.ts';
import { readParameters, writeParameters } from './parameter-vector.ts';

const beta1 = 0.9;
const beta2 = 0.999;

/** Where a group of images adds its gradients. */
interface Sink {
  /** For weights of strided layers and biases, whose sums always start from zero. */
  readonly summed: Pointer;
  /** For the other weights; replaced by the first group that comes. */
  readonly direct: Pointer;
  readonly accumulate: boolean;
}

/** Parameters and Adam's state as they lie in memory (parameter-vector.ts). */
export interface OptimizerState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The sum of the shards' values in the order of {@link gradientShards}. */
const sumInPairs = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number => a + b + (c + d);

export class TrainingPass {
  readonly #forward: ForwardPass;
  /** The batch's gradient, that of its second half, and one shard's. All laid out as the parameters. */
  readonly #gradient: Pointer;
  readonly #secondHalf: Pointer;
  readonly #shard: Pointer;
  readonly #first: Pointer;
  readonly #second: Pointer;
  #step = 0;
  /** A step that is counted, but not yet carried out. */
  #owed: OptimizerSettings | undefined;

  readonly #targets: Pointer;
  /** Gradients by the activations of one layer and of the next. */
  readonly #current: Pointer;
  readonly #next: Pointer;
  readonly #noise: Pointer;
  readonly #meanGradient: Pointer;
  readonly #logVarianceGradient: Pointer;

  constructor(forward: ForwardPass) {
    this.#forward = forward;
    const { arena, vector, capacity, encoder, toLatent, toLogVariance, fromLatent, decoder } = forward;
    this.#gradient = arena.floats(vector.length);
    this.#secondHalf = arena.floats(vector.length);
    this.#shard = arena.floats(vector.length);
    this.#first = arena.floats(vector.length);
    this.#second = arena.floats(vector.length);

    const heads = toLogVariance ? [toLatent, toLogVariance] : [toLatent];
    const stages = [...encoder, ...heads, fromLatent, ...decoder];
    const largest = Math.max(...stages.flatMap(({ geometry: g }) => [inputSize(g), outputSize(g)]));
    this.#current = arena.floats(capacity * largest);
    this.#next = arena.floats(capacity * largest);
    this.#targets = arena.floats(capacity * forward.imageSize);
    const latents = toLogVariance ? capacity * forward.latentSize : 0;
    this.#noise = arena.floats(latents);
    this.#meanGradient = arena.floats(latents);
    this.#logVarianceGradient = arena.floats(latents);
    for (const stage of [...encoder.slice(1), ...heads, fromLatent]) {
      stage.packed = arena.floats(packedFloats(stage.geometry));
    }
  }

  writeAdam({ step, first, second }: AdamState): void {
    this.settle();
    const { arena, vector } = this.#forward;
    this.#step = step;
    writeParameters(vector, first, arena.view(this.#first, vector.length));
    writeParameters(vector, second, arena.view(this.#second, vector.length));
  }

  readAdam(): AdamState {
    this.settle();
    const { arena, vector } = this.#forward;
    return {
      step: this.#step,
      first: readParameters(vector, arena.view(this.#first, vector.length)),
      second: readParameters(vector, arena.view(this.#second, vector.length)),
    };
  }

  /** Steps taken. */
  get step(): number {
    return this.#step;
  }

  /** A copy of everything that a step changes. */
  state(): OptimizerState {
    this.settle();
    const { arena, vector, parameters } = this.#forward;
    const copy = (pointer: Pointer): Float32Array => arena.view(pointer, vector.length).slice();
    return {
      step: this.#step,
      parameters: copy(parameters),
      first: copy(this.#first),
      second: copy(this.#second),
    };
  }

  /** The inverse of {@link state}. */
  adopt({ step, parameters, first, second }: OptimizerState): void {
    const { arena } = this.#forward;
    this.#owed = undefined;
    this.#step = step;
    arena.write(this.#forward.parameters, parameters);
    arena.write(this.#first, first);
    arena.write(this.#second, second);
    this.#forward.parametersChanged();
  }

  /** The batch's gradient as of the last {@link computeShards}, as a view in the layout of the parameters. */
  gradient(): Float32Array {
    return this.#forward.arena.view(this.#gradient, this.#forward.vector.length);
  }

  /**
   * One step with {@link gradient}. It is carried out by {@link settle}, at the latest before the next gradient: until
   * then the next batch can be on its way to other workers.
   */
  applyAdam(optimizer: OptimizerSettings): void {
    this.settle();
    this.#step++;
    this.#owed = optimizer;
  }

  /** Carries out what {@link applyAdam} left to do. Whoever reads the parameters calls it first. */
  settle(): void {
    if (!this.#owed) return;
    const { learningRate, weightDecay } = this.#owed;
    this.#owed = undefined;
    const { kernels, parameters, vector } = this.#forward;
    const stepSize = learningRate / (1 - beta1 ** this.#step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.#step);
    // prettier-ignore
    kernels.adam(
      parameters, this.#gradient, this.#first, this.#second, vector.length,
      stepSize, correction, weightDecay,
    );
    this.#forward.parametersChanged();
  }

  /**
   * The part of the loss of shards `[first, end)`: one, two or four. Their gradients are summed apart and then in pairs
   * and left in {@link gradient}.
   * @param firstImage the image of the whole batch that the batch's arrays begin with
   */
  computeShards(batch: Batch, first = 0, end = gradientShards, firstImage = 0): number {
    this.settle();
    this.#pack();
    if (end - first <= 2) return this.#pair(batch, first, end, firstImage, this.#gradient);
    const losses = [
      this.#pair(batch, first, first + 2, firstImage, this.#gradient),
      this.#pair(batch, first + 2, end, firstImage, this.#secondHalf),
    ];
    this.#forward.kernels.addInto(this.#gradient, this.#secondHalf, this.#forward.vector.length);
    return sumInPairs(losses);
  }

  /** Adds another worker's to {@link gradient}. */
  addGradient(other: Float32Array): void {
    const { arena, kernels, vector } = this.#forward;
    arena.write(this.#shard, other);
    kernels.addInto(this.#gradient, this.#shard, vector.length);
  }

  #pack(): void {
    const { encoder, toLatent, toLogVariance, fromLatent } = this.#forward;
    for (const stage of [...encoder.slice(1), toLatent, fromLatent]) this.#forward.pack(stage);
    if (toLogVariance) this.#forward.pack(toLogVariance);
  }

  /** One or two shards, one after the other, into `gradient`. */
  #pair(batch: Batch, first: number, end: number, firstImage: number, gradient: Pointer): number {
    const { arena, vector, capacity } = this.#forward;
    const bounds = shardBounds(batch.count);
    let loss = 0;
    let isFirstShard = true;
    for (let s = first; s < end; s++) {
      const from = bounds[s] ?? 0;
      const to = bounds[s + 1] ?? 0;
      if (from === to) continue;
      // A shard of one group writes its large gradients where they belong, which saves a pass over them.
      const isOneGroup = to - from <= capacity;
      arena.clear(this.#shard, vector.summedLength);
      let shardLoss = 0;
      for (let image = from; image < to; image += capacity) {
        const sink: Sink = isOneGroup
          ? { summed: this.#shard, direct: gradient, accumulate: !isFirstShard }
          : { summed: this.#shard, direct: this.#shard, accumulate: image > from };
        shardLoss += this.#group(batch, image - firstImage, Math.min(capacity, to - image), sink);
      }
      const length = isOneGroup ? vector.summedLength : vector.length;
      if (isFirstShard) arena.copy(gradient, this.#shard, length);
      else this.#forward.kernels.addInto(gradient, this.#shard, length);
      loss += shardLoss;
      isFirstShard = false;
    }
    if (isFirstShard) arena.clear(gradient, vector.length);
    return loss;
  }

  /** Forward and backward for `count` images from row `from` on: adds gradients to the sink, returns their part of the loss. */
  #group(batch: Batch, from: number, count: number, sink: Sink): number {
    const forward = this.#forward;
    const { kernels, imageSize } = forward;
    const targets = this.#writeImages(batch, from, count);
    forward.encode(count);
    this.#sample(batch, from, count);
    forward.decode(count);

    const values = batch.count * imageSize;
    const throughSigmoid = forward.decoder.at(-1)?.geometry.layer.activation === 'sigmoid';
    // prettier-ignore
    const squares = kernels.squaredError(
      forward.reconstructions, targets, this.#current, count * imageSize,
      2 / values, Number(throughSigmoid),
    );
    return squares / values + this.#backward(batch, count, sink);
  }

  /** @returns where the targets lie */
  #writeImages(batch: Batch, from: number, count: number): Pointer {
    const { arena, images, imageSize, network } = this.#forward;
    const part = (values: Float32Array): Float32Array =>
      values.subarray(from * imageSize, (from + count) * imageSize);
    const { target, corruption } = batch;
    if (corruption) {
      arena.write(images, part(target));
      for (let i = 0; i < count; i++) {
        corruptRow(arena.view(images + 4 * i * imageSize, imageSize), network.spec, corruption, from + i);
      }
    } else {
      arena.write(images, part(batch.input));
      if (target === batch.input) return images;
    }
    arena.write(this.#targets, part(target));
    return this.#targets;
  }

  /** Draws the variational latent. Without noise the decoder reads the mean. */
  #sample({ latentNoise }: Batch, from: number, count: number): void {
    const forward = this.#forward;
    const { kernels, arena, latentSize, toLogVariance } = forward;
    if (!toLogVariance) return;
    forward.run(toLogVariance, count);
    const { latent } = forward.network.spec;
    arena.clear(this.#noise, count * latentSize);
    for (let i = 0; latentNoise && i < count; i++) {
      const row = latentNoise.subarray((from + i) * latent, (from + i + 1) * latent);
      arena.write(this.#noise + 4 * i * latentSize, row);
    }
    // prettier-ignore
    kernels.sampleLatent(
      forward.mean, toLogVariance.output, this.#noise, forward.latent, count * latentSize,
    );
  }

  /** From the gradient by the reconstruction, in `#current`, back to the image; returns the divergence's part of the loss. */
  #backward({ count: batchCount, klWeight = 0 }: Batch, count: number, sink: Sink): number {
    const forward = this.#forward;
    const { encoder, toLatent, toLogVariance, fromLatent, decoder } = forward;
    let current = this.#current;
    let next = this.#next;
    const through = (stage: Stage, before: Stage | undefined): void => {
      this.#throughStage(stage, count, current, next, sink);
      if (before?.geometry.layer.activation === 'relu') {
        forward.kernels.maskByRelu(next, stage.input, count * inputSize(stage.geometry));
      }
      [current, next] = [next, current];
    };

    for (let i = decoder.length - 1; i >= 0; i--) through(decoder[i] as Stage, decoder[i - 1]);
    through(fromLatent, undefined);
    let divergence = 0;
    if (toLogVariance) {
      const scale = klWeight / batchCount;
      // prettier-ignore
      divergence = forward.kernels.divergence(
        forward.mean, toLogVariance.output, this.#noise, current,
        this.#meanGradient, this.#logVarianceGradient, count * forward.latentSize, scale,
      );
      divergence *= scale;
      this.#throughStage(toLatent, count, this.#meanGradient, next, sink);
      this.#throughStage(toLogVariance, count, this.#logVarianceGradient, next, sink, true);
      [current, next] = [next, current];
    } else {
      through(toLatent, undefined);
    }
    for (let i = encoder.length - 1; i > 0; i--) through(encoder[i] as Stage, encoder[i - 1]);
    this.#parametersOf(encoder[0] as Stage, count, current, sink);
    return divergence;
  }

  /** Gradients by a layer's parameters and by its input, which is added to `before` where `accumulate` is set. */
  #throughStage(
    stage: Stage,
    count: number,
    after: Pointer,
    before: Pointer,
    sink: Sink,
    accumulate = false,
  ): void {
    const { operations } = this.#forward;
    const { geometry, weights, packed, input } = stage;
    if (!geometry.contracts && geometry.layer.strided) {
      this.#bias(stage, count, after, sink);
      const gradient = this.#at(sink.summed, weights);
      operations.contractWithGradient(geometry, count, after, weights, before, input, gradient);
      return;
    }
    this.#parametersOf(stage, count, after, sink);
    if (!geometry.contracts) operations.contract(geometry, count, after, weights, before);
    else if (packed !== undefined) {
      operations.expand(geometry, count, after, packed, before, accumulate);
    }
  }

  #parametersOf(stage: Stage, count: number, after: Pointer, sink: Sink): void {
    const { geometry, weights, input } = stage;
    this.#bias(stage, count, after, sink);
    const [big, small] = geometry.contracts ? [input, after] : [after, input];
    const gradient = this.#at(geometry.layer.strided ? sink.summed : sink.direct, weights);
    this.#forward.operations.weightGradient(geometry, count, big, small, gradient, sink.accumulate);
  }

  #bias({ geometry, bias }: Stage, count: number, after: Pointer, sink: Sink): void {
    const out = geometry.contracts ? geometry.small : geometry.big;
    const rows = count * out.height * out.width;
    this.#forward.kernels.addColumnSums(after, rows, out.channels, this.#at(sink.summed, bias));
  }

  /** The place of a parameter in a vector laid out as the parameters. */
  #at(vector: Pointer, parameter: Pointer): Pointer {
    return vector + (parameter - this.#forward.parameters);
  }
}
