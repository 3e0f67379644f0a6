/** What the parts of the host share: made once at activation, each cheap until it is used. */
import * as vscode from 'vscode';
import { settings as keys } from '../../shared/names.ts';
import { PackedCache } from '../datasets/packed-cache.ts';
import { DatasetStore } from '../datasets/store.ts';
import { JobRecords } from '../jobs/record.ts';
import { Jobs } from '../jobs/jobs.ts';
import { fileNameOf, freeName } from '../models/file-names.ts';
import { modelFolders, type ModelFolders } from '../models/folder.ts';
import { ModelRegistry } from '../models/registry.ts';
import { replaceFile } from '../models/replace.ts';
import { platform } from '../platform/node.ts';
import { ErrorReporter, LazyLog } from './log.ts';
import { readSettings, type Settings } from './settings.ts';
import { vscodeFiles } from './vscode-files.ts';
import type { Files } from './files.ts';

export class Services implements vscode.Disposable {
  readonly log = new LazyLog();
  readonly errors = new ErrorReporter(this.log);
  readonly files: Files = vscodeFiles;
  readonly datasets: DatasetStore;
  readonly models: ModelRegistry;
  readonly records: JobRecords;
  readonly jobs: Jobs;
  /** Tells the windows before this one apart from this one; VS Code's own session may outlive a reload. */
  readonly session = crypto.randomUUID();

  constructor(readonly context: vscode.ExtensionContext) {
    this.datasets = new DatasetStore(this.files, () => this.jobs.dataset, this.packedCache());
    this.models = new ModelRegistry(this.files, () => this.folders(), context.workspaceState);
    this.records = new JobRecords(context.workspaceState);
    this.jobs = new Jobs({
      records: this.records,
      session: this.session,
      newTarget: (name) => this.newModel(name).then(({ uri }) => uri),
      datasetUri: (id) => this.datasets.get(id)?.summary.uri,
    });
  }

  get version(): string {
    const { version } = this.context.extension.packageJSON as { readonly version: string };
    return version;
  }

  settings(): Settings {
    const configuration = vscode.workspace.getConfiguration(keys.section);
    return readSettings((key) => configuration.get(key));
  }

  folders(): ModelFolders {
    return modelFolders({
      workspaceFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({
        uri: uri.toString(),
        writable: vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== false,
      })),
      trusted: vscode.workspace.isTrusted,
      setting: this.settings().modelsFolder,
      globalStorage: this.context.globalStorageUri.toString(),
      join: this.files.join,
    });
  }

  /** A name that no model in the folder for new ones has, and its URI. */
  async newModel(name: string): Promise<{ readonly name: string; readonly uri: string }> {
    const { save } = this.folders();
    const there = await this.files.list(save).catch(() => []);
    const free = freeName(
      name,
      there.map((entry) => entry.name),
    );
    return { name: free, uri: this.files.join(save, fileNameOf(free)) };
  }

  private packedCache(): PackedCache | undefined {
    // Undefined in a window without a folder, whatever the type says of it.
    const storage = this.context.storageUri?.toString();
    if (storage === undefined) return undefined;
    return new PackedCache({
      files: this.files,
      home: this.files.join(storage, 'packed-images'),
      replace: (uri, bytes) => replaceFile(uri, bytes, { files: this.files, local: this.localWriter(uri) }),
      now: Date.now,
      stat: (uri) => {
        const parsed = vscode.Uri.parse(uri);
        return platform.stat && parsed.scheme === 'file'
          ? platform.stat(parsed.fsPath)
          : this.files.stat(uri);
      },
    });
  }

  /** Replaces a file of the local disk by Node's means; undefined where the URI is elsewhere. */
  localWriter(uri: string): ((uri: string, bytes: Uint8Array) => Promise<void>) | undefined {
    const { replaceFile } = platform;
    if (!replaceFile || vscode.Uri.parse(uri).scheme !== 'file') return undefined;
    return (target, bytes) => replaceFile(vscode.Uri.parse(target).fsPath, bytes);
  }

  /** Resolves links below this URI; undefined where links cannot be told apart. */
  linkResolver(uri: string): ((uri: string) => Promise<string>) | undefined {
    const { realPath } = platform;
    if (!realPath || vscode.Uri.parse(uri).scheme !== 'file') return undefined;
    // The walk compares paths with `/`.
    return async (link) => (await realPath(vscode.Uri.parse(link).fsPath)).replaceAll('\\', '/');
  }

  /** A file as people know it: relative to the workspace where it lies inside. */
  describe(uri: string): string {
    const parsed = vscode.Uri.parse(uri);
    const inside = vscode.workspace.getWorkspaceFolder(parsed);
    if (inside) return vscode.workspace.asRelativePath(parsed);
    return parsed.scheme === 'file' ? parsed.fsPath : parsed.toString(true);
  }

  dispose(): void {
    this.log.dispose();
  }
}
