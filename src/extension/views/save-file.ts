/** What a page made becomes a file of the user's. */
import { toFileError } from '../core/files.ts';
import type { Services } from '../core/services.ts';
import { askWhereToSave } from './dialogs.ts';

/**
 * Asks where to save, and saves.
 * @param name proposed
 * @param surface whose file it is: a failure is shown as its; a page that tells of failures itself gives none
 * @returns where it was saved, in words; null where the user cancelled
 * @throws LensError what writing throws
 */
export async function saveFile(
  services: Services,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  surface?: string,
): Promise<{ readonly savedAs: string | null }> {
  const { files, errors } = services;
  const uri = (await askWhereToSave(name))?.toString();
  if (uri === undefined) return { savedAs: null };
  try {
    await files.write(uri, bytes);
  } catch (error) {
    const failure = toFileError(error, 'write', files.nameOf(uri));
    if (surface !== undefined) errors.show(failure, surface);
    throw failure;
  }
  return { savedAs: services.describe(uri) };
}
