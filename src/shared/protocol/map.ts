/** The contract between the extension host and the page of the Latent Map, in the side bar and in an editor. */
import type { WireError } from '../errors.ts';
import type { ProjectionChoices } from '../projection-choices.ts';
import type { ProjectionStatus } from './projection.ts';

/** Where the images of a model lie, as far as the host can tell. */
export type DatasetState = 'found' | 'missing';

export interface ShownMap {
  /** Model file as a URI string, read by {@link MapHostApi.readFile}; `key` changes whenever the file does. */
  readonly uri: string;
  readonly key: string;
  readonly name: string;
  /** Whether files can be opened: without them the pictures come from the model file and the decoder. */
  readonly dataset: DatasetState;
  /** Where the images should be, for people. */
  readonly location: string;
}

/** An image that was checked with the model, to be marked on the map. */
export interface CheckedImage {
  readonly uri: string;
  readonly name: string;
  readonly anomalous: boolean;
}

/** Answered by the page. */
export interface MapPageApi {
  /** The active model: a complete snapshot each time; the file is read anew only where `key` differs. */
  showModel(params: ShownMap): void;
  /** There is no active model; `models` is how many there are to choose from. */
  showNone(params: { readonly models: number }): void;
  showError(params: { readonly name: string; readonly error: WireError }): void;
  /** The last checked image; `model` is the key of the model that judged it. */
  mark(params: CheckedImage & { readonly modelKey: string }): void;
  /** The running t-SNE of the model shown, or that none runs (any more): a complete picture each time. */
  projecting(params: { readonly running: ProjectionStatus | null }): void;
}

/** Answered by the host. */
export interface MapHostApi {
  /** `large` tells the map in an editor from that in the side bar. */
  ready(params: { readonly pageId: string }): { readonly large: boolean };
  readFile(params: { readonly uri: string; readonly offset: number; readonly length: number }): {
    readonly bytes: Uint8Array;
    readonly size: number;
  };
  /** An image of the model's data set, whole. @throws LensError `not-found`, `no-permission`, `image-too-large`, … */
  readImage(params: { readonly model: string; readonly path: string }): { readonly bytes: Uint8Array };
  openImage(params: { readonly model: string; readonly path: string }): void;
  revealImage(params: { readonly model: string; readonly path: string }): void;
  checkImage(params: { readonly model: string; readonly path: string }): void;
  /** Puts the paths, one a line, on the clipboard. */
  copyPaths(params: { readonly model: string; readonly paths: readonly string[] }): void;
  /** Asks where to save; null where the user cancels. */
  saveFile(params: { readonly name: string; readonly bytes: Uint8Array }): {
    readonly savedAs: string | null;
  };
  /** Asks where the images are now and shows the model again. */
  relink(params: { readonly model: string }): void;
  chooseModel(params: Record<string, never>): void;
  train(params: Record<string, never>): void;
  openInStudio(params: { readonly model: string }): void;
  /** Computes a t-SNE of this model in the Studio's worker. */
  project(params: { readonly model: string; readonly choices: ProjectionChoices }): void;
  /** Goes on with the model's own t-SNE, which was stopped or is to be computed further. */
  continueProjection(params: { readonly model: string }): void;
  /** Stops the running t-SNE; what it has so far is saved. */
  stopProjection(params: Record<string, never>): void;
  openInEditor(params: Record<string, never>): void;
  showLog(params: Record<string, never>): void;
  log(params: { readonly level: 'info' | 'warn' | 'error'; readonly text: string }): void;
}
