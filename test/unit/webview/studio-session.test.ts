// The Studio's conduct against a host and an engine of the test's own: who takes whose place, and what survives.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DatasetSummary } from '../../../src/shared/dataset.ts';
import type { ProjectionProposal } from '../../../src/shared/protocol/projection.ts';
import type { StudioHostApi, TrainingProposal } from '../../../src/shared/protocol/studio.ts';
import type { Connection } from '../../../src/shared/rpc.ts';
import type { PageHost } from '../../../src/webview/shared/host.ts';
import type { EngineWorker } from '../../../src/webview/studio/engine-link.ts';
import { readPersisted, type Persisted } from '../../../src/webview/studio/persisted.ts';
import { StudioSession } from '../../../src/webview/studio/session.ts';

const proposal: TrainingProposal = {
  name: 'digits',
  location: 'samples/digits',
  dataset: { id: 'd', files: 200, classes: [] } as unknown as DatasetSummary,
  defaults: {
    training: { epochs: null, batchSize: 64, learningRate: 1e-3, weightDecay: 0, seed: 42 },
    ...{ latent: 16, recipe: 'detector', fit: 'cover', falseAlarmRate: 0.01, memoryBudget: 1e9 },
  },
};
const survey = { suggested: { height: 28, width: 28, channels: 1 }, split: { fit: 160 } };
const tsne = { jobId: 'p', name: 'rings', model: 'memory:/rings' } as ProjectionProposal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** @param before what the page before kept */
async function setUp(before?: Partial<Persisted>) {
  let kept: unknown = before === undefined ? undefined : { ...readPersisted(undefined), ...before };
  let look: (found: unknown) => void = () => undefined;
  const asked: { method: string; signal: AbortSignal | undefined }[] = [];
  const worker = {
    call: (method: string, _params: unknown, options?: { readonly signal?: AbortSignal }) => {
      asked.push({ method, signal: options?.signal });
      return new Promise((resolve) => (look = resolve));
    },
  } as unknown as EngineWorker;
  const calls = {
    // No model can be read; which one is wanted is what counts here.
    call: async (method: string) => (method === 'ready' ? {} : Promise.reject(new Error('no file'))),
    send: () => undefined,
  } as unknown as Connection<StudioHostApi>;
  const host = {
    ...{ calls, pageId: 'page', readState: () => kept },
    writeState: (state: unknown) => void (kept = JSON.parse(JSON.stringify(state)) as unknown),
  } as unknown as PageHost<StudioHostApi>;
  const session = new StudioSession();
  await session.start(host, { worker: async () => worker, run: async (call) => call(worker) });
  const propose = async (): Promise<void> =>
    void (await session.pageHandlers.propose(
      { ...proposal, startNow: false },
      { signal: new AbortController().signal },
    ));
  return {
    ...{ session, asked, propose },
    state: () => session.store.value,
    looked: () => look(survey),
    kept: () => readPersisted(kept),
    project: async () =>
      void (await session.pageHandlers.project(tsne, { signal: new AbortController().signal })),
  };
}

describe('the Studio’s conduct', () => {
  it('opens a model for good: a look at images that was under way does not take its place', async () => {
    const { session, asked, propose, looked, kept } = await setUp();
    await propose();
    await turn();
    session.showModel('memory:/rings', 'rings');
    assert.equal(asked[0]?.signal?.aborted, true);
    looked();
    await turn();
    assert.equal(session.store.value.kind, 'model');
    assert.deepEqual(kept().model, { uri: 'memory:/rings', name: 'rings' });
  });

  it('comes back to a filled-in form after a t-SNE, and to none that was only being prepared', async () => {
    const { session, state, propose, looked, project } = await setUp();
    await propose();
    await turn();
    looked();
    await turn();
    const shown = state();
    assert.ok(shown.kind === 'proposal' && shown.survey.kind === 'done');
    session.editForm({ ...shown.survey.form, name: 'mine' });
    await project();
    assert.equal(state().kind, 'projecting');
    assert.equal(session.hasFormAside, true);
    session.backToForm();
    assert.equal(state().kind, 'projecting', 'a job runs');
    await turn();
    // It cannot begin without a page's files, so that it has ended.
    assert.equal(state().kind, 'projected');
    session.backToForm();
    const again = state();
    assert.ok(again.kind === 'proposal' && again.survey.kind === 'done');
    assert.equal(again.survey.form.name, 'mine');

    const fresh = await setUp();
    await fresh.propose();
    await fresh.project();
    assert.equal(fresh.session.hasFormAside, false);
  });

  it('remembers one scene at a time, and evaluations beside it', async () => {
    const evaluation = { model: 'memory:/rings', folders: [] };
    const { session, project, kept } = await setUp({ evaluation });
    session.viewEvaluation({ tab: 'images' });
    await project();
    assert.deepEqual(kept().projecting, { uri: 'memory:/rings', name: 'rings' });
    await turn();
    await turn();
    const { model, projecting, evaluationView } = kept();
    assert.deepEqual([model?.name, projecting], ['rings', null]);
    assert.deepEqual(kept().evaluation, evaluation);
    assert.equal(evaluationView.tab, 'images');
  });

  it('tells of a job that was cut off, and then opens no model by itself', async () => {
    const model = { uri: 'memory:/rings', name: 'rings' };
    const running = { name: 'digits', epoch: 2, epochs: 20, loss: 0.1, uri: 'memory:/digits' };
    const { session } = await setUp({ model, running });
    assert.deepEqual(session.store.value, {
      kind: 'empty',
      interrupted: { kind: 'training', name: 'digits', uri: 'memory:/digits' },
    });
    const other = await setUp({ model, page: 'losses' });
    assert.equal(other.session.store.value.kind, 'model');
    assert.equal(other.session.page.value, 'losses');
  });
});
