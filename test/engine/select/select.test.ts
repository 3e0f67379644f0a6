// The choice of engine: every way it can go, with adapters and engines that behave as told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../src/engine/backends/engine.ts';
import { selectEngine, type SelectOptions, type Selection } from '../../../src/engine/backends/select.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { initialParameters } from '../../../src/engine/model/parameters.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';
import { wasmEngine } from '../support/wasm.ts';

const network = buildNetwork({ ...notebookSpec, height: 8, width: 8, latent: 2 });

/** `navigator.gpu` with an adapter that describes itself as given, or with none. */
const gpuWith = (info: Partial<GPUAdapterInfo> | null): GPU =>
  ({ requestAdapter: () => Promise.resolve(info && { info }) }) as unknown as GPU;

const hardware = gpuWith({ vendor: 'nvidia', architecture: 'ampere' });
const software = gpuWith({ vendor: 'google', architecture: 'swiftshader' });

/** Time passes only where an engine of {@link world} trains. */
function world() {
  let time = 0;
  const disposed: string[] = [];
  const opened: string[] = [];
  const open = async (
    kind: 'wasm' | 'webgpu',
    milliseconds: number,
    spoiled: Partial<Engine> = {},
  ): Promise<Engine> => {
    const engine = await wasmEngine('simd');
    opened.push(kind);
    const own: Partial<Engine> = {
      info: { kind, build: `${kind}-1`, ...(kind === 'webgpu' ? { adapter: 'nvidia ampere' } : {}) },
      trainStep: async (batch, optimizer) => {
        // The model is timed with the batch size it was asked for; the self-test has smaller ones.
        if (batch.count === 16) time += milliseconds;
        await engine.trainStep(batch, optimizer);
      },
      dispose: () => {
        disposed.push(kind);
        engine.dispose();
      },
      ...spoiled,
    };
    return new Proxy(engine, {
      get: (target, key) => {
        const member: unknown = Reflect.get(own, key) ?? Reflect.get(target, key);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  };
  const select = async (options: Partial<SelectOptions>): Promise<Selection> =>
    selectEngine({
      choice: 'auto',
      gpu: hardware,
      network,
      batchSize: 16,
      now: () => time,
      wasm: () => open('wasm', 10),
      webgpu: () => open('webgpu', 2),
      ...options,
    });
  return { open, select, disposed, opened };
}

const refuses = (message: string) => () => Promise.reject(new LensError('engine-unavailable', message));

test('chosen in settings: WASM, without looking at the GPU', async () => {
  const { select, opened } = world();
  const gpu = { requestAdapter: () => assert.fail('nobody asked for WebGPU') } as unknown as GPU;
  const { engine, reason } = await select({ choice: 'wasm', gpu });
  assert.equal(engine.info.kind, 'wasm');
  assert.equal(reason, 'WASM: chosen in settings');
  assert.deepEqual(opened, ['wasm']);
});

test('a job that goes on names its checkpoint, not the settings', async () => {
  const { select } = world();
  const pinned = { chosenBy: 'checkpoint' } as const;
  assert.equal((await select({ choice: 'wasm', ...pinned })).reason, 'WASM: this job began on it');
  assert.equal(
    (await select({ choice: 'webgpu', ...pinned })).reason,
    'WebGPU: this job began on it (nvidia ampere)',
  );
  assert.equal(
    (await select({ choice: 'webgpu', gpu: gpuWith(null), ...pinned })).reason,
    'WASM: WebGPU was asked for (this job began on it), but this window has no GPU adapter',
  );
});

test('no WebGPU in this window', async () => {
  const { select, opened } = world();
  const { engine, reason } = await select({ gpu: undefined });
  assert.equal(engine.info.kind, 'wasm');
  assert.equal(reason, 'WASM: this window has no WebGPU (not supported or switched off)');
  assert.deepEqual(opened, ['wasm']);
});

test('no WebGPU because the page is not a secure context', async () => {
  const { select } = world();
  Object.defineProperty(globalThis, 'isSecureContext', { value: false, configurable: true });
  try {
    assert.equal(
      (await select({ gpu: undefined })).reason,
      'WASM: this window has no WebGPU (its page is not a secure context)',
    );
  } finally {
    delete (globalThis as { isSecureContext?: boolean }).isSecureContext;
  }
});

test('no adapter, or a browser that fails to answer', async () => {
  const { select } = world();
  const failing = { requestAdapter: () => Promise.reject(new Error('lost')) } as unknown as GPU;
  for (const gpu of [gpuWith(null), failing]) {
    assert.equal((await select({ gpu })).reason, 'WASM: this window has no GPU adapter');
  }
});

test('software adapters are recognised in all the ways they call themselves', async () => {
  const { select, opened } = world();
  const legacy = {
    requestAdapter: () => Promise.resolve({ isFallbackAdapter: true }),
  } as unknown as GPU;
  const descriptions: Partial<GPUAdapterInfo>[] = [
    { vendor: 'x', isFallbackAdapter: true },
    { vendor: 'google', architecture: 'swiftshader' },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
  ];
  for (const gpu of [legacy, ...descriptions.map(gpuWith)]) {
    const { reason, engine } = await select({ gpu });
    assert.equal(reason, 'WASM: the only adapter is a software one');
    assert.equal(engine.info.kind, 'wasm');
  }
  assert.ok(!opened.includes('webgpu'));
});

test('the setting reaches a software adapter, and allows it', async () => {
  const { select, open } = world();
  let allowed: boolean | undefined;
  const { engine, reason } = await select({
    choice: 'webgpu',
    gpu: software,
    webgpu: ({ allowFallbackAdapter }) => {
      allowed = allowFallbackAdapter;
      return open('webgpu', 1000, { info: { kind: 'webgpu', build: 'b', adapter: 'google swiftshader' } });
    },
  });
  assert.equal(engine.info.kind, 'webgpu');
  assert.equal(allowed, true);
  assert.equal(reason, 'WebGPU: chosen in settings (google swiftshader, a software adapter, which is slow)');
});

test('the setting cannot be followed: WASM, with the reason', async () => {
  const { select } = world();
  const reasonOf = async (options: Partial<SelectOptions>): Promise<string> =>
    (await select({ choice: 'webgpu', ...options })).reason;
  const asked = 'WASM: WebGPU was asked for (chosen in settings), but ';
  assert.equal(
    await reasonOf({ gpu: undefined }),
    `${asked}this window has no WebGPU (not supported or switched off)`,
  );
  assert.equal(await reasonOf({ gpu: gpuWith(null) }), `${asked}this window has no GPU adapter`);
  assert.equal(
    await reasonOf({ webgpu: refuses('The GPU adapter gave no device.') }),
    `${asked}WebGPU could not be started: The GPU adapter gave no device`,
  );
});

test('the faster one computes, and both figures are given', async () => {
  const { select, disposed } = world();
  const { engine, reason, log } = await select({});
  assert.equal(engine.info.kind, 'webgpu');
  assert.equal(reason, 'WebGPU: 2.0 ms per step on nvidia ampere, WASM 10.0 ms per step');
  assert.deepEqual(disposed, ['wasm']);
  assert.equal(log.length, 4);
  assert.match(log[0] ?? '', /^GPU adapter: nvidia ampere$/);
  assert.match(log[1] ?? '', /^WebGPU \(webgpu-1\) passed its self-test: 192 numbers/);
  assert.match(log[2] ?? '', /^WASM \(wasm-1\) passed its self-test/);
  assert.equal(log[3], reason);
  await engine.load(network, initialParameters(network, 1));
});

test('a slow GPU loses', async () => {
  const { select, open, disposed } = world();
  const { engine, reason } = await select({ webgpu: () => open('webgpu', 250) });
  assert.equal(engine.info.kind, 'wasm');
  assert.equal(reason, 'WASM: 10.0 ms per step, WebGPU 250 ms per step on nvidia ampere');
  assert.deepEqual(disposed, ['webgpu']);
});

test('a GPU that computes wrongly is not used, whatever the setting', async () => {
  for (const choice of ['auto', 'webgpu'] as const) {
    const { select, open, disposed } = world();
    const { engine, reason } = await select({
      choice,
      webgpu: () => open('webgpu', 1, { takeLosses: () => Promise.resolve([0, 0]) }),
    });
    assert.equal(engine.info.kind, 'wasm');
    assert.match(reason, /WebGPU failed its self-test: plain: loss of step 1 is 0\.000 instead of 0\.09/);
    assert.deepEqual(disposed, ['webgpu']);
  }
});

test('a GPU that cannot hold this model is given up', async () => {
  const { select, open, disposed } = world();
  let loads = 0;
  const engine = await wasmEngine('simd');
  const selection = await select({
    webgpu: () =>
      open('webgpu', 1, {
        load: (...model) =>
          // Two models of the self-test fit.
          ++loads > 2
            ? Promise.reject(new LensError('out-of-memory', 'The GPU has too little memory.'))
            : engine.load(...model),
        reconstruct: engine.reconstruct.bind(engine),
        gradients: engine.gradients.bind(engine),
        trainStep: engine.trainStep.bind(engine),
        takeLosses: engine.takeLosses.bind(engine),
        readParameters: engine.readParameters.bind(engine),
      }),
  });
  assert.equal(selection.reason, 'WASM: WebGPU failed on this model: The GPU has too little memory');
  assert.deepEqual(disposed, ['webgpu']);
  engine.dispose();
});

test('where WASM is not allowed, a GPU still computes', async () => {
  const { select } = world();
  const { engine, reason } = await select({ wasm: refuses('The page forbids WebAssembly.') });
  assert.equal(engine.info.kind, 'webgpu');
  assert.equal(reason, 'WebGPU: WASM could not be started: The page forbids WebAssembly');
});

test('where nothing computes, both reasons are given', async () => {
  const { select } = world();
  await assert.rejects(
    select({ gpu: gpuWith(null), wasm: refuses('The page forbids WebAssembly.') }),
    (error: unknown) =>
      error instanceof LensError &&
      error.code === 'engine-unavailable' &&
      error.message.includes('The page forbids WebAssembly') &&
      error.message.includes('this window has no GPU adapter'),
  );
});

test('a WASM engine that computes wrongly is not used either', async () => {
  const { select, open } = world();
  await assert.rejects(
    select({
      choice: 'wasm',
      wasm: () => open('wasm', 1, { takeLosses: () => Promise.resolve([]) }),
    }),
    (error: unknown) => error instanceof LensError && /failed its self-test/.test(error.message),
  );
});
