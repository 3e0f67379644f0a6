/** The points' small pictures: from the model file where it has them, else from the decoder, as they are needed. */
import type { ForwardLink } from '../shared/forward-link.ts';
import { pictureOf, type Picture } from '../shared/pixels.ts';
import type { Pictures, SmallPicture } from './painter.ts';
import type { MapModel } from './state.ts';

/** Decoded pictures that are kept, in bytes. */
const budget = 48 * 1024 * 1024;
/** Pictures decoded at a time: small enough to show them as they come. */
const batch = 64;

export class PointPictures implements Pictures {
  readonly side: number;
  private readonly decoded = new Map<number, SmallPicture>();
  private readonly most: number;
  private working = false;
  private readonly wishes = new Map<string, readonly number[]>();
  private failed = false;

  /** @param onPictures called when further pictures are there */
  constructor(
    private readonly model: MapModel,
    private readonly forward: ForwardLink,
    private readonly onPictures: () => void,
    private readonly onError: (error: unknown) => void,
  ) {
    const { spec } = model.card;
    const { thumbnails } = model.points;
    const of = thumbnails ?? spec;
    this.side = Math.max(of.height, of.width);
    this.most = Math.max(2 * batch, Math.floor(budget / (spec.height * spec.width * spec.channels)));
  }

  readonly of = (point: number): SmallPicture | undefined => {
    const { thumbnails } = this.model.points;
    if (thumbnails === null || point >= thumbnails.count) return this.decoded.get(point);
    const { pixels, height, width, channels } = thumbnails;
    return { pixels, height, width, channels, offset: point * height * width * channels };
  };

  /** The same for an `ll-image`. */
  picture(point: number): Picture | undefined {
    const small = this.of(point);
    if (small === undefined) return undefined;
    const { pixels, offset, height, width, channels } = small;
    return pictureOf(pixels.subarray(offset, offset + height * width * channels), small);
  }

  /** Whether this picture is what the model makes of the image rather than the image. */
  isDecoded(point: number): boolean {
    return point >= (this.model.points.thumbnails?.count ?? 0);
  }

  /** Asks for the pictures of these points; a later wish of the same part of the page replaces an earlier one. */
  want(who: 'map' | 'list', points: readonly number[]): void {
    this.wishes.set(who, points);
    if (!this.working && !this.failed && points.length > 0) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      for (;;) {
        const next = [...this.wishes.values()]
          .flat()
          .filter((point) => !this.decoded.has(point))
          .slice(0, batch);
        if (next.length === 0) break;
        const images = await decodePoints(this.model, this.forward, next);
        const { height, width, channels } = this.model.card.spec;
        const size = height * width * channels;
        next.forEach((point, index) => {
          // Pictures of one batch share their bytes; each is let go by itself.
          const pixels = images.slice(index * size, (index + 1) * size);
          this.decoded.set(point, { pixels, offset: 0, height, width, channels });
        });
        for (const point of this.decoded.keys()) {
          if (this.decoded.size <= this.most) break;
          this.decoded.delete(point);
        }
        this.onPictures();
      }
    } catch (error) {
      // Dots remain; trying again at every frame would help nobody.
      this.failed = true;
      this.onError(error);
    } finally {
      this.working = false;
    }
  }
}

/** Reconstructions of stored points from their latents: U8 `[n, H, W, C]`. */
export async function decodePoints(
  model: MapModel,
  forward: ForwardLink,
  which: readonly number[],
): Promise<Uint8Array> {
  const { latents, latent } = model.points;
  const rows = new Float32Array(which.length * latent);
  which.forEach((point, row) =>
    rows.set(latents.subarray(point * latent, (point + 1) * latent), row * latent),
  );
  return decodeLatents(model, forward, rows, which.length);
}

/** Latents F32 `[n, k]` → images U8 `[n, H, W, C]`. */
export async function decodeLatents(
  model: MapModel,
  forward: ForwardLink,
  latents: Float32Array,
  count: number,
): Promise<Uint8Array> {
  const { images } = await forward.run(model, (worker) => worker.call('decode', { latents, count }));
  return images;
}
