// Compiles the AssemblyScript kernels to dist/wasm/: the engine's and the projection's, each in one build with plain
// SIMD and one with fused multiply-add.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const wasm = (name) => path.join(root, 'dist/wasm', name);
const compiler = path.join(root, 'node_modules/assemblyscript/bin/asc.js');

/** Paths of the engine's two modules after a build. */
export const kernelFiles = { simd: wasm('kernels-simd.wasm'), fma: wasm('kernels-fma.wasm') };

/** Paths of the projection's two modules after a build. */
export const projectionFiles = { simd: wasm('projection-simd.wasm'), fma: wasm('projection-fma.wasm') };

/** The fused build is the one with relaxed SIMD: the sources ask for the feature at compile time. */
const features = { simd: ['simd'], fma: ['simd', 'relaxed-simd'] };

const engineSources = path.join(root, 'src/engine/backends/wasm/assembly');
const modules = [
  { sources: engineSources, shared: [], files: kernelFiles },
  {
    sources: path.join(root, 'src/engine/projection/assembly'),
    shared: [path.join(engineSources, 'simd.ts')],
    files: projectionFiles,
  },
];

const modified = (file) => statSync(file).mtimeMs;

/** Builds what is missing or older than its sources. Throws with the compiler's own words. */
export async function buildKernels() {
  mkdirSync(path.join(root, 'dist/wasm'), { recursive: true });
  await Promise.all(modules.map(buildModule));
}

async function buildModule({ sources, shared, files }) {
  const inputs = [...readdirSync(sources).map((name) => path.join(sources, name)), ...shared];
  const newest = Math.max(...[...inputs, fileURLToPath(import.meta.url)].map(modified));
  await Promise.all(
    Object.entries(files).map(async ([build, target]) => {
      if (existsSync(target) && modified(target) >= newest) return;
      await compile(sources, target, features[build]);
    }),
  );
}

async function compile(sources, target, enabled) {
  // Renamed into place, so that a build beside this one never reads half a module.
  const partial = `${target}.${process.pid}.wasm`;
  const options = [
    path.join(sources, 'index.ts'),
    ...['--outFile', partial],
    ...['-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort='],
    ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...enabled.flatMap((feature) => ['--enable', feature]),
  ];
  try {
    await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: root });
  } catch (error) {
    throw new Error(`The kernels did not compile:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
  renameSync(partial, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
