/** What the report says of channels and of the verdicts beside. Pure. */
import type { ChannelReading, CheckResult } from '../../shared/protocol/forward.ts';
import { verdictSentence, type Verdict } from '../../shared/verdict.ts';
import { channelWords } from '../shared/channel-words.ts';
import { formatPercent, unbroken } from '../shared/format.ts';

/** `5.2`, `−0.35`: three figures, with a true minus sign. */
export function formatZ(z: number): string {
  if (!Number.isFinite(z)) return '–';
  return String(Number(z.toPrecision(3))).replace('-', '−');
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/** Which channels alone would call the image anomalous. */
export function firedWords(readings: readonly ChannelReading[], anomalous: boolean): string {
  const fired = readings.filter(({ inSum, fired }) => inSum && fired);
  const names = listed(fired.map(({ name }) => channelWords[name].title.toLowerCase()));
  if (fired.length > 0) {
    const verb = fired.length === 1 ? 'stands' : 'stand';
    return `${names[0]?.toUpperCase() ?? ''}${names.slice(1)} ${verb} out by ${fired.length === 1 ? 'itself' : 'themselves'}.`;
  }
  return anomalous ? 'No channel stands out by itself; together they do.' : 'No channel stands out.';
}

/** “The autoencoder alone: anomalous (p = 0.5 %).” */
export const besideWords = (verdict: Verdict): string =>
  unbroken(`${verdict.anomalous ? 'anomalous' : 'not anomalous'} (p = ${formatPercent(verdict.pValue)})`);

/** What the score is, for the list of facts. */
export const scoreNote = (readings: readonly ChannelReading[]): string => {
  const summed = readings
    .filter(({ inSum }) => inSum)
    .map(({ name }) => channelWords[name].title.toLowerCase());
  return summed.length < 1 || (summed.length === 1 && readings[0]?.name === 'error')
    ? 'mean squared error of the reconstruction'
    : `sum of the standard scores of ${listed(summed)}`;
};

/** The verdict's sentences, their percentages held together. */
export function verdictWords(verdict: Verdict): ReturnType<typeof verdictSentence> {
  const { evidence, conclusion } = verdictSentence(verdict);
  return { evidence: unbroken(evidence), conclusion: unbroken(conclusion) };
}

/** What the outline of the heat map means. @param outlined whether any pixel is above the threshold */
export function heatWords({ heat, verdict }: CheckResult, outlined: boolean): string {
  if (heat === null || heat.threshold === null) return '';
  const rate = formatPercent(verdict.falsePositiveRate);
  return outlined
    ? `Outlined: hotter than any place of all but ${rate} of good images.`
    : `No place is hotter than in all but ${rate} of good images.`;
}
