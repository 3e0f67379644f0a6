// @ts-check
// Suites that drive a whole window each. Two of them share a small machine badly: one that fails beside another runs
// once more, alone and from a clean start. What it does then counts, and that it was needed is said.
import { Tally } from './tally.mjs';

/**
 * @template File
 * @typedef {object} Plan
 * @property {readonly File[]} files
 * @property {number} concurrency files at the same time
 * @property {(file: File, tally: Tally) => Promise<void>} runFile
 * @property {() => boolean} timeLeft whether there is time for one more file
 * @property {Tally} tally
 */

/**
 * @template File
 * @param {Plan<File>} plan
 * @returns {Promise<void>}
 */
export async function runWindowTests({ files, concurrency, runFile, timeLeft, tally }) {
  const waiting = [...files];
  /** @type {{file: File, counts: Tally}[]} */
  const failed = [];
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const counts = new Tally('FAILED beside another');
      await runFile(file, counts);
      if (counts.failures.length > 0) failed.push({ file, counts });
      else tally.add(counts);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));

  for (const { file, counts } of failed) {
    if (!timeLeft()) {
      tally.add(counts);
      continue;
    }
    const again = new Tally();
    await runFile(file, again);
    tally.add(again);
    for (const { stage, name } of counts.failures) tally.weak(stage, name);
  }
}
