/** The pixels' part of an evaluation: heat maps against masks of the defects. */
import type { PixelMeasures } from '../../shared/protocol/evaluate.ts';
import { fit, type FitTarget } from '../data/fit.ts';
import { planeSide, planeTarget } from '../data/gray-planes.ts';
import type { RgbaImage } from '../data/image.ts';
import { spread, spreadOverPlane } from './heat.ts';
import { PixelEvaluation } from './metrics/pixels.ts';
import type { Reading } from './readings.ts';

/**
 * Collects maps of one channel, so that their values are comparable: the worst place of photos over the whole image at
 * 256 × 256, as the evaluation protocols do; of small images the structure, else the error, over the model's view.
 */
export class MaskedPixels {
  readonly #pixels = new PixelEvaluation();
  #good = 0;
  #masked = 0;

  /** @param mask null for a good image; light pixels (over 127) are defects */
  add(readings: readonly Reading[], image: RgbaImage, view: FitTarget, mask: RgbaImage | null): void {
    const reading = (['place', 'structure', 'error'] as const)
      .map((name) => readings.find((each) => each.name === name))
      .find((each) => each !== undefined);
    if (!reading) return;
    const place = reading.name === 'place';
    const target: FitTarget = place ? planeTarget : { ...view, channels: 1 };
    const map = place
      ? spreadOverPlane(reading.map(), planeSide)
      : spread(reading.name, reading.map(), image, view);
    const defects = mask && fit(mask, target).map((value) => Number(value > 127));
    this.#pixels.add(map, target.height, target.width, defects ?? undefined);
    if (mask) this.#masked++;
    else this.#good++;
  }

  /** Null where there is no pixel of a defect, or none without. */
  measures(): PixelMeasures | null {
    const [auroc, aupro] = [this.#pixels.auroc(), this.#pixels.aupro()];
    return auroc === null || aupro === null ? null : { auroc, aupro, good: this.#good, masked: this.#masked };
  }
}
