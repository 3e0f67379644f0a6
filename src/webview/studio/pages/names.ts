/** The Studio's pages, in the order of their navigation. */
export const pageIds = [
  'train',
  'reconstructions',
  'losses',
  'evaluate',
  'interpolate',
  'denoise',
  'generate',
] as const;
export type PageId = (typeof pageIds)[number];

export const pageTitles: Readonly<Record<PageId, string>> = {
  train: 'Train',
  reconstructions: 'Reconstructions',
  losses: 'Losses',
  evaluate: 'Evaluate',
  interpolate: 'Interpolate',
  denoise: 'Denoise',
  generate: 'Generate',
};
