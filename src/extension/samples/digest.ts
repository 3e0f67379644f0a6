/** What the published sample images are, to the last bit. */
import type { SampleName } from './names.ts';

/**
 * SHA-256 of the images that `defaultSampleSeed` draws, per data set: over each image in order, its path in UTF-8, width and height as
 * little-endian 32-bit integers, and its pixels. Fixed before any score but the PCA baseline was tried on them; a change of these values
 * changes what every published figure was measured on.
 */
export const samplesDigest: Readonly<Record<SampleName, string>> = {
  digits: 'ebdd7e8625294ec39eea0e9e99afe86776fbd94f6689cd47788986146b3a36a4',
  parts: 'bcf4db62f6e580da0bfe7f063f459717525ce1ad80394a439cafbc9f78929360',
};
