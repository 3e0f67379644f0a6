// What the command and its page say to each other.
import type { WireError } from '../../src/shared/errors.ts';
import type {
  EngineChoice,
  EvaluateRequest,
  EvaluateResult,
  ProtocolRequest,
  ProtocolResult,
} from '../../src/shared/protocol/engine.ts';

/** Fetched by the page when it starts. */
export interface PageTask {
  readonly choice: EngineChoice;
  readonly writtenBy: string;
  readonly request: EvaluateRequest | ProtocolRequest;
}

/** Told by the page through the function {@link reportFunction}, in order. */
export type PageReport =
  | { readonly kind: 'progress'; readonly text: string; readonly done: number; readonly total: number }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
  | { readonly kind: 'result'; readonly result: EvaluateResult | ProtocolResult }
  | { readonly kind: 'failed'; readonly error: WireError };

/** Name of the page's global function that takes a {@link PageReport}. */
export const reportFunction = 'latentLensReport';

/** Addresses relative to the page's own. */
export const addresses = {
  script: 'page.js',
  task: 'task.json',
  pull: 'pull',
  worker: 'worker.js',
  shardWorker: 'shard-worker.js',
  kernelsSimd: 'kernels-simd.wasm',
  kernelsFma: 'kernels-fma.wasm',
} as const;
