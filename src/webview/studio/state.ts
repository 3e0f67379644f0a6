/** What the Studio shows: one state at a time. */
import type { DatasetInspection, DatasetSurvey } from '../../shared/dataset.ts';
import type { WireError } from '../../shared/errors.ts';
import type {
  JobOutcome,
  JobSnapshot,
  Progress,
  RecalibrationOutcome,
} from '../../shared/protocol/engine.ts';
import type { ProjectionEnd } from '../../shared/protocol/projection.ts';
import type { TrainingProposal } from '../../shared/protocol/studio.ts';
import type { BatchTrace } from '../components/loss-series.ts';
import type { FormValues } from './form.ts';
import type { ModelView } from './model-view.ts';
import type { RunningProjection } from './projection-state.ts';
import type { RunningRecalibration } from './recalibration-job.ts';

/** A look at all images, where the user asked for one. */
export type InspectionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly inspection: DatasetInspection }
  | { readonly kind: 'failed'; readonly error: WireError };

export type SurveyState =
  | { readonly kind: 'looking'; readonly progress: Progress }
  | {
      readonly kind: 'done';
      readonly survey: DatasetSurvey;
      readonly form: FormValues;
      readonly inspection: InspectionState;
    }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface RunningJob {
  readonly jobId: string;
  readonly name: string;
  readonly resumed: boolean;
  readonly stopping: boolean;
  /** What is done before the engine sends its first snapshot. */
  readonly before: Progress;
  readonly snapshot: JobSnapshot | null;
  readonly trace: BatchTrace;
  /** Epochs of the whole run, as far as known. */
  readonly epochs: number;
  /** Class names by label. */
  readonly classes: readonly string[];
}

export interface Interrupted {
  readonly kind: 'training' | 'projection';
  readonly name: string;
  /** Its last checkpoint, as a URI string; null where nothing had been saved. Of a t-SNE its model. */
  readonly uri: string | null;
}

/** A model read from its file; `reading` and errors included. */
export type ShownModel =
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'read'; readonly uri: string; readonly view: ModelView }
  | { readonly kind: 'failed'; readonly name: string; readonly uri: string; readonly error: WireError };

/** A training waits for the user's word. */
export interface ProposalState {
  readonly kind: 'proposal';
  readonly proposal: TrainingProposal;
  readonly survey: SurveyState;
}

export type StudioState =
  | {
      readonly kind: 'empty';
      /** A model whose training or t-SNE was cut off when the page before this one closed. */
      readonly interrupted: Interrupted | null;
    }
  | ProposalState
  | { readonly kind: 'running'; readonly job: RunningJob }
  | {
      readonly kind: 'ended';
      readonly job: RunningJob;
      readonly outcome: JobOutcome;
      /** Where the model was last saved; null if it never was. */
      readonly uri: string | null;
      readonly model: ShownModel | null;
    }
  | { readonly kind: 'projecting'; readonly projection: RunningProjection }
  | {
      readonly kind: 'projected';
      readonly projection: RunningProjection;
      readonly end: ProjectionEnd;
      readonly model: ShownModel;
    }
  | { readonly kind: 'recalibrating'; readonly recalibration: RunningRecalibration }
  | {
      readonly kind: 'recalibrated';
      readonly recalibration: RunningRecalibration;
      readonly outcome: RecalibrationOutcome;
      readonly model: ShownModel;
    }
  | { readonly kind: 'model'; readonly model: ShownModel };

/** A job is over; its model is shown once it is read. */
export type EndedState = Extract<StudioState, { kind: 'ended' | 'projected' | 'recalibrated' }>;

/** The model that the pages are about: the one opened, or the one just trained. */
export function shownModel(state: StudioState): ShownModel | null {
  return 'model' in state ? state.model : null;
}
