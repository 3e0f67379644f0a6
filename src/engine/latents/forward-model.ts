/** A loaded model that images and latents pass through: what the forward-only worker answers with. */
import { LensError } from '../../shared/errors.ts';
import { readPoints, readProjection, type MapPoints } from '../../shared/map-points.ts';
import type { ProjectionName } from '../../shared/model-card.ts';
import type { ModelFile } from '../../shared/model-file.ts';
import type { Denoised, ForwardApi, Placement, PrincipalDirections } from '../../shared/protocol/forward.ts';
import { keyedRandom, normalPair, streams } from '../../shared/random.ts';
import type { Engine } from '../backends/engine.ts';
import { fit } from '../data/fit.ts';
import type { RgbaImage } from '../data/image.ts';
import { parametersFrom } from '../model/model-tensors.ts';
import { buildNetwork } from '../model/network.ts';
import { meanSquaredErrors } from '../scoring/reconstruction-error.ts';
import { gather, imageSize } from '../training/batches.ts';
import { toBytes } from '../training/examples.ts';
import { denoise } from './denoise.ts';
import { nearestImages } from './nearest.ts';
import { NeighbourIndex } from './neighbour-index.ts';
import { placeLatent } from './place.ts';
import { principalAxes } from './principal-axes.ts';

type Answer<K extends keyof ForwardApi> = ReturnType<ForwardApi[K]>;

/** Images or latents decoded at once; a page asks for dozens, so this is a bound and no habit. */
const largestCount = 100_000;

/** Standard normal latents F32 `[count, k]`; each depends on the seed and its number alone. */
export function priorLatents(count: number, latent: number, seed: number): Float32Array {
  const latents = new Float32Array(count * latent);
  for (let n = 0; n < count; n++) {
    const next = keyedRandom(seed, streams.prior, n);
    for (let i = 0; i < latent; i += 2) {
      const [a, b] = normalPair(next);
      latents[n * latent + i] = a;
      if (i + 1 < latent) latents[n * latent + i + 1] = b;
    }
  }
  return latents;
}

export class ForwardModel {
  #points: MapPoints | null | undefined;
  #neighbours: { readonly count: number; readonly index: NeighbourIndex } | undefined;

  private constructor(
    readonly engine: Engine,
    readonly file: ModelFile,
  ) {}

  /** Takes an engine of its own. @throws LensError `invalid-model-file` where weights do not fit the card */
  static async load(engine: Engine, file: ModelFile): Promise<ForwardModel> {
    const network = buildNetwork(file.card.spec);
    await engine.load(network, parametersFrom(network, file.tensors));
    return new ForwardModel(engine, file);
  }

  async decode(latents: Float32Array, count: number): Promise<Answer<'decode'>> {
    this.#requireSize(latents.length, count, this.#latent);
    return { images: toBytes(await this.engine.decode(latents, count)) };
  }

  async reconstruct(images: Uint8Array, count: number): Promise<Answer<'reconstruct'>> {
    const { latents, reconstructions } = await this.#through(images, count);
    return { latents, reconstructions: toBytes(reconstructions) };
  }

  async encodeImage(image: RgbaImage): Promise<Answer<'encodeFile'>> {
    const { height, width, channels } = this.file.card.spec;
    const view = fit(image, { height, width, channels, mode: this.file.card.preprocessing.fit });
    const { input, latents, reconstructions } = await this.#through(view, 1);
    const [score = Number.NaN] = meanSquaredErrors(input, reconstructions, 1, input.length);
    return { view, latent: latents, reconstruction: toBytes(reconstructions), score };
  }

  denoise(images: Uint8Array, count: number, sigma: number, seed: number): Promise<Denoised> {
    const pixels = { shape: this.file.card.spec, count, pixels: images };
    this.#requireSize(images.length, count, imageSize(pixels));
    const all = Uint32Array.from({ length: count }, (_, n) => n);
    return denoise(this.engine, pixels, all, sigma, seed);
  }

  async samplePrior(count: number, seed: number): Promise<Answer<'samplePrior'>> {
    this.#requireSize(count * this.#latent, count, this.#latent);
    const latents = priorLatents(count, this.#latent, seed);
    return { latents, ...(await this.decode(latents, count)) };
  }

  principalDirections(count: number): PrincipalDirections {
    const points = this.#mapPoints();
    return principalAxes(points.latents, points.count, points.latent, count);
  }

  neighbourDistances(count: number, k: number, start: number, end: number): Answer<'neighbourDistances'> {
    const points = this.#mapPoints();
    const sound = [count, k, start, end].every((value) => Number.isInteger(value) && value >= 0);
    if (!sound || count > points.count || start > end || end > count)
      throw new LensError('internal', `The map has no points ${start} to ${end} of ${count}.`);
    if (this.#neighbours?.count !== count)
      this.#neighbours = { count, index: new NeighbourIndex(points.latents, count, points.latent) };
    return { distances: this.#neighbours.index.meanDistances(k, start, end) };
  }

  async nearest(latent: Float32Array, count: number): Promise<Answer<'nearest'>> {
    this.#requireSize(latent.length, 1, this.#latent);
    this.#points ??= readPoints(this.file);
    return this.#points ? nearestImages(this, this.#points, latent, count) : { images: [], fitted: false };
  }

  async place(latent: Float32Array, name: ProjectionName): Promise<Placement> {
    const projection = readProjection(this.file, name);
    if (!projection) throw new LensError('internal', 'This model has no such projection.');
    return placeLatent(this.#mapPoints(), projection, latent);
  }

  dispose(): void {
    this.engine.dispose();
  }

  get #latent(): number {
    return this.file.card.spec.latent;
  }

  #mapPoints(): MapPoints {
    this.#points ??= readPoints(this.file);
    if (!this.#points) throw new LensError('internal', 'This model has no points yet.');
    return this.#points;
  }

  #requireSize(length: number, count: number, size: number): void {
    const whole = Number.isInteger(count) && count >= 0 && count <= largestCount;
    if (!whole || length !== count * size) {
      throw new LensError('internal', `The engine was given ${length} numbers for ${count} times ${size}.`);
    }
  }

  async #through(
    images: Uint8Array,
    count: number,
  ): Promise<{ input: Float32Array; latents: Float32Array; reconstructions: Float32Array }> {
    const pixels = { shape: this.file.card.spec, count, pixels: images };
    const size = imageSize(pixels);
    this.#requireSize(images.length, count, size);
    const input = new Float32Array(count * size);
    for (let n = 0; n < count; n++) gather(pixels, n, input, n * size);
    const { images: reconstructions, latents } = await this.engine.reconstruct(input, count);
    return { input, latents, reconstructions: reconstructions.subarray(0, count * size) };
  }
}
