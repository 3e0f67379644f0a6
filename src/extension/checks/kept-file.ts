/** A file of the extension's own storage for this workspace. */
import { toFileError, isNotFound } from '../core/files.ts';
import type { Services } from '../core/services.ts';
import { replaceFile } from '../models/replace.ts';
import type { KeptFile } from './store.ts';

/** Without a workspace there is no such storage: then nothing is kept. */
export function keptFile(services: Services, name: string): KeptFile {
  const { files, context } = services;
  // Undefined in a window without a folder, whatever the type says of it.
  const folder = context.storageUri?.toString();
  const uri = folder === undefined ? undefined : files.join(folder, name);
  return {
    read: async () => {
      if (uri === undefined) return undefined;
      try {
        return await files.read(uri);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw toFileError(error, 'read', name);
      }
    },
    write: async (bytes) => {
      if (uri === undefined) return;
      await replaceFile(uri, bytes, { files, local: services.localWriter(uri) });
    },
  };
}
