/** A helper's side: gradients of its shards, and the steps that follow from all of them. */
import { LensError } from '../../../../shared/errors.ts';
import { transferring, type Handlers } from '../../../../shared/rpc.ts';
import { buildNetwork } from '../../../model/network.ts';
import type { Batch } from '../../engine.ts';
import { ForwardPass } from '../forward-pass.ts';
import { TrainingPass } from '../training-pass.ts';
import { crateBuffers, type ShardApi, type ShardRequest } from './contract.ts';
import { createQueue } from '../../../queue.ts';
import { Exchange } from './exchange.ts';

export function shardHandlers(): Handlers<ShardApi> {
  let joined: { readonly training: TrainingPass; readonly exchange: Exchange } | undefined;
  /** The next batch may be here before the others' gradients. */
  const inTurn = createQueue();
  const team = (): NonNullable<typeof joined> => {
    if (!joined) throw new LensError('internal', 'The helper holds no model.');
    return joined;
  };
  return {
    join: ({ module, spec, links }) => {
      const training = new TrainingPass(new ForwardPass(module, buildNetwork(spec)));
      joined = { training, exchange: new Exchange(links) };
    },
    adopt: (state) => inTurn(() => team().training.adopt(state)),
    step: (request) =>
      inTurn(async () => {
        const { training, exchange } = team();
        await exchange.sum(training, computeShards(training, request));
        training.applyAdam(request.optimizer);
        training.settle();
        return transferring(request.crate, crateBuffers(request.crate));
      }),
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
