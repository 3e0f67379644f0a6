import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import type { ReportHostApi } from '../../../src/shared/protocol/report.ts';
import type { PageHost } from '../../../src/webview/shared/host.ts';
import { Scorer, type ScoringWorker } from '../../../src/webview/report/scorer.ts';

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A worker that holds one model and answers with the one that is loaded when the work is done, some turns later. */
function setUp() {
  const loads: string[] = [];
  let starts = 0;
  let die: (error: Error) => void = () => undefined;
  const start = (): Promise<ScoringWorker> => {
    starts++;
    let loaded = '';
    const crashed = new Promise<never>((_, reject) => (die = reject));
    crashed.catch(() => undefined);
    const call = async (method: string, params: { readonly key?: string }): Promise<unknown> => {
      if (method === 'hasModel') return loaded === params.key;
      if (method === 'loadModel') {
        await tick();
        loaded = params.key ?? '';
        loads.push(loaded);
        return undefined;
      }
      for (let turn = 0; turn < 4; turn++) await tick();
      return loaded;
    };
    return Promise.resolve({
      call,
      crashed,
      send: () => undefined,
      terminate: () => undefined,
    } as unknown as ScoringWorker);
  };
  const readFile = () => Promise.resolve({ bytes: new Uint8Array(3), size: 3 });
  const host = { calls: { call: readFile } } as unknown as PageHost<ReportHostApi>;
  const scorer = new Scorer(() => host, start);
  const judge = (key: string): Promise<unknown> =>
    scorer.run({ uri: `file:///${key}`, key }, (worker) =>
      worker.call('judge', { name: '', bytes: new Uint8Array(), falseAlarmRate: 0.01 }),
    );
  return { judge, loads, starts: () => starts, die: (error: Error) => die(error) };
}

describe('the report’s worker', () => {
  it('loads a model once for many calls, which run side by side', async () => {
    const { judge, loads } = setUp();
    assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => judge('a'))), Array(10).fill('a'));
    assert.deepEqual(loads, ['a']);
  });

  it('never changes the model under a call that is under way', async () => {
    const { judge, loads } = setUp();
    const keys = ['a', 'a', 'b', 'a', 'a', 'c', 'a'];
    assert.deepEqual(await Promise.all(keys.map(judge)), keys);
    assert.deepEqual(loads, ['a', 'b', 'a', 'c', 'a']);
  });

  it('is started again after its death, with the model that is wanted then', async () => {
    const { judge, loads, starts, die } = setUp();
    assert.equal(await judge('a'), 'a');
    const [one, two] = [judge('a'), judge('a')];
    await tick();
    die(new LensError('engine-failed', 'gone'));
    await assert.rejects(one, { code: 'engine-failed' });
    await assert.rejects(two, { code: 'engine-failed' });
    assert.equal(await judge('a'), 'a');
    assert.deepEqual([starts(), loads], [2, ['a', 'a']]);
  });
});
