/** What the Studio asks of its host and tells it: a word each, files in and out, and how the job is. */
import { toWireError } from '../../shared/errors.ts';
import type { JobOutcome } from '../../shared/protocol/engine.ts';
import type { ProjectionEnd } from '../../shared/protocol/projection.ts';
import type { JobStatus, StudioHostApi } from '../../shared/protocol/studio.ts';
import type { Connection } from '../../shared/rpc.ts';
import { readWholeFile } from '../shared/files.ts';
import { relaySave, type Saved } from './save-relay.ts';

export class HostLink {
  /** @param connection throws while there is none */
  constructor(private readonly connection: () => Connection<StudioHostApi>) {}

  chooseDataset(): void {
    this.#calls.send('chooseDataset', {});
  }
  checkImage(): void {
    this.#calls.send('checkImage', {});
  }
  reveal(uri: string): void {
    this.#calls.send('reveal', { uri });
  }
  /** Goes on with an unfinished model: the host finds its data, then calls back. */
  resumeModel(uri: string): void {
    this.#calls.send('resumeModel', { uri });
  }
  /** Goes on with the t-SNE of this model: the host asks for it. */
  continueProjection(uri: string): void {
    this.#calls.send('continueProjection', { uri });
  }
  /** Calibrates this model anew: the host asks for the images. */
  recalibrateModel(uri: string): void {
    this.#calls.send('recalibrateModel', { uri });
  }
  showMap(uri: string): void {
    this.#calls.send('showMap', { uri });
  }
  showLog(): void {
    this.#calls.send('showLog', {});
  }
  openFile(dataset: string, path: string): void {
    this.#calls.send('openFile', { dataset, path });
  }
  /** Opens an image of the data set of the model in this file. */
  openImage(model: string, path: string): void {
    this.#calls.send('openImage', { model, path });
  }
  /** Opens an image of an evaluation. @param root URI of the folder that was chosen */
  openEvaluated(root: string, path: string): void {
    this.#calls.send('openEvaluated', { root, path });
  }

  /** @throws LensError what the host says */
  readFile(uri: string): Promise<Uint8Array> {
    return readWholeFile((params) => this.#calls.call('readFile', params), uri);
  }

  /** @returns where the file was saved; null where the user cancelled */
  async saveFile(name: string, bytes: Uint8Array): Promise<string | null> {
    return (await this.#calls.call('saveFile', { name, bytes })).savedAs;
  }

  /** Image files of the user's choice with their bytes; none where cancelled. */
  async pickImages(many: boolean): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
    const { images } = await this.#calls.call('pickImages', { many });
    const read: { name: string; bytes: Uint8Array }[] = [];
    // One after the other: the host holds one file at a time.
    for (const { uri, name } of images) read.push({ name, bytes: await this.readFile(uri) });
    return read;
  }

  /** A job's model file, as {@link relaySave} has it. */
  save(file: Parameters<typeof relaySave>[1]): Promise<Saved> {
    return relaySave(this.#calls, file);
  }

  /** How far the running job is; resolves when the host has taken it. Never rejects. */
  tell(status: JobStatus): Promise<void> {
    return this.#calls.call('jobChanged', status).catch((error: unknown) => this.report(error, 'jobChanged'));
  }

  tellEnd(outcome: JobOutcome): void {
    this.#calls.send('jobEnded', outcome);
  }
  tellProjectionEnd(end: ProjectionEnd): void {
    this.#calls.send('projectionEnded', end);
  }

  /** For errors that nobody waits for. */
  readonly report = (error: unknown, method: string): void => {
    const wire = toWireError(error);
    this.#calls.send('log', {
      level: 'error',
      text: `Studio, ${method}: ${wire.message}${wire.detail === undefined ? '' : `\n${wire.detail}`}`,
    });
  };

  get #calls(): Connection<StudioHostApi> {
    return this.connection();
  }
}
