/** Images of the data set that are nearest to a latent, with pictures of them. */
import { nearestRows } from '../../shared/latent-map.ts';
import { pointSets, type MapPoints } from '../../shared/map-points.ts';
import type { NearImage } from '../../shared/protocol/forward.ts';
import type { ImageShape } from '../data/packed-images.ts';
import { makeThumbnails } from './thumbnails.ts';

/** Decodes latents F32 `[n, k]` to images U8 `[n, H, W, C]` of this model's size. */
export interface Decoder {
  readonly file: { readonly card: { readonly spec: ImageShape } };
  decode(latents: Float32Array, count: number): Promise<{ readonly images: Uint8Array }>;
}

/** See `ForwardApi.nearest`. */
export async function nearestImages(
  decoder: Decoder,
  points: MapPoints,
  latent: Float32Array,
  count: number,
): Promise<{ readonly images: readonly NearImage[]; readonly fitted: boolean }> {
  const fit = pointSets.indexOf('fit');
  const fitted = points.sets.includes(fit);
  const among = fitted ? (row: number): boolean => points.sets[row] === fit : undefined;
  const near = nearestRows(points.latents, points.count, latent, count, among);
  const images = await Promise.all(
    Array.from(near.points, async (point, rank) => ({
      path: points.paths[points.files[point] ?? -1] ?? '',
      position: points.positions[point] ?? 0,
      label: points.labels[point] ?? -1,
      distance: near.distances[rank] ?? Number.NaN,
      thumbnail: await pictureOf(decoder, points, point),
    })),
  );
  return { images, fitted };
}

/** The file's small picture; a point beyond those is drawn by the decoder. */
async function pictureOf(
  decoder: Decoder,
  { thumbnails, latents, latent }: MapPoints,
  point: number,
): Promise<NearImage['thumbnail']> {
  if (thumbnails && point < thumbnails.count) {
    const { height, width, channels, pixels } = thumbnails;
    const size = height * width * channels;
    return { height, width, channels, pixels: pixels.slice(point * size, (point + 1) * size) };
  }
  const { images } = await decoder.decode(latents.slice(point * latent, (point + 1) * latent), 1);
  const { height, width, channels } = decoder.file.card.spec;
  const view = { shape: { height, width, channels }, count: 1, pixels: images };
  const {
    height: tall,
    width: wide,
    pixels,
  } = await makeThumbnails(view, Uint32Array.of(0), () => Promise.resolve());
  return { height: tall, width: wide, channels, pixels };
}
