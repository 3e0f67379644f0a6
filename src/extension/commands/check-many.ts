/** Several images, or a folder, checked into a table: lists them, runs the batch, says how it ended. */
import * as vscode from 'vscode';
import { formatCount } from '../../shared/count.ts';
import { batchSentences, type Batch, type BatchTally, type BatchTerms } from '../../shared/batch.ts';
import { LensError, cancelled, fromWireError, isCancelled } from '../../shared/errors.ts';
import type { BatchEnd, RowAction } from '../../shared/protocol/report.ts';
import { listImages, type ImageList } from '../checks/listing.ts';
import { offer } from '../core/log.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { App } from './app.ts';
import { checkImage } from './check-image.ts';
import { usableModel } from './usable-model.ts';

/** How a check of many images ended. */
export interface CheckedMany extends BatchTally {
  readonly state: BatchEnd['state'];
  readonly terms: BatchTerms | null;
}

/** A listing shorter than this shows nothing. */
const quietMs = 700;

/** @param targets images and folders @returns undefined where nothing was begun */
export async function checkMany(
  app: App,
  targets: readonly vscode.Uri[],
  model: ModelEntry,
): Promise<CheckedMany | undefined> {
  if (await refusedWhileRunning(app)) return undefined;
  const { services } = app;
  const uris = targets.map((target) => target.toString());
  const list = await listWithProgress(app, uris);
  if (list.uris.length === 0) throw nothingFound(app, uris, list);
  const [only] = uris;
  const title =
    uris.length === 1 && only !== undefined
      ? services.describe(only)
      : vscode.l10n.t('{0} images', formatCount(list.uris.length));
  const { uris: images, ...listed } = list;
  return begin(app, batchOf(app, model, { title, ...listed }), images);
}

/** Goes on with what is left of the batch in the table. */
export async function continueBatch(app: App, id: string): Promise<void> {
  if (await refusedWhileRunning(app)) return;
  const { batch } = app.checks.batches.find(id);
  const model = await usableModel(app, batch.model);
  if (!model) return;
  if (model.key !== batch.modelKey) {
    throw new LensError(
      'invalid-model-file',
      `“${model.name}” has changed since this check was begun, so its scores would not fit together. Check all images again.`,
    );
  }
  await runBatch(app);
}

/** Checks the images of the table again, with the model and the rate that are set now. */
export async function repeatBatch(app: App, id: string): Promise<void> {
  if (await refusedWhileRunning(app)) return;
  const { batch, uris } = app.checks.batches.find(id);
  const model = await usableModel(app);
  if (model) await begin(app, batchOf(app, model, batch), uris);
}

/** What was asked for with rows of the table. */
export async function actOnRows(
  app: App,
  uris: readonly string[],
  action: RowAction,
  batch: string,
): Promise<void> {
  const images = uris.map((uri) => vscode.Uri.parse(uri));
  const [first] = images;
  if (!first) return;
  switch (action) {
    case 'report': {
      const model = await usableModel(app, app.checks.batches.find(batch).batch.model);
      if (model) await checkImage(app, first, model);
      return;
    }
    case 'open':
      // Beside the table, which stays where it is.
      await vscode.commands.executeCommand('vscode.open', first, {
        viewColumn: vscode.ViewColumn.One,
        preserveFocus: true,
      });
      return;
    case 'reveal': {
      const inside = vscode.workspace.getWorkspaceFolder(first) !== undefined;
      await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', first);
      return;
    }
    case 'copyPaths': {
      const paths = images.map((uri) => (uri.scheme === 'file' ? uri.fsPath : uri.toString(true)));
      await vscode.env.clipboard.writeText(paths.join('\n'));
      vscode.window.setStatusBarMessage(
        paths.length === 1
          ? vscode.l10n.t('Path copied')
          : vscode.l10n.t('{0} paths copied', formatCount(paths.length)),
        4000,
      );
    }
  }
}

/** Whether a batch runs that the user does not want to stop for the next one. */
async function refusedWhileRunning({ checks, report }: App): Promise<boolean> {
  const { batches } = checks;
  const title = batches.runningTitle;
  if (title === undefined) return false;
  const stop = vscode.l10n.t('Stop It');
  const show = vscode.l10n.t('Show Report');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('“{0}” is still being checked. Stop that check and begin another?', title),
    stop,
    show,
  );
  if (chosen === show) report.show();
  if (chosen !== stop) return true;
  await batches.stop();
  return false;
}

async function listWithProgress({ services }: App, targets: readonly string[]): Promise<ImageList> {
  const abort = new AbortController();
  let images = 0;
  const listing = listImages(targets, {
    files: services.files,
    describe: (uri) => services.describe(uri),
    linkResolver: (uri) => services.linkResolver(uri),
    maxImages: services.settings().maxImages,
    signal: abort.signal,
    onProgress: (found) => (images = found.images),
  });
  // Whoever awaits it is told; the timer must not see it as unhandled meanwhile.
  listing.catch(() => undefined);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Looking for images'),
        cancellable: true,
      },
      async (progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        const tick = setInterval(
          () => progress.report({ message: vscode.l10n.t('{0} found', formatCount(images)) }),
          250,
        );
        await listing.catch(() => undefined);
        clearInterval(tick);
      },
    );
  }, quietMs);
  try {
    return await listing;
  } catch (error) {
    if (isCancelled(error)) throw cancelled();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function nothingFound({ services }: App, targets: readonly string[], { skippedCount }: ImageList): LensError {
  const [only = ''] = targets;
  const where = targets.length === 1 ? `“${services.describe(only)}”` : 'what was chosen';
  const others = skippedCount === 0 ? '' : ` It holds ${skippedCount} other files or folders.`;
  return new LensError(
    'invalid-dataset',
    `No images were found in ${where}.${others} Choose a folder of PNG, JPEG, WebP, BMP, ICO, GIF or AVIF images.`,
  );
}

type Listed = Pick<Batch, 'title' | 'names' | 'skipped' | 'skippedCount' | 'cut'>;

function batchOf(
  { services }: App,
  model: ModelEntry,
  { title, names, skipped, skippedCount, cut }: Listed,
): Batch {
  return {
    ...{ id: crypto.randomUUID(), title, names, skipped, skippedCount, cut },
    ...{ model: model.uri, modelKey: model.key, modelName: model.name },
    falseAlarmRate: services.settings().falseAlarmRate,
  };
}

function begin(app: App, batch: Batch, uris: readonly string[]): Promise<CheckedMany> {
  app.checks.batches.begin(batch, uris);
  return runBatch(app);
}

/** Runs what is left, with progress and a way to stop it beside those on the page. */
async function runBatch(app: App): Promise<CheckedMany> {
  const { services, report, checks } = app;
  const { batches } = checks;
  const started = Date.now();
  report.reveal();
  const running = batches.run(report);
  void vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking “{0}”', batches.runningTitle ?? ''),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => void batches.stop());
      let shown = 0;
      const following = batches.onRows((tally) => {
        const done = tally.checked + tally.failed;
        progress.report({
          message: vscode.l10n.t(
            '{0} of {1}, {2} anomalous',
            formatCount(done),
            formatCount(tally.images),
            formatCount(tally.anomalous),
          ),
          increment: (100 * (done - shown)) / tally.images,
        });
        shown = done;
      });
      await running.catch(() => undefined);
      following.dispose();
    },
  );
  const end = await running;
  const tally = batches.tally() ?? { images: 0, checked: 0, anomalous: 0, failed: 0 };
  const { finding } = batchSentences(tally, batches.terms);
  services.log.info(`Checked many images (${end.state}, ${Date.now() - started} ms): ${finding}`);
  if (end.error) {
    // The page says it too, where it is seen.
    if (report.visible) services.errors.record(fromWireError(end.error), 'Check');
    else services.errors.show(fromWireError(end.error), 'Check');
  } else if (end.state === 'finished' && report.isOpen && !report.visible) {
    const show = { title: vscode.l10n.t('Show Report'), run: () => report.show() };
    void offer('info', finding, [show], services.errors);
  }
  return { ...tally, state: end.state, terms: batches.terms };
}
