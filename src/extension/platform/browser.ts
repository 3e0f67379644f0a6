/** The platform of a web extension host: no disk of its own. Takes the place of node.ts in the web build. */
import type { Platform } from './platform.ts';

export const platform: Platform = {
  replaceFile: undefined,
  realPath: undefined,
  readFile: undefined,
  stat: undefined,
};
