/** The contract between the report's page and its forward-only worker (`dist/engine/scoring-worker.js`). */
import type { Verdict } from '../verdict.ts';
import type { KernelFiles } from './engine.ts';

export interface CheckResult {
  /** Size of the model's view of the image. */
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Size of the file's own image. */
  readonly originalWidth: number;
  readonly originalHeight: number;
  /** U8 `[H, W, C]`: what the model saw, and what it made of it. */
  readonly input: Uint8Array;
  readonly reconstruction: Uint8Array;
  /** F32 `[H, W]`: reconstruction − input, mean over channels, in −1…1. */
  readonly difference: Float32Array;
  readonly verdict: Verdict;
  /** Ascending calibration scores, for the histogram. */
  readonly calibrationScores: Float64Array;
  /** Milliseconds from request to verdict inside the worker. */
  readonly milliseconds: number;
}

export interface ScoringApi {
  start(params: { readonly kernels: KernelFiles }): void;
  /** `key` names the model's state; loading the same key again costs nothing. */
  loadModel(params: { readonly key: string; readonly bytes: Uint8Array }): void;
  hasModel(params: { readonly key: string }): boolean;
  check(params: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly falseAlarmRate: number;
  }): CheckResult;
}
