/** Check for Anomaly: from an image to a verdict in the report beside it. */
import * as vscode from 'vscode';
import { LensError, toWireError } from '../../shared/errors.ts';
import { isImagePath } from '../../shared/dataset.ts';
import { commands } from '../../shared/names.ts';
import { packBytes } from '../../shared/transport.ts';
import type { Verdict } from '../../shared/verdict.ts';
import { exactBytes, toFileError } from '../core/files.ts';
import { offer } from '../core/log.ts';
import type { Services } from '../core/services.ts';
import { refusalOf } from '../datasets/foreign-bytes.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';
import { activeImage, askForImage, uriOf } from './targets.ts';

/** Larger files are no images that a model of this family was made for, and would stall the window. */
const largestImage = 200 * 1000 ** 2;

/** Answers with the verdict, or undefined where there is none; the report says why. */
export async function check(app: App, target: unknown, selection: unknown): Promise<Verdict | undefined> {
  const { services } = app;
  const image = uriOf(target) ?? activeImage() ?? (await askForImage());
  if (!image) return undefined;
  if (Array.isArray(selection) && selection.length > 1) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('One image is checked at a time: {0}.', services.files.nameOf(image.toString())),
    );
  }
  const model = await usableModel(app);
  if (!model) return undefined;
  return checkImage(app, image, model);
}

/** Repeats a check for a report whose page is new. Says nothing where that is no longer possible. */
export async function checkAgain(app: App, image: string): Promise<void> {
  const { activeUri } = app.services.models;
  if (activeUri === undefined) return;
  const model = await app.services.models.read(activeUri).catch(() => undefined);
  if (model?.header?.card.calibration) await checkImage(app, vscode.Uri.parse(image), model);
}

async function checkImage(app: App, image: vscode.Uri, model: ModelEntry): Promise<Verdict | undefined> {
  const { services, report } = app;
  const uri = image.toString();
  const name = services.describe(uri);
  const card = model.header?.card;
  if (!card) throw new LensError('invalid-model-file', `“${model.name}” cannot be read.`);
  let bytes: Uint8Array | null;
  try {
    bytes = await imageBytes(services, uri, name);
  } catch (error) {
    const wire = services.errors.record(error, 'Check');
    await report.showError(name, new LensError(wire.code, wire.message, wire.detail));
    return undefined;
  }
  const outcome = await report.check({
    image: uri,
    name,
    bytes,
    model: model.uri,
    modelKey: model.key,
    modelName: model.name,
    card,
    falseAlarmRate: services.settings().falseAlarmRate,
  });
  if (!outcome.ok) {
    services.errors.record(
      new LensError(outcome.error.code, outcome.error.message, outcome.error.detail),
      'Check',
    );
    return undefined;
  }
  const { verdict, milliseconds } = outcome;
  app.map.mark({ uri, name, anomalous: verdict.anomalous }, model.key);
  services.log.info(
    `Checked ${name} with “${model.name}”: score ${verdict.score}, threshold ${verdict.threshold}, ${verdict.anomalous ? 'anomalous' : 'not anomalous'} (${Math.round(milliseconds)} ms).`,
  );
  return verdict;
}

/**
 * The image's bytes, or null where the page shall pull them in parts.
 * @throws LensError with a sentence for everything that cannot be an image
 */
async function imageBytes(services: Services, uri: string, name: string): Promise<Uint8Array | null> {
  const { files } = services;
  if (!isImagePath(uri)) {
    throw new LensError(
      'unsupported-format',
      `“${name}” is not an image of a type that can be checked (PNG, JPEG, WebP, BMP, ICO, GIF, AVIF).`,
    );
  }
  try {
    const { size, kind } = await files.stat(uri);
    if (kind !== 'file') throw new LensError('not-an-image', `“${name}” is a folder. Choose an image in it.`);
    if (size > largestImage) {
      const megabytes = Math.round(size / 1000 ** 2);
      throw new LensError(
        'image-too-large',
        `“${name}” has ${megabytes.toLocaleString('en-US')} MB; images up to ${largestImage / 1000 ** 2} MB can be checked. Save a smaller version and check that.`,
      );
    }
    if (size > packBytes) return null;
    const bytes = exactBytes(await files.read(uri));
    const refusal = refusalOf(bytes, name);
    if (refusal) throw refusal;
    return bytes;
  } catch (error) {
    throw toFileError(error, 'read', name);
  }
}

/** The active model if it can give a verdict; otherwise says what is missing and offers what helps. */
async function usableModel(app: App): Promise<ModelEntry | undefined> {
  const { services } = app;
  // The active model is read by itself, so the folders are only listed where there is none.
  if (services.models.activeUri === undefined) await services.models.refresh();
  const { activeUri, models } = services.models;
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const trainOne = { title: vscode.l10n.t('Train a Model…'), run: () => run(commands.train) };
  const choose = { title: vscode.l10n.t('Choose Model…'), run: () => run(commands.chooseActiveModel) };
  if (activeUri === undefined) {
    const some = models.length > 0;
    const message = some
      ? vscode.l10n.t('Choose the model that images are checked with.')
      : vscode.l10n.t('There is no model yet. Train one on good images first.');
    void offer('info', message, some ? [choose, trainOne] : [trainOne], services.errors);
    return undefined;
  }
  let model: ModelEntry;
  try {
    model = await services.models.read(activeUri);
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
