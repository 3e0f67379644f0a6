/** From a point of a model back to its image on disk. */
import * as vscode from 'vscode';
import { LensError } from '../../shared/errors.ts';
import type { Services } from '../core/services.ts';
import { findDataset } from './resume.ts';

/**
 * @param model the model file, as a URI string
 * @param path relative to the model's data set; a model file may come from anywhere, so it cannot lead out of that
 * @throws LensError `invalid-model-file`, `not-found`, `cancelled`
 */
export async function openImage(services: Services, model: string, path: string): Promise<void> {
  const { header } = await services.models.read(model);
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (!header || segments.length === 0 || segments.includes('..')) {
    throw new LensError('invalid-model-file', `This model names no image “${path}” that could be opened.`);
  }
  const uri = services.files.join((await findDataset(services, header.card)).toString(), ...segments);
  const there = await services.files.stat(uri).catch(() => undefined);
  if (!there) {
    throw new LensError('not-found', `The image “${path}” is no longer where the model found it.`);
  }
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(uri));
}
