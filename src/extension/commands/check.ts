/** Check for Anomaly: from images and folders to verdicts in the report beside them. */
import * as vscode from 'vscode';
import type { Verdict } from '../../shared/verdict.ts';
import type { Services } from '../core/services.ts';
import type { App } from './app.ts';
import { checkImage } from './check-image.ts';
import { checkMany, type CheckedMany } from './check-many.ts';
import { activeImage, askForFolder, askForImages, uriOf } from './targets.ts';
import { usableModel } from './usable-model.ts';

/**
 * One image is answered with its verdict, several images or a folder with the end of their check; undefined where there
 * is neither, and the report or a message says why.
 */
export async function check(
  app: App,
  target: unknown,
  selection: unknown,
): Promise<Verdict | CheckedMany | undefined> {
  const images = await imagesOf(target, selection);
  const [image] = images;
  if (!image) return undefined;
  const model = await usableModel(app);
  if (!model) return undefined;
  if (images.length > 1 || (await isFolder(app.services, image))) return checkMany(app, images, model);
  return checkImage(app, image, model);
}

/** Check Folder for Anomaly: from the palette, or from a model in the tree with that model. */
export async function checkFolder(app: App, target: unknown): Promise<CheckedMany | undefined> {
  const named = target instanceof vscode.Uri ? target : undefined;
  const model = await usableModel(app, named ? undefined : uriOf(target)?.toString());
  if (!model) return undefined;
  const folder =
    named ??
    (await askForFolder(
      vscode.l10n.t('Check all images of a folder with “{0}”', model.name),
      vscode.l10n.t('Check'),
    ));
  return folder && checkMany(app, [folder], model);
}

/** What a menu's selection, the image in front or a dialog names. */
async function imagesOf(target: unknown, selection: unknown): Promise<readonly vscode.Uri[]> {
  const selected = Array.isArray(selection) ? selection.flatMap((each) => uriOf(each) ?? []) : [];
  if (selected.length > 1) return selected;
  const image = uriOf(target) ?? activeImage();
  return image ? [image] : askForImages();
}

const isFolder = async ({ files }: Services, uri: vscode.Uri): Promise<boolean> =>
  (await files.stat(uri.toString()).catch(() => undefined))?.kind === 'folder';
