/** A helper's side: gradients of shards, with the parameters that came along. */
import { LensError } from '../../../../shared/errors.ts';
import { transferring, type Handlers } from '../../../../shared/rpc.ts';
import { buildNetwork } from '../../../model/network.ts';
import { ForwardPass } from '../forward-pass.ts';
import { TrainingPass } from '../training-pass.ts';
import { crateBuffers, type ShardApi, type ShardReply, type ShardRequest } from './contract.ts';

export function shardHandlers(): Handlers<ShardApi> {
  let forward: ForwardPass | undefined;
  let training: TrainingPass | undefined;
  return {
    load: ({ module, spec }) => {
      forward = new ForwardPass(module, buildNetwork(spec));
      training = new TrainingPass(forward);
    },
    compute: (request) => {
      if (!forward || !training) throw new LensError('internal', 'The helper holds no model.');
      return compute(forward, training, request);
    },
  };
}

function compute(forward: ForwardPass, training: TrainingPass, request: ShardRequest): ShardReply {
  const { crate, batchCount, firstImage, first, end, klWeight } = request;
  const { parameters, input, target, latentNoise, gradients } = crate;
  forward.arena.write(forward.parameters, parameters);
  forward.parametersChanged();
  training.begin();
  const part = {
    count: batchCount,
    firstImage,
    input,
    target: target ?? input,
    ...(latentNoise ? { latentNoise } : {}),
    klWeight,
  };
  const losses: number[] = [];
  for (let s = first; s < end; s++) {
    losses.push(training.computeShards(part, s, s + 1));
    gradients[s - first]?.set(training.gradient());
  }
  const reply: ShardReply = { crate, losses };
  return transferring(reply, crateBuffers(crate));
}
