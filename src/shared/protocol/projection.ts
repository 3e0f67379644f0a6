/** What is said of a t-SNE on its way from the map to the Studio's worker and back. */
import type { ProjectionChoices } from '../projection-choices.ts';
import type { ProjectionOutcome, ProjectionSnapshot } from './engine.ts';

/** A t-SNE that the Studio is asked to run. */
export interface ProjectionProposal extends ProjectionChoices {
  /** Its saves replace the model's file. */
  readonly jobId: string;
  /** Model file as a URI string. */
  readonly model: string;
  readonly name: string;
  /** Goes on from the file's t-SNE of the same points, perplexity and seed, if there is one: from the begun one first. */
  readonly continue: boolean;
}

/** A complete picture of the running t-SNE; the latest replaces all before. */
export interface ProjectionStatus extends ProjectionSnapshot {
  readonly kind: 'projection';
  /** Model file as a URI string. */
  readonly model: string;
  /** As asked for. */
  readonly perplexity: number;
  readonly seed: number;
  readonly stopping: boolean;
  /** Of the iterations; null until something was measured. */
  readonly secondsLeft: number | null;
}

/** How a t-SNE ended; its coordinates are in the file. */
export type ProjectionEnd = Omit<ProjectionOutcome, 'coordinates'>;
