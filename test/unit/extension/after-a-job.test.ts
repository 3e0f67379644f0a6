/** What the Studio's page asks for as soon as its job has ended, while the host is still dealing with the end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commands, panels } from '../../../src/shared/names.ts';
import { peekRequest } from '../../../src/shared/rpc.ts';
import { MemoryFiles } from './support/memory-files.ts';
import { cardOf, modelBytes } from './support/model-bytes.ts';
import { activate, buildWebHost } from './support/web-host.ts';

const stopped = { state: 'stopped', epoch: 3, step: 1, stepsPerEpoch: 32 } as const;

const training = {
  kind: 'training',
  jobId: 'job-1',
  name: 'digits',
  phase: 'training',
  done: 1,
  total: 2,
  engine: null,
  secondsLeft: 1,
  epoch: 3,
  epochs: 20,
  dataset: 'set-1',
};

describe('Resume, pressed at once after Stop', () => {
  it('goes on: the end of the job before is waited for', async () => {
    const files = new MemoryFiles({
      'w/digits/a.png': 'x',
      'w/latent-lens/digits.lens.safetensors': modelBytes({ progress: stopped }),
    });
    const { seen, run } = await activate(await buildWebHost(), files);
    await run(commands.openStudio);
    const panel = seen.panels.find(({ viewType }) => viewType === panels.studio);
    assert.ok(panel);
    const notice = (method: string, params: unknown): void => panel.send({ lens: 'notice', method, params });
    panel.send({ lens: 'request', id: 1, method: 'ready', params: { pageId: 'page-1' } });
    notice('jobChanged', training);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const card = cardOf({ progress: stopped });
    const outcome = {
      jobId: 'job-1',
      state: 'stopped',
      error: null,
      savedAs: 'digits',
      card,
      resumeNote: null,
    };
    notice('jobEnded', outcome);
    notice('resumeModel', { uri: 'memory:/w/latent-lens/digits.lens.safetensors' });

    const asked = (): string[] => panel.posted.flatMap((message) => peekRequest(message)?.method ?? []);
    for (let waited = 0; !asked().includes('resume') && waited < 5000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(seen.messages, [], 'the host says that a training is running');
    assert.ok(asked().includes('resume'));
  });
});
