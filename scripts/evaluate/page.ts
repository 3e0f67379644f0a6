// The page of an evaluation: starts the engine's worker as the product's pages do, and answers its pulls from the
// command's server.
import { LensError, fromWireError, toWireError } from '../../src/shared/errors.ts';
import type { EngineApi, EngineHostApi } from '../../src/shared/protocol/engine.ts';
import { transferring, type Handlers } from '../../src/shared/rpc.ts';
import type { Pack, PackRequest } from '../../src/shared/transport.ts';
import { fetchHelpers, fetchKernels } from '../../src/webview/shared/assets.ts';
import { startWorker } from '../../src/webview/shared/workers.ts';
import { decodeAnswer } from './pack-codec.ts';
import { addresses, reportFunction, type PageReport, type PageTask } from './page-contract.ts';

const report = (globalThis as unknown as Record<string, (report: PageReport) => Promise<void>>)[
  reportFunction
];

const tell = (message: PageReport): void => {
  void report?.(message);
};

async function pull(request: PackRequest, signal: AbortSignal): Promise<Pack> {
  const response = await fetch(addresses.pull, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  });
  if (!response.ok) throw new LensError('internal', `A pull was answered with HTTP ${response.status}.`);
  const answer = decodeAnswer(await response.arrayBuffer());
  if ('error' in answer) throw fromWireError(answer.error);
  return transferring(answer.pack, [answer.pack.bytes.buffer as ArrayBuffer]);
}

const handlers: Handlers<EngineHostApi> = {
  pull: (request, { signal }) => pull(request, signal),
  // Evaluations read their files anew each time.
  keepPacked: () => false,
  endPacked: () => undefined,
  save: () => {
    throw new LensError('internal', 'An evaluation saves no model.');
  },
  snapshot: () => undefined,
  projecting: () => undefined,
  progress: (params) => tell({ kind: 'progress', ...params }),
  log: (params) => tell({ kind: 'log', ...params }),
};

async function run(): Promise<void> {
  const task = (await (await fetch(addresses.task)).json()) as PageTask;
  const onNoticeError = (error: unknown, method: string): void =>
    tell({ kind: 'log', level: 'error', text: `${method}: ${String(error)}` });
  const worker = await startWorker<EngineApi, EngineHostApi>('engineWorker', handlers, onNoticeError);
  const { choice, writtenBy, request } = task;
  const work = async (): Promise<PageReport> => {
    const [kernels, helpers] = await Promise.all([fetchKernels(), fetchHelpers(null)]);
    await worker.call('start', { kernels, helpers, choice, writtenBy });
    const result =
      'protocol' in request
        ? await worker.call('evaluateProtocol', request)
        : await worker.call('evaluate', request);
    return { kind: 'result', result };
  };
  tell(await Promise.race([work(), worker.crashed]));
}

run().catch((error: unknown) => tell({ kind: 'failed', error: toWireError(error) }));
