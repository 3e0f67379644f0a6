// Writes the sample data sets as PNG files, with the same generator as the command in VS Code.
// npm run samples -- --out DIR [--seed N] [--set digits|parts]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const usage = 'usage: npm run samples -- --out DIR [--seed N] [--set digits|parts]';

/** The generator, bundled from its TypeScript sources. */
async function loadGenerator() {
  const outfile = path.join(root, '.cache/samples/generator.mjs');
  await build({
    entryPoints: [path.join(root, 'src/extension/samples/index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    outfile,
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

function readOptions() {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, seed: { type: 'string' }, set: { type: 'string' } },
  });
  if (values.out === undefined) throw new Error(`--out is missing\n${usage}`);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new Error(`--seed takes a whole number from 0 to ${2 ** 32 - 1}, not "${values.seed}"\n${usage}`);
  }
  return { out: path.resolve(values.out), seed, set: values.set };
}

/** Whether the file already holds exactly these bytes. */
async function holds(file, bytes) {
  try {
    return Buffer.compare(await readFile(file), bytes) === 0;
  } catch {
    return false;
  }
}

async function main() {
  const { out, seed, set } = readOptions();
  const { defaultSampleSeed, encodeGrayPng, sampleDatasets, sampleImages } = await loadGenerator();
  const chosen = sampleDatasets.filter(({ name }) => set === undefined || name === set);
  if (chosen.length === 0) throw new Error(`there is no sample set "${set}"\n${usage}`);
  for (const { folder } of chosen.flatMap(({ groups }) => groups)) {
    await mkdir(path.join(out, folder), { recursive: true });
  }
  let written = 0;
  let unchanged = 0;
  for (const image of sampleImages(seed ?? defaultSampleSeed, chosen)) {
    const bytes = encodeGrayPng(image.width, image.height, image.pixels);
    const file = path.join(out, image.path);
    if (await holds(file, bytes)) {
      unchanged++;
    } else {
      await writeFile(file, bytes);
      written++;
    }
  }
  for (const { name, width, height, groups } of chosen) {
    console.log(`${name} (${width} × ${height})`);
    for (const { folder, count } of groups) console.log(`  ${String(count).padStart(4)}  ${folder}`);
  }
  console.log(
    `${written} files written, ${unchanged} unchanged, in ${out} (seed ${seed ?? defaultSampleSeed})`,
  );
}

try {
  await main();
} catch (error) {
  console.error(`samples: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
