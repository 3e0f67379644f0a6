// `npm run bench -- NAME [--json] [--rounds N] [--against GIT_REV]`: measures something of ours against a rival, in turn,
// on this machine; with --against the rival is our own build of that commit.
// Benches are `bench/NAME.ts`, each exporting `bench` (bench/report.ts says what it returns). With --json the last line
// is `{"bench", "ours", "rival", "ratio", "unit", "rounds"}`: medians; ratio = rival / ours, above 1 we are faster.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildKernels } from '../scripts/build-kernels.mjs';
import { root } from '../scripts/lib/paths.mjs';
import { importTypeScript } from '../scripts/lib/test-bundle.mjs';

const usage = 'Usage: npm run bench -- NAME [--json] [--rounds N] [--against GIT_REV]';

const helpers = new Set([
  'report.ts',
  'against.ts',
  'python.ts',
  'contestants.ts',
  'half-batches.ts',
  'latents.ts',
  'peak.ts',
  'window.ts',
  'blobs.ts',
]);
const names = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && !helpers.has(file))
  .map((file) => file.replace(/\.ts$/, ''));

/** @returns {{name: string, json: boolean, rounds: number | undefined, against: string | undefined}} */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      against: { type: 'string' },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds must be a whole number above 0, not "${values.rounds}".`);
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Error('Name one bench.');
  if (!names.includes(name)) {
    throw new Error(`There is no bench "${name}".`);
  }
  return { name, json: values.json, rounds, against: values.against };
}

/** @param {ReturnType<typeof readArguments>} chosen @returns {Promise<import('./report.ts').BenchResult>} */
async function measure({ name, rounds, against }) {
  if (against === undefined) return (await importTypeScript(`bench/${name}.ts`)).bench({ rounds });
  return (await importTypeScript('bench/against.ts')).benchAgainst(name, against, rounds);
}

/** @param {unknown} error */
const words = (error) => (error instanceof Error ? error.message : String(error));

let chosen;
try {
  chosen = readArguments();
} catch (error) {
  console.error(`${words(error)}\n${usage}\nBenches: ${names.join(', ')}`);
  process.exit(2);
}

await buildKernels();
try {
  const { table, summary } = await measure(chosen);
  console.log(table);
  if (chosen.json) console.log(JSON.stringify({ bench: chosen.name, ...summary }));
} catch (error) {
  console.error(chosen.against === undefined ? error : words(error));
  process.exit(1);
}
// A bench may have started helpers of its own; nothing of them may keep this process.
process.exit(0);
