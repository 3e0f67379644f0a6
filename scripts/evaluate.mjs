// @ts-check
// `npm run evaluate -- …`: trains and measures on data on disk, with the product's own worker. `--help` tells how.
import { importTypeScript } from './lib/test-bundle.mjs';

const { main } = await importTypeScript('scripts/evaluate/main.ts');
process.exit(await /** @type {(args: readonly string[]) => Promise<number>} */ (main)(process.argv.slice(2)));
