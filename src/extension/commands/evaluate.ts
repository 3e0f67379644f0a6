/** Lists the images of an evaluation for the Studio's page, which knows what their folders mean. */
import * as vscode from 'vscode';
import type { EvaluationFolder, EvaluationRequest } from '../../shared/protocol/evaluate.ts';
import type { Services } from '../core/services.ts';
import { walkLabelled, type LabelledFolder } from '../datasets/labelled.ts';
import { ModelImages } from '../datasets/model-images.ts';
import { evenly } from '../datasets/scan.ts';
import { findDataset } from './resume.ts';
import { askForFolder } from './targets.ts';
import { workspaceFolders } from '../core/workspace-folders.ts';

/**
 * @returns null where the user chose no folder
 * @throws LensError `not-found`, `no-permission`, `read-failed`, `invalid-model-file`, `cancelled`
 */
export async function listEvaluation(
  services: Services,
  request: EvaluationRequest,
): Promise<EvaluationFolder | null> {
  const { files } = services;
  const card = (await services.models.read(request.model)).header?.card;
  if (request.from === 'model') {
    if (!card) return null;
    const paths = request.paths.filter((path) => !path.split('/').includes('..'));
    const root = (await findDataset(services, card)).toString();
    return offered(services, { root, images: paths, skipped: [], skippedCount: 0 }, root);
  }
  const chosen = request.uri ?? (await askForFolder(request.title, vscode.l10n.t('Choose')))?.toString();
  if (chosen === undefined) return null;
  const found = await walkLabelled(chosen, {
    files,
    realPath: services.linkResolver(chosen),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const known = new ModelImages(files, services.context.workspaceState, workspaceFolders);
  const dataset = card && (await known.root(request.model, card.dataset));
  return offered(services, found, dataset ?? null);
}

function offered(
  services: Services,
  { root, images, skipped, skippedCount }: LabelledFolder,
  dataset: string | null,
): EvaluationFolder {
  const source = crypto.randomUUID();
  const name = services.describe(root);
  const limit = services.settings().maxImages;
  const paths = evenly(images, limit);
  const cut = paths.length < images.length ? { found: images.length, limit } : null;
  services.datasets.add({
    root,
    files: paths.map((path, index) => ({ index, path, role: 'image', label: -1, split: null })),
    summary: {
      ...{
        id: source,
        name,
        uri: root,
        kind: 'folder',
        files: paths.length,
        images: paths.length,
        bytes: null,
      },
      ...{ classes: [], splits: null, skipped, skippedCount, cut },
    },
  });
  return { source, root, name, paths, skipped, skippedCount, cut, dataset };
}
