// Type-checks each room with the libraries of its own runtime; esbuild only strips types.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const rooms = ['shared', 'engine', 'extension', 'webview', 'test'];
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
const wanted = process.argv.slice(2);
let failed = 0;
for (const room of wanted.length > 0 ? wanted : rooms) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${room}.json`, '--noEmit'], {
    stdio: 'inherit',
  });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
