/** The report as a document for others to read: what it says and shows, before it is laid out. Pure. */
import { describeShape } from '../../shared/model-spec.ts';
import type { NearImage } from '../../shared/protocol/forward.ts';
import { formatScore } from '../../shared/verdict.ts';
import { channelWords } from '../shared/channel-words.ts';
import { countOf } from '../../shared/count.ts';
import { baseName, formatDate, formatPercent } from '../shared/format.ts';
import { differencePicture, largestMagnitude, pictureOf, type Picture } from '../shared/pixels.ts';
import { heatOverlay, heatScale, isOutlined, overlayTimes } from './heat-overlay.ts';
import type { ReportState } from './state.ts';
import { besideWords, firedWords, formatZ, heatWords, scoreNote, verdictWords } from './words.ts';

export type CheckedState = Extract<ReportState, { kind: 'checked' }>;

export interface DocumentPicture {
  readonly title: string;
  readonly note: string;
  readonly picture: Picture;
}

export interface ReportDocument {
  readonly title: string;
  readonly path: string;
  readonly anomalous: boolean;
  readonly conclusion: string;
  readonly evidence: string;
  /** Sentences on channels and simpler detectors. */
  readonly remarks: readonly string[];
  readonly pictures: readonly DocumentPicture[];
  readonly nearest: readonly DocumentPicture[];
  readonly facts: readonly { readonly term: string; readonly value: string }[];
}

const heatOpacity = 0.8;

/** @param when ISO 8601: when the document is made */
export function reportDocument(
  { request, result }: CheckedState,
  nearest: readonly NearImage[],
  when: string,
): ReportDocument {
  const { verdict, heat, readings, autoencoder, pca, difference } = result;
  const input = pictureOf(result.input, result);
  const scale = largestMagnitude(difference);
  const layer = heat && {
    ...{ values: heat.values, threshold: heat.threshold },
    scale: heatScale(heat.values, heat.threshold),
  };
  return {
    title: baseName(request.name),
    path: request.name,
    anomalous: verdict.anomalous,
    ...verdictWords(verdict),
    remarks: [
      ...(readings.length === 0 ? [] : [firedWords(readings, verdict.anomalous)]),
      ...(autoencoder === null ? [] : [`The autoencoder alone: ${besideWords(autoencoder)}.`]),
      ...(pca === null
        ? []
        : [`PCA with ${countOf(pca.components, 'component')}: ${besideWords(pca.verdict)}.`]),
    ],
    pictures: [
      { title: 'Input', note: '', picture: input },
      ...(layer && heat
        ? [
            {
              title: `Heat: ${channelWords[heat.channel].title.toLowerCase()}`,
              note: heatWords(result, isOutlined(layer)),
              picture: heatOverlay(input, layer, heatOpacity, overlayTimes(input)),
            },
          ]
        : []),
      { title: 'Reconstruction', note: '', picture: pictureOf(result.reconstruction, result) },
      {
        title: 'Difference',
        note: `Reconstruction − input, ±${formatScore(scale)}. Blue: brighter than the model expects. Orange: darker.`,
        picture: differencePicture(difference, result, scale, false),
      },
    ],
    nearest: nearest.map(({ path, position, distance, thumbnail }) => ({
      title: request.card.dataset.kind === 'idx' ? `#${position + 1}` : baseName(path),
      note: `distance ${formatScore(distance)}`,
      picture: pictureOf(thumbnail.pixels, thumbnail),
    })),
    facts: [
      { term: 'Score', value: `${formatScore(verdict.score)} (${scoreNote(readings)})` },
      { term: 'Threshold', value: formatScore(verdict.threshold) },
      { term: 'False-alarm rate', value: formatPercent(verdict.falsePositiveRate) },
      { term: 'p', value: formatPercent(verdict.pValue) },
      ...readings.map(({ name, z, threshold }) => ({
        term: `z, ${channelWords[name].title.toLowerCase()}`,
        value: `${formatZ(z)} (stands out above ${formatZ(threshold)}; ${channelWords[name].learned ? 'learned' : 'hand-made'})`,
      })),
      { term: 'Calibrated on', value: countOf(verdict.calibrationImages, 'good image') },
      { term: 'Model', value: request.modelName },
      {
        term: 'Seen as',
        value: `${describeShape(result)}, from ${result.originalHeight} × ${result.originalWidth}`,
      },
      { term: 'Made', value: formatDate(when) },
    ],
  };
}
