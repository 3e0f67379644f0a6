/** What is said of a calibration anew between the host and the Studio. */
import type { RecalibrateRequest } from './engine.ts';

export interface RecalibrationProposal extends Omit<RecalibrateRequest, 'model'> {
  /** Model file as a URI string, read by `readFile`; saves under `jobId` replace it. */
  readonly model: string;
}

/** A complete picture of the running calibration; the latest replaces all before. */
export interface RecalibrationStatus {
  readonly kind: 'calibration';
  readonly jobId: string;
  readonly name: string;
  /** What it does just now, in words. */
  readonly text: string;
  readonly done: number;
  /** 0 while there is nothing to count. */
  readonly total: number;
  readonly secondsLeft: null;
}
