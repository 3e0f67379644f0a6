/** A worker that speaks the forward worker's contract. What it answers follows from the image's name. */
import { LensError } from '../../../src/shared/errors.ts';
import type { ForwardApi } from '../../../src/shared/protocol/forward.ts';
import { connect, portChannel } from '../../../src/shared/rpc.ts';
import { checkResultOf, type Kind } from './samples.ts';

const loaded: string[] = [];
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
  },
  decode: unused,
  encodeFile: unused,
  reconstruct: unused,
  denoise: unused,
  principalDirections: unused,
  samplePrior: unused,
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
