/** A calibration anew that the host asks the Studio for. */
import type { RecalibrateRequest } from './engine.ts';

export interface RecalibrationProposal extends Omit<RecalibrateRequest, 'model'> {
  /** Model file as a URI string, read by `readFile`; saves under `jobId` replace it. */
  readonly model: string;
}
