/** One image, read and judged: its verdict in the report, on the map and beside its name. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import { packBytes } from '../../shared/transport.ts';
import type { Verdict } from '../../shared/verdict.ts';
import type { CheckRecord } from '../checks/record.ts';
import { assertCheckable } from '../checks/source.ts';
import { exactBytes, toFileError, type FileStat } from '../core/files.ts';
import type { Services } from '../core/services.ts';
import { refusalOf } from '../datasets/foreign-bytes.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';

/** @returns undefined where the image cannot be judged: the report says why */
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

/** Repeats a check for a report whose page is new. Says nothing where that is no longer possible. */
export async function checkAgain(app: App, image: string): Promise<void> {
  const { activeUri } = app.services.models;
  if (activeUri === undefined) return;
  const model = await app.services.models.read(activeUri).catch(() => undefined);
  if (model?.header?.card.calibration) await checkImage(app, vscode.Uri.parse(image), model);
}
