/** A `workspaceState` in memory. */
import type { Memory } from '../../../../src/extension/core/memory-keys.ts';

export class FakeMemory implements Memory {
  readonly values = new Map<string, unknown>();
  updates = 0;

  get<T>(key: string): T | undefined {
    return this.values.get(key) as T | undefined;
  }

  update(key: string, value: unknown): Promise<void> {
    this.updates++;
    // As VS Code does: what JSON does not carry is gone.
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, JSON.parse(JSON.stringify(value)));
    return Promise.resolve();
  }
}
