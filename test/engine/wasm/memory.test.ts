// What the wasm engine holds in memory, and what it says where it cannot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arena } from '../../../src/engine/backends/wasm/arena.ts';
import { ForwardPass } from '../../../src/engine/backends/wasm/forward-pass.ts';
import { hasRelaxedSimd } from '../../../src/engine/backends/wasm/relaxed-simd.ts';
import { TrainingPass } from '../../../src/engine/backends/wasm/training-pass.ts';
import { createWasmEngine } from '../../../src/engine/backends/wasm/engine.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import { randomBatch } from '../support/cases.ts';
import { wasmEngine, wasmModules } from '../support/wasm.ts';

const largest = buildNetwork({ ...notebookSpec, height: 256, width: 256, channels: 3 });
const megabytes = (pass: ForwardPass): number => pass.arena.memory.buffer.byteLength / 2 ** 20;

test('the largest image size fits in bounded memory, and a check takes none for training', () => {
  const module = new WebAssembly.Module(wasmModules().simd);
  const forward = new ForwardPass(module, largest);
  forward.encode(4);
  forward.decode(4);
  const forChecks = megabytes(forward);
  assert.ok(forChecks < 64, `${forChecks} MB for a check`);
  const training = new TrainingPass(forward);
  // Eight images in shards of two stand for a batch of 64: what is planned does not depend on the batch.
  const planned = megabytes(forward);
  assert.ok(planned < 192, `${planned} MB for training`);
  training.computeShards(randomBatch(largest, 8, 1));
  training.applyAdam(notebookTraining);
  assert.equal(megabytes(forward), planned);
});

test('buffers are zero, apart from each other, and keep what is written while the arena grows', () => {
  const arena = new Arena();
  const first = arena.floats(3);
  const second = arena.floats(1_000_000);
  arena.write(first, Float32Array.of(1, 2, 3));
  assert.ok(second - first >= 12);
  assert.equal(second % 64, 0);
  arena.floats(5_000_000);
  assert.deepEqual([...arena.view(first, 3)], [1, 2, 3]);
  assert.ok(arena.view(second, 1_000_000).every((value) => value === 0));
});

test('too much memory is an error that says so', () => {
  const arena = new Arena();
  assert.throws(
    () => arena.floats(2 ** 30),
    (error) => error instanceof LensError && error.code === 'out-of-memory' && /4096 MB/.test(error.message),
  );
});

test('the probe for relaxed SIMD agrees with the compiled module', () => {
  assert.equal(hasRelaxedSimd(), WebAssembly.validate(wasmModules().fma));
});

test('the build is named, and without a wish the fused one is taken', async () => {
  const modules = wasmModules();
  assert.match((await createWasmEngine(modules, { build: 'simd' })).info.build, /^wasm-simd-\d+$/);
  assert.match((await createWasmEngine(modules)).info.build, /^wasm-fma-\d+$/);
  const compiled = {
    simd: await WebAssembly.compile(modules.simd),
    fma: await WebAssembly.compile(modules.fma),
  };
  assert.equal((await createWasmEngine(compiled, { build: 'fma' })).info.kind, 'wasm');
});

test('bytes that are no module are an error of the engine', async () => {
  const broken = { simd: Uint8Array.of(1, 2, 3), fma: Uint8Array.of() };
  for (const build of ['simd', 'fma'] as const) {
    await assert.rejects(
      createWasmEngine(broken, { build }),
      (error) => error instanceof LensError && error.code === 'engine-unavailable',
    );
  }
});

test('an engine without a model, or disposed, says so', async () => {
  const engine = await wasmEngine('simd');
  const isEngineFailed = (error: unknown): boolean =>
    error instanceof LensError && error.code === 'engine-failed';
  await assert.rejects(engine.encode(new Float32Array(784), 1), isEngineFailed);
  const network = buildNetwork({ ...notebookSpec, height: 8, width: 8 });
  await engine.load(network, initialParameters(network, 1));
  assert.equal((await engine.encode(new Float32Array(64), 1)).length, 20);
  engine.dispose();
  await assert.rejects(engine.readParameters(), isEngineFailed);
});

test('a diverged network shows NaN in its loss, not a number', async () => {
  const network = buildNetwork({ ...notebookSpec, height: 9, width: 9 });
  const engine = await wasmEngine('simd');
  const parameters = new Map(initialParameters(network, 1));
  parameters.set('NN_latent_to_decode.bias', new Float32Array(64).fill(NaN));
  await engine.load(network, parameters);
  const { loss } = await engine.gradients(randomBatch(network, 4, 1));
  assert.ok(Number.isNaN(loss));
});
