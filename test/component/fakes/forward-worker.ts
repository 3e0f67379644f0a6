/** A worker that speaks the forward worker's contract. What it answers follows from the image's name. */
import { measureScores } from '../../../src/engine/scoring/evaluation.ts';
import { LensError } from '../../../src/shared/errors.ts';
import { syntheticKinds } from '../../../src/shared/protocol/evaluate.ts';
import type { ForwardApi } from '../../../src/shared/protocol/forward.ts';
import { readModelFile } from '../../../src/shared/model-file.ts';
import { keyedRandom, normalPair, streams } from '../../../src/shared/random.ts';
import { connect, portChannel } from '../../../src/shared/rpc.ts';
import {
  blurred,
  checkResultOf,
  decodeFake,
  drawSample,
  evaluatedOf,
  judgedOf,
  sideOf,
  type Kind,
} from './samples.ts';

const loaded: string[] = [];
let kind: Kind = 'digits';
/** What kind of images a fake model file is for: reports hand over files of all kinds, and some are no model files. */
function readsAs(bytes: Uint8Array): Kind {
  try {
    return readModelFile(bytes).card.spec.height === sideOf('parts') ? 'parts' : 'digits';
  } catch {
    return 'digits';
  }
}
function decodeAll(latents: Float32Array, count: number): Uint8Array {
  const size = sideOf(kind) ** 2;
  const images = new Uint8Array(count * size);
  for (let n = 0; n < count; n++)
    images.set(decodeFake(kind, latents.subarray(n * 20, (n + 1) * 20)), n * size);
  return images;
}
const unused = (): never => {
  throw new LensError('internal', 'not here');
};

connect<ForwardApi, Record<never, never>>(portChannel(self as unknown as Worker), {
  start: () => undefined,
  hasModel: ({ key }) => loaded.includes(key),
  loadModel: ({ key, bytes }) => {
    if (bytes.length === 0)
      throw new LensError('invalid-model-file', 'The model file is empty; train it again.');
    loaded.push(key);
    kind = readsAs(bytes);
  },
  decode: ({ latents, count }) => ({ images: decodeAll(latents, count) }),
  encodeFile: ({ name }) => {
    if (name.includes('broken.png'))
      throw new LensError('truncated', 'The image “broken.png” ends too early.');
    const latent = new Float32Array(20);
    latent[2] = 1;
    const view = drawSample(kind, kind === 'digits' ? 'train/2' : 'train/good', 90);
    return { view, latent, reconstruction: blurred(view, sideOf(kind), 1), score: 0.0071 };
  },
  reconstruct: unused,
  denoise: ({ images, count, sigma, seed }) => {
    const side = sideOf(kind);
    const size = side * side;
    const noisy = images.map((value, index) => {
      const [noise] = normalPair(keyedRandom(seed, streams.noise, index));
      return Math.min(255, Math.max(0, Math.round(value + noise * sigma * 255)));
    });
    const denoised = new Uint8Array(images.length);
    for (let n = 0; n < count; n++) {
      const one = noisy.subarray(n * size, (n + 1) * size);
      denoised.set(blurred(one, side, 1), n * size);
    }
    const errors = (made: Uint8Array): Float64Array =>
      Float64Array.from({ length: count }, (_, n) => {
        let sum = 0;
        for (let i = n * size; i < (n + 1) * size; i++) {
          sum += (((made[i] ?? 0) - (images[i] ?? 0)) / 255) ** 2;
        }
        return sum / size;
      });
    return { noisy, denoised, noisyErrors: errors(noisy), denoisedErrors: errors(denoised) };
  },
  principalDirections: ({ count }) => {
    const mean = new Float32Array(20);
    mean.fill(0.125, 0, 8);
    const directions = new Float32Array(count * 20);
    for (let row = 0; row < count; row++) directions[row * 20 + row] = 1;
    return {
      mean,
      directions,
      deviations: Float32Array.from({ length: count }, (_, row) => 0.4 - row * 0.03),
    };
  },
  samplePrior: ({ count, seed }) => {
    const latents = Float32Array.from(
      { length: count * 20 },
      (_, index) => normalPair(keyedRandom(seed, streams.prior, index))[0],
    );
    return { latents, images: decodeAll(latents, count) };
  },
  judge: async ({ name }) => {
    if (name.includes('crash')) {
      setTimeout(() => {
        throw new Error('the sky fell');
      });
      await new Promise(() => undefined);
    }
    if (name.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 300));
    if (name.includes('truncated')) {
      throw new LensError('truncated', `“${name}” ends too early; it may not have been copied whole.`);
    }
    return name.startsWith('test/') ? evaluatedOf(name) : judgedOf(name);
  },
  judgeSynthetic: ({ name }) => {
    if (name.includes('truncated')) {
      throw new LensError('truncated', `“${name}” ends too early; it may not have been copied whole.`);
    }
    return {
      good: evaluatedOf(name),
      defects: syntheticKinds.map((kind) => ({ kind, judged: evaluatedOf(name, kind) })),
    };
  },
  measureScores,
  pixelMeasures: () => null,
  nearest: ({ count }) => ({
    fitted: true,
    images: Array.from({ length: count }, (_, index) => {
      const side = sideOf(kind);
      const folder = kind === 'digits' ? 'train/2' : 'train/good';
      return {
        ...{ path: `${folder.slice(6)}/${String(index).padStart(3, '0')}.png`, position: 0 },
        ...{ label: kind === 'digits' ? 2 : -1, distance: 1.2 + index * 0.31 },
        thumbnail: { height: side, width: side, channels: 1, pixels: drawSample(kind, folder, index) },
      };
    }),
  }),
  neighbourDistances: unused,
  place: unused,
  check: async ({ name, bytes }) => {
    if (name.includes('broken.png')) {
      throw new LensError(
        'truncated',
        'The image “broken.png” ends too early; it may not have been copied whole.',
      );
    }
    if (name.includes('uncalibrated')) {
      throw new LensError(
        'model-not-calibrated',
        'This model was never calibrated; finish its training first.',
      );
    }
    if (name.includes('crash')) {
      setTimeout(() => {
        throw new Error('the sky fell');
      });
      await new Promise(() => undefined);
    }
    if (name.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 400));
    const [kind = 'digits', , folder = 'good'] = name.split('/');
    return { ...checkResultOf(kind as Kind, `test/${folder}`), milliseconds: bytes.length };
  },
});
