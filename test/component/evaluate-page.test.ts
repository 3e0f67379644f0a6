// The evaluation's way through server, page and worker, with a stub in the engine's place: every byte arrives, every
// failure is told.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { bundlePage } from '../../scripts/evaluate/build.ts';
import { evaluate } from '../../scripts/evaluate/main.ts';
import { parseOptions } from '../../scripts/evaluate/options.ts';
import type { PrintedResult } from '../../scripts/evaluate/result.ts';
import { Progress } from '../../scripts/evaluate/progress.ts';
import { startServer, type BuiltFiles } from '../../scripts/evaluate/server.ts';
import { LensError } from '../../src/shared/errors.ts';
import { packBytes } from '../../src/shared/transport.ts';
import { kernelFiles } from '../../scripts/build-kernels.mjs';
import { root } from '../support/data.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'latent-lens-evaluate-'));
const small = path.join(folder, 'small');
const large = path.join(folder, 'large');
let built: BuiltFiles;
let said = '';

/** Bytes that repeat nowhere near. */
const noise = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++)
    bytes[i] = (state = (state * 1103515245 + 12345) >>> 0) >>> 16;
  return bytes;
};
const sha256 = (...parts: readonly Uint8Array[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

before(async () => {
  for (const name of ['too-few', 'out-of-memory', 'crash', 'hang']) {
    mkdirSync(path.join(small, name), { recursive: true });
    writeFileSync(path.join(small, name, 'image.png'), noise(100, 1));
  }
  mkdirSync(large);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['test/support/evaluate/stub-worker.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  built = {
    worker: outputFiles[0]?.contents ?? new Uint8Array(0),
    shardWorker: new Uint8Array(0),
    kernelsSimd: readFileSync(kernelFiles.simd),
    kernelsFma: readFileSync(kernelFiles.fma),
  };
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], signal = new AbortController().signal): Promise<PrintedResult> {
  said = '';
  const progress = new Progress({ write: (text) => (said += text) });
  return evaluate(parseOptions(args), progress, signal, () => Promise.resolve(built));
}

test('small files and files larger than a pack arrive byte for byte, under the product’s policy', async () => {
  const parts = [noise(10, 2), noise(2.5 * packBytes, 3), noise(70_000, 4), noise(packBytes, 5)];
  parts.forEach((bytes, i) => writeFileSync(path.join(large, `${i}.png`), bytes));
  const result = await run([
    '--train',
    small,
    '--bad',
    large,
    '--engine',
    'wasm',
    '--seed',
    '9',
    '--size',
    '16',
  ]);
  assert.deepEqual(
    result.bad.map(({ path: text, count }) => [text, count]),
    [
      [`${small} ${sha256(noise(100, 1), noise(100, 1), noise(100, 1), noise(100, 1))}`, 4],
      [`${large} ${sha256(...parts)}`, 4],
    ],
  );
  assert.equal(result.reason, `wasm ${built.kernelsSimd.length} ${built.kernelsFma.length}`);
  assert.deepEqual([result.seed, result.spec.height, result.spec.width], [9, 16, 16]);
  assert.match(said, /^the stub is at work$/m);
  assert.match(said, /^pulling \(\d\)$/m);
  assert.doesNotMatch(said, /browser:/);
});

for (const code of ['too-few', 'out-of-memory'] as const) {
  test(`what the worker refuses (${code}) arrives with its code`, async () => {
    await assert.rejects(run(['--train', small, '--bad', `${small}#label=${code}`]), (error) => {
      assert.ok(error instanceof LensError, String(error));
      assert.equal(error.code, code === 'too-few' ? 'too-few-images' : code);
      return true;
    });
  });
}

test('a worker that dies ends the evaluation', async () => {
  await assert.rejects(run(['--train', small, '--bad', `${small}#label=crash`]), (error) => {
    assert.ok(error instanceof LensError, String(error));
    assert.equal(error.code, 'engine-failed');
    return true;
  });
});

test('an evaluation that hangs can be broken off', async () => {
  const abort = new AbortController();
  const evaluation = run(['--train', small, '--bad', `${small}#label=hang`], abort.signal);
  const outcome = assert.rejects(evaluation, { name: 'AbortError' });
  while (!said.includes('at work')) await new Promise((resolve) => setTimeout(resolve, 20));
  abort.abort();
  await outcome;
});

test('the server answers nobody but its page', async () => {
  const server = await startServer({
    built,
    page: await bundlePage(),
    task: { secret: true } as never,
    pull: () => Promise.reject(new LensError('read-failed', 'no data here')),
  });
  try {
    const at = (address: string, options?: RequestInit): Promise<Response> =>
      fetch(new URL(address, server.url), options);
    const page = await at('');
    assert.equal(page.status, 200);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
    assert.match(policy, /worker-src blob:/);
    assert.equal((await at('task.json')).status, 200);
    const elsewhere = [
      '/',
      '/task.json',
      '/x/task.json',
      '../task.json',
      'nothing',
      'pull',
      '..%2f..%2fpackage.json',
    ];
    for (const address of elsewhere) assert.equal((await at(address)).status, 404, address);
    assert.equal((await at('task.json', { method: 'POST' })).status, 404);
    // Garbage is refused in the answer's own form.
    for (const body of [
      '',
      '{',
      '[]',
      '{"source":1}',
      '{"source":"a","cursor":{"file":0,"offset":0},"only":["x"]}',
    ]) {
      const answer = await (await at('pull', { method: 'POST', body })).text();
      assert.match(answer, /"code":"internal"/, body);
    }
    const pull = await at('pull', { method: 'POST', body: '{"source":"a","cursor":{"file":0,"offset":0}}' });
    assert.match(await pull.text(), /"code":"read-failed"/);
  } finally {
    await server.close();
  }
});
