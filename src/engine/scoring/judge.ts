/** Checks one image of many: the same verdict as {@link checkImage} gives, with a small picture beside it. */
import type { CheckResult, JudgedImage } from '../../shared/protocol/forward.ts';
import { makeThumbnails } from '../latents/thumbnails.ts';

/** What a table keeps of a check. */
export async function judgedImage(
  result: Pick<
    CheckResult,
    'height' | 'width' | 'channels' | 'input' | 'verdict' | 'readings' | 'autoencoder' | 'pca'
  >,
): Promise<JudgedImage> {
  const { height, width, channels, input, verdict, readings } = result;
  const view = { shape: { height, width, channels }, count: 1, pixels: input };
  const small = await makeThumbnails(view, Uint32Array.of(0), () => Promise.resolve());
  const thumbnail = { ...{ height: small.height, width: small.width }, channels, pixels: small.pixels };
  const [autoencoder, pca] = [result.autoencoder?.score ?? null, result.pca?.verdict.score ?? null];
  return { verdict, readings, autoencoder, pca, thumbnail };
}
