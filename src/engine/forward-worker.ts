/** The forward-only worker of report, map and Studio pages: WASM, no training buffers. Wiring only. */
import { LensError } from '../shared/errors.ts';
import { readModelFile } from '../shared/model-file.ts';
import type { KernelFiles } from '../shared/protocol/engine.ts';
import { syntheticKinds } from '../shared/protocol/evaluate.ts';
import type { ForwardApi, JudgedImage } from '../shared/protocol/forward.ts';
import { connect, portChannel } from '../shared/rpc.ts';
import { createWasmEngine } from './backends/wasm/engine.ts';
import { decodeImage } from './data/decode.ts';
import { sideBySide } from './data/side-by-side.ts';
import { ForwardModel } from './latents/forward-model.ts';
import { createQueue } from './queue.ts';
import { checkImage, readChecker, type Checker } from './scoring/check.ts';
import { measureScores } from './scoring/evaluation.ts';
import { judgedImage } from './scoring/judge.ts';
import { MaskedPixels } from './scoring/masked-pixels.ts';
import { imageKey, withDefect } from './scoring/synthetic-defects.ts';

let kernels: KernelFiles | undefined;
/** Of the evaluation that runs. */
let pixels: MaskedPixels | undefined;
let loaded: { readonly key: string; readonly model: ForwardModel; readonly checker: Checker } | undefined;

// An engine holds one model and one pass at a time.
const queued = createQueue();
const withDecoded = sideBySide(decodeImage);

async function loadModel(key: string, bytes: Uint8Array): Promise<void> {
  if (loaded?.key === key) return;
  if (!kernels) throw new LensError('internal', 'The forward worker was not started.');
  const file = readModelFile(bytes);
  const checker = readChecker(file);
  const model = await ForwardModel.load(await createWasmEngine(kernels), file);
  loaded?.model.dispose();
  loaded = { key, model, checker };
}

/** Runs `work` with the loaded model when its turn comes. */
const withModel = <T>(work: (model: ForwardModel, checker: Checker) => T | Promise<T>): Promise<T> =>
  queued(() => {
    if (!loaded) throw new LensError('internal', 'No model was loaded into the forward worker.');
    return work(loaded.model, loaded.checker);
  });

connect<ForwardApi, Record<string, never>>(portChannel(self), {
  start: (params) => {
    kernels = params.kernels;
  },
  loadModel: ({ key, bytes }) => queued(() => loadModel(key, bytes)),
  hasModel: ({ key }) => queued(() => loaded?.key === key),
  check: ({ name, bytes, falseAlarmRate }) => {
    const started = performance.now();
    return withModel(async ({ engine, file }, checker) => {
      const image = await decodeImage(bytes, name);
      const result = await checkImage(engine, file, image, falseAlarmRate, checker);
      return { ...result, milliseconds: performance.now() - started };
    });
  },
  judge: ({ name, bytes, falseAlarmRate, pixels: masked }) =>
    withDecoded(bytes, name, async (image) => {
      const mask = masked?.mask ? await decodeImage(masked.mask, `${name} (mask)`) : null;
      return withModel(async ({ engine, file }, checker) =>
        judgedImage(
          await checkImage(engine, file, image, falseAlarmRate, checker, (readings, view) => {
            if (masked) (pixels ??= new MaskedPixels()).add(readings, image, view, mask);
          }),
        ),
      );
    }),
  judgeSynthetic: ({ name, bytes, falseAlarmRate, seed }) =>
    withDecoded(bytes, name, (image) =>
      withModel(async ({ engine, file }, checker) => {
        const judge = async (data: Uint8Array | Uint8ClampedArray): Promise<JudgedImage> =>
          judgedImage(await checkImage(engine, file, { ...image, data }, falseAlarmRate, checker));
        const raster = { height: image.height, width: image.width, channels: 4, pixels: image.data } as const;
        const defects = [];
        for (const kind of syntheticKinds)
          defects.push({ kind, judged: await judge(withDefect(kind, raster, seed, imageKey(name))) });
        return { good: await judge(image.data), defects };
      }),
    ),
  measureScores: (params) => measureScores(params),
  pixelMeasures: () => {
    const measures = pixels?.measures() ?? null;
    pixels = undefined;
    return measures;
  },
  decode: ({ latents, count }) => withModel((model) => model.decode(latents, count)),
  encodeFile: ({ name, bytes }) =>
    withModel(async (model) => model.encodeImage(await decodeImage(bytes, name))),
  reconstruct: ({ images, count }) => withModel((model) => model.reconstruct(images, count)),
  denoise: ({ images, count, sigma, seed }) =>
    withModel((model) => model.denoise(images, count, sigma, seed)),
  principalDirections: ({ count }) => withModel((model) => model.principalDirections(count)),
  samplePrior: ({ count, seed }) => withModel((model) => model.samplePrior(count, seed)),
  neighbourDistances: ({ count, k, start, end }) =>
    withModel((model) => model.neighbourDistances(count, k, start, end)),
  nearest: ({ latent, count }) => withModel((model) => model.nearest(latent, count)),
  place: ({ latent, projection }) => withModel((model) => model.place(latent, projection)),
});
