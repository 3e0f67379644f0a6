// @ts-check
// Builds the extension and packages it into out/latent-lens.vsix, which may not grow beyond its budget.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { outPath, root } from './lib/paths.mjs';
import { runCommand } from './lib/processes.mjs';

const BUDGET_MB = 3;

/** Where the package lies after {@link packageExtension}. */
export const vsixPath = outPath('latent-lens.vsix');

/**
 * Builds every bundle and packages them, without git and without the network.
 * @returns {Promise<{vsix: string, megabytes: number}>}
 * @throws {Error} with the build's output where a bundle fails or a size budget is exceeded
 */
export async function packageExtension() {
  const build = await runCommand(process.execPath, ['esbuild.mjs'], { cwd: root, budgetMs: 180_000 });
  if (build.code !== 0) throw new Error(`The build failed:\n${build.output.trimEnd()}`);
  console.log(build.output.trimEnd());

  mkdirSync(path.dirname(vsixPath), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: vsixPath,
    dependencies: false,
    allowMissingRepository: true,
    // Links in the README stay as they are: there is no repository address to complete them with.
    rewriteRelativeLinks: false,
  });
  const megabytes = statSync(vsixPath).size / 1e6;
  const relative = path.relative(root, vsixPath);
  if (megabytes > BUDGET_MB)
    throw new Error(`${relative} is ${megabytes.toFixed(2)} MB; at most ${BUDGET_MB} MB may ship.`);
  console.log(`${relative}: ${megabytes.toFixed(2)} MB of ${BUDGET_MB} MB`);
  return { vsix: vsixPath, megabytes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await packageExtension();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
