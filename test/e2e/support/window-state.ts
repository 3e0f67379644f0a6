// What VS Code remembers of a window in a browser. It writes some seconds late, and not at all while a page unloads.
import type { Page } from 'playwright-core';
import { poll } from './studio.ts';

/** Waits until the window has written down each of these, such as the view type of an open editor. */
export async function written(page: Page, ...wanted: (string | RegExp)[]): Promise<void> {
  await poll(
    async () => {
      // JSON within JSON: without its backslashes it can be searched as it was written.
      const state = (await page.evaluate(readState)).replaceAll('\\', '');
      return wanted.every((part) => (typeof part === 'string' ? state.includes(part) : part.test(state)));
    },
    `the window to remember ${wanted.join(', ')}`,
  );
}

/** All values in VS Code's state databases, as one text. Runs in the page. */
async function readState(): Promise<string> {
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
      text += JSON.stringify(await answer(database.transaction(store).objectStore(store).getAll()));
    database.close();
  }
  return text;
}
