/** What is said of a calibration: the promise, whose images it rests on, and what was before it. Pure. */
import type { Calibration } from '../../shared/model-card.ts';
import { formatScore } from '../../shared/verdict.ts';
import { channelWords } from './channel-words.ts';
import { countOf, formatCount } from '../../shared/count.ts';
import { formatDate, formatPercent } from './format.ts';

/** What an image at the threshold means, and whether the asked rate could be promised. */
export function calibrationWords(calibration: Calibration): string {
  const { images, promisedRate, requestedRate, threshold } = calibration;
  const promise =
    `An image is called anomalous when its score is above ${formatScore(threshold)}. Of good images at most ` +
    `${formatPercent(promisedRate)} are, judged by ${countOf(images, 'image')} that the model never trained on.`;
  if (promisedRate <= requestedRate) return promise;
  return `${promise} You asked for ${formatPercent(requestedRate)}; so few images cannot promise less.`;
}

/** A shift of a channel by more than this says that the images are of another kind. */
const largeShift = 3;

/** Said behind the images that were scored, where fewer of them count. */
const countedWords = (scored: number, counted: number, why: string): string =>
  scored <= counted ? '' : `, which count as ${formatCount(counted)}: ${why}`;

/**
 * Where the images of a calibration come from, how many of them count, and when that was.
 * @param setAside images of the data set that the training left for calibration
 */
export function calibrationSourceWords({ source, images, when }: Calibration, setAside: number): string {
  const date = formatDate(when);
  if (source === undefined) {
    const counted = countedWords(setAside, images, 'near-duplicates count once');
    return `Calibrated on ${countOf(setAside, 'image')} set aside from the data set${counted}, ${date}.`;
  }
  const clusters = `${countOf(source.clusters, 'cluster')} of near-duplicates`;
  const twins = countedWords(source.images, images, clusters);
  const unread = source.skipped === 0 ? '' : ` ${countOf(source.skipped, 'file')} could not be read.`;
  return `Calibrated on ${countOf(source.images, 'image')} of ${source.location}${twins}, ${date}.${unread}`;
}

/** What the calibration before said, and of how many of the new images; null for a first one. */
export function previousWords({ previous }: Calibration): string | null {
  if (previous === undefined) return null;
  const { threshold, promisedRate, images, location, flagged, when } = previous;
  const from = location === null ? 'set aside from the data set' : `of ${location}`;
  return (
    `Before, the threshold was ${formatScore(threshold)}, for ${formatPercent(promisedRate)} by ` +
    `${countOf(images, 'image')} ${from} (${formatDate(when)}): it flags ${formatPercent(flagged)} of the present ones.`
  );
}

/** Said where the images of a new calibration are of another kind than the model's own; null otherwise. */
export function shiftWarning({ source, channels }: Calibration): string | null {
  const inSum = new Set(channels?.filter((channel) => channel.inSum).map(({ name }) => name));
  const far = (source?.shifts ?? []).filter(
    ({ name, spreads }) => (inSum.size === 0 || inSum.has(name)) && Math.abs(spreads) > largeShift,
  );
  if (far.length === 0) return null;
  const list = far.map(
    ({ name, spreads }) =>
      `${channelWords[name].title.toLowerCase()} ${Number(Math.abs(spreads).toPrecision(2))} spreads ${spreads > 0 ? 'higher' : 'lower'}`,
  );
  return (
    `These images are of another kind than those of the training: ${list.join(', ')}. The false-alarm rate holds, but ` +
    'anomalies are harder to tell; a model trained on such images tells them better.'
  );
}
