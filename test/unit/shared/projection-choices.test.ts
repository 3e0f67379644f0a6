import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelCard, ProjectionCard } from '../../../src/shared/model-card.ts';
import {
  continuationOf,
  defaultChoices,
  refusalOfChoice,
  refusalOfChoices,
} from '../../../src/shared/projection-choices.ts';

const card = (
  change: Partial<ProjectionCard> = {},
): Pick<ModelCard, 'projections' | 'begunProjection' | 'points'> => ({
  points: { count: 200, total: 1000, heldOut: 80 },
  projections: [
    {
      method: 'tsne',
      count: 80,
      perplexity: 26.33,
      iterations: 300,
      planned: 1000,
      seed: 7,
      kl: 1.2,
      recall: null,
      trustworthiness: null,
      engine: 'wasm-simd',
      when: '',
      ...change,
    },
  ],
  begunProjection: null,
});

describe('the choices of a t-SNE', () => {
  it('hold by default, and say in a sentence which does not', () => {
    assert.equal(refusalOfChoices(defaultChoices), null);
    assert.equal(
      refusalOfChoices({ ...defaultChoices, iterations: 2.5 }),
      'The number of iterations must be a whole number from 10 to 1,000,000.',
    );
    assert.match(
      refusalOfChoices({ ...defaultChoices, perplexity: 1 }) ?? '',
      /^The perplexity must be a number/,
    );
    for (const value of [Number.NaN, Infinity, -1, 2 ** 32, '3' as unknown as number]) {
      assert.match(refusalOfChoice('seed', value) ?? '', /^The seed must be a whole number from 0/);
    }
    assert.equal(refusalOfChoice('seed', 2 ** 32 - 1), null);
    assert.equal(refusalOfChoice('perplexity', 12.5), null);
  });

  it('of a stopped one go on to its planned end, of a finished one some iterations further', () => {
    const choices = { points: 'held-out', perplexity: 26.33, seed: 7 };
    assert.deepEqual(continuationOf(card()), { ...choices, iterations: 1000 });
    assert.deepEqual(continuationOf(card({ iterations: 1000 })), { ...choices, iterations: 1500 });
    assert.deepEqual(continuationOf(card({ count: 200 })), { ...choices, points: 'all', iterations: 1000 });
  });

  it('are those of the one that was begun, beside a finished one', () => {
    const [begun = null] = card({ perplexity: 5, iterations: 20 }).projections;
    const both = { ...card({ iterations: 1000 }), begunProjection: begun };
    const choices = { points: 'held-out', perplexity: 5, seed: 7 };
    assert.deepEqual(continuationOf(both), { ...choices, iterations: 1000 });
  });

  it('are none where there is nothing to go on with', () => {
    assert.equal(continuationOf({ ...card(), projections: [] }), null);
    assert.equal(continuationOf({ ...card(), points: null }), null);
    assert.equal(continuationOf(card({ count: 81 })), null);
    assert.equal(continuationOf(card({ perplexity: null })), null);
    assert.equal(continuationOf(card({ method: 'pca' })), null);
  });
});
