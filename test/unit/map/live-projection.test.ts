import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProjectionStatus } from '../../../src/shared/protocol/projection.ts';
import { withRunning } from '../../../src/webview/map/live-projection.ts';
import type { MapModel, ShownProjection } from '../../../src/webview/map/state.ts';
import { projectionTitle, projectionWords } from '../../../src/webview/map/words.ts';

const pca = { name: 'pca', card: { method: 'pca', count: 3 }, coordinates: new Float32Array(6) };
const finished = { name: 'tsne', card: { method: 'tsne', count: 3 }, coordinates: new Float32Array(6) };
const begun = { name: 'begun', card: { method: 'tsne', count: 3 }, coordinates: new Float32Array(6) };
const model = {
  shown: { uri: 'memory:/m' },
  points: { count: 3, total: 10 },
  projections: [finished, begun, pca],
} as unknown as MapModel;

const running = (change: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  ...{ kind: 'projection', jobId: 'p', model: 'memory:/m', name: 'm', phase: 'embedding', share: 0.3 },
  ...{ iteration: 300, of: 1000, coordinates: Float32Array.of(1, 2, 3, 4), count: 2, total: 10, kl: 1.93 },
  ...{ engine: 'WASM: chosen in settings' },
  ...{ perplexity: 30, seed: 42, stopping: false, secondsLeft: null },
  ...change,
});

describe('the running t-SNE on the map', () => {
  it('takes the place of the one that was begun, between the finished one and the principal components', () => {
    const live = withRunning(model, running());
    assert.deepEqual(
      live?.projections.map(({ name }) => name),
      ['tsne', 'begun', 'pca'],
    );
    const without = withRunning({ ...model, projections: model.projections.slice(2) }, running());
    assert.deepEqual(
      without?.projections.map(({ name }) => name),
      ['begun', 'pca'],
    );
    assert.equal(live?.projections[0], finished);
    const tsne = live?.projections[1];
    assert.deepEqual([...(tsne?.coordinates ?? [])], [1, 2, 3, 4]);
    assert.equal(tsne?.card.count, 2);
    assert.equal(live?.projections[2], pca);
    assert.ok(tsne);
    const words = projectionWords(tsne, 10);
    assert.deepEqual(words, {
      count: '2 of 10 images',
      measures: 't-SNE · Iteration 300 of 1,000 · KL 1.93',
      warning: null,
    });
    assert.equal(projectionTitle(tsne), 't-SNE, running');
    const stopped: ShownProjection = { name: 'begun', card: tsne.card, coordinates: tsne.coordinates };
    assert.equal(projectionTitle(stopped), 't-SNE, 300 of 1,000 iterations');
    assert.equal(projectionTitle({ ...stopped, card: { ...tsne.card, iterations: 1000 } }), 't-SNE');
  });

  it('is not shown before its first coordinates, on another model, or where it does not fit', () => {
    assert.equal(withRunning(model, null), null);
    assert.equal(withRunning(model, running({ coordinates: null })), null);
    assert.equal(withRunning(model, running({ model: 'memory:/other' })), null);
    assert.equal(withRunning(model, running({ count: 3 })), null);
    assert.equal(withRunning(model, running({ count: 4, coordinates: new Float32Array(8) })), null);
  });
});
