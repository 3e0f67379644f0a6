/** The Latent Map: a view of our container and, large, an editor; both show the active model. */
import * as vscode from 'vscode';
import { LensError, toWireError } from '../../shared/errors.ts';
import { commands, panels, views } from '../../shared/names.ts';
import type { CheckedImage, MapHostApi, MapPageApi } from '../../shared/protocol/map.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import type { ProjectOptions } from '../commands/project-options.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { exactBytes, toFileError } from '../core/files.ts';
import { workspaceFolders } from '../core/workspace-folders.ts';
import type { Services } from '../core/services.ts';
import { ModelImages } from '../datasets/model-images.ts';
import { isModelFileName } from '../models/file-names.ts';
import type { ModelEntry } from '../models/registry.ts';
import { FileParts } from './file-parts.ts';
import { PageLink } from './page-link.ts';
import { saveFile } from './save-file.ts';
import { messagesOf, openPage, pageOptions } from './webview-page.ts';

/** A larger image is not sent to the map for its card: the small picture does. */
const largestImage = 32 * 1000 ** 2;

/** One place where the map is shown. */
interface Surface {
  readonly link: PageLink<MapHostApi, MapPageApi>;
  readonly visible: () => boolean;
  /** What it was told last; empty before. */
  told: string;
  /** The model that it shows; empty where it shows none. */
  model: string;
  /** The running t-SNE that it was told of last, whose coordinates it draws. */
  live: ProjectionStatus | null;
  /** Tells the page of the running t-SNE; while it listens, what comes meanwhile waits, and only the newest is kept. */
  telling: Promise<void> | undefined;
  again: boolean;
}

export class LatentMap implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly surfaces = new Set<Surface>();
  private readonly images: ModelImages;
  private readonly parts: FileParts;
  private readonly subscriptions: vscode.Disposable[];
  private panel: vscode.WebviewPanel | undefined;
  private checked: (CheckedImage & { readonly modelKey: string }) | undefined;

  constructor(private readonly services: Services) {
    this.parts = new FileParts(services.files, isModelFileName);
    this.images = new ModelImages(services.files, services.context.workspaceState, workspaceFolders);
    const follow = (): void => {
      for (const surface of this.surfaces) if (surface.visible()) void this.tellAll(surface);
    };
    this.subscriptions = [
      vscode.window.registerWebviewViewProvider(views.map, this),
      services.models.onChange(follow),
      services.jobs.onChange(() => {
        for (const surface of this.surfaces) if (surface.visible()) void this.tellProjection(surface);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(follow),
    ];
  }

  /** Opens the view, wherever the user has put it. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${views.map}.focus`);
  }

  /** Opens the map large, in an editor. */
  openInEditor(): void {
    if (this.panel) return this.panel.reveal();
    const { extensionUri } = this.services.context;
    this.restore(
      vscode.window.createWebviewPanel(
        panels.map,
        vscode.l10n.t('Latent Map'),
        vscode.ViewColumn.Active,
        pageOptions(extensionUri),
      ),
    );
  }

  /** Puts the map in the editor in front again, where there is one, leaving the focus where it is. */
  bringBack(): void {
    this.panel?.reveal(undefined, true);
  }

  /** Takes over the panel that VS Code restored after a reload. */
  restore(panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.services.context;
    this.panel?.dispose();
    this.panel = panel;
    panel.webview.options = pageOptions(extensionUri);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'view.svg');
    const surface = this.attach(panel.webview, true, () => panel.visible);
    panel.onDidChangeViewState(() => panel.visible && void this.tellAll(surface));
    panel.onDidDispose(() => {
      this.detach(surface);
      if (this.panel === panel) this.panel = undefined;
    });
    openPage(panel.webview, extensionUri, 'map', panel.title);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.services.context;
    view.webview.options = pageOptions(extensionUri);
    const surface = this.attach(view.webview, false, () => view.visible);
    view.onDidChangeVisibility(() => view.visible && void this.tellAll(surface));
    view.onDidDispose(() => this.detach(surface));
    openPage(view.webview, extensionUri, 'map', vscode.l10n.t('Latent Map'));
  }

  /** Marks the last checked image. @param modelKey of the model that judged it */
  mark(checked: CheckedImage, modelKey: string): void {
    this.checked = { ...checked, modelKey };
    this.parts.allow(checked.uri);
    for (const surface of this.surfaces) if (surface.visible()) void this.tellMark(surface);
  }

  dispose(): void {
    this.panel?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private attach(webview: vscode.Webview, large: boolean, visible: () => boolean): Surface {
    const link: Surface['link'] = new PageLink<MapHostApi, MapPageApi>({
      messages: messagesOf(webview),
      handlers: this.handlers(large),
      // Without retained context the page is a new one whenever it is shown again.
      onReady: () => {
        Object.assign(surface, { told: '', model: '', live: null });
        void this.tellAll(surface).then(() => this.tellMark(surface));
      },
      onNoticeError: (error, method) => this.services.errors.record(error, `Latent Map, ${method}`),
    });
    const surface: Surface = {
      ...{ link, visible, told: '', model: '', live: null },
      ...{ telling: undefined, again: false },
    };
    this.surfaces.add(surface);
    return surface;
  }

  private detach(surface: Surface): void {
    surface.link.dispose();
    this.surfaces.delete(surface);
  }

  /** The model, then the t-SNE that is being computed of it. */
  private async tellAll(surface: Surface): Promise<void> {
    await this.tell(surface);
    await this.tellProjection(surface);
  }

  /** Tells a surface of the running t-SNE of its model, or that there is none any more. */
  private tellProjection(surface: Surface): Promise<void> {
    surface.again = true;
    surface.telling ??= this.keepTelling(surface).finally(() => {
      surface.telling = undefined;
      if (surface.again) void this.tellProjection(surface);
    });
    return surface.telling;
  }

  private async keepTelling(surface: Surface): Promise<void> {
    try {
      while (surface.again) {
        surface.again = false;
        const { projection } = this.services.jobs;
        const running = projection?.model === surface.model ? projection : null;
        if (running && running !== surface.live) await this.sayProjection(surface, running);
        else if (!running && surface.live) {
          // What was saved at the end comes first: the page reads it before it lets go of the coordinates it draws.
          surface.live = null;
          await this.tell(surface);
          await this.sayProjection(surface, null);
        }
      }
    } catch (error) {
      // A page that has gone is no failure: the next one is told everything.
      if (toWireError(error).code !== 'disconnected') this.services.errors.record(error, 'Latent Map, t-SNE');
      surface.live = null;
    }
  }

  private async sayProjection(surface: Surface, running: ProjectionStatus | null): Promise<void> {
    surface.live = running;
    await surface.link.call('projecting', { running });
  }

  /** Tells a surface what there is to show, unless it knows. */
  private async tell(surface: Surface): Promise<void> {
    const { models, errors } = this.services;
    try {
      if (models.activeUri === undefined && models.models.length === 0) await models.refresh();
      const { activeUri } = models;
      if (activeUri === undefined) {
        const count = models.models.length;
        surface.model = '';
        await this.say(surface, `none ${count}`, () => surface.link.call('showNone', { models: count }));
        return;
      }
      await this.tellModel(surface, await models.read(activeUri));
    } catch (error) {
      const wire = errors.record(error, 'Latent Map');
      if (wire.code === 'disconnected') return;
      await surface.link.call('showError', { name: '', error: wire }).catch(() => undefined);
    }
  }

  private async tellModel(surface: Surface, { uri, key, name, header, error }: ModelEntry): Promise<void> {
    // Checkpoints of the t-SNE that it draws live are no news to it.
    if (surface.live && surface.model === uri) return;
    if (!header) {
      surface.model = '';
      const wire = error ?? toWireError(undefined);
      return this.say(surface, `error ${key}`, () => surface.link.call('showError', { name, error: wire }));
    }
    const { dataset } = header.card;
    const root = await this.images.root(uri, dataset);
    const shown = {
      uri,
      key,
      name,
      dataset: root === undefined ? ('missing' as const) : ('found' as const),
      location: dataset.location,
    };
    await this.say(surface, `${key} ${root ?? ''}`, () => surface.link.call('showModel', shown));
    surface.model = uri;
  }

  private async say(surface: Surface, what: string, call: () => Promise<unknown>): Promise<void> {
    if (surface.told === what) return;
    surface.told = what;
    try {
      await call();
    } catch (error) {
      surface.told = '';
      throw error;
    }
  }

  private async tellMark(surface: Surface): Promise<void> {
    if (this.checked) await surface.link.call('mark', this.checked).catch(() => undefined);
  }

  private handlers(large: boolean): Handlers<MapHostApi> {
    const { log, errors } = this.services;
    const run = (command: string, ...args: unknown[]): void =>
      void vscode.commands.executeCommand(command, ...args);
    const compute = (model: string, options: ProjectOptions): void =>
      run(commands.computeTsne, vscode.Uri.parse(model), options);
    /** For what the user asked for and waits for. */
    const shown = (work: () => Promise<void>): void =>
      void work().catch((error: unknown) => errors.show(error, 'Latent Map'));
    const onImage =
      (act: (image: vscode.Uri) => void) =>
      ({ model, path }: { readonly model: string; readonly path: string }): void =>
        shown(async () => act(vscode.Uri.parse(await this.imageUri(model, path))));
    return {
      ready: () => ({ large }),
      readFile: (request) => this.parts.read(request),
      readImage: ({ model, path }) => this.readImage(model, path),
      openImage: onImage((image) => run('vscode.open', image)),
      revealImage: onImage((image) =>
        run(
          vscode.workspace.getWorkspaceFolder(image) === undefined ? 'revealFileInOS' : 'revealInExplorer',
          image,
        ),
      ),
      checkImage: onImage((image) => run(commands.check, image)),
      copyPaths: ({ model, paths }) => shown(() => this.copyPaths(model, paths)),
      saveFile: (file) => saveFile(this.services, file, 'Latent Map'),
      relink: ({ model }) => shown(() => this.relink(model)),
      chooseModel: () => run(commands.chooseActiveModel),
      train: () => run(commands.train),
      openInStudio: ({ model }) => run(commands.openStudio, vscode.Uri.parse(model)),
      project: ({ model, choices }) => compute(model, { choices, from: 'map' }),
      continueProjection: ({ model }) => compute(model, { continue: true, from: 'map' }),
      stopProjection: () => run(commands.stopTsne),
      openInEditor: () => this.openInEditor(),
      showLog: () => log.show(),
      log: ({ level, text }) => log[level](text),
    };
  }

  /** @throws LensError `not-found`, `invalid-model-file` */
  private async imageUri(model: string, path: string): Promise<string> {
    const { header } = await this.services.models.read(model);
    if (!header) throw new LensError('invalid-model-file', 'This model cannot be read.');
    return this.images.uriOf(model, header.card.dataset, path);
  }

  private async readImage(model: string, path: string): Promise<{ readonly bytes: Uint8Array }> {
    const { files } = this.services;
    const uri = await this.imageUri(model, path);
    try {
      const { size } = await files.stat(uri);
      if (size > largestImage)
        throw new LensError('image-too-large', `“${path}” is too large to be shown on the map.`);
      return { bytes: exactBytes(await files.read(uri)) };
    } catch (error) {
      throw toFileError(error, 'read', path);
    }
  }

  /** Paths on disk where the images are there, else as the model knows them. */
  private async copyPaths(model: string, paths: readonly string[]): Promise<void> {
    const { header } = await this.services.models.read(model);
    const root = header ? await this.images.root(model, header.card.dataset) : undefined;
    const { files } = this.services;
    const full = (path: string): string => {
      if (root === undefined || header?.card.dataset.kind !== 'folder') return path;
      const uri = vscode.Uri.parse(files.join(root, ...path.split('/')));
      return uri.scheme === 'file' ? uri.fsPath : uri.toString(true);
    };
    await vscode.env.clipboard.writeText(paths.map(full).join('\n'));
  }

  private async relink(model: string): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where are the images of this model now?'),
      openLabel: vscode.l10n.t('Use These Images'),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const [folder] = chosen ?? [];
    if (!folder) return;
    await this.images.link(model, folder.toString());
    for (const surface of this.surfaces) await this.tell(surface);
  }
}
