/** Where one URI lies below another. */

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, '');

/** Whether both name the same folder. */
export const isSameFolder = (a: string, b: string): boolean => withoutSlash(a) === withoutSlash(b);

/** Decoded segments below `root`, none for `root` itself; undefined where `uri` lies elsewhere or cannot be decoded. */
export function segmentsBelow(root: string, uri: string): readonly string[] | undefined {
  if (isSameFolder(root, uri)) return [];
  const base = `${withoutSlash(root)}/`;
  if (!uri.startsWith(base)) return undefined;
  try {
    return withoutSlash(uri).slice(base.length).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
