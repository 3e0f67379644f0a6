/** Which engine computes, and why: the reason is shown wherever the engine is named. */
import { LensError } from '../../shared/errors.ts';
import type { EngineChoice } from '../../shared/protocol/engine.ts';
import type { Network } from '../model/network.ts';
import type { Engine } from './engine.ts';
import { selfTest } from './self-test.ts';
import { stepMilliseconds, type Clock } from './step-time.ts';
import { probeAdapter, whyUnusable } from './webgpu/adapter.ts';

export interface WebgpuRequest {
  readonly gpu: GPU;
  readonly allowFallbackAdapter: boolean;
}

export interface SelectOptions {
  readonly choice: EngineChoice;
  /** `navigator.gpu`, undefined where there is none. */
  readonly gpu: GPU | undefined;
  /** The model to be trained, on which both engines are timed. */
  readonly network: Network;
  readonly wasm: () => Promise<Engine>;
  /** By default the WebGPU engine; its code runs only where there is an adapter to try. */
  readonly webgpu?: (request: WebgpuRequest) => Promise<Engine>;
  /** Images per timed step; 64 by default. */
  readonly batchSize?: number;
  /** Why `choice` is not `auto`: the setting (default), or the checkpoint of the job that goes on. */
  readonly chosenBy?: 'settings' | 'checkpoint';
  /** By default `performance.now`. */
  readonly now?: Clock;
}

export interface Selection {
  /** Passed its self-test. Has to be loaded: what it holds is left from the tests. */
  readonly engine: Engine;
  /** One sentence for the user, without a full stop, e.g. `WASM: this window has no GPU adapter`. */
  readonly reason: string;
  /** What was tried and found, one line each. */
  readonly log: readonly string[];
}

/** An engine that may be used, or why not. */
type Candidate =
  | { readonly engine: Engine; readonly problem?: undefined }
  | { readonly engine?: undefined; readonly problem: string };

/**
 * `auto`: WebGPU if there is a hardware adapter, the engine passes its self-test and is faster on this model; else
 * WASM. `webgpu`: that engine even on a software adapter; WASM where it cannot be had. `wasm`: WASM.
 * An engine that fails its self-test is never used.
 * @throws LensError `engine-unavailable` where no engine passes
 */
export async function selectEngine(options: SelectOptions): Promise<Selection> {
  const log: string[] = [];
  const selection = await choose(options, log);
  log.push(selection.reason);
  return { ...selection, log };
}

type Choice = Pick<Selection, 'engine' | 'reason'>;

async function choose(options: SelectOptions, log: string[]): Promise<Choice> {
  const by = options.chosenBy === 'checkpoint' ? 'this job began on it' : 'chosen in settings';
  if (options.choice === 'wasm') return wasmBecause(by, options, log);

  const forced = options.choice === 'webgpu';
  const probe = await probeAdapter(options.gpu);
  log.push(`GPU adapter: ${probe.kind === 'absent' || probe.kind === 'none' ? 'none' : probe.name}`);
  const problem = whyUnusable(probe, forced);
  const webgpu = problem === undefined ? await openWebgpu(options, forced, log) : { problem };
  if (!webgpu.engine) {
    return wasmBecause(
      forced ? `WebGPU was asked for (${by}), but ${webgpu.problem}` : webgpu.problem,
      options,
      log,
    );
  }
  const name = webgpu.engine.info.adapter ?? 'the GPU';
  if (forced) {
    const slow = probe.kind === 'software' ? ', a software adapter, which is slow' : '';
    return { engine: webgpu.engine, reason: `WebGPU: ${by} (${name}${slow})` };
  }
  return faster(webgpu.engine, name, options, log);
}

async function openWebgpu(options: SelectOptions, forced: boolean, log: string[]): Promise<Candidate> {
  const { gpu } = options;
  if (!gpu) return { problem: 'this window has no WebGPU' };
  const create = options.webgpu ?? (await import('./webgpu/engine.ts')).createWebgpuEngine;
  return tested('WebGPU', () => create({ gpu, allowFallbackAdapter: forced }), log);
}

/** Opens an engine and has it pass the self-test; one that does not is closed again. */
async function tested(name: string, open: () => Promise<Engine>, log: string[]): Promise<Candidate> {
  let engine: Engine;
  try {
    engine = await open();
  } catch (error) {
    log.push(`${name} could not be started: ${describe(error)}`);
    return { problem: `${name} could not be started: ${sentence(error)}` };
  }
  const result = await selfTest(engine);
  if (result.passed) {
    const share = (result.worst * 100).toPrecision(2);
    log.push(
      `${name} (${engine.info.build}) passed its self-test: ${result.compared} numbers, the worst at ${share} % of the allowed error`,
    );
    return { engine };
  }
  log.push(`${name} (${engine.info.build}) failed its self-test: ${result.failure}`);
  close(engine);
  return { problem: `${name} failed its self-test: ${result.failure}` };
}

async function wasmBecause(reason: string, options: SelectOptions, log: string[]): Promise<Choice> {
  const wasm = await tested('WASM', options.wasm, log);
  if (wasm.engine) return { engine: wasm.engine, reason: `WASM: ${reason}` };
  throw new LensError(
    'engine-unavailable',
    `No engine can compute here: ${wasm.problem}. (WASM was taken because: ${reason}.)`,
    log.join('\n'),
  );
}

/** Times both engines and keeps the faster one. */
async function faster(webgpu: Engine, name: string, options: SelectOptions, log: string[]): Promise<Choice> {
  const { network, batchSize = 64, now = () => performance.now() } = options;
  let onGpu: number;
  try {
    onGpu = await stepMilliseconds(webgpu, network, batchSize, now);
  } catch (error) {
    log.push(`WebGPU failed while it was timed: ${describe(error)}`);
    close(webgpu);
    return wasmBecause(`WebGPU failed on this model: ${sentence(error)}`, options, log);
  }
  const wasm = await tested('WASM', options.wasm, log);
  if (!wasm.engine) return { engine: webgpu, reason: `WebGPU: ${wasm.problem}` };
  let onWasm: number;
  try {
    onWasm = await stepMilliseconds(wasm.engine, network, batchSize, now);
  } catch (error) {
    log.push(`WASM failed while it was timed: ${describe(error)}`);
    close(wasm.engine);
    return { engine: webgpu, reason: `WebGPU: WASM failed on this model: ${sentence(error)}` };
  }
  if (onGpu < onWasm) {
    close(wasm.engine);
    return { engine: webgpu, reason: `WebGPU: ${step(onGpu)} on ${name}, WASM ${step(onWasm)}` };
  }
  close(webgpu);
  return { engine: wasm.engine, reason: `WASM: ${step(onWasm)}, WebGPU ${step(onGpu)} on ${name}` };
}

const step = (milliseconds: number): string =>
  `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms per step`;

/** An engine that is given up may be broken, too. */
function close(engine: Engine): void {
  try {
    engine.dispose();
  } catch {
    // It is not used any more; what went wrong with it has been logged.
  }
}

const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

const describe = (error: unknown): string =>
  error instanceof LensError && error.detail !== undefined
    ? `${error.message} (${error.detail})`
    : String(error);
