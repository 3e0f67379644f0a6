// A batch shared among workers: the same bits as alone, whatever the number, and no step lost when a helper fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch, Engine } from '../../../src/engine/backends/engine.ts';
import { ForwardPass } from '../../../src/engine/backends/wasm/forward-pass.ts';
import { writeParameters } from '../../../src/engine/backends/wasm/parameter-vector.ts';
import { Exchange, type LinkPort } from '../../../src/engine/backends/wasm/shards/exchange.ts';
import { TrainingPass } from '../../../src/engine/backends/wasm/training-pass.ts';
import { createWasmEngine } from '../../../src/engine/backends/wasm/engine.ts';
import type { ShardApi } from '../../../src/engine/backends/wasm/shards/contract.ts';
import { shardHandlers } from '../../../src/engine/backends/wasm/shards/helper.ts';
import { usefulWorkers, worthSharing, type Helper } from '../../../src/engine/backends/wasm/shards/team.ts';
import { connectWorker } from '../../../src/engine/client.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { BatchMaker } from '../../../src/engine/training/batches.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import { connect, portChannel, type Handlers } from '../../../src/shared/rpc.ts';
import { randomBatch } from '../support/cases.ts';
import { kernelBuilds, wasmModules } from '../support/wasm.ts';

type Port = Parameters<typeof portChannel>[0] & { start(): void; close(): void };

/** Helpers behind message ports of this thread; `ended` counts those that were ended. */
function helpers(handlers: () => Handlers<ShardApi> = shardHandlers): {
  start: () => Helper;
  started: number;
  ended: number;
  asked: number;
} {
  const count = {
    started: 0,
    ended: 0,
    asked: 0,
    start: (): Helper => {
      const { port1, port2 } = new MessageChannel() as unknown as { port1: Port; port2: Port };
      const own = handlers();
      let links: readonly LinkPort[] = [];
      connect<ShardApi, Record<string, never>>(portChannel(port2), {
        ...own,
        join: (request, context) => {
          links = request.links;
          return own.join(request, context);
        },
        step: (request, context) => {
          count.asked++;
          return own.step(request, context);
        },
      });
      port2.start();
      port1.start();
      count.started++;
      const client = connectWorker<ShardApi, Record<string, never>>(
        {
          postMessage: (message, transfer) => port1.postMessage(message, transfer),
          addEventListener: (type, listener) => port1.addEventListener(type, listener),
          removeEventListener: (type, listener) => port1.removeEventListener(type, listener),
          terminate: () => {
            count.ended++;
            port1.close();
            for (const link of links) link.close();
          },
        },
        {},
      );
      return { call: client.call, send: client.send, terminate: client.terminate };
    },
  };
  return count;
}

const networks = [
  buildNetwork(notebookSpec),
  buildNetwork({ ...notebookSpec, height: 40, width: 33, latent: 6, channels: 3 }),
  buildNetwork({ ...notebookSpec, height: 30, width: 30, variant: 'variational', latent: 5 }),
];
const counts = [64, 61, 64, 7, 64];

async function trained(engine: Engine, network: (typeof networks)[number]): Promise<unknown> {
  await engine.load(network, initialParameters(network, 3));
  for (const [step, count] of counts.entries()) {
    await engine.trainStep(randomBatch(network, count, step), notebookTraining);
  }
  const result = [await engine.readParameters(), await engine.readAdam(), await engine.takeLosses()];
  engine.dispose();
  return result;
}

for (const build of kernelBuilds) {
  for (const network of networks) {
    const { height, width, variant } = network.spec;

    test(`${build}, ${variant} ${height} × ${width}: 1, 2 and 4 workers give the same bits`, async () => {
      const alone = await trained(await createWasmEngine(wasmModules(), { build }), network);
      for (const workers of [2, 4]) {
        const others = helpers();
        const source = { workers, start: others.start, log: () => undefined };
        const together = await trained(
          await createWasmEngine(wasmModules(), { build, helpers: source }),
          network,
        );
        assert.deepEqual(together, alone);
        assert.equal(others.started, workers - 1);
        assert.equal(others.ended, workers - 1);
        const shared = counts.filter((count) => worthSharing(network, count)).length;
        assert.ok(shared >= 4);
        assert.equal(others.asked, shared * (workers - 1));
      }
    });
  }
}

test('helpers draw the corruption of their own images, and nobody asks for the input', async () => {
  const corruption = { noise: 0.2, erase: 1 };
  const network = buildNetwork({ ...notebookSpec, recipe: 'detector', corruption });
  const { height, width } = network.spec;
  const bytes = Uint8Array.from({ length: 70 * height * width }, (_, i) => (i * 37) % 256);
  const pixels = { shape: { height, width, channels: 1 }, count: 70, pixels: bytes } as const;
  const batchOf = (step: number): Batch =>
    new BatchMaker(pixels, network.spec, 64, 9).make(
      Uint32Array.from({ length: step === 2 ? 9 : 64 }, (_, i) => (i * 3 + step) % 70),
      1,
    );
  const run = async (engine: Engine, batch: (step: number) => Batch): Promise<unknown> => {
    await engine.load(network, initialParameters(network, 3));
    for (let step = 0; step < 4; step++) await engine.trainStep(batch(step), notebookTraining);
    const result = [await engine.readParameters(), await engine.readAdam(), await engine.takeLosses()];
    engine.dispose();
    return result;
  };
  // The input as an array, as an engine without a way to draw gets it.
  const plain = await run(await createWasmEngine(wasmModules(), { build: 'simd' }), (step) => {
    const { count, input, target } = batchOf(step);
    assert.notDeepEqual(input, target);
    return { count, input, target };
  });
  const keyed = (step: number): Batch => {
    const { count, target, corruption: keys } = batchOf(step);
    assert.ok(keys);
    return {
      count,
      target,
      corruption: keys,
      get input(): never {
        throw new Error('drawn in vain');
      },
    };
  };
  assert.deepEqual(await run(await createWasmEngine(wasmModules(), { build: 'simd' }), keyed), plain);
  for (const workers of [2, 4]) {
    const others = helpers();
    const source = { workers, start: others.start, log: () => undefined };
    const engine = await createWasmEngine(wasmModules(), { build: 'simd', helpers: source });
    assert.deepEqual(await run(engine, keyed), plain);
    assert.equal(others.asked, 3 * (workers - 1));
  }
});

test('a helper that fails ends the sharing, and the run is the unbroken one', async () => {
  const network = networks[0] as (typeof networks)[number];
  const alone = await trained(await createWasmEngine(wasmModules(), { build: 'simd' }), network);
  let calls = 0;
  const failing = helpers(() => {
    const own = shardHandlers();
    return {
      ...own,
      step: (request, context) => {
        if (++calls === 2) throw new Error('out of memory');
        return own.step(request, context);
      },
    };
  });
  const lines: string[] = [];
  const source = { workers: 2, start: failing.start, log: (text: string) => void lines.push(text) };
  const engine = await createWasmEngine(wasmModules(), { build: 'simd', helpers: source });
  assert.deepEqual(await trained(engine, network), alone);
  assert.equal(calls, 2);
  assert.equal(failing.ended, 1);
  assert.match(lines.join('\n'), /goes on in one worker: .*out of memory/);
});

test('a batch that is here before the gradient of the last one waits its turn', async () => {
  const network = networks[0] as (typeof networks)[number];
  const module = await WebAssembly.compile(wasmModules().simd);
  const start = (): TrainingPass => {
    const forward = new ForwardPass(module, network);
    writeParameters(
      forward.vector,
      initialParameters(network, 3),
      forward.arena.view(forward.parameters, forward.vector.length),
    );
    return new TrainingPass(forward);
  };
  const batches = [randomBatch(network, 64, 0), randomBatch(network, 64, 1)];
  const alone = start();
  const expected = batches.map((batch) => {
    const loss = alone.computeShards(batch);
    alone.applyAdam(notebookTraining);
    return loss;
  });

  const helper = shardHandlers();
  const context = { signal: new AbortController().signal };
  const { port1, port2 } = new MessageChannel();
  await helper.join({ module, spec: network.spec, links: [port2] }, context);
  const together = start();
  const state = together.state();
  const pixels = network.spec.height * network.spec.width * network.spec.channels;
  const crates = [
    helper.adopt(state, context),
    ...batches.map(({ target }) => {
      const crate = { target: target.slice(32 * pixels), input: null, latentNoise: null };
      const [shards, rest] = [
        { batchCount: 64, firstImage: 32, first: 2, end: 4 },
        { klWeight: 0, corruption: null, optimizer: notebookTraining },
      ];
      return helper.step({ crate, ...shards, ...rest }, context);
    }),
  ];
  const exchange = new Exchange([port1]);
  for (const [i, batch] of batches.entries()) {
    const loss = await exchange.sum(together, together.computeShards(batch, 0, 2));
    together.applyAdam(notebookTraining);
    assert.equal(loss, expected[i]);
  }
  assert.deepEqual(together.state(), alone.state());
  await Promise.all(crates);
  exchange.close();
});

test('a worker that cannot be started leaves the training to the one', async () => {
  const network = networks[0] as (typeof networks)[number];
  const alone = await trained(await createWasmEngine(wasmModules(), { build: 'simd' }), network);
  const start = (): Helper => {
    throw new Error('no worker');
  };
  const helpersOf = { workers: 2, start, log: () => undefined };
  const engine = await createWasmEngine(wasmModules(), { build: 'simd', helpers: helpersOf });
  assert.deepEqual(await trained(engine, network), alone);
});

test('workers are as many as share four shards evenly', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 16].map(usefulWorkers), [1, 1, 2, 2, 4, 4]);
});
