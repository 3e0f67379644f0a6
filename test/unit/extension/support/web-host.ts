/** The web bundle, started over files in memory without what only Node has. */
import vm from 'node:vm';
import * as esbuild from 'esbuild';
import { webHost } from '../../../../scripts/lib/host-builds.mjs';
import { fakeVscode } from './fake-vscode.ts';
import { FakeMemory } from './memory.ts';
import type { MemoryFiles } from './memory-files.ts';

/** The bundle's text. */
export async function buildWebHost(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...webHost,
    write: false,
    logLevel: 'silent',
  } as esbuild.BuildOptions & {
    write: false;
  });
  return outputFiles[0]?.text ?? '';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts the bundle as VS Code's web extension host does: CommonJS, with `vscode` as the only module. */
export async function activate(code: string, files: MemoryFiles, memory = new FakeMemory()) {
  const { vscode, seen, uri } = fakeVscode(files, 'memory:/w');
  const module = { exports: {} as { activate(context: unknown): unknown } };
  const requireVscode = (name: string): unknown => {
    if (name === 'vscode') return vscode;
    throw new Error(`There is no module ${name} in a browser.`);
  };
  // Shadowed by parameters that nobody fills: a context of its own would make every global a hundred times slower.
  const hidden = ['process', 'Buffer', 'global', 'setImmediate', '__dirname', '__filename'];
  const load = vm.compileFunction(code, ['module', 'exports', 'require', ...hidden]) as (
    ...args: unknown[]
  ) => void;
  load(module, module.exports, requireVscode);
  const subscriptions: { dispose(): unknown }[] = [];
  module.exports.activate({
    subscriptions,
    extensionUri: uri('ext:/here'),
    globalStorageUri: uri('memory:/global'),
    storageUri: uri('memory:/storage'),
    workspaceState: memory,
    extension: { packageJSON: { version: '0.1.0' } },
  });
  for (let waited = 0; !seen.log.some((line) => line.includes('activated')) && waited < 5000; waited += 10)
    await pause(10);
  const run = (id: string, ...args: unknown[]) => Promise.resolve(seen.commands.get(id)?.(...args));
  return { seen, run, uri, subscriptions };
}
