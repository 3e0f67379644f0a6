/** Keys under which the extension remembers things of one workspace (`workspaceState`). */
export const memoryKeys = {
  activeModel: 'latentLens.activeModel',
  job: 'latentLens.job',
  /** Where the images of models were found again: URI by the model's URI. */
  links: 'latentLens.links',
} as const;

/** A store that outlives the window, such as `workspaceState`. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}
