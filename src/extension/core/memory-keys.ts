/** Keys under which the extension remembers things of one workspace (`workspaceState`). */
export const memoryKeys = {
  activeModel: 'latentLens.activeModel',
  job: 'latentLens.job',
} as const;

/** A store that outlives the window, such as `workspaceState`. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}
