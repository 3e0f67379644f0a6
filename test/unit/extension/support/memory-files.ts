/** A file system in memory, with URIs of the form `memory:/a/b`, that can fail on demand and die between two steps. */
import type { FileStat, Files, FolderEntry } from '../../../../src/extension/core/files.ts';

type Node =
  { readonly kind: 'folder' } | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly mtime: number };

/** What a killed process does: nothing any more. */
export class Killed extends Error {}

export class MemoryFiles implements Files {
  private readonly nodes = new Map<string, Node>([['memory:', { kind: 'folder' }]]);
  private readonly linkTargets = new Map<string, string>();
  private clock = 1000;
  /** Called before each step with its name and URI; throws to make it fail. */
  before: (step: string, uri: string) => void = () => undefined;
  /** Steps taken, as `write memory:/a`. */
  readonly steps: string[] = [];
  reading = 0;
  mostReading = 0;
  /** Resolved before each read ends. */
  readDelay: () => Promise<void> = () => Promise.resolve();

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(files)) this.put(path, content);
  }

  /** Puts a file with the folders above it; `path` starts at the root, without a slash. */
  put(path: string, content: string | Uint8Array): void {
    const uri = `memory:/${path}`;
    this.makeFolders(this.parent(uri));
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.nodes.set(uri, { kind: 'file', bytes, mtime: this.clock++ });
  }

  /** A link to a folder; listed as one, and listing it lists the target. */
  link(path: string, target: string): void {
    const uri = `memory:/${path}`;
    this.makeFolders(this.parent(uri));
    this.linkTargets.set(uri, `memory:/${target}`.replace(/\/$/, ''));
  }

  /** Paths of all files. */
  get paths(): string[] {
    return [...this.nodes]
      .filter(([, node]) => node.kind === 'file')
      .map(([uri]) => uri.slice('memory:/'.length));
  }

  text(path: string): string | undefined {
    const node = this.nodes.get(`memory:/${path}`);
    return node?.kind === 'file' ? new TextDecoder().decode(node.bytes) : undefined;
  }

  removeFolder(path: string): void {
    for (const uri of this.nodes.keys()) {
      if (uri === `memory:/${path}` || uri.startsWith(`memory:/${path}/`)) this.nodes.delete(uri);
    }
  }

  /** Every link on the way resolved. */
  realPath(uri: string): string {
    for (const [link, target] of this.linkTargets) {
      if (uri === link || uri.startsWith(`${link}/`)) return this.realPath(target + uri.slice(link.length));
    }
    return uri;
  }

  join = (uri: string, ...names: string[]): string => [uri.replace(/\/$/, ''), ...names].join('/');
  parent = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
  nameOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

  async stat(uri: string): Promise<FileStat> {
    await this.step('stat', uri);
    const node = this.node(uri);
    return node.kind === 'file'
      ? { kind: 'file', size: node.bytes.length, mtime: node.mtime }
      : { kind: 'folder', size: 0, mtime: 0 };
  }

  async list(folder: string): Promise<FolderEntry[]> {
    await this.step('list', folder);
    const real = this.realPath(folder);
    if (this.node(real).kind !== 'folder') throw named('FileNotADirectory', folder);
    const entries: FolderEntry[] = [];
    for (const [uri, node] of this.nodes) {
      if (this.parent(uri) === real && uri !== 'memory:')
        entries.push({ name: this.nameOf(uri), kind: node.kind, link: false });
    }
    for (const [uri, target] of this.linkTargets) {
      if (this.parent(uri) !== real) continue;
      const there = this.nodes.get(this.realPath(target));
      entries.push({ name: this.nameOf(uri), kind: there?.kind ?? 'other', link: true });
    }
    return entries;
  }

  async read(uri: string): Promise<Uint8Array> {
    this.reading++;
    this.mostReading = Math.max(this.mostReading, this.reading);
    try {
      await this.step('read', uri);
      await this.readDelay();
      const node = this.node(uri);
      if (node.kind !== 'file') throw named('FileIsADirectory', uri);
      return node.bytes;
    } finally {
      this.reading--;
    }
  }

  async write(uri: string, bytes: Uint8Array): Promise<void> {
    await this.step('write', uri);
    if (this.nodes.get(this.parent(uri))?.kind !== 'folder') throw named('FileNotFound', uri);
    this.nodes.set(uri, { kind: 'file', bytes: bytes.slice(), mtime: this.clock++ });
  }

  /** As VS Code's overwriting rename where the provider has none of its own: deletes, then moves. */
  async rename(from: string, to: string, overwrite: boolean): Promise<void> {
    await this.step('rename', from);
    const node = this.node(from);
    if (this.nodes.has(to)) {
      if (!overwrite) throw named('FileExists', to);
      this.nodes.delete(to);
      await this.step('rename after its delete', from);
    }
    this.nodes.set(to, node);
    this.nodes.delete(from);
  }

  async remove(uri: string): Promise<void> {
    await this.step('remove', uri);
    this.node(uri);
    this.nodes.delete(uri);
  }

  async createFolder(uri: string): Promise<void> {
    await this.step('createFolder', uri);
    this.makeFolders(uri);
  }

  private makeFolders(uri: string): void {
    if (uri === '' || this.nodes.has(uri)) return;
    if (uri.includes('/')) this.makeFolders(this.parent(uri));
    this.nodes.set(uri, { kind: 'folder' });
  }

  private node(uri: string): Node {
    const node = this.nodes.get(this.realPath(uri));
    if (!node) throw named('FileNotFound', uri);
    return node;
  }

  private async step(name: string, uri: string): Promise<void> {
    this.steps.push(`${name} ${uri}`);
    await Promise.resolve();
    this.before(name, uri);
  }
}

/** An error as `vscode.FileSystemError` makes it. */
export function named(code: string, what: string): Error {
  const error = new Error(`${code} (FileSystemError): ${what}`);
  return Object.assign(error, { name: `${code} (FileSystemError)`, code });
}
