import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import type { SaveApi } from '../../../src/shared/protocol/save.ts';
import { connect, portChannel } from '../../../src/shared/rpc.ts';
import { packBytes } from '../../../src/shared/transport.ts';
import { Announcer } from '../../../src/webview/shared/announcer.ts';
import { readWholeFile } from '../../../src/webview/shared/files.ts';
import { memorySeam, openHost } from '../../../src/webview/shared/host.ts';
import { throttle, type Clock } from '../../../src/webview/shared/throttle.ts';
import { announcementOf } from '../../../src/webview/studio/announce.ts';
import { nothingPersisted, readPersisted } from '../../../src/webview/studio/persisted.ts';
import { relaySave } from '../../../src/webview/studio/save-relay.ts';
import { cardOf } from '../../component/fakes/samples.ts';

/** A clock that moves when told to. */
function handClock(): Clock & { advance(ms: number): void; timers: boolean } {
  let now = 0;
  let due: { at: number; callback: () => void }[] = [];
  return {
    /** Off: timers never fire, as in a page that the browser has put to sleep. */
    timers: true,
    now: () => now,
    later: (ms, callback) => {
      const timer = { at: now + ms, callback };
      due.push(timer);
      return () => (due = due.filter((one) => one !== timer));
    },
    advance(ms) {
      now += ms;
      if (!this.timers) return;
      const ready = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { callback } of ready) callback();
    },
  };
}

describe('throttling', () => {
  it('sends the first at once, then the latest of each interval, and never loses the last', () => {
    const clock = handClock();
    const sent: [number, number][] = [];
    const { push } = throttle<number>(500, (value) => sent.push([clock.now(), value]), clock);
    for (let i = 0; i < 12; i++) {
      push(i);
      clock.advance(100);
    }
    clock.advance(1000);
    assert.deepEqual(sent, [
      [0, 0],
      [500, 4],
      [1000, 9],
      [2200, 11],
    ]);
  });

  it('goes on in a hidden page, whose timers hardly fire', () => {
    const clock = handClock();
    clock.timers = false;
    const sent: number[] = [];
    const { push } = throttle<number>(500, (value) => sent.push(value), clock);
    for (let i = 0; i < 10; i++) {
      push(i);
      clock.advance(300);
    }
    assert.deepEqual(sent, [0, 2, 4, 6, 8]);
  });

  it('lets a value go at once that must not wait, in place of the one that does', () => {
    const clock = handClock();
    const sent: number[] = [];
    const { push, now } = throttle<number>(500, (value) => sent.push(value), clock);
    push(1);
    push(2);
    now(3);
    clock.advance(499);
    push(4);
    assert.deepEqual(sent, [1, 3]);
    clock.advance(1);
    assert.deepEqual(sent, [1, 3, 4]);
  });

  it('forgets what waits when it is cancelled', () => {
    const clock = handClock();
    const sent: number[] = [];
    const { push, cancel } = throttle<number>(500, (value) => sent.push(value), clock);
    push(1);
    push(2);
    cancel();
    clock.advance(1000);
    assert.deepEqual(sent, [1]);
  });
});

describe('reading a file in parts', () => {
  const file = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i % 251);

  for (const size of [0, 1, packBytes, packBytes + 1, 2 * packBytes + 5]) {
    it(`puts ${size} bytes together`, async () => {
      const whole = file(size);
      const asked: number[] = [];
      const read = async ({ offset, length }: { offset: number; length: number }) => {
        asked.push(length);
        return { bytes: whole.slice(offset, offset + length), size };
      };
      const result = await readWholeFile(read, 'file:///x');
      assert.equal(Buffer.compare(result, whole), 0);
      assert.ok(asked.every((length) => length <= packBytes));
    });
  }

  it('says so when the file changes meanwhile, and never waits for bytes that do not come', async () => {
    let size = packBytes + 10;
    const growing = async () => ({ bytes: new Uint8Array(packBytes), size: size++ });
    await assert.rejects(readWholeFile(growing, 'x'), { code: 'read-failed' });
    const stalling = async () => ({ bytes: new Uint8Array(0), size: 10 });
    await assert.rejects(readWholeFile(stalling, 'x'), { code: 'read-failed' });
    const lying = async () => ({ bytes: new Uint8Array(8), size: 2 ** 40 });
    await assert.rejects(readWholeFile(lying, 'x'), { code: 'read-failed' });
  });
});

describe('saving in parts', () => {
  it('sends exact buffers of at most 4 MiB, in order, and commits', async () => {
    const { port1, port2 } = new MessageChannel();
    const bytes = Uint8Array.from({ length: packBytes + 3 }, (_, i) => i % 13);
    const parts: Uint8Array[] = [];
    connect<SaveApi, object>(portChannel(port2 as never), {
      beginSave: ({ size, name }) => ({ token: `${name} ${size}` }),
      appendSave: ({ token, bytes: part }) => {
        assert.equal(token, `m ${packBytes + 3}`);
        assert.equal(part.buffer.byteLength, part.length);
        parts.push(part);
      },
      commitSave: ({ token }) => ({ uri: 'file:///m', savedAs: token }),
    });
    const calls = connect<object, SaveApi>(portChannel(port1 as never), {});
    port1.start();
    port2.start();
    // A view into a larger buffer must not drag that along.
    const larger = new Uint8Array(bytes.length + 100);
    larger.set(bytes, 50);
    const view = larger.subarray(50, 50 + bytes.length);
    const saved = await relaySave(calls, { jobId: 'j', name: 'm', bytes: view });
    assert.deepEqual(saved, { uri: 'file:///m', savedAs: `m ${packBytes + 3}` });
    assert.deepEqual(
      parts.map(({ length }) => length),
      [packBytes, 3],
    );
    assert.equal(Buffer.compare(Buffer.concat(parts), bytes), 0);
    port1.close();
    port2.close();
  });

  it('passes on why it failed, and commits nothing', async () => {
    const asked: string[] = [];
    const calls = {
      call: async (method: string): Promise<never> => {
        asked.push(method);
        if (method === 'beginSave') return { token: 't' } as never;
        throw new LensError('disk-full', 'The disk is full.');
      },
    };
    const job = { jobId: 'j', name: 'm', bytes: new Uint8Array(5) };
    await assert.rejects(relaySave(calls as never, job), { code: 'disk-full' });
    assert.deepEqual(asked, ['beginSave', 'appendSave']);
  });
});

describe('the seam to the host', () => {
  it('keeps a copy of the state and gives every page a name of its own', () => {
    const channel = { post: () => undefined, listen: () => () => undefined };
    const host = openHost<object, object>({}, () => undefined, memorySeam(channel));
    const state = { list: [1] };
    host.writeState(state);
    state.list.push(2);
    assert.deepEqual(host.readState(), { list: [1] });
    const other = openHost<object, object>({}, () => undefined, memorySeam(channel));
    assert.notEqual(host.pageId, other.pageId);
  });
});

describe('what the Studio remembers', () => {
  it('is read back, and anything foreign counts as nothing', () => {
    const model = { uri: 'file:///m', name: 'm' };
    const folder = { role: 'good', uri: 'file:///g', name: 'g' };
    const evaluation = { model: 'file:///m', folders: [folder] };
    const evaluationView = {
      ...{ tab: 'images', outcome: 'missed', sort: { column: 'p', descending: false } },
      image: { folder: 0, path: 'bent/a.png', kind: 'bent' },
      threshold: { value: 0.25, of: 'this result' },
    };
    const kept = {
      ...{ version: 1, model, page: 'evaluate', evaluation, evaluationView },
      ...{ projecting: model, running: null },
    };
    assert.deepEqual(readPersisted(JSON.parse(JSON.stringify(kept))), kept);
    const before = { version: 1, model, page: 'losses', running: null };
    assert.deepEqual(
      readPersisted(before),
      { ...before, projecting: null, evaluation: null, evaluationView: nothingPersisted.evaluationView },
      'of a version that knew neither t-SNE nor evaluations',
    );
    const older = { ...kept, evaluationView: { ...evaluationView, threshold: undefined } };
    assert.deepEqual(
      readPersisted(JSON.parse(JSON.stringify(older))),
      { ...kept, evaluationView: { ...evaluationView, threshold: null } },
      'of a version that knew no moved threshold',
    );
    for (const state of [
      undefined,
      null,
      7,
      'x',
      {},
      { version: 2 },
      { ...kept, model: { uri: 7 } },
      { ...kept, page: 'x' },
      { ...kept, evaluationView: { ...evaluationView, tab: 'x' } },
      { ...kept, evaluationView: { ...evaluationView, sort: { column: 'x', descending: false } } },
      { ...kept, evaluation: { model: 'file:///m', folders: [{ ...folder, role: 'x' }] } },
    ]) {
      assert.deepEqual(readPersisted(state), nothingPersisted);
    }
  });
});

describe('announcements', () => {
  const job = {
    jobId: 'j',
    name: 'digits',
    resumed: false,
    stopping: false,
    before: { text: 'Starting the engine', done: 0, total: 0 },
    snapshot: null,
    trace: { at: [], loss: [] },
    epochs: 20,
    classes: [],
  };
  it('say what changed in one sentence', () => {
    assert.equal(announcementOf(job), 'Starting the engine.');
    const card = cardOf('digits', { state: 'training', epochs: 3 });
    const snapshot = {
      jobId: 'j',
      name: 'digits',
      phase: 'training' as const,
      done: 75,
      total: 500,
      card,
      engine: null,
      imagesPerSecond: 1000,
      secondsLeft: 42,
      history: card.history,
      runningLosses: new Float32Array(),
      examples: null,
      reconstructions: null,
      skipped: [],
      skippedCount: 0,
      warning: null,
    };
    assert.match(
      announcementOf({ ...job, snapshot }),
      /^Epoch 3 of 20 done: training loss 0\.0\d+, validation loss 0\.0\d+, 45 s left\.$/,
    );
    assert.equal(announcementOf({ ...job, snapshot: { ...snapshot, phase: 'calibrating' } }), 'Calibrating.');
    assert.equal(announcementOf({ ...job, stopping: true }), 'Stopping; the model is being saved.');
  });

  it('come at most every ten seconds, the newest counting, and the end at once', () => {
    const clock = handClock();
    const heard: string[] = [];
    const announcer = new Announcer(
      {
        addController: () => undefined,
        removeController: () => undefined,
        requestUpdate: () => void heard.push(announcer.spoken),
        updateComplete: Promise.resolve(true),
      },
      clock,
    );
    announcer.push('1 %');
    announcer.push('2 %');
    announcer.push('3 %');
    assert.deepEqual(heard, ['1 %']);
    clock.advance(10_000);
    assert.deepEqual(heard, ['1 %', '3 %']);
    announcer.push('4 %');
    announcer.now('Ended.');
    announcer.now('Ended.');
    clock.advance(10_000);
    assert.deepEqual(heard, ['1 %', '3 %', 'Ended.']);
    announcer.push('5 %');
    announcer.push('6 %');
    announcer.hostDisconnected();
    clock.advance(10_000);
    assert.equal(announcer.spoken, '5 %');
  });
});
