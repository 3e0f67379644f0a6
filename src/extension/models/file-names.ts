/** File names for models, safe on every file system. */
import { modelFileSuffix } from '../../shared/model-card.ts';

const longest = 80;
/** Names that Windows keeps for devices, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name without what file systems refuse: separators, control characters, dots at the ends, reserved names. */
export function safeName(name: string): string {
  const cleaned = name
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const short = [...cleaned].slice(0, longest).join('').trim();
  if (short === '') return 'model';
  return reserved.test(short) ? `${short} model` : short;
}

export const fileNameOf = (name: string): string => safeName(name) + modelFileSuffix;

export const isModelFileName = (fileName: string): boolean =>
  fileName.toLowerCase().endsWith(modelFileSuffix);

/** The model's name as shown: the file's name without its suffix. */
export const nameOfFile = (fileName: string): string =>
  isModelFileName(fileName) ? fileName.slice(0, -modelFileSuffix.length) : fileName;

/**
 * `name`, or `name 2`, `name 3` … where it is taken.
 * @param taken file names in the folder; compared without case, as some file systems do
 */
export function freeName(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map((each) => each.toLowerCase()));
  const base = safeName(name);
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? base : `${base} ${i}`;
    if (!used.has(fileNameOf(candidate).toLowerCase())) return candidate;
  }
}
