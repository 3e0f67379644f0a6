/** Writing a model file so that no reader, and no kill in between, ever leaves less than one complete file. */
import type { LensError } from '../../shared/errors.ts';
import { headerLength, parseHeader } from '../../shared/safetensors.ts';
import { isNotFound, toFileError, type Files } from '../core/files.ts';
import { isModelFileName } from './file-names.ts';
import { temporarySuffix } from './temporary.ts';

export interface ReplaceOptions {
  readonly files: Files;
  /** Replaces a file of the local disk; undefined where the URI is not on one. */
  readonly local: ((uri: string, bytes: Uint8Array) => Promise<void>) | undefined;
}

/**
 * Replaces the file, creating its folder where it is gone. Without a local disk: a complete temporary file first, then
 * a rename over the old one. That rename may delete before it moves, so {@link recoverTemporaries} adopts what a kill
 * in between leaves.
 * @throws LensError `disk-full`, `no-permission`, `write-failed`: the file before is kept
 */
export async function replaceFile(uri: string, bytes: Uint8Array, options: ReplaceOptions): Promise<void> {
  const { files, local } = options;
  const name = files.nameOf(uri);
  if (local) {
    await local(uri, bytes).catch((error: unknown) => {
      throw toFileError(error, 'write', name);
    });
    return;
  }
  try {
    await writeAndRename(uri, bytes, files);
  } catch (error) {
    // The folder was deleted, or another window's start-up took the temporary file: once more, from the start.
    if (!isNotFound(error)) throw await cleanedUp(error, uri, files);
    await writeAndRename(uri, bytes, files).catch(async (second: unknown) => {
      throw await cleanedUp(second, uri, files);
    });
  }
}

async function writeAndRename(uri: string, bytes: Uint8Array, files: Files): Promise<void> {
  await files.createFolder(files.parent(uri));
  const temporary = uri + temporarySuffix;
  await files.write(temporary, bytes);
  await files.rename(temporary, uri, true);
}

async function cleanedUp(error: unknown, uri: string, files: Files): Promise<LensError> {
  // A rename that deleted the old file and then failed has left only the temporary one: that stays.
  const oldIsThere = await files.stat(uri).then(
    () => true,
    () => false,
  );
  if (oldIsThere) await files.remove(uri + temporarySuffix).catch(() => undefined);
  return toFileError(error, 'write', files.nameOf(uri));
}

/** Whether the bytes are a whole safetensors file: a write that was cut short is not. */
export function isComplete(bytes: Uint8Array): boolean {
  try {
    const length = headerLength(bytes.subarray(0, 8), bytes.length);
    parseHeader(bytes.subarray(8, 8 + length), bytes.length - 8 - length);
    return true;
  } catch {
    return false;
  }
}

export interface Recovery {
  /** URIs of model files that a complete temporary file now replaces. */
  readonly adopted: readonly string[];
  readonly removed: readonly string[];
}

/** An incomplete temporary file younger than this may be another window's, still being written. */
const abandonedAfter = 60_000;

/**
 * Brings a models folder in order after a kill: a complete temporary file is the newest checkpoint and takes its
 * place; an incomplete one is removed. A folder that is not there, or cannot be read, has nothing to bring in order.
 */
export async function recoverTemporaries(folder: string, files: Files, now: number): Promise<Recovery> {
  const adopted: string[] = [];
  const removed: string[] = [];
  const entries = await files.list(folder).catch(() => []);
  for (const { name, kind } of entries) {
    const target = name.endsWith(temporarySuffix) ? name.slice(0, -temporarySuffix.length) : '';
    if (kind !== 'file' || !isModelFileName(target)) continue;
    const temporary = files.join(folder, name);
    try {
      if (isComplete(await files.read(temporary))) {
        await files.rename(temporary, files.join(folder, target), true);
        adopted.push(files.join(folder, target));
      } else if (now - (await files.stat(temporary)).mtime > abandonedAfter) {
        await files.remove(temporary);
        removed.push(temporary);
      }
    } catch {
      // Gone or locked meanwhile: the next start looks again.
      continue;
    }
  }
  return { adopted, removed };
}
