/** What the channels of a score are called, and what they look at. */
import type { ChannelName } from '../../shared/model-card.ts';

export interface ChannelWords {
  readonly title: string;
  /** What it looks at. */
  readonly what: string;
  /** Whether the model learned it; else it is a hand-made feature of the good images. */
  readonly learned: boolean;
}

export const channelWords: Readonly<Record<ChannelName, ChannelWords>> = {
  structure: {
    title: 'Structure',
    what: 'how unlike the reconstruction is in structure (SSIM)',
    learned: true,
  },
  orientation: {
    title: 'Orientation',
    what: 'strokes and edges unlike those of good images',
    learned: false,
  },
  place: { title: 'Worst place', what: 'the oddest place of the image', learned: false },
  whole: { title: 'Whole image', what: 'edges of the whole image unlike those of good ones', learned: false },
  error: { title: 'Error', what: 'the mean squared error of the reconstruction', learned: true },
};
