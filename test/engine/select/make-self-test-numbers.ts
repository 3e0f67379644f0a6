/**
 * Writes src/engine/backends/self-test-numbers.ts. To be run after a change of the self-test's cases, with
 * `node --input-type=module -e "import('./scripts/lib/test-bundle.mjs').then((b) => b.importTypeScript('test/engine/select/make-self-test-numbers.ts'))"`
 * from the root, then `npx prettier --write src/engine/backends/self-test-numbers.ts`.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { selfTestCases } from '../../../src/engine/backends/self-test-cases.ts';
import { root } from '../../support/data.ts';
import { referenceNumbers } from './self-test-reference.ts';

const numbers = Object.fromEntries(selfTestCases().map((test) => [test.name, referenceNumbers(test)]));
const rounded = JSON.stringify(numbers, (_, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(8)) : value,
);
writeFileSync(
  path.join(root, 'src/engine/backends/self-test-numbers.ts'),
  `/**
 * What an engine has to compute in the self-test: results of the cases in self-test-cases.ts in double precision,
 * rounded to eight digits. Written by test/engine/select/make-self-test-numbers.ts from the network as it stands in
 * test/engine/webgpu/reference-network.ts; a test computes them anew and compares.
 */
import type { SelfTestNumbers } from './self-test-cases.ts';

export const selfTestNumbers: Readonly<Record<string, SelfTestNumbers>> = ${rounded};
`,
);
