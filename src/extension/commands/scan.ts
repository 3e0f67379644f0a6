/** Scans a data set, with progress and a way out once it takes longer than a moment. */
import * as vscode from 'vscode';
import { formatCount } from '../../shared/count.ts';
import type { Services } from '../core/services.ts';
import { scanDataset, type ScannedDataset } from '../datasets/scan.ts';

/** A scan shorter than this shows nothing. */
const quietMs = 1000;

/** @throws LensError `cancelled`, and what {@link scanDataset} throws */
export async function scanWithProgress(uri: vscode.Uri, services: Services): Promise<ScannedDataset> {
  const abort = new AbortController();
  let found = { images: 0, folders: 0 };
  let report: ((text: string) => void) | undefined;
  const scanning = scanDataset(uri.toString(), {
    files: services.files,
    realPath: services.linkResolver(uri.toString()),
    signal: abort.signal,
    maxImages: services.settings().maxImages,
    newId: () => crypto.randomUUID(),
    onProgress: (now) => {
      found = now;
      report?.(vscode.l10n.t('{0} images in {1} folders', formatCount(now.images), formatCount(now.folders)));
    },
  });
  // Whoever awaits it is told; the timer below must not see it as unhandled meanwhile.
  scanning.catch(() => undefined);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Looking for images'),
        cancellable: true,
      },
      (progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        report = throttled((message) => progress.report({ message }));
        return scanning.then(
          () => undefined,
          () => undefined,
        );
      },
    );
  }, quietMs);
  try {
    const dataset = await scanning;
    services.datasets.add(dataset);
    services.log.info(
      `Scanned ${services.describe(uri.toString())}: ${dataset.files.length} files, ${dataset.summary.skippedCount} left out, ${found.folders} folders.`,
    );
    return dataset;
  } finally {
    clearTimeout(timer);
  }
}

/** At most four a second. */
function throttled(report: (text: string) => void): (text: string) => void {
  let last = 0;
  return (text) => {
    const now = Date.now();
    if (now - last < 250) return;
    last = now;
    report(text);
  };
}
