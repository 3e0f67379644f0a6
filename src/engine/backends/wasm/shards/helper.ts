/** A helper's side: gradients of shards, and the steps that follow from all of them. */
import { LensError } from '../../../../shared/errors.ts';
import { transferring, type Handlers } from '../../../../shared/rpc.ts';
import { buildNetwork } from '../../../model/network.ts';
import type { Batch } from '../../engine.ts';
import { ForwardPass } from '../forward-pass.ts';
import { TrainingPass } from '../training-pass.ts';
import { bufferOf, crateBuffers, type ShardApi, type ShardReply, type ShardRequest } from './contract.ts';

export function shardHandlers(): Handlers<ShardApi> {
  let loaded: TrainingPass | undefined;
  /** The buffer in which gradients travel, while it is here. */
  let spare: Float32Array | undefined;
  const training = (): TrainingPass => {
    if (!loaded) throw new LensError('internal', 'The helper holds no model.');
    return loaded;
  };
  return {
    load: ({ module, spec }) => {
      loaded = new TrainingPass(new ForwardPass(module, buildNetwork(spec)));
    },
    adopt: (state) => training().adopt(state),
    compute: (request) => {
      const pass = training();
      const loss = computeShards(pass, request);
      const gradient = spare ?? new Float32Array(pass.gradient().length);
      spare = undefined;
      gradient.set(pass.gradient());
      const reply: ShardReply = { crate: request.crate, loss, gradient };
      return transferring(reply, [...crateBuffers(request.crate), bufferOf(gradient)]);
    },
    apply: ({ gradient, optimizer }) => {
      const pass = training();
      pass.gradient().set(gradient);
      spare = gradient;
      pass.applyAdam(optimizer);
    },
  };
}

function computeShards(training: TrainingPass, request: ShardRequest): number {
  const { crate, batchCount, firstImage, first, end, klWeight, corruption } = request;
  const { target, input, latentNoise } = crate;
  const batch: Batch = {
    count: batchCount,
    input: input ?? target,
    target,
    ...(latentNoise ? { latentNoise } : {}),
    ...(corruption ? { corruption } : {}),
    klWeight,
  };
  return training.computeShards(batch, first, end, firstImage);
}
