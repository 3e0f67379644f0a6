// What VS Code remembers of a window in a browser. It writes some seconds late, and not at all while a page unloads.
import type { Page } from 'playwright-core';
import { poll } from './studio.ts';

/** Waits until the window has written down each of these, such as the view type of an open editor. */
export async function written(page: Page, ...wanted: (string | RegExp)[]): Promise<void> {
  await poll(
    async () => {
      // JSON within JSON: without its backslashes it can be searched as it was written.
      const state = (await page.evaluate(readState, undefined)).replaceAll('\\', '');
      return wanted.every((part) => (typeof part === 'string' ? state.includes(part) : part.test(state)));
    },
    `the window to remember ${wanted.join(', ')}`,
  );
}

/** Waits until the window has written down that editors of these view types are open. */
export async function editorsWritten(page: Page, ...viewTypes: string[]): Promise<void> {
  await poll(
    async () => {
      const state = (await page.evaluate(readState, 'memento/workbench.parts.editor')).replaceAll('\\', '');
      return viewTypes.every((type) => new RegExp(`"viewType":"[\\w-]*${type}"`).test(state));
    },
    `the window to remember its editors: ${viewTypes.join(', ')}`,
  );
}

/** The value of a key in VS Code's state databases, or all values, as one text. Runs in the page. */
async function readState(key?: string): Promise<string> {
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
  let text = '';
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames)
      text += JSON.stringify(await answer(database.transaction(store).objectStore(store).getAll(key)));
    database.close();
  }
  return text;
}
