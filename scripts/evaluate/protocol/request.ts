// From a protocol's options to the worker's request: which folders serve what.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ProtocolRequest } from '../../../src/shared/protocol/engine.ts';
import type { EvaluationSets } from '../sets.ts';
import { UsageError } from '../usage.ts';
import { parseGroups } from './groups.ts';
import type { ProtocolOptions } from './options.ts';

const normalNames = ['normal', 'good'];
const maskNames = ['masks', 'ground_truth'];

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    throw new UsageError(`--data ${folder}: there is no such folder.`);
  }
}

type Sets = Pick<ProtocolRequest, 'data' | 'anomalous' | 'masks' | 'groups'>;

async function holdoutSets({ data, groups }: ProtocolOptions, sets: EvaluationSets): Promise<Sets> {
  const folders = await subfolders(data);
  const normal = normalNames.find((name) => folders.includes(name));
  if (normal === undefined) {
    throw new UsageError(`--data ${data}: a holdout needs a folder “normal” or “good” in it.`);
  }
  const masks = maskNames.find((name) => folders.includes(name));
  const argument = (place: string) => ({ option: '--data', text: place, path: place, filter: null });
  const at = (name: string): string => path.join(data, name);
  const others = folders.filter((name) => ![...normalNames, ...maskNames].includes(name));
  const anomalous = folders.includes('anomalous')
    ? await sets.open(argument(at('anomalous')))
    : others.length === 0
      ? null
      : await sets.open(argument(data), { hidden: [...normalNames, ...maskNames] });
  return {
    data: await sets.open(argument(at(normal))),
    anomalous,
    masks: masks === undefined ? null : await sets.open(argument(at(masks))),
    groups: groups === null ? null : parseGroups(await readGroups(groups), normal),
  };
}

const readGroups = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => {
    throw new UsageError(`--groups ${file}: the file cannot be read.`);
  });

/** @throws UsageError where folders are not as the protocol needs them */
export async function protocolRequest(
  options: ProtocolOptions,
  sets: EvaluationSets,
): Promise<ProtocolRequest> {
  const { protocol, data, size, channels, latent, recipe } = options;
  const argument = { option: '--data', text: data, path: data, filter: null };
  const found: Sets =
    protocol === 'holdout'
      ? await holdoutSets(options, sets)
      : { data: await sets.open(argument, { idxFolders: true }), anomalous: null, masks: null, groups: null };
  return {
    protocol,
    ...found,
    seeds: options.seeds,
    only: options.only,
    rateSplits: options.rateSplits,
    spec: {
      recipe,
      ...(size === null ? {} : { height: size, width: size }),
      ...(channels === null ? {} : { channels }),
      ...(latent === null ? {} : { latent }),
    },
    epochs: options.epochs,
    falseAlarmRate: options.rate,
    memoryBudget: options.memoryBudget,
  };
}
