// Our previous build as the rival: the same bench in the tree of an older commit, in turn with this one's.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cachePath, root } from '../scripts/lib/paths.mjs';
import { runCommand } from '../scripts/lib/processes.mjs';
import { dataPath, referencePath } from '../test/support/data.ts';
import { median, ratios, rounded, row, type BenchResult } from './report.ts';

const roundMs = 30 * 60_000;

/** @returns the output. @throws Error with the output where the command fails */
async function output(command: string, args: readonly string[], options: object = {}): Promise<string> {
  const result = await runCommand(command, args, { cwd: root, budgetMs: roundMs, ...options });
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')} failed.\n${result.output.trim()}`);
  return result.output.trim();
}

/** The tree of a commit, with the packages that are installed here. */
async function checkOut(commit: string): Promise<string> {
  const tree = cachePath('against', commit);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const archive = `${tree}.tar`;
  await output('git', ['archive', `--output=${archive}`, commit]);
  await output('tar', ['-xf', archive, '-C', tree]);
  rmSync(archive);
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'), 'junction');
  return tree;
}

interface Measured {
  readonly ours: number;
  readonly unit: string;
}

/** One round of a bench in a tree, told by its last line. */
async function measure(name: string, tree: string): Promise<Measured> {
  const env = {
    ...process.env,
    LATENT_LENS_CACHE: cachePath(),
    LATENT_LENS_DATA: dataPath(),
    LATENT_LENS_REFERENCE: referencePath(),
  };
  const args = ['bench/run.mjs', name, '--json', '--rounds', '1'];
  const text = await output(process.execPath, args, { cwd: tree, env });
  return JSON.parse(text.slice(text.lastIndexOf('\n') + 1)) as Measured;
}

/**
 * Every figure of a bench is a time: the ratio is the older one's by ours.
 * @param revision whatever git understands
 * @throws Error where git does not know it, or where its tree lacks the bench
 */
export async function benchAgainst(name: string, revision: string, rounds = 5): Promise<BenchResult> {
  const commit = await output('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]).catch(
    () => {
      throw new Error(`git knows no commit “${revision}”.`);
    },
  );
  const tree = await checkOut(commit);
  if (!existsSync(path.join(tree, 'bench', `${name}.ts`))) {
    throw new Error(`There was no bench “${name}” at ${revision} yet.`);
  }
  const ours: number[] = [];
  const older: number[] = [];
  let unit = '';
  for (let round = 0; round < rounds; round++) {
    const now = await measure(name, root);
    ours.push(now.ours);
    older.push((await measure(name, tree)).ours);
    unit = now.unit;
  }
  rmSync(tree, { recursive: true, force: true });
  return {
    table: [
      `${name}, ${unit}: median (range) of ${rounds} rounds in turn`,
      row('this tree', ours),
      row(`${revision} (${commit.slice(0, 7)})`, older),
    ].join('\n'),
    summary: {
      ours: rounded(median(ours)),
      rival: rounded(median(older)),
      ratio: rounded(median(ratios(older, ours))),
      unit,
      rounds,
    },
  };
}
