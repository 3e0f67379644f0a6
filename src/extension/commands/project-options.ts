/** How a t-SNE is asked for, by the map and by automation: `latentLens.computeTsne(uri, options)`. */
import type { ProjectionChoices } from '../../shared/projection-choices.ts';

export interface ProjectOptions {
  /** Asked for where left out; what is left out in it has its default. */
  readonly choices?: Partial<ProjectionChoices>;
  /** Goes on with the model's own t-SNE. */
  readonly continue?: boolean;
  /** Answers with how it ended, and throws instead of asking. */
  readonly wait?: boolean;
  /** Where it was asked for: the map stays in front. */
  readonly from?: 'map';
}
