// Stands in for the engine's worker in tests of the evaluation's plumbing: pulls everything, learns nothing. What it
// saw comes back in the result, where a test finds it; class names among `bad` make it fail in various ways.
import { LensError } from '../../../src/shared/errors.ts';
import { notebookSpec, notebookTraining } from '../../../src/shared/model-spec.ts';
import type { EngineApi, EngineHostApi, EvaluateResult } from '../../../src/shared/protocol/engine.ts';
import { connect, portChannel, type Connection } from '../../../src/shared/rpc.ts';
import { packStart, type Pack, type PackCursor } from '../../../src/shared/transport.ts';

const unused = (): never => {
  throw new LensError('internal', 'The stub does evaluations only.');
};

let started = '';

const host: Connection<EngineHostApi> = connect<EngineApi, EngineHostApi>(
  portChannel(globalThis as unknown as Parameters<typeof portChannel>[0]),
  {
    start: ({ kernels, choice }) => {
      // A module can be compiled under the page's policy, or the real engine could not run there.
      new WebAssembly.Module(kernels.simd);
      started = `${choice} ${kernels.simd.byteLength} ${kernels.fma.byteLength}`;
    },
    survey: unused,
    inspect: unused,
    train: unused,
    resume: unused,
    project: unused,
    recalibrate: unused,
    stop: unused,
    evaluateProtocol: unused,
    evaluate: async (request): Promise<EvaluateResult> => {
      host.send('log', { level: 'info', text: 'the stub is at work' });
      const seen = [];
      for (const set of [request.train, ...request.bad])
        seen.push({ path: set.path, ...(await pullAll(set.dataset.id)) });
      const mode = request.bad[0]?.filter?.label ?? '';
      if (mode === 'too-few') throw new LensError('too-few-images', 'There are too few images to train on.');
      if (mode === 'out-of-memory')
        throw new LensError('out-of-memory', 'Memory ran out.', 'detail for the log');
      if (mode === 'crash') setTimeout(() => unused(), 0);
      if (mode === 'crash' || mode === 'hang') await new Promise(() => undefined);
      return {
        engine: { kind: 'wasm', build: 'stub', reason: started },
        spec: { ...notebookSpec, ...request.spec },
        training: { ...notebookTraining, seed: request.seed },
        counts: { fit: 1, validation: 1, calibration: 1, test: 0, good: 0, bad: 0 },
        calibrationImages: 0,
        score: null,
        seconds: { load: 0, train: 0, score: 0 },
        loss: { train: [1], validation: [1] },
        baseline: null,
        denoise: null,
        synthetic: null,
        threshold: null,
        falsePositiveRate: null,
        notebookRule: null,
        bad: seen.map(({ path, files, digest }) => ({
          path: `${path} ${digest}`,
          count: files,
          auroc: null,
          tprAt1Fpr: null,
          caught: null,
          pca: null,
        })),
      };
    },
  },
);

/** Pulls a whole data set; the digest is over all its bytes in order. */
async function pullAll(source: string): Promise<{ readonly files: number; readonly digest: string }> {
  const parts: Uint8Array[] = [];
  let files = 0;
  for (let cursor: PackCursor | null = packStart; cursor;) {
    const pack: Pack = await host.call('pull', { source, cursor });
    if (pack.bytes.buffer.byteLength !== pack.bytes.length)
      throw new Error('The bytes are part of a larger buffer.');
    parts.push(pack.bytes);
    files += pack.segments.filter(({ offset }) => offset === 0).length;
    cursor = pack.next;
    host.send('progress', { text: 'pulling', done: files, total: 0 });
  }
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return { files, digest: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
}
