// The images looked at before a training, in the real window with its own decoder: what is listed, and the way to a file.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeGrayPng } from '../../src/extension/samples/index.ts';
import { workbenchSuite } from '../support/workbench-suite.ts';
import { writeDigits } from './support/files.ts';
import { Studio } from './support/studio.ts';

function fillWorkspace(workspace: string): void {
  const digits = path.join(workspace, 'digits');
  writeDigits(digits, 5);
  copyFileSync(path.join(digits, '3/002.png'), path.join(digits, '8/copy.png'));
  writeFileSync(path.join(digits, '4/blank.png'), encodeGrayPng(28, 28, new Uint8Array(784).fill(9)));
  const ramp = Uint8Array.from({ length: 28 * 90 }, (_, i) => (i * 31) % 256);
  writeFileSync(path.join(digits, '5/wide.png'), encodeGrayPng(90, 28, ramp));
  writeFileSync(path.join(digits, '6/letter.png'), 'This is a letter, not an image.\n');
}

workbenchSuite('inspect', { workspace: fillWorkspace }, (suite) => {
  suite.test('lists copies, empty images and odd sizes, each a click from its file', async (window) => {
    await window.explorerMenu('digits', 'Train Autoencoder…');
    const { frame } = await new Studio(window).proposal();
    await frame.getByRole('button', { name: 'Inspect Images' }).click();
    const inspection = frame.locator('ll-inspection');
    const summary = await inspection.getByRole('status').innerText();
    assert.match(summary, /^Of 53 images: .*1 exact copy, 1 nearly empty, 1 of odd size\.$/);
    // The pair of copies may have drawn a like digit into its cluster, and the cluster is in any place.
    const copy = inspection.locator('ul.clusters > li', { hasText: '8/copy.png' });
    assert.equal(await copy.getByRole('button', { name: '3/002.png' }).count(), 1);
    await inspection
      .getByRole('list', { name: /^Constant or nearly empty/ })
      .getByRole('button', { name: '4/blank.png' })
      .waitFor();
    await inspection.getByText('28 × 90').waitFor();
    await inspection.getByText('1 file left out').click();
    await inspection.getByRole('cell', { name: '6/letter.png', exact: true }).waitFor();
    await inspection.getByRole('button', { name: '5/wide.png' }).click();
    await window.tab('wide.png').waitFor();
  });
});
