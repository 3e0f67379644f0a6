// @ts-check
// `npm run screenshots`: every surface of the extension in a real VS Code, in each theme and once narrow, as
// out/screenshots/LOOK/SURFACE.png, to be looked at. Parts of it: `npm run screenshots -- --only losses,map --look dark`.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openDemoWindow } from './demo/window.mjs';
import { outPath, root } from './lib/paths.mjs';
import { packageExtension } from './package.mjs';
import { Camera, WIDE, looks } from './screenshots/camera.mjs';
import * as notebook from './screenshots/notebook.mjs';
import * as samples from './screenshots/samples.mjs';
import * as variants from './screenshots/variants.mjs';

/** Each takes its surfaces in one window, the ones that are asked for. */
const groups = { samples, notebook, variants };

const usage = `usage: npm run screenshots -- [--only NAME,…] [--look NAME,…] [--fresh] [--keep-package]
  --only          surfaces, or groups of them: ${Object.keys(groups).join(', ')}
  --look          ${looks.map(({ name }) => name).join(', ')}
  --fresh         trains the models of the notebook's figures again
  --keep-package  takes out/latent-lens.vsix as it is
Surfaces: ${Object.values(groups)
  .flatMap(({ surfaces }) => surfaces)
  .join(', ')}`;

/** @param {string | undefined} list @param {readonly string[]} known @returns {string[]} */
function namesOf(list, known) {
  const names = (list ?? '').split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}".\n${usage}`);
  return names;
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      look: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'keep-package': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const all = Object.values(groups).flatMap((group) => group.surfaces);
  const named = namesOf(values.only, [...Object.keys(groups), ...all]);
  const wanted = named.flatMap((name) =>
    name in groups ? groups[/** @type {keyof typeof groups} */ (name)].surfaces : [name],
  );
  const only = namesOf(
    values.look,
    looks.map(({ name }) => name),
  );
  if (wanted.length === 0 && only.length === 0)
    rmSync(outPath('screenshots'), { recursive: true, force: true });
  const vsix = values['keep-package'] ? outPath('latent-lens.vsix') : (await packageExtension()).vsix;
  for (const group of Object.values(groups)) {
    if (wanted.length > 0 && !group.surfaces.some((surface) => wanted.includes(surface))) continue;
    const options = { fresh: values.fresh, named: wanted.length > 0 };
    await inWindow(vsix, (window) => group.take(new Camera(window, wanted, only), options));
  }
  console.log(`Screenshots are in ${path.relative(root, outPath('screenshots'))}/`);
}

/** @param {string} vsix @param {(window: import('./demo/window.mjs').DemoWindow) => Promise<void>} body */
async function inWindow(vsix, body) {
  const window = await openDemoWindow({
    vsix,
    name: 'screenshots',
    settings: { 'window.autoDetectColorScheme': false, 'window.autoDetectHighContrast': false },
    viewport: WIDE,
  });
  try {
    await body(window);
  } catch (error) {
    await window.page.screenshot({ path: outPath('screenshots', 'failure.png') }).catch(() => undefined);
    throw error;
  } finally {
    await window.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`screenshots: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// What the window left open must not keep the process.
process.exit();
