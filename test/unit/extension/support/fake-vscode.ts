/** As much of the `vscode` module as the host needs to start in a browser's worker, over files in memory. */
import type { MemoryFiles } from './memory-files.ts';

class FakeUri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}
  static parse(text: string): FakeUri {
    const at = text.indexOf(':');
    return new FakeUri(text.slice(0, at), decodeURIComponent(text.slice(at + 1)));
  }
  static joinPath(base: FakeUri, ...names: string[]): FakeUri {
    const segments: string[] = [];
    for (const name of [base.path, ...names].join('/').split('/')) {
      if (name === '..') segments.pop();
      else if (name !== '') segments.push(name);
    }
    return new FakeUri(base.scheme, `/${segments.join('/')}`);
  }
  get fsPath(): string {
    return this.path;
  }
  toString(skipEncoding = false): string {
    const path = skipEncoding ? this.path : this.path.split('/').map(encodeURIComponent).join('/');
    return `${this.scheme}:${path}`;
  }
}

class FakeEmitter {
  private readonly listeners = new Set<(value: unknown) => void>();
  readonly event = (listener: (value: unknown) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: unknown): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

const disposable = { dispose: () => undefined };
const listening = () => disposable;

/** A webview panel of which the test plays the page. */
export interface FakePanel {
  readonly viewType: string;
  /** What the host has posted, in order. */
  readonly posted: unknown[];
  /** A message of the page. */
  send(message: unknown): void;
}

/** A file's mark in the explorer. */
export interface FakeDecoration {
  readonly badge?: string;
  readonly tooltip: string;
  readonly color?: { readonly id: string };
}

export interface FakeStatusItem {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string;
  readonly shown: boolean;
}

/** Lines of the log, messages shown, commands registered: what a test looks at. */
export interface Seen {
  readonly log: string[];
  readonly messages: string[];
  readonly commands: Map<string, (...args: unknown[]) => unknown>;
  readonly serializers: string[];
  readonly views: string[];
  readonly editors: string[];
  readonly trees: string[];
  readonly panels: FakePanel[];
  /** Items of the status bar, as they stand. */
  readonly statusItems: FakeStatusItem[];
  /** Settings by their whole key; change them by {@link Seen.configure}. */
  readonly settings: Map<string, unknown>;
  configure(key: string, value: unknown): void;
  /** What the extension says of a file. */
  decorationOf(uri: string): Promise<FakeDecoration | undefined>;
  /** Problems by file. */
  readonly problems: Map<string, readonly { readonly message: string }[]>;
  /** Tells watchers of a changed file. */
  changed(uri: string): void;
}

type Provider = { provideFileDecoration(uri: FakeUri): Promise<FakeDecoration | undefined> };

/** @param root of the workspace, as `memory:/w` */
export function fakeVscode(files: MemoryFiles, root: string) {
  const seen: Seen = {
    log: [],
    messages: [],
    commands: new Map(),
    serializers: [],
    views: [],
    editors: [],
    trees: [],
    panels: [],
    statusItems: [],
    settings: new Map(),
    configure: (key, value) => {
      seen.settings.set(key, value);
      configured.fire({ affectsConfiguration: (section: string) => key.startsWith(section) });
    },
    decorationOf: async (uri) => providers[0]?.provideFileDecoration(FakeUri.parse(uri)),
    problems: new Map(),
    changed: (uri) => watched.fire(FakeUri.parse(uri)),
  };
  const providers: Provider[] = [];
  const configured = new FakeEmitter();
  const watched = new FakeEmitter();
  const line = (text: string): void => void seen.log.push(text);
  const message = (text: string): Promise<undefined> => {
    seen.messages.push(text);
    return Promise.resolve(undefined);
  };
  const plain = (uri: FakeUri): string => uri.toString(true).replace(/\/$/, '');
  const typeOf = { file: 1, folder: 2, other: 0 };
  const vscode = {
    Uri: FakeUri,
    EventEmitter: FakeEmitter,
    RelativePattern: class {},
    ThemeIcon: class {},
    ThemeColor: class {
      constructor(readonly id: string) {}
    },
    Range: class {},
    Diagnostic: class {
      constructor(
        readonly range: unknown,
        readonly message: string,
      ) {}
    },
    DiagnosticSeverity: { Warning: 1 },
    languages: {
      createDiagnosticCollection: () => ({
        set: (uri: FakeUri, problems: readonly { readonly message: string }[]) =>
          void seen.problems.set(uri.toString(), problems),
        delete: (uri: FakeUri) => void seen.problems.delete(uri.toString()),
        clear: () => seen.problems.clear(),
        dispose: () => seen.problems.clear(),
      }),
    },
    MarkdownString: class {},
    TabInputCustom: class {},
    TabInputText: class {},
    TreeItem: class {},
    TreeItemCollapsibleState: { None: 0 },
    FileType: { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 },
    ViewColumn: { Active: -1, Beside: -2 },
    ProgressLocation: { Notification: 15 },
    StatusBarAlignment: { Left: 1 },
    QuickPickItemKind: { Separator: -1 },
    env: { language: 'en' },
    l10n: {
      t: (text: string, ...values: unknown[]) =>
        text.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)])),
    },
    commands: {
      registerCommand: (id: string, handler: (...args: unknown[]) => unknown) => {
        seen.commands.set(id, handler);
        return disposable;
      },
      executeCommand: (id: string, ...args: unknown[]) => Promise.resolve(seen.commands.get(id)?.(...args)),
    },
    window: {
      tabGroups: { activeTabGroup: {}, all: [] },
      createOutputChannel: () => ({
        info: line,
        warn: line,
        error: line,
        show: () => undefined,
        dispose: () => undefined,
      }),
      createTreeView: (id: string) => {
        seen.trees.push(id);
        return disposable;
      },
      registerFileDecorationProvider: (provider: Provider) => {
        providers.push(provider);
        return disposable;
      },
      registerCustomEditorProvider: (id: string) => {
        seen.editors.push(id);
        return disposable;
      },
      registerWebviewViewProvider: (id: string) => {
        seen.views.push(id);
        return disposable;
      },
      registerWebviewPanelSerializer: (id: string) => {
        seen.serializers.push(id);
        return disposable;
      },
      createWebviewPanel: (viewType: string, title: string) => {
        const messages = new FakeEmitter();
        const posted: unknown[] = [];
        seen.panels.push({ viewType, posted, send: (message) => messages.fire(message) });
        return {
          viewType,
          title,
          visible: true,
          active: true,
          webview: {
            html: '',
            options: {},
            cspSource: 'fake:',
            asWebviewUri: (uri: FakeUri) => uri,
            postMessage: (message: unknown) => Promise.resolve(posted.push(message) > 0),
            onDidReceiveMessage: messages.event,
          },
          onDidDispose: listening,
          onDidChangeViewState: listening,
          reveal: () => undefined,
          dispose: () => undefined,
        };
      },
      setStatusBarMessage: () => disposable,
      createStatusBarItem: () => {
        const item = {
          ...disposable,
          ...{ text: '', tooltip: '', command: '', shown: false },
          show: () => void (item.shown = true),
          hide: () => void (item.shown = false),
        };
        seen.statusItems.push(item);
        return item;
      },
      showInformationMessage: message,
      showWarningMessage: message,
      showErrorMessage: message,
      withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) =>
        task(
          { report: () => undefined },
          { isCancellationRequested: false, onCancellationRequested: listening },
        ),
    },
    workspace: {
      workspaceFolders: [{ name: 'w', uri: FakeUri.parse(root) }],
      isTrusted: true,
      getConfiguration: (section: string) => ({
        get: (key: string) => seen.settings.get(`${section}.${key}`),
      }),
      createFileSystemWatcher: () => ({
        ...disposable,
        onDidChange: watched.event,
        onDidCreate: listening,
        onDidDelete: listening,
      }),
      onDidChangeWorkspaceFolders: listening,
      onDidGrantWorkspaceTrust: listening,
      onDidChangeConfiguration: configured.event,
      getWorkspaceFolder: (uri: FakeUri) =>
        plain(uri).startsWith(root) ? { uri: FakeUri.parse(root) } : undefined,
      asRelativePath: (uri: FakeUri) => plain(uri).slice(root.length + 1),
      fs: {
        isWritableFileSystem: () => true,
        stat: async (uri: FakeUri) => {
          const { kind, size, mtime } = await files.stat(plain(uri));
          return { type: typeOf[kind], size, mtime };
        },
        readDirectory: async (uri: FakeUri) => {
          const entries = await files.list(plain(uri));
          return entries.map(({ name, kind }) => [name, typeOf[kind]]);
        },
        readFile: (uri: FakeUri) => files.read(plain(uri)),
        writeFile: (uri: FakeUri, bytes: Uint8Array) => files.write(plain(uri), bytes),
        rename: (from: FakeUri, to: FakeUri, options: { overwrite: boolean }) =>
          files.rename(plain(from), plain(to), options.overwrite),
        delete: (uri: FakeUri) => files.remove(plain(uri)),
        createDirectory: (uri: FakeUri) => files.createFolder(plain(uri)),
      },
    },
  };
  return { vscode, seen, uri: (text: string) => FakeUri.parse(text) };
}
