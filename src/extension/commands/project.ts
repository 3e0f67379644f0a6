/** Compute t-SNE Map: from a model to a projection in the Studio's worker; stopping it, and going on with it. */
import * as vscode from 'vscode';
import { formatCount } from '../../shared/count.ts';
import { LensError } from '../../shared/errors.ts';
import type { ModelCard } from '../../shared/model-card.ts';
import { commands } from '../../shared/names.ts';
import {
  continuationOf,
  defaultChoices,
  fewestPoints,
  isStopped,
  lastTsneOf,
  refusalOfChoices,
  type ProjectionChoices,
} from '../../shared/projection-choices.ts';
import type { ProjectionEnd } from '../../shared/protocol/projection.ts';
import { offer } from '../core/log.ts';
import type { JobRecord } from '../jobs/record.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';
import { refusedWhileBusy } from './busy.ts';
import type { ProjectOptions } from './project-options.ts';
import { activeTabUri, uriOf } from './targets.ts';
import { isModelFileName } from '../models/file-names.ts';

interface Asked {
  readonly choices: ProjectionChoices;
  readonly continue: boolean;
}

export async function computeTsne(
  app: App,
  target: unknown,
  options: ProjectOptions = {},
): Promise<ProjectionEnd | undefined> {
  const { services, studio, map } = app;
  if (refusedWhileBusy(app, 'projection', options.wait === true)) return undefined;
  const model = await modelOf(app, target);
  if (!model) return undefined;
  const card = cardOf(model);
  const told = options.wait === true || options.choices !== undefined || goesOn(card, options);
  const asked = told ? given(card, options) : await ask(card);
  if (!asked) return undefined;
  const refusal = refusalOfChoices(asked.choices);
  if (refusal !== null) throw new LensError('internal', refusal);
  const ended = options.wait === true ? services.jobs.nextProjectionEnd() : undefined;
  const fromMap = options.from === 'map';
  await studio.project(
    {
      ...asked.choices,
      jobId: crypto.randomUUID(),
      model: model.uri,
      name: model.name,
      continue: asked.continue,
    },
    !fromMap,
  );
  // A Studio that had to be opened has covered the map that was asked.
  if (fromMap) map.bringBack();
  return ended;
}

/** The model that is meant: the argument, the model file in front, or the active one. */
async function modelOf({ services }: App, target: unknown): Promise<ModelEntry | undefined> {
  const { models, errors } = services;
  const front = activeTabUri();
  const uri = uriOf(target) ?? (front && isModelFileName(front.path) ? front : undefined);
  if (uri) return models.read(uri.toString());
  if (models.activeUri === undefined) await models.refresh();
  if (models.activeUri !== undefined) return models.read(models.activeUri);
  const some = models.models.length > 0;
  const run = (command: string) => () => vscode.commands.executeCommand(command);
  void offer(
    'info',
    some
      ? vscode.l10n.t('Choose the model whose map is to be computed.')
      : vscode.l10n.t('There is no model yet. Train one on good images first.'),
    [
      some
        ? { title: vscode.l10n.t('Choose Model…'), run: run(commands.chooseActiveModel) }
        : { title: vscode.l10n.t('Train a Model…'), run: run(commands.train) },
    ],
    errors,
  );
  return undefined;
}

/** @throws LensError `invalid-model-file`; `too-few-images` where the model has no points to project */
function cardOf({ header, error, name }: ModelEntry): ModelCard {
  if (!header)
    throw new LensError(error?.code ?? 'invalid-model-file', error?.message ?? `“${name}” cannot be read.`);
  const { card } = header;
  if (card.points && card.points.count >= fewestPoints) return card;
  throw new LensError(
    'too-few-images',
    card.progress.state === 'finished'
      ? `“${name}” keeps too few latents for a t-SNE. Train it anew with this version, or on more images.`
      : `“${name}” has no latents to project yet. Finish its training first.`,
  );
}

/** A map of too few images that were never trained on shows nothing; all are taken then. */
const pointsOf = ({ points }: ModelCard): ProjectionChoices['points'] =>
  (points?.heldOut ?? 0) >= fewestPoints ? defaultChoices.points : 'all';

/** Where there is nothing to go on with, what to compute is asked for. */
const goesOn = (card: ModelCard, options: ProjectOptions): boolean =>
  options.continue === true && continuationOf(card) !== null;

function given(card: ModelCard, options: ProjectOptions): Asked {
  if (options.continue === true) {
    const choices = continuationOf(card);
    if (!choices)
      throw new LensError('not-found', `“${card.name}” has no t-SNE to go on with. Compute one first.`);
    return { choices, continue: true };
  }
  return { choices: { ...defaultChoices, points: pointsOf(card), ...options.choices }, continue: false };
}

async function ask(card: ModelCard): Promise<Asked | undefined> {
  const { points } = card;
  if (!points) return undefined;
  const of = (count: number): string =>
    vscode.l10n.t('{0} of {1} images', formatCount(count), formatCount(points.total));
  const items: (vscode.QuickPickItem & { readonly asked: Asked })[] = [];
  const stored = lastTsneOf(card);
  const further = continuationOf(card);
  if (stored && further && isStopped(stored)) {
    items.push({
      label: vscode.l10n.t('Continue'),
      description: vscode.l10n.t('from iteration {0} of {1}', stored.iterations, stored.planned),
      asked: { choices: further, continue: true },
    });
  }
  if (points.heldOut >= fewestPoints && points.heldOut < points.count) {
    items.push({
      label: vscode.l10n.t('Images the Model Never Trained On'),
      description: of(points.heldOut),
      asked: { choices: { ...defaultChoices, points: 'held-out' }, continue: false },
    });
  }
  items.push({
    label: vscode.l10n.t('All Images'),
    description: of(points.count),
    asked: { choices: { ...defaultChoices, points: 'all' }, continue: false },
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Compute t-SNE Map'),
    placeHolder: vscode.l10n.t('Choose the images of the map of “{0}”', card.name),
  });
  return chosen?.asked;
}

/** Stops the running t-SNE; what it has so far is saved. */
export async function stopTsne({ services, studio }: App): Promise<ProjectionEnd | undefined> {
  if (!services.jobs.projection) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No t-SNE is running.'));
    return undefined;
  }
  const ended = services.jobs.nextProjectionEnd();
  if (!(await studio.stop())) return undefined;
  // The page answers before its notice of the end is dealt with; only then may the next job begin.
  const end = await ended;
  if (end.savedAs !== null)
    vscode.window.setStatusBarMessage(vscode.l10n.t('t-SNE stopped and saved in {0}', end.savedAs), 10_000);
  return end;
}

/** Offers to go on with a t-SNE that ended with its window or panel, from what it had saved. */
export function offerContinue(app: App, record: JobRecord): void {
  const { services } = app;
  const { model, name } = record;
  const tell = async (): Promise<void> => {
    await services.records.clear();
    const entry = model === null ? undefined : await services.models.read(model).catch(() => undefined);
    const card = entry?.header?.card;
    if (!entry || !card) return;
    const stored = lastTsneOf(card);
    // It was saved at its end, or there is the whole map before it: nothing is missing.
    if (stored && !isStopped(stored)) return;
    const uri = vscode.Uri.parse(entry.uri);
    const compute = (options: ProjectOptions) => () =>
      vscode.commands.executeCommand(commands.computeTsne, uri, options);
    const saved = stored && continuationOf(card) !== null;
    await offer(
      'info',
      saved
        ? vscode.l10n.t(
            'The t-SNE of “{0}” was interrupted. It can go on from iteration {1} of {2}.',
            name,
            stored.iterations,
            stored.planned,
          )
        : vscode.l10n.t('The t-SNE of “{0}” was interrupted before anything was saved.', name),
      saved
        ? [{ title: vscode.l10n.t('Continue t-SNE'), run: compute({ continue: true }) }]
        : [{ title: vscode.l10n.t('Compute Again…'), run: compute({}) }],
      services.errors,
    );
  };
  void tell().catch((error: unknown) => services.errors.record(error, 't-SNE'));
}
