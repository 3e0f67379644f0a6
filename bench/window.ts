// A real VS Code window with the packaged extension, for benches of what only the window can tell.
import { packageExtension } from '../scripts/package.mjs';
import { openDemoWindow, type DemoWindow } from '../scripts/demo/window.mjs';

export { file } from '../scripts/demo/window.mjs';

/** Packages the extension, opens the window, and closes it whatever comes. */
export async function inWindow<T>(
  name: string,
  work: (window: DemoWindow) => Promise<T>,
  options: Omit<Parameters<typeof openDemoWindow>[0], 'vsix' | 'name'> = {},
): Promise<T> {
  const { vsix } = await packageExtension();
  const window = await openDemoWindow({ vsix, name, ...options });
  try {
    return await work(window);
  } finally {
    await window.close();
  }
}
