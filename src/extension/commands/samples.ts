/** Create Sample Images: two data sets to try everything on, drawn here and now. */
import * as vscode from 'vscode';
import { formatCount } from '../../shared/count.ts';
import { cancelled } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import { toFileError } from '../core/files.ts';
import { offer } from '../core/log.ts';
import { Pool } from '../core/pool.ts';
import { encodeGrayPng, sampleImages } from '../samples/index.ts';
import type { App } from './app.ts';
import { askForFolder, uriOf } from './targets.ts';

const folderName = 'latent-lens-samples';

/** For automation: `latentLens.createSamples(parentFolder, options)`. */
export interface SampleOptions {
  readonly overwrite?: boolean;
  readonly seed?: number;
}

/** Answers with the folder of the images, or undefined where the user turned back. */
export async function createSamples(
  app: App,
  target: unknown,
  options: SampleOptions = {},
): Promise<vscode.Uri | undefined> {
  const { files, errors } = app.services;
  const given = uriOf(target);
  const parent = given ?? (await askWhere());
  if (!parent) return undefined;
  const root = vscode.Uri.joinPath(parent, folderName);
  const there = await files.list(root.toString()).catch(() => []);
  if (there.length > 0 && options.overwrite !== true && !(await mayOverwrite(root))) return undefined;

  const written = await writeSamples(app, root, options.seed);
  app.services.log.info(`Wrote ${written} sample images to ${app.services.describe(root.toString())}.`);
  if (!given) offerTraining(root, errors, written);
  return root;
}

async function askWhere(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Browse for a Folder…')}`, uri: undefined };
  const items = [...folders.map(({ name, uri }) => ({ label: `$(folder) ${name}`, uri })), browse];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Create Sample Images'),
    placeHolder: vscode.l10n.t('Where shall the folder “{0}” be? It takes about 15 MB on disk.', folderName),
  });
  if (chosen !== browse) return chosen?.uri;
  return askForFolder(vscode.l10n.t('Create Sample Images'), vscode.l10n.t('Create Here'));
}

async function mayOverwrite(root: vscode.Uri): Promise<boolean> {
  const overwrite = vscode.l10n.t('Overwrite');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('There is a folder “{0}” already. Write the sample images over what is in it?', folderName),
    { modal: true, detail: root.scheme === 'file' ? root.fsPath : root.toString(true) },
    overwrite,
  );
  return chosen === overwrite;
}

function offerTraining(root: vscode.Uri, errors: App['services']['errors'], count: number): void {
  const train = (name: string) => ({
    title: vscode.l10n.t('Train on {0}', name),
    run: () => vscode.commands.executeCommand(commands.train, vscode.Uri.joinPath(root, name)),
  });
  const message = vscode.l10n.t('{0} sample images are in “{1}”.', formatCount(count), folderName);
  void offer('info', message, [train('digits'), train('parts')], errors);
}

/** Writes the images some at a time; cancelling leaves what is written. @returns their number */
async function writeSamples(app: App, root: vscode.Uri, seed: number | undefined): Promise<number> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Creating sample images'),
      cancellable: true,
    },
    async (progress, token) => {
      const { files } = app.services;
      const pool = new Pool(16);
      const folders = new Map<string, Promise<void>>();
      const writing: Promise<void>[] = [];
      let failure: unknown;
      let written = 0;
      const write = async (path: string, bytes: Uint8Array): Promise<void> => {
        const uri = vscode.Uri.joinPath(root, ...path.split('/')).toString();
        const folder = files.parent(uri);
        const made = folders.get(folder) ?? files.createFolder(folder);
        folders.set(folder, made);
        await made;
        await files.write(uri, bytes);
        written++;
      };
      for (const { path, width, height, pixels } of sampleImages(seed)) {
        if (token.isCancellationRequested || failure !== undefined) break;
        const bytes = encodeGrayPng(width, height, pixels);
        writing.push(
          pool
            .run(() => write(path, bytes))
            .catch((error: unknown) => {
              failure ??= toFileError(error, 'write', path);
            }),
        );
        // Drawing is busy work: the window's other requests get their turn, and memory stays bounded.
        if (writing.length % 16 === 0) {
          await Promise.all(writing.slice(-32, -16));
          await new Promise((resolve) => setTimeout(resolve, 0));
          if (writing.length % 64 === 0) progress.report({ message: vscode.l10n.t('{0} images', written) });
        }
      }
      await Promise.all(writing);
      if (failure !== undefined) throw failure;
      if (token.isCancellationRequested) throw cancelled();
      return written;
    },
  );
}
