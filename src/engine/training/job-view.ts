/** What is shown of a running job: one complete snapshot, published at most ten times a second. */
import type { JobSnapshot } from '../../shared/protocol/engine.ts';
import { createThrottle } from './pacing.ts';

const publishMilliseconds = 100;

export class JobView {
  private current: JobSnapshot;
  private readonly due = createThrottle(publishMilliseconds);
  private readonly publish: (snapshot: JobSnapshot) => void;

  constructor(first: JobSnapshot, publish: (snapshot: JobSnapshot) => void) {
    this.current = first;
    this.publish = publish;
    publish(first);
  }

  /** Changes the snapshot; `urgent` changes are published at once, others when one is due. */
  update(change: Partial<JobSnapshot>, urgent = false): void {
    const phaseChanged = change.phase !== undefined && change.phase !== this.current.phase;
    this.current = { ...this.current, ...change };
    if (this.due() || urgent || phaseChanged) this.publish(this.current);
  }
}
