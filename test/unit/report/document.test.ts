import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from 'fast-png';
import type { ChannelReading, CheckResult, NearImage } from '../../../src/shared/protocol/forward.ts';
import { conformalThreshold, judge } from '../../../src/shared/verdict.ts';
import {
  heatOverlay,
  heatScale,
  isOutlined,
  overlayTimes,
} from '../../../src/webview/report/heat-overlay.ts';
import { reportDocument, type CheckedState } from '../../../src/webview/report/report-document.ts';
import { reportHtml } from '../../../src/webview/report/report-html.ts';
import { brokenLines } from '../../../src/webview/report/report-png.ts';
import { firedWords, formatZ, scoreNote } from '../../../src/webview/report/words.ts';
import { cardOf } from '../extension/support/model-bytes.ts';

const reading = (
  name: ChannelReading['name'],
  z: number,
  threshold: number,
  inSum = true,
): ChannelReading => ({
  ...{ name, inSum, score: 1, z, threshold, fired: z > threshold },
});

const gray = (values: readonly number[], width: number) => ({
  width,
  height: values.length / width,
  rgba: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
});

describe('the heat over an image', () => {
  const values = Float32Array.of(0, 0, 0, 0, 4, 0, 0, 0, 2);
  const picture = gray([10, 20, 30, 40, 50, 60, 70, 80, 90], 3);

  it('leaves cold pixels as they are and colours hot ones, the stronger the hotter', () => {
    const { rgba } = heatOverlay(picture, { values, scale: 4, threshold: null }, 1, 1);
    assert.deepEqual([...rgba.subarray(0, 4)], [10, 10, 10, 255]);
    assert.deepEqual([...rgba.subarray(16, 19)], [254, 232, 56], 'the end of the colour map');
    // Half as hot: half the weight of the middle colour.
    assert.deepEqual(
      [...rgba.subarray(32, 35)],
      [125, 124, 120].map((value) => Math.round((90 + value) / 2)),
    );
    assert.deepEqual(
      [...heatOverlay(picture, { values, scale: 4, threshold: null }, 0, 1).rgba],
      [...picture.rgba],
    );
  });

  it('outlines what is above the threshold, white within and black around', () => {
    const { rgba, width, height } = heatOverlay(picture, { values, scale: 4, threshold: 3 }, 0, 4);
    assert.deepEqual([width, height], [12, 12]);
    const at = (x: number, y: number): number => rgba[(y * width + x) * 4] ?? -1;
    assert.deepEqual(
      [3, 4, 5, 6, 7, 8].map((x) => at(x, 5)),
      [0, 255, 50, 50, 255, 0],
    );
    assert.deepEqual([at(5, 3), at(5, 4), at(0, 0), at(11, 11)], [0, 255, 10, 90]);
  });

  it('draws no outline at the picture’s own edge, and none where nothing is hot', () => {
    const all = heatOverlay(gray([5, 5], 2), { values: Float32Array.of(9, 9), scale: 9, threshold: 1 }, 0, 2);
    assert.ok([...all.rgba].every((value, i) => value === (i % 4 === 3 ? 255 : 5)));
    assert.equal(isOutlined({ values, threshold: 4 }), false);
    assert.equal(isOutlined({ values, threshold: 3.9 }), true);
    assert.equal(isOutlined({ values, threshold: null }), false);
  });

  it('keeps ordinary images cool: the colour map ends no lower than the threshold', () => {
    assert.equal(heatScale(values, 10), 10);
    assert.equal(heatScale(values, 1), 4);
    assert.equal(heatScale(new Float32Array(3), null), 0);
    assert.ok(!heatOverlay(picture, { values, scale: 0, threshold: null }, 1, 1).rgba.some(Number.isNaN));
    assert.equal(overlayTimes({ width: 28, height: 28 }), 16);
    assert.equal(overlayTimes({ width: 256, height: 128 }), 2);
    assert.equal(overlayTimes({ width: 4000, height: 10 }), 1);
  });
});

describe('words on channels', () => {
  const structure = reading('structure', 5, 2);
  const orientation = reading('orientation', 4, 3);
  const error = reading('error', 9, 1, false);

  it('say which stand out by themselves, of those in the score', () => {
    assert.equal(
      firedWords([structure, reading('orientation', 1, 3), error], true),
      'Structure stands out by itself.',
    );
    assert.equal(
      firedWords([structure, orientation], true),
      'Structure and orientation stand out by themselves.',
    );
    assert.equal(
      firedWords([reading('place', 1, 2), reading('whole', 1, 2)], true),
      'No channel stands out by itself; together they do.',
    );
    assert.equal(firedWords([reading('place', 1, 2), error], false), 'No channel stands out.');
  });

  it('say what the score is, and print z with a true minus', () => {
    assert.equal(
      scoreNote([structure, orientation, error]),
      'sum of the standard scores of structure and orientation',
    );
    assert.equal(scoreNote([]), 'mean squared error of the reconstruction');
    assert.equal(scoreNote([reading('error', 1, 2)]), 'mean squared error of the reconstruction');
    assert.deepEqual([formatZ(-0.3456), formatZ(12.345), formatZ(Number.NaN)], ['−0.346', '12.3', '–']);
  });
});

describe('the report as a document', () => {
  const scores = Float64Array.from({ length: 100 }, (_, i) => i / 100);
  const result: CheckResult = {
    ...{ height: 2, width: 2, channels: 1, originalWidth: 4, originalHeight: 4 },
    input: Uint8Array.of(0, 50, 100, 255),
    reconstruction: Uint8Array.of(0, 60, 90, 255),
    difference: Float32Array.of(0, 0.04, -0.04, 0),
    latent: new Float32Array(2),
    verdict: judge(2, scores, conformalThreshold(scores, 0.05)),
    calibrationScores: scores,
    readings: [reading('structure', 5, 2), reading('orientation', -1, 3)],
    autoencoder: judge(0.2, scores, conformalThreshold(scores, 0.05)),
    pca: { components: 2, verdict: judge(0.99, scores, conformalThreshold(scores, 0.05)) },
    heat: { channel: 'structure', values: Float32Array.of(0, 0, 3, 0), threshold: 1 },
    milliseconds: 3,
  };
  const hostile = 'w/<img src=x onerror="alert(1)">&’s.png';
  const state: CheckedState = {
    kind: 'checked',
    result,
    milliseconds: 5,
    request: {
      ...{ image: 'file:///x', name: hostile, model: 'file:///m', modelKey: 'k', modelName: '<b>m</b>' },
      ...{ card: cardOf(), falseAlarmRate: 0.05 },
    },
  };
  const near: NearImage = {
    ...{ path: 'good/1.png', position: 0, label: -1, distance: 0.5 },
    thumbnail: { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(9) },
  };
  const report = reportDocument(state, [near], '2026-11-24T12:00:00Z');

  it('has all that the page says and shows', () => {
    assert.match(report.conclusion, /^Anomalous at a false-alarm rate of 5/);
    assert.deepEqual(
      report.remarks.map((text) => text.replaceAll('\u00a0', ' ')),
      [
        'Structure stands out by itself.',
        'The autoencoder alone: not anomalous (p = 80.2 %).',
        'PCA with 2 components: anomalous (p = 1.98 %).',
      ],
    );
    assert.deepEqual(
      report.pictures.map(({ title }) => title),
      ['Input', 'Heat: structure', 'Reconstruction', 'Difference'],
    );
    assert.ok(report.facts.some(({ term, value }) => term === 'z, orientation' && value.startsWith('−1 (')));
    assert.equal(report.nearest[0]?.note, 'distance 0.5');
  });

  it('is HTML that runs nothing, fetches nothing and breaks at no name', () => {
    const html = reportHtml(report);
    assert.doesNotMatch(html, /<script|onerror="|https?:|<b>/i);
    assert.match(html, /&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;’s\.png/);
    assert.match(html, /default-src 'none'; img-src data:/);
    const pictures = [...html.matchAll(/src="data:image\/png;base64,([^"]+)"/g)].map(([, data = '']) =>
      decode(Buffer.from(data, 'base64'), { checkCrc: true }),
    );
    assert.equal(pictures.length, 5);
    assert.deepEqual([pictures[0]?.width, pictures[0]?.height], [2, 2]);
    assert.deepEqual(
      [...(pictures[0]?.data ?? [])].filter((_, i) => i % 3 === 0),
      [0, 50, 100, 255],
    );
  });

  it('of a model of the first versions has what there is', () => {
    const old = { ...result, readings: [], autoencoder: null, pca: null, heat: null };
    const { pictures, remarks } = reportDocument({ ...state, result: old }, [], '');
    assert.deepEqual(remarks, []);
    assert.equal(pictures.length, 3);
  });
});

describe('breaking lines', () => {
  const fits = (line: string): boolean => line.length <= 6;

  it('keeps words whole where it can', () => {
    assert.deepEqual(brokenLines('one two three', fits), ['one', 'two', 'three']);
    assert.deepEqual(brokenLines('a b c d', fits), ['a b c', 'd']);
    assert.deepEqual(brokenLines('abcdefghij k', fits), ['abcdef', 'ghij k']);
    assert.deepEqual(brokenLines('', fits), ['']);
  });
});
