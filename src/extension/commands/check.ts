/** Check for Anomaly: from images and folders to verdicts in the report beside them. */
import * as vscode from 'vscode';
import { LensError, toWireError } from '../../shared/errors.ts';
import { commands } from '../../shared/names.ts';
import { packBytes } from '../../shared/transport.ts';
import type { Verdict } from '../../shared/verdict.ts';
import type { CheckRecord } from '../checks/record.ts';
import { assertCheckable } from '../checks/source.ts';
import { exactBytes, toFileError, type FileStat } from '../core/files.ts';
import { offer } from '../core/log.ts';
import type { Services } from '../core/services.ts';
import { refusalOf } from '../datasets/foreign-bytes.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';
import { checkMany, type CheckedMany } from './check-many.ts';
import { activeImage, askForFolder, askForImages, uriOf } from './targets.ts';

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

/** Repeats a check for a report whose page is new. Says nothing where that is no longer possible. */
export async function checkAgain(app: App, image: string): Promise<void> {
  const { activeUri } = app.services.models;
  if (activeUri === undefined) return;
  const model = await app.services.models.read(activeUri).catch(() => undefined);
  if (model?.header?.card.calibration) await checkImage(app, vscode.Uri.parse(image), model);
}

export async function checkImage(
  app: App,
  image: vscode.Uri,
  model: ModelEntry,
): Promise<Verdict | undefined> {
  const { services, report, checks } = app;
  const uri = image.toString();
  const name = services.describe(uri);
  const card = model.header?.card;
  if (!card) throw new LensError('invalid-model-file', `“${model.name}” cannot be read.`);
  let file: ReadImage;
  try {
    file = await readImage(services, uri, name);
  } catch (error) {
    checks.results.drop([uri]);
    const wire = services.errors.record(error, 'Check');
    await report.showError(name, new LensError(wire.code, wire.message, wire.detail));
    return undefined;
  }
  const outcome = await report.check({
    image: uri,
    name,
    bytes: file.bytes,
    model: model.uri,
    modelKey: model.key,
    modelName: model.name,
    card,
    falseAlarmRate: services.settings().falseAlarmRate,
  });
  if (!outcome.ok) {
    checks.results.drop([uri]);
    services.errors.record(
      new LensError(outcome.error.code, outcome.error.message, outcome.error.detail),
      'Check',
    );
    return undefined;
  }
  const { verdict, milliseconds } = outcome;
  checks.results.put([recordOf(uri, file.stat, model, verdict)]);
  app.map.mark({ uri, name, anomalous: verdict.anomalous }, model.key);
  services.log.info(
    `Checked ${name} with “${model.name}”: score ${verdict.score}, threshold ${verdict.threshold}, ${verdict.anomalous ? 'anomalous' : 'not anomalous'} (${Math.round(milliseconds)} ms).`,
  );
  return verdict;
}

const recordOf = (
  uri: string,
  { size, mtime }: FileStat,
  { name, key }: ModelEntry,
  { score, pValue, threshold, falsePositiveRate, anomalous }: Verdict,
): CheckRecord => ({
  ...{ uri, size, mtime, modelName: name, modelKey: key },
  ...{ score, pValue, threshold, falsePositiveRate, anomalous },
});

interface ReadImage {
  /** As it was before it was read. */
  readonly stat: FileStat;
  /** Null where the page shall pull it in parts. */
  readonly bytes: Uint8Array | null;
}

/** @throws LensError with a sentence for everything that cannot be an image */
async function readImage(services: Services, uri: string, name: string): Promise<ReadImage> {
  const { files } = services;
  try {
    const stat = await files.stat(uri);
    assertCheckable(uri, name, stat);
    if (stat.size > packBytes) return { stat, bytes: null };
    const bytes = exactBytes(await files.read(uri));
    const refusal = refusalOf(bytes, name);
    if (refusal) throw refusal;
    return { stat, bytes };
  } catch (error) {
    throw toFileError(error, 'read', name);
  }
}

/**
 * The model if it can give a verdict; otherwise says what is missing and offers what helps.
 * @param wanted the active model where left out
 */
export async function usableModel(app: App, wanted?: string): Promise<ModelEntry | undefined> {
  const { services } = app;
  // The active model is read by itself, so the folders are only listed where there is none.
  if (wanted === undefined && services.models.activeUri === undefined) await services.models.refresh();
  const { models } = services.models;
  const uri = wanted ?? services.models.activeUri;
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const trainOne = { title: vscode.l10n.t('Train a Model…'), run: () => run(commands.train) };
  const choose = { title: vscode.l10n.t('Choose Model…'), run: () => run(commands.chooseActiveModel) };
  if (uri === undefined) {
    const some = models.length > 0;
    const message = some
      ? vscode.l10n.t('Choose the model that images are checked with.')
      : vscode.l10n.t('There is no model yet. Train one on good images first.');
    void offer('info', message, some ? [choose, trainOne] : [trainOne], services.errors);
    return undefined;
  }
  let model: ModelEntry;
  try {
    model = await services.models.read(uri);
  } catch (error) {
    services.errors.show(error, 'Check', models.length > 0 ? [choose, trainOne] : [trainOne]);
    return undefined;
  }
  if (!model.header) {
    const { code, message, detail } = model.error ?? toWireError(undefined);
    services.errors.show(new LensError(code, `“${model.name}”: ${message}`, detail), 'Check', [choose]);
    return undefined;
  }
  if (!model.header.card.calibration) {
    const unfinished = model.header.card.progress.state !== 'finished';
    const why = unfinished
      ? `“${model.name}” gives no verdict yet: its training is not finished, so it has no threshold. Resume it, or choose another model.`
      : `“${model.name}” gives no verdict: it was trained without calibration images. Choose another model.`;
    const go = { title: vscode.l10n.t('Resume Training'), run: () => run(commands.resumeTraining, model) };
    services.errors.show(
      new LensError('model-not-calibrated', why),
      'Check',
      unfinished ? [go, choose] : [choose],
    );
    return undefined;
  }
  return model;
}
