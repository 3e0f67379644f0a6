/** Gradients and Adam over a {@link ForwardPass}. Made at the first training step; a check never needs it. */
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

/** A batch of `count` images of which the arrays hold only some, from `firstImage` on. */
export interface BatchPart extends Batch {
  readonly firstImage: number;
}

export class TrainingPass {
  readonly #forward: ForwardPass;
  /** The batch's gradient, and one shard's. Both laid out as the parameters. */
  readonly #gradient: Pointer;
  readonly #shard: Pointer;
  readonly #first: Pointer;
  readonly #second: Pointer;
  #step = 0;

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
    const { arena, vector } = this.#forward;
    this.#step = step;
    writeParameters(vector, first, arena.view(this.#first, vector.length));
    writeParameters(vector, second, arena.view(this.#second, vector.length));
  }

  readAdam(): AdamState {
    const { arena, vector } = this.#forward;
    return {
      step: this.#step,
      first: readParameters(vector, arena.view(this.#first, vector.length)),
      second: readParameters(vector, arena.view(this.#second, vector.length)),
    };
  }

  /** The batch's gradient as of the last {@link computeGradient}, as a view in the layout of the parameters. */
  gradient(): Float32Array {
    return this.#forward.arena.view(this.#gradient, this.#forward.vector.length);
  }

  /** One step with the gradient of the last {@link computeGradient}. */
  applyAdam({ learningRate, weightDecay }: OptimizerSettings): void {
    const { kernels, parameters, vector } = this.#forward;
    this.#step++;
    const stepSize = learningRate / (1 - beta1 ** this.#step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.#step);
    // prettier-ignore
    kernels.adam(
      parameters, this.#gradient, this.#first, this.#second, vector.length,
      stepSize, correction, weightDecay,
    );
    this.#forward.parametersChanged();
  }

  /** The loss of a batch, leaving its gradient. */
  computeGradient(batch: Batch): number {
    this.begin();
    return this.computeShards({ ...batch, firstImage: 0 }, 0, gradientShards);
  }

  /** To be called when the parameters were changed and before shards are computed with them. */
  begin(): void {
    const { encoder, toLatent, toLogVariance, fromLatent } = this.#forward;
    for (const stage of [...encoder.slice(1), toLatent, fromLatent]) this.#forward.pack(stage);
    if (toLogVariance) this.#forward.pack(toLogVariance);
  }

  /**
   * The part of the loss of shards `[first, end)`, leaving their gradient: the shards' gradients, each summed apart
   * and then one after another, so that shards computed elsewhere give the same bits.
   */
  computeShards(batch: BatchPart, first: number, end: number): number {
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
          ? { summed: this.#shard, direct: this.#gradient, accumulate: !isFirstShard }
          : { summed: this.#shard, direct: this.#shard, accumulate: image > from };
        shardLoss += this.#group(batch, image, Math.min(capacity, to - image), sink);
      }
      const length = isOneGroup ? vector.summedLength : vector.length;
      if (isFirstShard) arena.copy(this.#gradient, this.#shard, length);
      else this.#forward.kernels.addInto(this.#gradient, this.#shard, length);
      loss += shardLoss;
      isFirstShard = false;
    }
    if (isFirstShard) arena.clear(this.#gradient, vector.length);
    return loss;
  }

  /** Adds the gradient of the next shard, computed elsewhere, laid out as {@link gradient}. */
  addShard(gradient: Float32Array): void {
    const { arena, kernels, vector } = this.#forward;
    arena.write(this.#shard, gradient);
    kernels.addInto(this.#gradient, this.#shard, vector.length);
  }

  /** Forward and backward for `count` images from `image` on: adds gradients to the sink, returns their part of the loss. */
  #group(batch: BatchPart, image: number, count: number, sink: Sink): number {
    const forward = this.#forward;
    const { arena, kernels, imageSize, images } = forward;
    const from = image - batch.firstImage;
    const part = (values: Float32Array): Float32Array =>
      values.subarray(from * imageSize, (from + count) * imageSize);
    arena.write(images, part(batch.input));
    let targets = images;
    if (batch.target !== batch.input) {
      targets = this.#targets;
      arena.write(targets, part(batch.target));
    }

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
