// @ts-check
// Tests are TypeScript: each file becomes one bundle that Node can run.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { cachePath, root } from './paths.mjs';

/** Packages that Node cannot import as they are, or of which two copies would not know each other. */
const BUNDLED = /^(lit|lit-html|lit-element|@lit|@lit-labs|@tensorflow|@vscode-elements|uplot)(\/|$)/;

const REQUIRE =
  "import { createRequire as createRequireForBundle } from 'node:module';" +
  'globalThis.require ??= createRequireForBundle(import.meta.url);';

/** Every other package stays outside: Node loads it from node_modules. @type {esbuild.Plugin} */
const externalPackages = {
  name: 'external-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || path.isAbsolute(name) || BUNDLED.test(name)
        ? undefined
        : { path: name, external: true },
    );
  },
};

/** Spelt apart, for this file may be bundled, too, and would be rewritten. */
const OWN_URL = ['import', 'meta', 'url'].join('.');

/** A bundle lies elsewhere than its sources: its own URL keeps naming the source. @type {esbuild.Plugin} */
const sourceUrls = {
  name: 'source-urls',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, ({ path: file }) => {
      if (file.includes('node_modules')) return undefined;
      const text = readFileSync(file, 'utf8');
      if (!text.includes(OWN_URL)) return undefined;
      return {
        contents: text.replaceAll(OWN_URL, JSON.stringify(pathToFileURL(file).href)),
        loader: file.endsWith('.ts') ? 'ts' : 'js',
        resolveDir: path.dirname(file),
      };
    });
  },
};

/**
 * The test files of a folder below `test/`, sorted, as paths relative to the root.
 * @param {string} stage folder name
 * @param {string} [wanted] only paths that contain this
 * @returns {string[]}
 */
export function testFiles(stage, wanted = '') {
  const folder = path.join(root, 'test', stage);
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.endsWith('.test.ts'))
    .map((entry) => path.posix.join('test', stage, entry.replaceAll('\\', '/')))
    .filter((file) => file.includes(wanted))
    .sort();
}

/**
 * Bundles files for Node into a folder of this run's own, so that two runs never meet.
 * @param {readonly string[]} files relative to the root
 * @param {'esm' | 'cjs'} [format]
 * @returns {Promise<Map<string, string>>} source (as given) to the absolute path of its bundle
 * @throws {esbuild.BuildFailure} whose message names file and line
 */
export async function bundleForNode(files, format = 'esm') {
  const outdir = makeRunFolder('bundles');
  const extension = format === 'esm' ? '.mjs' : '.cjs';
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [...files],
    outbase: root,
    outdir,
    outExtension: { '.js': extension },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    mainFields: ['module', 'main'],
    tsconfig: path.join(root, 'tsconfig.test.json'),
    sourcemap: 'inline',
    loader: { '.wasm': 'binary' },
    logLevel: 'silent',
    plugins: [externalPackages, sourceUrls],
    // CommonJS that was bundled into an ES module asks for `require`.
    ...(format === 'esm' ? { banner: { js: REQUIRE } } : {}),
  });
  return new Map(files.map((file) => [file, path.join(outdir, file.replace(/\.m?ts$/, extension))]));
}

/**
 * Bundles one TypeScript file and imports it: for scripts that share code with the tests.
 * @param {string} file relative to the root
 * @returns {Promise<Record<string, unknown>>}
 */
export async function importTypeScript(file) {
  const bundle = (await bundleForNode([file])).get(file) ?? file;
  return import(pathToFileURL(bundle).href);
}

/**
 * A new folder below the cache that goes away with this process.
 * @param {string} name
 * @returns {string} absolute path
 */
export function makeRunFolder(name) {
  const parent = cachePath('runs');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, `${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
