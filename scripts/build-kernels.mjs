// Compiles the AssemblyScript kernels to dist/wasm/: one build with plain SIMD, one with fused multiply-add.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, 'src/engine/backends/wasm/assembly');
const compiler = path.join(root, 'node_modules/assemblyscript/bin/asc.js');

/** The fused build is the one with relaxed SIMD: the sources ask for the feature at compile time. */
const builds = [
  { file: 'kernels-simd.wasm', features: ['simd'] },
  { file: 'kernels-fma.wasm', features: ['simd', 'relaxed-simd'] },
];

/** Paths of the two modules after a build. */
export const kernelFiles = {
  simd: path.join(root, 'dist/wasm/kernels-simd.wasm'),
  fma: path.join(root, 'dist/wasm/kernels-fma.wasm'),
};

const modified = (file) => statSync(file).mtimeMs;

/** Builds what is missing or older than its sources. Throws with the compiler's own words. */
export async function buildKernels() {
  const inputs = readdirSync(sources).map((name) => path.join(sources, name));
  const newest = Math.max(...[...inputs, fileURLToPath(import.meta.url)].map(modified));
  mkdirSync(path.join(root, 'dist/wasm'), { recursive: true });
  await Promise.all(
    builds.map(async ({ file, features }) => {
      const target = path.join(root, 'dist/wasm', file);
      if (existsSync(target) && modified(target) >= newest) return;
      await compile(target, features);
    }),
  );
}

async function compile(target, features) {
  // Renamed into place, so that a build beside this one never reads half a module.
  const partial = `${target}.${process.pid}.wasm`;
  const options = [
    path.join(sources, 'index.ts'),
    ...['--outFile', partial],
    ...['-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort='],
    ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...features.flatMap((feature) => ['--enable', feature]),
  ];
  try {
    await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: root });
  } catch (error) {
    throw new Error(`The kernels did not compile:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
  renameSync(partial, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
