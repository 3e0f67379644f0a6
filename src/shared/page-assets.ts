/** What the host writes into a page's HTML for it to find its files: `data-*` attributes of the body. */
export interface PageAssets {
  /** URIs that the page may fetch. */
  readonly engineWorker: string;
  readonly forwardWorker: string;
  /** Of the training workers beside the engine's. */
  readonly shardWorker: string;
  readonly kernelsSimd: string;
  readonly kernelsFma: string;
  readonly projectionSimd: string;
  readonly projectionFma: string;
}

export const assetAttributes: Readonly<Record<keyof PageAssets, string>> = {
  engineWorker: 'data-engine-worker',
  forwardWorker: 'data-forward-worker',
  shardWorker: 'data-shard-worker',
  kernelsSimd: 'data-kernels-simd',
  kernelsFma: 'data-kernels-fma',
  projectionSimd: 'data-projection-simd',
  projectionFma: 'data-projection-fma',
};
