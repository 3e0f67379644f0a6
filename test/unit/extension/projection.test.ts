/** A t-SNE asked for on the map: to the Studio's page and back, as the host passes it on. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { ModelCard } from '../../../src/shared/model-card.ts';
import { commands, panels } from '../../../src/shared/names.ts';
import { defaultChoices } from '../../../src/shared/projection-choices.ts';
import type { ProjectionProposal, ProjectionStatus } from '../../../src/shared/protocol/projection.ts';
import { memoryKeys } from '../../../src/extension/core/memory-keys.ts';
import { FakeMemory } from './support/memory.ts';
import { pageOf, pause, until, type Asked, type FakePage } from './support/fake-page.ts';
import { MemoryFiles } from './support/memory-files.ts';
import { cardOf, modelBytes } from './support/model-bytes.ts';
import { activate, buildWebHost } from './support/web-host.ts';

const path = 'w/latent-lens/digits.lens.safetensors';
const uri = `memory:/${path}`;
const withPoints: Partial<ModelCard> = { points: { count: 200, total: 1000, heldOut: 80 } };
const tsne = {
  method: 'tsne',
  count: 80,
  perplexity: 26,
  iterations: 300,
  planned: 1000,
  seed: 42,
  kl: 1.2,
  recall: null,
  trustworthiness: null,
  engine: 'wasm-simd',
  when: '',
} as const;

const statusOf = (proposal: ProjectionProposal, iteration: number): ProjectionStatus => ({
  ...{ kind: 'projection', jobId: proposal.jobId, model: proposal.model, name: proposal.name },
  ...{ phase: 'embedding', share: iteration / 1000, iteration, of: 1000 },
  ...{ coordinates: Float32Array.of(iteration, 0), count: 80, total: 1000, kl: 2 },
  ...{ engine: 'WASM: chosen in settings' },
  ...{ perplexity: 30, seed: 42, stopping: false, secondsLeft: null },
});

describe('a t-SNE asked for on the map', () => {
  let code: string;
  before(async () => {
    code = await buildWebHost();
  });

  /** A host with one model, its map open, and the Studio's page once the t-SNE was asked for. */
  async function asked(card: Partial<ModelCard>, ask: (map: FakePage) => void) {
    const files = new MemoryFiles({ [path]: modelBytes(card) });
    const host = await activate(code, files);
    await host.run(commands.openMap);
    const map = await pageOf(host.seen, panels.map, 'map-1');
    await map.answer('showModel');
    ask(map);
    const studio = await pageOf(host.seen, panels.studio, 'studio-1');
    const proposal = (await studio.answer('project')) as ProjectionProposal;
    return { ...host, files, map, studio, proposal };
  }

  const compute = (map: FakePage): void =>
    map.notice('project', { model: uri, choices: { ...defaultChoices, perplexity: 12 } });

  it('is run by the Studio’s page with what was chosen', async () => {
    const { proposal } = await asked(withPoints, compute);
    const { jobId, ...rest } = proposal;
    assert.ok(jobId.length > 10);
    assert.deepEqual(rest, {
      ...{ points: 'held-out', perplexity: 12, iterations: 1000, seed: 42 },
      ...{ model: uri, name: 'digits', continue: false },
    });
  });

  it('is drawn as it comes: a map that is slow gets the newest picture next, and no checkpoint in between', async () => {
    const { map, studio, proposal, files, run } = await asked(withPoints, compute);
    studio.notice('jobChanged', statusOf(proposal, 100));
    await pause();
    for (const iteration of [110, 120, 130]) studio.notice('jobChanged', statusOf(proposal, iteration));
    await pause();
    files.put(path, modelBytes({ ...withPoints, begunProjection: tsne }));
    await run(commands.refreshModels);
    const iterationOf = (params: unknown): number | undefined =>
      (params as { running: ProjectionStatus | null }).running?.iteration;
    assert.equal(iterationOf(await map.answer('projecting')), 100);
    assert.equal(iterationOf(await map.answer('projecting')), 130);

    // At the end the file comes first, so that the page never shows the map before.
    studio.notice('projectionEnded', {
      ...{ jobId: proposal.jobId, state: 'finished', error: null, savedAs: 'digits' },
      card: cardOf({ ...withPoints, projections: [tsne] }),
    });
    const shown = (await map.answer('showModel')) as { uri: string };
    assert.equal(shown.uri, uri);
    assert.deepEqual(await map.answer('projecting'), { running: null });
  });

  it('is told whole to a map that is opened in mid-job', async () => {
    const { seen, studio, proposal } = await asked(withPoints, compute);
    studio.notice('jobChanged', statusOf(proposal, 500));
    await pause();
    const again = await pageOf(seen, panels.map, 'map-2');
    await again.answer('showModel');
    const { running } = (await again.answer('projecting')) as { running: ProjectionStatus };
    assert.deepEqual(running, statusOf(proposal, 500));
  });

  it('says in the status bar how far it is, and what computes it and why', async () => {
    const { seen, studio, proposal } = await asked(withPoints, compute);
    studio.notice('jobChanged', statusOf(proposal, 500));
    await until(() => seen.statusItems.length > 0, 'an item of the status bar');
    assert.match(
      seen.statusItems[0]?.tooltip ?? '',
      /^Latent Lens is computing the t-SNE of “digits”\nt-SNE 500 of 1000\nWASM: chosen in settings\n/,
    );
  });

  it('refuses another job meanwhile, in a sentence', async () => {
    const { run, seen, studio, proposal } = await asked(withPoints, compute);
    studio.notice('jobChanged', statusOf(proposal, 10));
    await pause();
    await run(commands.computeTsne);
    assert.match(seen.messages.at(-1) ?? '', /The t-SNE of “digits” is being computed/);
    await run(commands.train);
    assert.match(seen.messages.at(-1) ?? '', /The t-SNE of “digits” is being computed/);
    await run(commands.deleteModel, { uri }, true);
    assert.match(
      seen.messages.at(-1) ?? '',
      /“digits” is being projected. Stop the t-SNE before you delete it/,
    );
  });

  it('goes on with what the file has: with the one that was begun, to its planned end', async () => {
    const goesOn = async (card: Partial<ModelCard>) => {
      const further = (map: FakePage): void => map.notice('continueProjection', { model: uri });
      const { proposal } = await asked({ ...withPoints, ...card }, further);
      return [proposal.continue, proposal.points, proposal.perplexity, proposal.iterations];
    };
    const finished = { ...tsne, perplexity: 5, iterations: 1000 };
    const stopped = [true, 'held-out', 26, 1000];
    assert.deepEqual(await goesOn({ projections: [finished], begunProjection: tsne }), stopped);
    assert.deepEqual(await goesOn({ begunProjection: tsne }), stopped);
    assert.deepEqual(await goesOn({ projections: [tsne] }), stopped, 'as earlier versions kept it');
    assert.deepEqual(await goesOn({ projections: [finished] }), [true, 'held-out', 5, 1500]);
  });

  it('goes on from what it saved where its page is recreated', async () => {
    const { seen, studio, proposal } = await asked(withPoints, compute);
    studio.notice('jobChanged', statusOf(proposal, 500));
    await pause();
    const panel = seen.panels.find(({ viewType }) => viewType === panels.studio);
    assert.ok(panel);
    const before = panel.posted.length;
    panel.send({ lens: 'request', id: 1, method: 'ready', params: { pageId: 'studio-2' } });
    const projects = () =>
      panel.posted.slice(before).find((message) => (message as Asked).method === 'project') as
        Asked | undefined;
    await until(() => projects() !== undefined, 'the t-SNE to go on');
    assert.deepEqual(projects()?.params, { ...proposal, continue: true });
  });

  it('of a model without latents is refused with the reason', async () => {
    const files = new MemoryFiles({ [path]: modelBytes({}) });
    const { run, seen } = await activate(code, files);
    await run(commands.computeTsne, { uri });
    assert.match(seen.messages.at(-1) ?? '', /keeps too few latents for a t-SNE/);
  });

  it('with choices that do not hold is refused with the one that does not', async () => {
    const files = new MemoryFiles({ [path]: modelBytes(withPoints) });
    const { run, seen } = await activate(code, files);
    await run(commands.computeTsne, { uri }, { choices: { perplexity: 1 } });
    assert.match(seen.messages.at(-1) ?? '', /The perplexity must be a number from 2 to 200/);
  });

  it('that a window before this one left unfinished is offered to go on, from where it was saved', async () => {
    const left = async (card: Partial<ModelCard>) => {
      const memory = new FakeMemory();
      const record = {
        kind: 'projection',
        jobId: 'p',
        session: 'before',
        name: 'digits',
        model: uri,
        dataset: '',
      };
      memory.values.set(memoryKeys.job, record);
      const files = new MemoryFiles({ [path]: modelBytes({ ...withPoints, ...card }) });
      const { seen } = await activate(code, files, memory);
      await until(() => memory.values.get(memoryKeys.job) === undefined, 'the record to be settled');
      await pause();
      return seen.messages;
    };
    const finished = { ...tsne, iterations: 1000 };
    const further = 'The t-SNE of “digits” was interrupted. It can go on from iteration 300 of 1000.';
    assert.deepEqual(await left({ begunProjection: tsne }), [further]);
    assert.deepEqual(await left({ projections: [finished], begunProjection: tsne }), [further]);
    assert.deepEqual(await left({ projections: [tsne] }), [further], 'as earlier versions kept it');
    assert.deepEqual(await left({}), ['The t-SNE of “digits” was interrupted before anything was saved.']);
    assert.deepEqual(await left({ projections: [finished] }), [], 'the map is whole');
  });
});
