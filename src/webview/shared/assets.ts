/** The page's own files: their URIs stand in the body's data attributes, written there by the host. */
import { LensError } from '../../shared/errors.ts';
import { assetAttributes, type PageAssets } from '../../shared/page-assets.ts';
import type { HelperCode, KernelFiles } from '../../shared/protocol/engine.ts';

/** @throws LensError `internal` if the attribute is missing */
export function assetUri(asset: keyof PageAssets, body: HTMLElement = document.body): string {
  const uri = body.getAttribute(assetAttributes[asset]);
  if (uri === null || uri === '') {
    throw new LensError('internal', `This page was opened without the address of its file “${asset}”.`);
  }
  return uri;
}

async function fetchAsset(asset: keyof PageAssets): Promise<Response> {
  const uri = assetUri(asset);
  let response: Response;
  try {
    response = await fetch(uri);
  } catch (error) {
    throw new LensError(
      'engine-unavailable',
      'A file of Latent Lens could not be loaded; reload the window and try again.',
      `${asset}: ${String(error)}`,
    );
  }
  if (!response.ok) {
    throw new LensError(
      'engine-unavailable',
      'A file of Latent Lens is missing; install the extension again.',
      `${asset}: HTTP ${response.status}`,
    );
  }
  return response;
}

/** The text of a worker's bundle. */
export const fetchCode = async (asset: 'engineWorker' | 'forwardWorker' | 'shardWorker'): Promise<string> =>
  (await fetchAsset(asset)).text();

/**
 * What the engine needs to train in several workers.
 * @param workers as set by the user; null for as many as there are processors
 */
export const fetchHelpers = async (workers: number | null): Promise<HelperCode> => ({
  code: await fetchCode('shardWorker'),
  workers: workers ?? navigator.hardwareConcurrency,
});

async function fetchModules(simd: keyof PageAssets, fma: keyof PageAssets): Promise<KernelFiles> {
  const bytes = async (asset: keyof PageAssets): Promise<ArrayBuffer> =>
    (await fetchAsset(asset)).arrayBuffer();
  const [plain, fused] = await Promise.all([bytes(simd), bytes(fma)]);
  return { simd: plain, fma: fused };
}

/** The kernels' WebAssembly bytes, which a worker cannot fetch for itself. */
export const fetchKernels = (): Promise<KernelFiles> => fetchModules('kernelsSimd', 'kernelsFma');

/** Those of the projection, wanted for a t-SNE only. */
export const fetchProjectionKernels = (): Promise<KernelFiles> =>
  fetchModules('projectionSimd', 'projectionFma');
