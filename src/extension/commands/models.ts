/** What can be done with a model file. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import { panels } from '../../shared/names.ts';
import { toFileError } from '../core/files.ts';
import type { Services } from '../core/services.ts';
import { describeModel } from '../models/describe.ts';
import { fileNameOf, nameOfFile, safeName } from '../models/file-names.ts';
import type { App } from './app.ts';
import { activeTabUri, uriOf } from './targets.ts';

/** The model that a command is meant for: its argument, or the model file in front. */
export function modelUri(target: unknown): vscode.Uri | undefined {
  const uri = uriOf(target);
  if (uri) return uri;
  const front = activeTabUri();
  return front && nameOfFile(front.path) !== front.path ? front : undefined;
}

export async function openModel(_app: App, target: unknown): Promise<void> {
  const uri = modelUri(target);
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, panels.modelEditor);
}

export async function openStudio({ studio, services }: App, target: unknown): Promise<void> {
  const uri = uriOf(target);
  if (!uri || services.jobs.current) return studio.show();
  await studio.showModel(uri.toString(), nameOfFile(services.files.nameOf(uri.toString())));
}

export async function setActiveModel({ services }: App, target: unknown): Promise<void> {
  const uri = modelUri(target);
  if (!uri) return;
  const { header, error, name } = await services.models.read(uri.toString());
  if (!header)
    throw new LensError(error?.code ?? 'invalid-model-file', error?.message ?? `“${name}” cannot be read.`);
  await services.models.setActive(uri.toString());
  vscode.window.setStatusBarMessage(vscode.l10n.t('Images are now checked with “{0}”', name), 5000);
}

/** The map of the active model; of another model after it was made the active one. */
export async function showMap(app: App, target: unknown): Promise<void> {
  const uri = uriOf(target);
  if (uri && uri.toString() !== app.services.models.activeUri) await setActiveModel(app, uri);
  await app.map.show();
}

export async function chooseActiveModel(app: App): Promise<void> {
  const { models } = app.services;
  await models.refresh();
  const items = models.models.map(({ uri, name, header, error }) => ({
    label: `${models.activeUri === uri ? '$(pass-filled)' : '$(circle-outline)'} ${name}`,
    description: header ? describeModel(header.card) : (error?.message ?? ''),
    uri,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no model yet. Train one on good images first.'),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Choose Active Model'),
    placeHolder: vscode.l10n.t('Images are checked with this model'),
    matchOnDescription: true,
  });
  if (chosen) await setActiveModel(app, vscode.Uri.parse(chosen.uri));
}

function refuseInJob({ jobs, files }: Services, uri: string, what: string): void {
  const name = nameOfFile(files.nameOf(uri));
  if (jobs.current && jobs.fileOf(jobs.current.jobId) === uri) {
    const words = {
      training: ['training', 'trained'],
      projection: ['t-SNE', 'projected'],
      calibration: ['calibration', 'calibrated'],
    } as const;
    const [job, doing] = words[jobs.current.kind];
    throw new LensError(
      'write-failed',
      `“${name}” is being ${doing}. Stop the ${job} before you ${what} it.`,
    );
  }
}

/** @param newName for automation; asked for otherwise */
export async function renameModel({ services }: App, target: unknown, newName?: unknown): Promise<void> {
  const uri = modelUri(target)?.toString();
  if (uri === undefined) return;
  const { files, models, jobs } = services;
  refuseInJob(services, uri, 'rename');
  const folder = files.parent(uri);
  const old = files.nameOf(uri);
  const there = await files.list(folder).catch(() => []);
  const taken = new Set(
    there.map(({ name }) => name.toLowerCase()).filter((name) => name !== old.toLowerCase()),
  );
  const asked =
    typeof newName === 'string'
      ? newName
      : await vscode.window.showInputBox({
          title: vscode.l10n.t('Rename Model'),
          value: nameOfFile(old),
          validateInput: (value) => refusalOfName(value, taken),
        });
  if (asked === undefined) return;
  const refusal = refusalOfName(asked, taken);
  if (refusal !== undefined) throw new LensError('write-failed', refusal);
  const to = files.join(folder, fileNameOf(asked));
  if (to === uri) return;
  try {
    await files.rename(uri, to, false);
  } catch (error) {
    throw toFileError(error, 'write', files.nameOf(to));
  }
  jobs.moved(uri, to);
  await models.moved(uri, to);
}

/** @param taken file names in lower case */
function refusalOfName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name.trim() === '') return vscode.l10n.t('A model needs a name.');
  if (safeName(name) !== name.trim())
    return vscode.l10n.t('A file cannot have this name. “{0}” would do.', safeName(name));
  if (taken.has(fileNameOf(name).toLowerCase()))
    return vscode.l10n.t('There is a model of this name already.');
  return undefined;
}

/** @param confirmed for automation; asked for otherwise */
export async function deleteModel({ services }: App, target: unknown, confirmed?: unknown): Promise<void> {
  const uri = modelUri(target);
  if (!uri) return;
  const { files, models } = services;
  const address = uri.toString();
  refuseInJob(services, address, 'delete');
  const name = nameOfFile(files.nameOf(address));
  if (confirmed !== true && !(await confirm(vscode.l10n.t('Delete the model “{0}”?', name), ''))) return;
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch (error) {
    // Remote and virtual file systems have no trash.
    if (!(await files.stat(address).catch(() => undefined))) throw toFileError(error, 'write', name);
    const permanently = vscode.l10n.t('There is no trash for this file: it is deleted for good.');
    if (confirmed !== true && !(await confirm(vscode.l10n.t('Delete “{0}” permanently?', name), permanently)))
      return;
    await files.remove(address).catch((second: unknown) => {
      throw toFileError(second, 'write', name);
    });
  }
  await models.moved(address, undefined);
}

async function confirm(message: string, detail: string): Promise<boolean> {
  const yes = vscode.l10n.t('Delete');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

export async function revealModel(_app: App, target: unknown): Promise<void> {
  const uri = modelUri(target);
  if (!uri) return;
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}
