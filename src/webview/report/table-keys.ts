/** What keys mean in the table. Pure. */
import { rowOfKey } from '../shared/row-keys.ts';

export type TableKey =
  | { readonly kind: 'move'; readonly to: number; readonly extend: boolean }
  | { readonly kind: 'all' | 'toggle' | 'report' | 'copy' | 'none' };

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  /** Control, or Command on a Mac. */
  readonly command: boolean;
}

/**
 * @param active the row that the keyboard is at, −1 for none
 * @param count rows in the table
 * @param page rows in sight
 * @returns null for a key that means nothing here
 */
export function tableKey(
  { key, shiftKey, command }: PressedKey,
  active: number,
  count: number,
  page: number,
): TableKey | null {
  if (command) {
    if (key.toLowerCase() === 'a') return { kind: 'all' };
    return key.toLowerCase() === 'c' ? { kind: 'copy' } : null;
  }
  const to = rowOfKey(key, active, count, page);
  if (to !== undefined) return count === 0 ? null : { kind: 'move', to, extend: shiftKey };
  switch (key) {
    case ' ':
      return { kind: 'toggle' };
    case 'Enter':
      return { kind: 'report' };
    case 'Escape':
      return { kind: 'none' };
    default:
      return null;
  }
}
