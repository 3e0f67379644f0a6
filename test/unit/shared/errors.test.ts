import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LensError, cancelled, fromWireError, isCancelled, toWireError } from '../../../src/shared/errors.ts';

describe('errors', () => {
  it('keep code, sentence and detail over the wire', () => {
    for (const error of [
      new LensError('truncated', 'Cut.', 'at 5'),
      new LensError('internal', 'Odd.'),
      cancelled(),
    ]) {
      const back = fromWireError(structuredClone(toWireError(error)));
      assert.deepEqual([back.code, back.message, back.detail], [error.code, error.message, error.detail]);
    }
  });

  it('make something of anything that is thrown', () => {
    for (const thrown of [new TypeError('no'), 'text', null, undefined, 5, {}, Symbol('s')]) {
      const wire = toWireError(thrown);
      assert.equal(wire.code, 'internal');
      assert.match(wire.message, /unexpected/);
      structuredClone(wire);
    }
  });

  it('know a cancelled call from others', () => {
    assert.ok(isCancelled(cancelled()));
    assert.ok(!isCancelled(new LensError('internal', 'x')) && !isCancelled(null));
  });
});
