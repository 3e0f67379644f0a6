// A worker that is kept: one at a time, and another after its death or a start that failed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptWorker } from '../../../src/webview/shared/kept-worker.ts';
import type { RunningWorker } from '../../../src/webview/shared/workers.ts';

type Nothing = Record<never, never>;

function fakeWorker(): { readonly worker: RunningWorker<Nothing>; readonly die: () => void } {
  let die = (): void => undefined;
  const crashed = new Promise<never>((_, reject) => (die = () => reject(new Error('it died'))));
  crashed.catch(() => undefined);
  const worker: RunningWorker<Nothing> = {
    call: () => Promise.reject(new Error('not called here')),
    send: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
    crashed,
  };
  return { worker, die };
}

describe('a worker that is kept', () => {
  it('is started once, when it is first asked for', async () => {
    const { worker } = fakeWorker();
    let starts = 0;
    const running = keptWorker<Nothing>(() => {
      starts++;
      return Promise.resolve(worker);
    });
    assert.equal(starts, 0);
    assert.deepEqual(await Promise.all([running(), running()]), [worker, worker]);
    assert.equal(await running(), worker);
    assert.equal(starts, 1);
  });

  it('is replaced after its death', async () => {
    const fakes = [fakeWorker(), fakeWorker()];
    let starts = 0;
    const running = keptWorker<Nothing>(async () => (fakes[starts++] ?? fakeWorker()).worker);
    assert.equal(await running(), fakes[0]?.worker);
    fakes[0]?.die();
    await fakes[0]?.worker.crashed.catch(() => undefined);
    await Promise.resolve();
    assert.equal(await running(), fakes[1]?.worker);
  });

  it('is tried again where it could not be started', async () => {
    const { worker } = fakeWorker();
    let starts = 0;
    const running = keptWorker<Nothing>(async () => {
      if (starts++ === 0) throw new Error('no code');
      return worker;
    });
    await assert.rejects(running(), /no code/);
    assert.equal(await running(), worker);
  });
});
