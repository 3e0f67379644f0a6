// Where the optional data sets and oracles are, and what a test does where they are missing.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';

/** The repository's root, wherever the test's bundle lies. */
export { root };

/**
 * A file of the optional data sets: below LATENT_LENS_DATA, else beside the repository.
 * @returns an absolute path, whether the file exists or not
 */
export function dataPath(...parts: string[]): string {
  return path.join(process.env['LATENT_LENS_DATA'] ?? path.join(root, '../shared/data'), ...parts);
}

/** The same for the reference results: below LATENT_LENS_REFERENCE. */
export function referencePath(...parts: string[]): string {
  return path.join(process.env['LATENT_LENS_REFERENCE'] ?? path.join(root, '../shared/reference'), ...parts);
}

/**
 * Whether all files are there. Where one is not, the test is skipped under its name, or fails with
 * LATENT_LENS_REQUIRE_ORACLES=1: `if (!requireOrSkip(t, file)) return;`
 * @throws {Error} naming the missing file, when it is required
 */
export function requireOrSkip(t: TestContext, ...files: string[]): boolean {
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return true;
  // The folder above the repository differs from machine to machine; two names tell which file it is.
  return skipOrFail(t, `${missing.split(path.sep).slice(-2).join('/')} is missing`);
}

/**
 * Skips a test for want of something else (a program, a package of Python), or fails where nothing may be missing.
 * @returns false, so that the test can return it
 * @throws {Error} with LATENT_LENS_REQUIRE_ORACLES=1
 */
export function skipOrFail(t: TestContext, reason: string): false {
  if (process.env['LATENT_LENS_REQUIRE_ORACLES'] === '1')
    throw new Error(`${reason}, and LATENT_LENS_REQUIRE_ORACLES=1 allows no skipping.`);
  t.skip(reason);
  return false;
}
