/** What is remembered of a job that has not ended, so that a new window can offer to go on with it. */
import * as v from 'valibot';
import { memoryKeys, type Memory } from '../core/memory-keys.ts';

const recordSchema = v.object({
  kind: v.optional(v.picklist(['training', 'projection']), 'training'),
  jobId: v.string(),
  /** The window session that the job ran in; a job of an earlier one runs no more. */
  session: v.string(),
  name: v.string(),
  /** URI of the model file; null until the first checkpoint. */
  model: v.nullable(v.string()),
  /** URI of the data set; empty for a projection, which needs none. */
  dataset: v.string(),
});
export type JobRecord = v.InferOutput<typeof recordSchema>;

/** The one job that may be under way in this workspace. */
export class JobRecords {
  constructor(private readonly memory: Memory) {}

  read(): JobRecord | undefined {
    const parsed = v.safeParse(recordSchema, this.memory.get(memoryKeys.job));
    return parsed.success ? parsed.output : undefined;
  }

  /** Writes only what changed: the store is a database, and jobs report twice a second. */
  async write(record: JobRecord): Promise<void> {
    if (JSON.stringify(this.read()) !== JSON.stringify(record))
      await this.memory.update(memoryKeys.job, record);
  }

  async clear(): Promise<void> {
    if (this.memory.get(memoryKeys.job) !== undefined) await this.memory.update(memoryKeys.job, undefined);
  }

  /** The job that a window before this one left unfinished. */
  interrupted(session: string): JobRecord | undefined {
    const record = this.read();
    return record && record.session !== session ? record : undefined;
  }
}
