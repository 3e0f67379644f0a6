/** Tables for other programs (RFC 4180). Pure. */

/**
 * A field as it must be written: quoted where it holds a comma, quote or line break. A text that a spreadsheet would
 * take for a formula gets an apostrophe before it.
 */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines end with CR LF; the first one names the columns. */
export const csvText = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
