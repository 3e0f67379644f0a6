/** A calibration anew, as the host shows it while the Studio's page runs it. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { memoryKeys } from '../../../src/extension/core/memory-keys.ts';
import { commands, panels } from '../../../src/shared/names.ts';
import type {
  RecalibrationProposal,
  RecalibrationStatus,
} from '../../../src/shared/protocol/recalibration.ts';
import { pageOf, pause } from './support/fake-page.ts';
import { FakeMemory } from './support/memory.ts';
import { MemoryFiles } from './support/memory-files.ts';
import { modelBytes } from './support/model-bytes.ts';
import { activate, buildWebHost } from './support/web-host.ts';

const path = 'w/latent-lens/digits.lens.safetensors';
const model = `memory:/${path}`;

describe('a calibration anew', () => {
  let code: string;
  before(async () => {
    code = await buildWebHost();
  });

  /** A host that has asked its Studio's page for a calibration, which runs. */
  async function running() {
    const files = new MemoryFiles({ [path]: modelBytes(), 'w/good/1.png': 'x' });
    const memory = new FakeMemory();
    const host = await activate(code, files, memory);
    const ended = host.run(commands.recalibrate, { uri: model }, { folder: host.uri('memory:/w/good') });
    ended.catch(() => undefined);
    const page = await pageOf(host.seen, panels.studio, 'studio-1');
    const asked = () => page.asked.find(({ method }) => method === 'recalibrate');
    for (let waited = 0; asked() === undefined && waited < 500; waited++) await pause(10);
    const { jobId, name } = asked()?.params as RecalibrationProposal;
    const tell = async (change: Partial<RecalibrationStatus>): Promise<void> => {
      page.notice('jobChanged', {
        ...{ kind: 'calibration', jobId, name, text: 'Reading the model', done: 0, total: 0 },
        ...{ secondsLeft: null, ...change },
      });
      await pause();
    };
    await tell({});
    const [item] = host.seen.statusItems;
    assert.ok(item);
    const outcome = {
      jobId,
      state: 'finished',
      error: null,
      savedAs: 'digits',
      calibration: {},
      skipped: [],
    };
    return { ...host, page, memory, ended, item, tell, end: () => page.answer('recalibrate', outcome) };
  }

  it('stands in the status bar from its beginning to its end, and leads to the Studio', async () => {
    const { item, tell, end, ended } = await running();
    assert.equal(item.shown, true);
    assert.equal(item.text, '$(sync~spin) digits · Calibration: Reading the model');
    await tell({ text: 'Scoring', done: 30, total: 120 });
    assert.equal(item.text, '$(sync~spin) digits · Calibration: Scoring 25 %');
    assert.equal(
      item.tooltip,
      'Latent Lens is calibrating “digits” anew\nCalibration: Scoring 25 %\nClick to open the Studio',
    );
    assert.equal(item.command, commands.openStudio);
    await end();
    await ended;
    assert.equal(item.shown, false);
    await tell({ text: 'Scoring', done: 120, total: 120 });
    assert.equal(item.shown, false, 'a notice that its end overtook');
  });

  it('is no job that a later window could go on with', async () => {
    const { memory, end, ended } = await running();
    assert.equal(memory.values.get(memoryKeys.job), undefined);
    const left = { kind: 'training', jobId: 'old', session: 'before', name: 'x', model: null, dataset: '' };
    memory.values.set(memoryKeys.job, left);
    await end();
    await ended;
    assert.deepEqual(memory.values.get(memoryKeys.job), left, 'what another window left stays');
  });

  it('ends with its page', async () => {
    const { seen, ended, item } = await running();
    await pageOf(seen, panels.studio, 'studio-2');
    // The command says what happened in a message.
    await ended;
    await pause();
    assert.equal(item.shown, false);
    assert.equal(seen.messages.length, 1);
    assert.doesNotMatch(seen.messages[0] ?? '', /Start the training again/);
  });

  it('refuses other jobs, and its model’s deletion; the command that stops jobs cancels it', async () => {
    const { run, seen, page } = await running();
    for (const command of [commands.train, commands.computeTsne, commands.recalibrate]) {
      await run(command);
      assert.equal(seen.messages.pop(), '“digits” is being calibrated. Cancel that, or wait for its end.');
    }
    await run(commands.deleteModel, { uri: model }, true);
    assert.match(seen.messages.at(-1) ?? '', /being calibrated. Stop the calibration before you delete it/);
    void run(commands.stopTraining);
    await pause();
    assert.equal(page.asked.at(-1)?.method, 'stop');
  });
});
