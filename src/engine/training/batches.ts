/** From packed bytes to the batches of an epoch. */
import type { ModelSpec } from '../../shared/model-spec.ts';
import { keyedRandom, normalPair, permutation, streams } from '../../shared/random.ts';
import type { Batch } from '../backends/engine.ts';
import type { PackedImages } from '../data/packed-images.ts';
import { corruptRow, isCorrupting, type CorruptionKeys } from '../model/corruption.ts';

/** Images as bytes, `[N, H, W, C]`, row-major. */
export type Pixels = Pick<PackedImages, 'shape' | 'count' | 'pixels'>;

/** H·W·C. */
export const imageSize = ({ shape }: Pick<Pixels, 'shape'>): number =>
  shape.height * shape.width * shape.channels;

/** Bytes of one image as numbers in 0–1, written at `offset`. */
export function gather(images: Pixels, image: number, into: Float32Array, offset: number): void {
  const size = imageSize(images);
  const { pixels } = images;
  const start = image * size;
  for (let i = 0; i < size; i++) into[offset + i] = (pixels[start + i] ?? 0) / 255;
}

/** The order in which an epoch sees the images at `indices`: a permutation keyed by (seed, epoch). */
export function epochOrder(indices: Uint32Array, seed: number, epoch: number): Uint32Array {
  return permutation(keyedRandom(seed, streams.shuffle, epoch), indices.length).map((i) => indices[i] ?? 0);
}

/** A batch whose corrupted input is drawn when it is asked for: an engine that draws its own never pays for it. */
class CorruptedBatch implements Batch {
  readonly count: number;
  readonly target: Float32Array;
  readonly corruption: CorruptionKeys;
  readonly latentNoise?: Float32Array;
  readonly klWeight?: number;
  #input: Float32Array | undefined;
  readonly #buffer: Float32Array;
  readonly #spec: ModelSpec;

  /** @param buffer for the input, as large as the clean batch's */
  constructor(clean: Batch, corruption: CorruptionKeys, spec: ModelSpec, buffer: Float32Array) {
    this.count = clean.count;
    this.target = clean.target;
    this.corruption = corruption;
    if (clean.latentNoise) this.latentNoise = clean.latentNoise;
    if (clean.klWeight !== undefined) this.klWeight = clean.klWeight;
    this.#spec = spec;
    this.#buffer = buffer;
  }

  get input(): Float32Array {
    this.#input ??= this.#draw();
    return this.#input;
  }

  #draw(): Float32Array {
    const input = this.#buffer;
    input.set(this.target);
    const { height, width, channels } = this.#spec;
    const size = height * width * channels;
    for (let row = 0; row < this.count; row++) {
      corruptRow(input.subarray(row * size, (row + 1) * size), this.#spec, this.corruption, row);
    }
    return input;
  }
}

/** Makes the batches of a job in buffers of its own; a batch is valid until the next is asked for. */
export class BatchMaker {
  private readonly target: Float32Array;
  /** Undefined where nothing is corrupted. */
  private readonly input: Float32Array | undefined;
  private readonly latentNoise: Float32Array | undefined;
  private readonly images: Pixels;
  private readonly spec: ModelSpec;
  private readonly seed: number;

  constructor(images: Pixels, spec: ModelSpec, batchSize: number, seed: number) {
    this.images = images;
    this.spec = spec;
    this.seed = seed;
    const size = imageSize(images);
    this.target = new Float32Array(batchSize * size);
    this.input = isCorrupting(spec.corruption) ? new Float32Array(batchSize * size) : undefined;
    this.latentNoise = spec.variant === 'variational' ? new Float32Array(batchSize * spec.latent) : undefined;
  }

  /** @param chosen image numbers of the batch, at most the batch size */
  make(chosen: Uint32Array, epoch: number, klWeight?: number): Batch {
    const size = imageSize(this.images);
    chosen.forEach((image, row) => gather(this.images, image, this.target, row * size));
    const clean = this.clean(chosen, epoch, klWeight);
    if (!this.input) return clean;
    return new CorruptedBatch(clean, { seed: this.seed, epoch, images: chosen }, this.spec, this.input);
  }

  private clean(chosen: Uint32Array, epoch: number, klWeight: number | undefined): Batch {
    const batch: Batch = { count: chosen.length, input: this.target, target: this.target };
    if (!this.latentNoise) return batch;
    this.fillLatentNoise(this.latentNoise, chosen, epoch);
    return { ...batch, latentNoise: this.latentNoise, klWeight: klWeight ?? 0 };
  }

  private fillLatentNoise(noise: Float32Array, chosen: Uint32Array, epoch: number): void {
    const { latent } = this.spec;
    chosen.forEach((image, row) => {
      const next = keyedRandom(this.seed, streams.variational, epoch, image);
      for (let i = 0; i < latent; i += 2) {
        const [a, b] = normalPair(next);
        noise[row * latent + i] = a;
        if (i + 1 < latent) noise[row * latent + i + 1] = b;
      }
    });
  }
}
