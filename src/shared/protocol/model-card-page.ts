/** The contract between the extension host and the model card's page (custom editor). */
import type { WireError } from '../errors.ts';
import type { ModelCard } from '../model-card.ts';

/** What the host read from the file's header. */
export interface ModelCardView {
  readonly name: string;
  readonly size: number;
  readonly active: boolean;
  readonly card: ModelCard;
  /** Tensors in the file: name, dtype, shape. */
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
  }[];
}

/** Answered by the page: a complete snapshot each time. */
export interface ModelCardPageApi {
  show(params: ModelCardView): void;
  showError(params: { readonly name: string; readonly error: WireError }): void;
}

/** Answered by the host. */
export interface ModelCardHostApi {
  ready(params: { readonly pageId: string }): void;
  setActive(params: Record<string, never>): void;
  openInStudio(params: Record<string, never>): void;
  resume(params: Record<string, never>): void;
  checkImage(params: Record<string, never>): void;
  showLog(params: Record<string, never>): void;
}
