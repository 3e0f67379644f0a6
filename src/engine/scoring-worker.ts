/** The forward-only worker of the report: one image at a time, WASM, no training buffers. */
import { LensError } from '../shared/errors.ts';
import { readModelFile, type ModelFile } from '../shared/model-file.ts';
import type { ScoringApi } from '../shared/protocol/scoring.ts';
import type { KernelFiles } from '../shared/protocol/engine.ts';
import { connect, portChannel } from '../shared/rpc.ts';
import type { Engine } from './backends/engine.ts';
import { createWasmEngine } from './backends/wasm/engine.ts';
import { decodeImage } from './data/decode.ts';
import { parametersFrom } from './model/model-tensors.ts';
import { buildNetwork } from './model/network.ts';
import { checkImage } from './scoring/check.ts';

interface Loaded {
  readonly key: string;
  readonly model: ModelFile;
  readonly engine: Engine;
}

let kernels: KernelFiles | undefined;
let loaded: Loaded | undefined;

async function loadModel(key: string, bytes: Uint8Array): Promise<void> {
  if (loaded?.key === key) return;
  if (!kernels) throw new LensError('internal', 'The scoring worker was not started.');
  const model = readModelFile(bytes);
  const network = buildNetwork(model.card.spec);
  const parameters = parametersFrom(network, model.tensors);
  loaded?.engine.dispose();
  loaded = undefined;
  const engine = await createWasmEngine(kernels);
  await engine.load(network, parameters);
  loaded = { key, model, engine };
}

connect<ScoringApi, Record<string, never>>(portChannel(self), {
  start: (params) => {
    kernels = params.kernels;
  },
  loadModel: ({ key, bytes }) => loadModel(key, bytes),
  hasModel: ({ key }) => loaded?.key === key,
  check: async ({ name, bytes, falseAlarmRate }) => {
    const started = performance.now();
    if (!loaded) throw new LensError('internal', 'No model was loaded into the scoring worker.');
    const image = await decodeImage(bytes, name);
    const result = await checkImage(loaded.engine, loaded.model, image, falseAlarmRate);
    return { ...result, milliseconds: performance.now() - started };
  },
});
