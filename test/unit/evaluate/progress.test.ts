// Progress on stderr: a changing line on a terminal, few lines in a log file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress, type ProgressOutput } from '../../../scripts/evaluate/progress.ts';

function recorder(terminal: Partial<ProgressOutput> = {}) {
  let text = '';
  const time = { ms: 0 };
  const output: ProgressOutput = { ...terminal, write: (more) => (text += more) };
  return { progress: new Progress(output, () => time.ms), time, text: () => text };
}

test('in a log file, the same words come every ten seconds and new ones every two at most', () => {
  const { progress, time, text } = recorder();
  for (time.ms = 0; time.ms < 30_000; time.ms += 50) progress.update('epoch 1', time.ms, 60_000);
  for (; time.ms < 40_000; time.ms += 50) progress.update(`epoch ${time.ms}`, time.ms, 60_000);
  assert.deepEqual(
    text()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ \(.*/, '')),
    [
      'epoch 1',
      'epoch 1',
      'epoch 1',
      'epoch 30000',
      'epoch 32000',
      'epoch 34000',
      'epoch 36000',
      'epoch 38000',
    ],
  );
  assert.match(text(), /^epoch 1 \(0 %\)\nepoch 1 \(16 %\)\n/);
});

test('on a terminal the line is replaced, never wider than the terminal, and makes room for what stays', () => {
  const { progress, time, text } = recorder({ isTTY: true, columns: 40 });
  progress.update('x'.repeat(100), 1, 2);
  time.ms = 50;
  progress.update('too soon', 1, 2);
  time.ms = 200;
  progress.update('second', 2, 2);
  progress.say('stays');
  progress.end();
  assert.equal(text(), `\r\x1b[2K${'x'.repeat(39)}\r\x1b[2Ksecond (100 %)\r\x1b[2Kstays\n`);
});

test('an unknown total is a count', () => {
  const { progress, text } = recorder();
  progress.update('reading', 7, 0);
  assert.equal(text(), 'reading (7)\n');
});
