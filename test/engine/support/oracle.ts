// The PyTorch oracles, as parameters of a network.
import { readFileSync } from 'node:fs';
import { parameterInfos, type Parameters } from '../../../src/engine/model/parameters.ts';
import { buildNetwork } from '../../../src/engine/model/network.ts';
import { notebookSpec } from '../../../src/shared/model-spec.ts';
import { readSafetensors } from '../../../src/shared/safetensors.ts';
import { referencePath } from '../../support/data.ts';

export const tenStepsFile = referencePath('notebook-ten-steps.safetensors');
export const trainedFile = referencePath('notebook-trained.safetensors');

export const notebookNetwork = buildNetwork(notebookSpec);

export class Oracle {
  readonly #tensors: ReturnType<typeof readSafetensors>['tensors'];

  constructor(file: string) {
    this.#tensors = readSafetensors(readFileSync(file)).tensors;
  }

  /** Values of a float tensor. */
  floats(name: string): Float32Array {
    const data = this.#tensors.get(name)?.data;
    if (!(data instanceof Float32Array)) throw new Error(`the oracle has no floats named ${name}`);
    return data;
  }

  /** The notebook's parameters whose names start with `prefix`, e.g. `initial.`. */
  parameters(prefix = ''): Parameters {
    return new Map(parameterInfos(notebookNetwork).map(({ name }) => [name, this.floats(prefix + name)]));
  }
}
