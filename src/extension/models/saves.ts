/** Receives a model file from a page in chunks and replaces the job's file with it. */
import { LensError } from '../../shared/errors.ts';
import type { SaveApi } from '../../shared/protocol/save.ts';
import { packBytes } from '../../shared/transport.ts';
import type { Files } from '../core/files.ts';
import { replaceFile } from './replace.ts';

/** The largest model of the family with all its state stays far below. */
const largestFile = 1024 ** 3;

export interface SaveOptions {
  readonly files: Files;
  /** Replaces a file of the local disk; undefined where the URI is not on one. */
  readonly localWriter: (uri: string) => ((uri: string, bytes: Uint8Array) => Promise<void>) | undefined;
  /** URI of the file that this job writes, the same for all its saves. */
  readonly target: (jobId: string, name: string) => Promise<string>;
  /** The file's place for people. */
  readonly describe: (uri: string) => string;
  readonly onSaved: (jobId: string, uri: string) => void;
}

interface OpenSave {
  readonly jobId: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  received: number;
}

/** The saves of one page; a recreated page starts with none open. */
export class Saves {
  private readonly open = new Map<string, OpenSave>();
  private last: Promise<unknown> = Promise.resolve();
  private counter = 0;

  constructor(private readonly options: SaveOptions) {}

  /** @throws LensError `write-failed` for a size that no model file has */
  begin({ jobId, name, size }: Parameters<SaveApi['beginSave']>[0]): ReturnType<SaveApi['beginSave']> {
    if (!Number.isSafeInteger(size) || size < 8 || size > largestFile) {
      throw new LensError('write-failed', `A model file of ${size} bytes cannot be saved.`);
    }
    // A job saves one file at a time: what it left open before is void.
    for (const [token, save] of this.open) if (save.jobId === jobId) this.open.delete(token);
    const token = `save-${++this.counter}`;
    this.open.set(token, { jobId, name, bytes: new Uint8Array(size), received: 0 });
    return { token };
  }

  append({ token, bytes }: Parameters<SaveApi['appendSave']>[0]): void {
    const save = this.find(token);
    if (!(bytes instanceof Uint8Array) || bytes.length > packBytes) {
      throw new LensError('write-failed', 'A part of the model file is not a byte array of at most 4 MiB.');
    }
    if (save.received + bytes.length > save.bytes.length) {
      throw new LensError('write-failed', 'The model file is longer than was announced.');
    }
    save.bytes.set(bytes, save.received);
    save.received += bytes.length;
  }

  /** @throws LensError `disk-full`, `no-permission`, `write-failed`: the file before is kept */
  async commit({ token }: Parameters<SaveApi['commitSave']>[0]): Promise<ReturnType<SaveApi['commitSave']>> {
    const save = this.find(token);
    this.open.delete(token);
    if (save.received !== save.bytes.length) {
      throw new LensError('write-failed', 'The model file is shorter than was announced.');
    }
    // One after the other: two writers of one temporary file would spoil it.
    const written = this.last.then(async () => {
      const uri = await this.options.target(save.jobId, save.name);
      const { files, localWriter } = this.options;
      await replaceFile(uri, save.bytes, { files, local: localWriter(uri) });
      return uri;
    });
    this.last = written.catch(() => undefined);
    const uri = await written;
    this.options.onSaved(save.jobId, uri);
    return { uri, savedAs: this.options.describe(uri) };
  }

  private find(token: string): OpenSave {
    const save = this.open.get(token);
    if (!save) throw new LensError('write-failed', 'This save is no longer open.');
    return save;
  }
}
