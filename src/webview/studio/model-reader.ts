/** Reads the model that is to be shown: one at a time, the one asked for last. */
import { toWireError } from '../../shared/errors.ts';
import { readModelView } from './model-view.ts';
import type { ShownModel } from './state.ts';

export class ModelReader {
  #turn = 0;

  constructor(private readonly readFile: (uri: string) => Promise<Uint8Array>) {}

  /** What is being read is not wanted any more. */
  drop(): void {
    this.#turn++;
  }

  /** @returns the model, or why it could not be read; null where something else is wanted by then. Never rejects */
  async read(uri: string, name: string): Promise<ShownModel | null> {
    const turn = ++this.#turn;
    let model: ShownModel;
    try {
      model = { kind: 'read', uri, view: readModelView(await this.readFile(uri)) };
    } catch (error) {
      model = { kind: 'failed', name, uri, error: toWireError(error) };
    }
    return turn === this.#turn ? model : null;
  }
}
