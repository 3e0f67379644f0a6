// Small images on disk for tests that need files and measure nothing.
export { writePracticeImages } from '../../scripts/lib/practice-images.mjs';
