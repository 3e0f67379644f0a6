/** A helper of the training worker: computes some of a batch's shards. Wiring only. */
import { connect, portChannel } from '../shared/rpc.ts';
import type { ShardApi } from './backends/wasm/shards/contract.ts';
import { shardHandlers } from './backends/wasm/shards/helper.ts';

connect<ShardApi, Record<string, never>>(portChannel(self), shardHandlers());
