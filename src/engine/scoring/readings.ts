/** One image through all channels: scores, and on demand the maps behind them. Double precision, whatever the engine. */
import type { ChannelName } from '../../shared/model-card.ts';
import { shrinkPlane, smallBytes } from '../data/gray-planes.ts';
import type { MapShape } from '../model/network.ts';
import { lumaPlane, type Plane } from './gray.ts';
import { cellsAlong, orientations } from './orientation.ts';
import { residualMap, worstPlace } from './residual-map.ts';
import {
  orientationOf,
  photoCell,
  placeHistogram,
  smallCell,
  wholeHistogram,
  type ScoreModel,
} from './score-model.ts';
import { structureMap, structureScore } from './structure.ts';
import { departureMap, nearestInBank } from './whitened-bank.ts';

export interface Reading {
  readonly name: ChannelName;
  readonly score: number;
  /** Where the score comes from: `[h, w]`, ≥ 0, coarse; over the model's view, or over the whole image for photos' channels. */
  readonly map: () => Plane;
}

/** An image and what became of it. */
export interface Seen {
  readonly shape: MapShape;
  /** `[H, W, C]` each, 0–1, from `offset` on. */
  readonly input: Float32Array;
  readonly reconstruction: Float32Array;
  readonly offset: number;
  /** U8 `[256, 256]` of a photo. */
  readonly plane: Uint8Array | undefined;
  /** U8 `[64, 64]`; made from `plane` where it is absent. */
  readonly small?: Uint8Array;
}

const square = (values: Float64Array, side: number): Plane => ({ height: side, width: side, values });

/** Squared errors, mean over channels, smoothed by a box of 5 × 5. */
function errorMap({ shape, input, reconstruction, offset }: Seen): Plane {
  const { height, width, channels } = shape;
  const errors = new Float64Array(height * width);
  for (let i = 0; i < errors.length * channels; i++) {
    const difference = (reconstruction[offset + i] as number) - (input[offset + i] as number);
    const pixel = Math.floor(i / channels);
    errors[pixel] = (errors[pixel] as number) + (difference * difference) / channels;
  }
  const radius = 2;
  const values = new Float64Array(errors.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
        for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
          sum += errors[v * width + u] as number;
          count++;
        }
      }
      values[y * width + x] = sum / count;
    }
  }
  return { height, width, values };
}

/** The mean squared error of one image, as the channel beside. */
function errorReading(seen: Seen): Reading {
  const { shape, input, reconstruction, offset } = seen;
  const size = shape.height * shape.width * shape.channels;
  let sum = 0;
  for (let i = offset; i < offset + size; i++) {
    const difference = (reconstruction[i] as number) - (input[i] as number);
    sum += difference * difference;
  }
  return { name: 'error', score: sum / size, map: () => errorMap(seen) };
}

function smallReadings(bank: NonNullable<ScoreModel['orientation']>, seen: Seen): Reading[] {
  const { shape, input, reconstruction, offset } = seen;
  const luma = lumaPlane(input, shape, offset);
  const structure = structureMap(luma, lumaPlane(reconstruction, shape, offset));
  const histogram = orientationOf(luma);
  const nearest = nearestInBank(bank, histogram);
  return [
    { name: 'structure', score: structureScore(structure), map: () => structure },
    {
      name: 'orientation',
      score: nearest.score,
      map: () => ({
        height: cellsAlong(shape.height, smallCell),
        width: cellsAlong(shape.width, smallCell),
        values: departureMap(bank, histogram, nearest.indices, orientations),
      }),
    },
  ];
}

/** Channels C and D: of the planes alone. */
export function photoReadings(
  { place, whole }: ScoreModel,
  { plane, small }: Pick<Seen, 'plane' | 'small'>,
): Reading[] {
  if (!plane || !place || !whole) return [];
  let thumbnail = small;
  if (!thumbnail) shrinkPlane(plane, (thumbnail = new Uint8Array(smallBytes)));
  const histogram = wholeHistogram(thumbnail);
  const nearest = nearestInBank(whole, histogram);
  const map = residualMap(place, placeHistogram(plane));
  return [
    { name: 'place', score: worstPlace(map, place.cells), map: () => square(map, place.cells) },
    {
      name: 'whole',
      score: nearest.score,
      map: () =>
        square(
          departureMap(whole, histogram, nearest.indices, orientations),
          cellsAlong(Math.sqrt(smallBytes), photoCell),
        ),
    },
  ];
}

/** The channels of the sum first, in a fixed order; the mean squared error last. */
export function readImage(model: ScoreModel, seen: Seen): Reading[] {
  const channels = model.orientation ? smallReadings(model.orientation, seen) : photoReadings(model, seen);
  return [...channels, errorReading(seen)];
}
