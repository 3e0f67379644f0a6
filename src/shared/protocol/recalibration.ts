/** What is said of a calibration anew between the host and the Studio. */
import type { Progress, RecalibrateRequest } from './engine.ts';

export interface RecalibrationProposal extends Omit<RecalibrateRequest, 'model'> {
  /** Model file as a URI string, read by `readFile`; saves under `jobId` replace it. */
  readonly model: string;
}

/** A complete picture of the running calibration; the latest replaces all before. */
export interface RecalibrationStatus extends Progress {
  readonly kind: 'calibration';
  readonly jobId: string;
  readonly name: string;
  readonly secondsLeft: null;
}
