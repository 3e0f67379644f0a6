// @ts-check
// Activated before the others, it stands between the extension host and the files of the extensions to be measured:
// CPU time of the host's process and wall time while their code loads and while `activate` runs. The host does nothing
// else meanwhile, for both block it; its helper threads (compiler, garbage) count in.
const { appendFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const file = process.env['LATENT_LENS_METER'];
/** Names of extensions by the folder of their main file. @type {Record<string, string>} */
const measured = JSON.parse(process.env['LATENT_LENS_METERED'] ?? '{}');

/** @template T @param {string} name @param {'load' | 'activate'} phase @param {() => T} work @returns {T} */
function measure(name, phase, work) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const result = work();
  const milliseconds = performance.now() - wall;
  const { user, system } = process.cpuUsage(cpu);
  const line = { name, phase, cpu: (user + system) / 1000, wall: milliseconds };
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  return result;
}

exports.activate = () => {
  const loader = /** @type {{_load(request: string, ...rest: unknown[]): any}} */ (
    /** @type {unknown} */ (Module)
  );
  const load = loader._load;
  loader._load = function (request, ...rest) {
    const name = path.isAbsolute(request) ? nameOf(request) : undefined;
    if (name === undefined) return load.call(this, request, ...rest);
    const extension = measure(name, 'load', () => load.call(this, request, ...rest));
    return {
      ...extension,
      /** @param {unknown[]} given */
      activate: (...given) => measure(name, 'activate', () => extension.activate(...given)),
    };
  };
};

/** @param {string} main absolute path of a main file */
const nameOf = (main) => Object.entries(measured).find(([folder]) => main.includes(folder))?.[1];
