/** Writing a model file from a page: chunks of at most 4 MiB, then one atomic replace by the host. */
export interface SaveApi {
  /** Opens a write for a model of this name; an existing file of the same job is replaced at commit. */
  beginSave(params: { readonly jobId: string; readonly name: string; readonly size: number }): {
    readonly token: string;
  };
  /** Chunks in order; `bytes` is an exact-size buffer. */
  appendSave(params: { readonly token: string; readonly bytes: Uint8Array }): void;
  /** @throws LensError `disk-full`, `no-permission`, `write-failed`; the file before is kept. */
  commitSave(params: { readonly token: string }): { readonly uri: string; readonly savedAs: string };
}
