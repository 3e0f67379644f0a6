// @ts-check
// Where things are: the repository's root, the cache that may be deleted, the folder of results.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The repository's root, found upwards from this file, or from the working directory where the file was bundled
 * to somewhere else.
 * @returns {string}
 */
function findRoot() {
  for (const start of [path.dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      const manifest = path.join(folder, 'package.json');
      if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'latent-lens')
        return folder;
      if (folder === path.dirname(folder)) break;
    }
  }
  throw new Error(
    'The root of the Latent Lens repository was not found; run this from inside the repository.',
  );
}

export const root = findRoot();

/**
 * A path below the cache (`.cache`, or LATENT_LENS_CACHE to share one between clones). Everything in it can be made anew.
 * @param {...string} parts
 * @returns {string}
 */
export const cachePath = (...parts) =>
  path.join(path.resolve(process.env['LATENT_LENS_CACHE'] ?? path.join(root, '.cache')), ...parts);

/**
 * A path below `out`, the folder of results that somebody may want to look at.
 * @param {...string} parts
 * @returns {string}
 */
export const outPath = (...parts) => path.join(root, 'out', ...parts);
