/** Lists the images of an evaluation for the Studio's page, which knows what their folders mean. */
import * as vscode from 'vscode';
import type { EvaluationFolder, EvaluationRequest } from '../../shared/protocol/evaluate.ts';
import { splitOfFolder } from '../../shared/dataset.ts';
import type { Services } from '../core/services.ts';
import { toFileError } from '../core/files.ts';
import { ModelImages } from '../datasets/model-images.ts';
import { evenly } from '../datasets/scan.ts';
import { walkFolder, type WalkResult } from '../datasets/walk.ts';
import { findDataset } from './resume.ts';
import { askForFolder } from './targets.ts';
import { workspaceFolders } from './train.ts';

const masks = 'ground_truth';
const nothing: WalkResult = { images: [], idx: [], skipped: [], skippedCount: 0 };

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
    return offered(services, root, { ...nothing, images: paths }, root);
  }
  const chosen = request.uri ?? (await askForFolder(request.title, vscode.l10n.t('Choose')))?.toString();
  if (chosen === undefined) return null;
  const walk = (uri: string): Promise<WalkResult> =>
    walkFolder(uri, {
      files,
      realPath: services.linkResolver(uri),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  // Of a data set whose masks lie beside its test folder, that folder alone may be chosen.
  const parent = files.parent(chosen);
  const inTest = splitOfFolder(files.nameOf(chosen)) === 'test';
  const [beside, below] = [files.join(parent, masks), files.join(chosen, masks)];
  const besideTest = inTest && (await files.stat(beside).catch(() => undefined)) !== undefined;
  const [walked, masked] = await Promise.all([
    walk(chosen).catch((error: unknown) => {
      throw toFileError(error, 'read', services.describe(chosen));
    }),
    walk(besideTest ? beside : below).catch(() => nothing),
  ]);
  const under = besideTest ? `${files.nameOf(chosen)}/` : '';
  const images = [
    ...walked.images.filter((path) => !path.startsWith(`${masks}/`)).map((path) => under + path),
    ...masked.images.map((path) => `${masks}/${path}`),
  ];
  const known = new ModelImages(files, services.context.workspaceState, workspaceFolders);
  const dataset = card && (await known.root(request.model, card.dataset));
  // The walk leaves masks out as no images to learn; here they are of use.
  const skipped = walked.skipped.filter(({ path }) => path !== masks);
  const skippedCount = walked.skippedCount - walked.skipped.length + skipped.length;
  const found = { ...walked, images, skipped, skippedCount };
  return offered(services, besideTest ? parent : chosen, found, dataset ?? null);
}

function offered(
  services: Services,
  root: string,
  { images, skipped, skippedCount }: WalkResult,
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
