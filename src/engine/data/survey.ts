/** A look at some of the images before training: what they are, and what size and channels suit them. */
import type { DatasetSummary, DatasetSurvey } from '../../shared/dataset.ts';
import { minSide } from '../../shared/model-spec.ts';
import { keyedRandom, permutation, streams } from '../../shared/random.ts';
import { decodeImage } from './decode.ts';
import { FolderReading } from './folder-reading.ts';
import { idxClasses, readIdxFiles } from './idx-files.ts';
import type { Decode, RgbaImage } from './image.ts';
import { shownSize } from './image-header.ts';
import type { Pull } from './pieces.ts';
import { SkippedFiles } from './skipped.ts';
import { planSplit, type WantedCounts } from './split.ts';

export interface SurveyRequest {
  readonly dataset: DatasetSummary;
  readonly pull: Pull;
  readonly seed: number;
  /** The browser's decoder by default. */
  readonly decode?: Decode;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** The most images of a folder that are looked at. */
export const surveySample = 200;
/**
 * So many pixels are decoded to look for colour: all of 200 small images, and a few photos. Of the others only the size
 * counts, which their headers have.
 */
export const surveyPixels = 40e6;
/** The longest side of the suggestion. */
const suggestedSide = 64;
/** Channels that differ by more are colour to the eye, and not the noise of a JPEG's chroma. */
const colourDifference = 16;
/** The share of a picture's pixels that must have colour. */
const colourShare = 0.001;

interface Size {
  readonly width: number;
  readonly height: number;
}
type SizeCount = DatasetSurvey['sizes'][number];

/** Whether at least one in a thousand visible pixels has channels more than 16 levels apart. */
export function hasColour({ width, height, data }: RgbaImage): boolean {
  const needed = Math.max(1, Math.ceil(width * height * colourShare));
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] ?? 0) < 128) continue;
    const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    if (Math.max(r, g, b) - Math.min(r, g, b) > colourDifference && ++found >= needed) return true;
  }
  return false;
}

const clampSide = (side: number): number => Math.max(minSide, Math.round(side));

/** The longer side becomes 64, the shape stays; no side below 8. */
function scaled({ width, height }: Size): Size {
  const scale = suggestedSide / Math.max(width, height);
  return { width: clampSide(width * scale), height: clampSide(height * scale) };
}

/**
 * The size that suits images of these sizes: their own where most of them share one of at most 64 a side; their shape
 * with a longer side of 64 where most share a size, or all have nearly one shape (within 5 %); else 64 × 64.
 * @param sizes most frequent first
 */
export function suggestSize(sizes: readonly SizeCount[]): Size {
  const [common] = sizes;
  if (!common) return { width: suggestedSide, height: suggestedSide };
  const total = sizes.reduce((sum, { count }) => sum + count, 0);
  if (2 * common.count >= total) {
    const small = Math.max(common.width, common.height) <= suggestedSide;
    return small ? { width: clampSide(common.width), height: clampSide(common.height) } : scaled(common);
  }
  const ratio = common.width / common.height;
  const alike = sizes.every(({ width, height }) => Math.abs(width / height / ratio - 1) <= 0.05);
  return alike ? scaled(common) : { width: suggestedSide, height: suggestedSide };
}

/** Counts equal sizes, most frequent first, then largest. */
function countSizes(sizes: Iterable<SizeCount>): SizeCount[] {
  const counts = new Map<string, SizeCount>();
  for (const { width, height, count } of sizes) {
    const key = `${width}×${height}`;
    counts.set(key, { width, height, count: (counts.get(key)?.count ?? 0) + count });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || b.width * b.height - a.width * a.height);
}

/** Seeded, without repetition, ascending. */
function sample(files: number, seed: number): readonly number[] {
  const order = permutation(keyedRandom(seed, streams.sample), files);
  return [...order.subarray(0, surveySample)].sort((a, b) => a - b);
}

async function surveyFolder(request: SurveyRequest): Promise<DatasetSurvey> {
  const { dataset, pull, signal, decode = decodeImage, onProgress } = request;
  const only = sample(dataset.files, request.seed);
  const onFile = (done: number): void => onProgress?.({ done, total: only.length });
  const looks: ({ readonly size: SizeCount; readonly colour: boolean } | undefined)[] = [];
  let decodedPixels = 0;
  const reading = new FolderReading(
    { source: dataset, pull, signal, decode, onFile },
    {
      place: () => looks.push(undefined) - 1,
      skim: (place, { file, bytes, pixels }) => {
        if (decodedPixels + pixels > surveyPixels) {
          const size = shownSize(bytes, file.path);
          if (size) {
            looks[place] = { size: { ...size, count: 1 }, colour: false };
            return true;
          }
        }
        decodedPixels += pixels;
        return false;
      },
      fill: (place, image) => {
        const { width, height } = image;
        looks[place] = { size: { width, height, count: 1 }, colour: hasColour(image) };
      },
    },
  );
  await reading.read({ only });
  const { skipped } = reading;
  const seen = looks.filter((look) => look !== undefined);
  if (seen.length === 0) throw skipped.asError();
  const counted = countSizes(seen.map(({ size }) => size));
  const colour = seen.some((look) => look.colour);
  const images = dataset.images ?? dataset.files;
  const splits = dataset.splits ?? { train: 0, validation: 0, test: 0, none: images };
  return {
    images,
    sampled: only.length,
    sizes: counted,
    colour,
    suggested: { ...suggestSize(counted), channels: colour ? 3 : 1 },
    classes: dataset.classes.map(({ name, count }) => ({ name, count: count ?? 0 })),
    split: planSplit({ free: splits.train + splits.none, validation: splits.validation, test: splits.test }),
    skipped: skipped.list(),
  };
}

/** Nothing is sampled: headers and labels say it all. */
async function surveyIdx({ dataset, pull, signal }: SurveyRequest): Promise<DatasetSurvey> {
  const skipped = new SkippedFiles();
  const files = await readIdxFiles({ source: dataset, pull, signal }, skipped);
  if (files.length === 0) throw skipped.asError();
  const counted = countSizes(files.map(({ header }) => header));
  const wanted: { -readonly [K in keyof WantedCounts]: number } = {
    free: 0,
    validation: 0,
    test: 0,
  };
  const perLabel = new Uint32Array(256);
  for (const { file, header, labels } of files) {
    wanted[file.split === 'validation' || file.split === 'test' ? file.split : 'free'] += header.count;
    labels?.forEach((value) => (perLabel[value] = (perLabel[value] ?? 0) + 1));
  }
  const images = files.reduce((sum, { header }) => sum + header.count, 0);
  return {
    images,
    sampled: images,
    sizes: counted,
    colour: false,
    suggested: { ...suggestSize(counted), channels: 1 },
    classes: idxClasses(files).map((value) => ({ name: String(value), count: perLabel[value] ?? 0 })),
    split: planSplit(wanted),
    skipped: skipped.list(),
  };
}

/**
 * Looks at a data set: of a folder at up to {@link surveySample} images, chosen by the seed, at the pixels of
 * the first {@link surveyPixels}; of IDX files at headers
 * and labels. Never a reason to refuse a small one: `split` shows what would be cut.
 * @throws LensError `cancelled`; where nothing could be read, the first file's reason
 */
export async function survey(request: SurveyRequest): Promise<DatasetSurvey> {
  return request.dataset.kind === 'folder' ? surveyFolder(request) : surveyIdx(request);
}
