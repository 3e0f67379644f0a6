/** The baseline beside every model: as many principal components as the latent has numbers. */
import type { PcaBaseline } from '../../shared/model-card.ts';
import type { Pixels } from '../training/batches.ts';
import type { SplitIndices } from '../training/loaded-data.ts';
import { fitPca, maxFitImages, pcaCost, pcaScores, type PcaModel } from './pca.ts';
import { mean } from './statistics.ts';

/** Multiplications and additions, in pairs: about three seconds. */
const mostWork = 4e9;
/** With fewer images a component is more accident than structure. */
const imagesPerComponent = 10;

export interface MeasuredBaseline {
  readonly card: PcaBaseline;
  /** Null where it was not fitted. */
  readonly model: PcaModel | null;
}

/**
 * Fits the components on fit images (a seeded sample of at most 5,000) and measures them on the validation images.
 * @returns null where there are no validation images; with a reason instead of a number where it would take too long
 * @throws what `breathe` throws
 */
export async function measurePcaBaseline(
  images: Pixels,
  { fit, validation }: Pick<SplitIndices, 'fit' | 'validation'>,
  latent: number,
  seed: number,
  breathe: () => Promise<void>,
): Promise<MeasuredBaseline | null> {
  if (validation.length === 0) return null;
  const { height, width, channels } = images.shape;
  const size = height * width * channels;
  const components = Math.min(latent, size, fit.length);
  const affordable = Math.floor(mostWork / pcaCost(1, size, components));
  const used = Math.min(fit.length, maxFitImages, affordable);
  if (used < Math.min(fit.length, imagesPerComponent * components)) {
    const skipped = `${components} components of images this large would take too long to fit.`;
    return { card: { components, images: 0, validation: null, skipped }, model: null };
  }
  const model = await fitPca(images, fit, components, seed, breathe, used);
  const error = mean(pcaScores(model, images, validation));
  const card = { components: model.components, images: used, validation: error, skipped: null };
  return { card, model };
}
