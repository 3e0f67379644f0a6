// From the command line's paths to data sets that can be pulled: the extension's own scan over the disk.
import path from 'node:path';
import { DatasetReader } from '../../src/extension/datasets/reader.ts';
import { scanDataset, type ScannedDataset } from '../../src/extension/datasets/scan.ts';
import type { Files } from '../../src/extension/core/files.ts';
import { parseIdxName } from '../../src/shared/dataset.ts';
import { LensError } from '../../src/shared/errors.ts';
import type { EvaluateSet } from '../../src/shared/protocol/engine.ts';
import type { Pack, PackRequest } from '../../src/shared/transport.ts';
import { nodeFiles, realPath } from './node-files.ts';
import type { SetArgument } from './options.ts';
import { UsageError } from './usage.ts';

/** The disk, on which an IDX images file has no company but its own labels: train and test files stay apart here. */
function onlyPair(files: Files, uri: string): Files {
  const name = path.basename(uri);
  const pair = new Set([name, ...(parseIdxName(name)?.partners ?? [])]);
  return {
    ...files,
    list: async (folder) => (await files.list(folder)).filter((entry) => pair.has(entry.name)),
  };
}

/** The disk without some of a folder's own entries. */
const hiding = (files: Files, uri: string, hidden: readonly string[]): Files => ({
  ...files,
  list: async (folder) => {
    const entries = await files.list(folder);
    return folder === uri ? entries.filter(({ name }) => !hidden.includes(name)) : entries;
  },
});

export interface OpenOptions {
  /** Whether a folder of IDX files is taken whole: its training and test images are told apart by their names. */
  readonly idxFolders?: boolean;
  /** Entries of the folder that are left out. */
  readonly hidden?: readonly string[];
}

/** The data sets of one evaluation, and the answers to pulls of their files. */
export class EvaluationSets {
  private readonly readers = new Map<string, DatasetReader>();

  constructor(
    private readonly signal: AbortSignal,
    private readonly report: (text: string) => void,
  ) {}

  /**
   * Lists the files of one argument.
   * @throws UsageError where there is nothing to read, or no class to filter by
   */
  async open(argument: SetArgument, options: OpenOptions = {}): Promise<EvaluateSet> {
    const uri = path.resolve(argument.path);
    const where = `${argument.option} ${argument.text}`;
    const isFile = await nodeFiles.stat(uri).then(
      ({ kind }) => kind === 'file',
      () => undefined,
    );
    if (isFile === undefined) throw new UsageError(`${where}: ${missing(argument)}`);
    const files = isFile ? onlyPair(nodeFiles, uri) : hiding(nodeFiles, uri, options.hidden ?? []);
    const scanned = await this.scan(uri, files, where);
    const { summary } = scanned;
    if (!isFile && summary.kind === 'idx' && !options.idxFolders) {
      throw new UsageError(`${where}: this folder holds IDX files; name the images file itself.`);
    }
    checkFilter(argument, scanned, where);
    if (summary.skippedCount > 0) {
      const [first] = summary.skipped;
      this.report(
        `${where}: ${summary.skippedCount} left out${first ? `, such as ${first.path} (${first.reason})` : ''}`,
      );
    }
    this.readers.set(summary.id, new DatasetReader(scanned, files));
    return { path: argument.text, dataset: summary, filter: argument.filter };
  }

  async pull(request: PackRequest, signal: AbortSignal): Promise<Pack> {
    const reader = this.readers.get(request.source);
    if (!reader)
      throw new LensError('internal', 'A pull named a data set that is not part of this evaluation.');
    return reader.pull(request, signal);
  }

  close(): void {
    for (const reader of this.readers.values()) reader.release();
    this.readers.clear();
  }

  private async scan(uri: string, files: Files, where: string): Promise<ScannedDataset> {
    try {
      return await scanDataset(uri, {
        files,
        realPath,
        signal: this.signal,
        onProgress: () => undefined,
        // Nothing is cut silently: the worker's memory budget says when there is too much.
        maxImages: Number.MAX_SAFE_INTEGER,
        newId: () => `set-${this.readers.size}`,
      });
    } catch (error) {
      if (error instanceof LensError && error.code !== 'cancelled')
        throw new UsageError(`${where}: ${error.message}`);
      throw error;
    }
  }
}

function missing({ path: text }: SetArgument): string {
  const hint = text.includes('#') ? ' A filter is written #label=3 or #label!=3.' : '';
  return `there is no such file or folder.${hint}`;
}

/** Says at once what the worker would find out only after reading everything. */
function checkFilter({ filter }: SetArgument, { summary, files }: ScannedDataset, where: string): void {
  if (!filter) return;
  if (summary.kind === 'idx') {
    if (files.some(({ role }) => role === 'idx-labels')) return;
    throw new UsageError(`${where}: a filter needs labels, and there is no labels file beside the images.`);
  }
  const kept = summary.classes.some(({ name }) => (name === filter.label) !== filter.negate);
  const known = summary.classes.some(({ name }) => name === filter.label);
  if (kept && known) return;
  const names = summary.classes.map(({ name }) => name).slice(0, 10);
  throw new UsageError(
    known
      ? `${where}: the filter leaves no image; “${filter.label}” is the only class.`
      : `${where}: no class is called “${filter.label}” (${names.length > 0 ? `there are ${names.join(', ')}` : 'there are no sub-folders'}).`,
  );
}
