/** A page in a panel of the fake VS Code, as its host sees it. */
import assert from 'node:assert/strict';
import type { FakePanel, Seen } from './fake-vscode.ts';

export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** The page in a panel: tells its host what the test says, and answers when it says so. */
export class FakePage {
  private answered = 0;
  /** What was posted to the page before, in the same panel. */
  private readonly before: number;

  constructor(
    private readonly panel: FakePanel,
    id: string,
  ) {
    this.before = panel.posted.length;
    panel.send({ lens: 'request', id: 1, method: 'ready', params: { pageId: id } });
  }

  notice(method: string, params: unknown): void {
    this.panel.send({ lens: 'notice', method, params });
  }

  get asked(): readonly Asked[] {
    return this.panel.posted
      .slice(this.before)
      .filter((message): message is Asked => (message as { lens?: string }).lens === 'request');
  }

  /** Answers the next request, which must be this one. */
  async answer(method: string, result: unknown = undefined): Promise<unknown> {
    const at = this.answered++;
    await until(() => this.asked.length > at, `${method} to be asked`);
    const request = this.asked[at];
    assert.equal(request?.method, method);
    this.panel.send({ lens: 'reply', id: request.id, result });
    await pause();
    return request.params;
  }
}

export const pause = (ms = 15): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    assert.ok(waited < 5000, `waited in vain for ${what}`);
    await pause(10);
  }
}

/** The page of the newest panel of this type, which announces itself. */
export async function pageOf(seen: Seen, viewType: string, id: string): Promise<FakePage> {
  await until(() => seen.panels.some((panel) => panel.viewType === viewType), viewType);
  const panel = seen.panels.filter((one) => one.viewType === viewType).at(-1);
  assert.ok(panel);
  return new FakePage(panel, id);
}
