import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { LensError, type ErrorCode } from '../../../src/shared/errors.ts';
import {
  connect,
  peekRequest,
  portChannel,
  transferring,
  type Channel,
  type Connection,
  type Handlers,
} from '../../../src/shared/rpc.ts';

interface MathApi {
  add(p: { readonly a: number; readonly b: number }): number;
  sum(p: { readonly values: Float32Array }): number;
  make(p: { readonly bytes: number }): Uint8Array;
  fail(p: { readonly how: 'lens' | 'error' | 'text' }): never;
  never(p: object): void;
  strange(p: object): unknown;
  note(p: { readonly text: string }): void;
}

const code =
  (expected: ErrorCode, words = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, expected);
    assert.match(error.message, words);
    return true;
  };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Pair {
  readonly near: Connection<MathApi>;
  readonly far: Connection<object>;
  readonly notes: string[];
  readonly noticeErrors: unknown[];
  /** The last call of `never`: the signal it was given. */
  readonly signals: AbortSignal[];
  readonly buffers: ArrayBufferLike[];
  end(): void;
}

/** Two ends over a real MessageChannel, which clones and transfers as a worker's does. */
function pair(over: Partial<Handlers<MathApi>> = {}): Pair {
  const { port1, port2 } = new MessageChannel();
  const notes: string[] = [];
  const noticeErrors: unknown[] = [];
  const signals: AbortSignal[] = [];
  const buffers: ArrayBufferLike[] = [];
  const handlers: Handlers<MathApi> = {
    add: ({ a, b }) => a + b,
    sum: ({ values }) => values.reduce((x, y) => x + y, 0),
    make: ({ bytes }) => {
      const made = new Uint8Array(bytes).fill(7);
      buffers.push(made.buffer);
      return transferring(made, [made.buffer]);
    },
    fail: ({ how }) => {
      if (how === 'lens') throw new LensError('disk-full', 'The disk is full.', 'ENOSPC');
      if (how === 'error') throw new TypeError('x is not a function');
      throw 'just text';
    },
    never: (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
    strange: () => () => 'a function cannot be sent',
    note: ({ text }) => {
      if (text === 'bad') throw new LensError('internal', 'bad note');
      notes.push(text);
    },
    ...over,
  };
  const channelOf = (port: typeof port1): Channel => portChannel(port as never);
  const near = connect<object, MathApi>(channelOf(port1), {});
  const far = connect<MathApi, object>(channelOf(port2), handlers, (error) => noticeErrors.push(error));
  return {
    near,
    far,
    notes,
    noticeErrors,
    signals,
    buffers,
    end: () => {
      port1.close();
      port2.close();
    },
  };
}

/** Runs a test with both ends, and closes the ports whatever happens. */
const withPair =
  (test: (pair: Pair) => Promise<void>, over?: Partial<Handlers<MathApi>>) => async (): Promise<void> => {
    const ends = pair(over);
    try {
      await test(ends);
    } finally {
      ends.end();
    }
  };

describe('rpc', () => {
  it(
    'answers calls, many at once, each with its own result',
    withPair(async ({ near }) => {
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => near.call('add', { a: i, b: 1 })),
      );
      assert.deepEqual(
        results,
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
    }),
  );

  it(
    'carries errors with code, sentence and detail',
    withPair(async ({ near }) => {
      await assert.rejects(near.call('fail', { how: 'lens' }), (error: unknown) => {
        assert.ok(error instanceof LensError && error.detail === 'ENOSPC');
        return code('disk-full', /The disk is full/)(error);
      });
      await assert.rejects(near.call('fail', { how: 'error' }), code('internal', /x is not a function/));
      await assert.rejects(near.call('fail', { how: 'text' }), code('internal', /just text/));
    }),
  );

  it(
    'answers to its own methods only',
    withPair(async ({ near }) => {
      const anything = near as unknown as Connection<Record<string, (p: object) => unknown>>;
      for (const method of ['nothing', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '']) {
        await assert.rejects(anything.call(method, {}), code('internal', /Nothing here answers/), method);
      }
    }),
  );

  it(
    'hands buffers over in both directions',
    withPair(async ({ near, buffers }) => {
      const values = Float32Array.of(1, 2, 3);
      assert.equal(await near.call('sum', { values }, { transfer: [values.buffer] }), 6);
      assert.equal(values.buffer.byteLength, 0);
      const made = await near.call('make', { bytes: 5 });
      assert.deepEqual(made, new Uint8Array(5).fill(7));
      assert.equal(buffers[0]?.byteLength, 0);
    }),
  );

  it(
    'cancels: the caller at once, the handler by its signal',
    withPair(async ({ near, signals }) => {
      const abort = new AbortController();
      const call = near.call('never', {}, { signal: abort.signal });
      await turn();
      abort.abort();
      await assert.rejects(call, code('cancelled'));
      while (!signals[0]?.aborted) await turn();
      await assert.rejects(near.call('add', { a: 1, b: 1 }, { signal: abort.signal }), code('cancelled'));
      assert.equal(await near.call('add', { a: 1, b: 1 }), 2);
    }),
  );

  it(
    'does not cancel what has been answered',
    withPair(async ({ near }) => {
      const abort = new AbortController();
      assert.equal(await near.call('add', { a: 2, b: 2 }, { signal: abort.signal }), 4);
      abort.abort();
      assert.equal(await near.call('add', { a: 3, b: 3 }), 6);
    }),
  );

  it(
    'fails what is under way when it closes, here and there',
    withPair(async ({ near, far, signals }) => {
      const call = near.call('never', {});
      while (signals.length === 0) await turn();
      far.close();
      assert.equal(signals[0]?.aborted, true);
      near.close();
      near.close();
      await assert.rejects(call, code('disconnected'));
      await assert.rejects(near.call('add', { a: 1, b: 1 }), code('disconnected'));
      near.send('note', { text: 'unheard' });
    }),
  );

  it(
    'delivers notices in order, and tells of those that fail',
    withPair(async ({ near, notes, noticeErrors }) => {
      const anything = near as unknown as Connection<Record<string, (p: object) => unknown>>;
      for (const text of ['a', 'bad', 'b']) near.send('note', { text });
      anything.send('constructor', {});
      await near.call('add', { a: 0, b: 0 });
      while (noticeErrors.length < 2) await turn();
      assert.deepEqual(notes, ['a', 'b']);
      assert.ok(noticeErrors.every((error) => error instanceof LensError));
    }),
  );

  it(
    'fails a call whose result cannot be sent, instead of leaving it waiting',
    withPair(async ({ near }) => {
      await assert.rejects(near.call('strange', {}), code('internal', /“strange” could not be sent/));
      assert.equal(await near.call('add', { a: 1, b: 2 }), 3);
    }),
  );

  it(
    'fails a call whose parameters cannot be sent, and goes on',
    withPair(async ({ near }) => {
      const unsendable = { a: 1, b: (() => 2) as unknown as number };
      await assert.rejects(near.call('add', unsendable), code('internal', /“add” could not be sent/));
      assert.equal(await near.call('add', { a: 1, b: 2 }), 3);
      near.close();
    }),
  );

  it('passes over messages that are none of its own', async () => {
    let receive: ((message: unknown) => void) | undefined;
    const posted: unknown[] = [];
    const channel: Channel = {
      post: (message) => void posted.push(message),
      listen: (listener) => {
        receive = listener;
        return () => (receive = undefined);
      },
    };
    const connection = connect<MathApi, MathApi>(channel, {} as Handlers<MathApi>, () => undefined);
    const strangers = [
      null,
      1,
      'text',
      {},
      { lens: 'other' },
      { lens: 'reply', id: 99 },
      { lens: 'cancel', id: 3 },
    ];
    for (const message of strangers) receive?.(message);
    await turn();
    assert.deepEqual(posted, []);
    receive?.({ lens: 'request', id: 1 });
    await turn();
    assert.equal((posted as { error: { code: string } }[])[0]?.error.code, 'internal');
    connection.close();
    assert.equal(receive, undefined);
  });

  it('shows what a message asks for', () => {
    assert.deepEqual(peekRequest({ lens: 'notice', method: 'ready', params: 1 }), {
      method: 'ready',
      params: 1,
    });
    assert.deepEqual(peekRequest({ lens: 'request', id: 1, method: 'a', params: {} })?.method, 'a');
    for (const other of [null, 'x', {}, { lens: 'reply', id: 1 }])
      assert.equal(peekRequest(other), undefined);
  });
});
