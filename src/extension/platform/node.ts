/** The platform of a desktop or remote extension host. The web build has browser.ts in this file's place. */
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { temporarySuffix } from '../models/temporary.ts';
import type { Platform } from './platform.ts';

async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
  const temporary = target + temporarySuffix;
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the rename itself last; some systems cannot open folders, and there the rename is all there is. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}

export const platform: Platform = {
  replaceFile,
  realPath: (file) => realpath(file),
  readFile: (file) => readFile(file),
  stat: async (file) => {
    const { size, mtimeMs } = await stat(file);
    return { size, mtime: mtimeMs };
  },
};
