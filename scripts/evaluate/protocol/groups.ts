// A file of groups and splits: `file,group,split0,split1,…`, a line for each image.
import type { ProtocolRequest } from '../../../src/shared/protocol/engine.ts';
import { UsageError } from '../usage.ts';

/**
 * @param text of the CSV: plain fields without quotes; the second column is the group, columns `split…` say train or test
 * @param folder of the normal images, as the paths begin; rows of other folders are left out
 * @throws UsageError in one sentence
 */
export function parseGroups(text: string, folder: string): NonNullable<ProtocolRequest['groups']> {
  const [header = '', ...rows] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const columns = header.split(',').map((name) => name.trim());
  if (columns[0] !== 'file' || columns.length < 2) {
    throw new UsageError('--groups: the file must begin with a line of columns: file, group, split0 ….');
  }
  const splits = columns.flatMap((name, column) => (/^split/.test(name) ? [{ name, column }] : []));
  const of: Record<string, string> = {};
  const train = splits.map(() => new Array<string>());
  rows.forEach((row, n) => {
    const fields = row.split(',').map((field) => field.trim());
    const [file = '', group = ''] = fields;
    if (fields.length !== columns.length || file === '' || group === '') {
      throw new UsageError(`--groups: line ${n + 2} has not the columns of the first line.`);
    }
    if (!file.startsWith(`${folder}/`)) return;
    const path = file.slice(folder.length + 1);
    of[path] = group;
    splits.forEach(({ column, name }, k) => {
      const set = fields[column];
      if (set !== 'train' && set !== 'test') {
        throw new UsageError(`--groups: line ${n + 2} says “${set}” under ${name}; train or test is meant.`);
      }
      if (set === 'train') train[k]?.push(path);
    });
  });
  if (Object.keys(of).length === 0) {
    throw new UsageError(`--groups: no line names a file of the folder “${folder}”.`);
  }
  return { of, splits: splits.map(({ name }, k) => ({ name, train: train[k] ?? [] })) };
}
