/** Which images a filter by class keeps. */
import { LensError } from '../../shared/errors.ts';

/** Keeps the images of one class, or with `negate` all others (those without a class among them). */
export interface LabelFilter {
  /** A class's name; for IDX the label's number. */
  readonly label: string;
  readonly negate: boolean;
}

/**
 * A test for labels.
 * @param names of the classes, by label
 * @throws LensError `invalid-dataset` where no class has the filter's name
 */
export function labelTest(
  filter: LabelFilter | null | undefined,
  names: readonly string[],
): (label: number) => boolean {
  if (!filter) return () => true;
  const { negate } = filter;
  const wanted = names.indexOf(filter.label);
  if (wanted < 0) {
    const known =
      names.length === 0 ? 'It has no classes.' : `Its classes: ${names.slice(0, 20).join(', ')}.`;
    throw new LensError('invalid-dataset', `No class of this data set is called “${filter.label}”. ${known}`);
  }
  return (label) => (label === wanted) !== negate;
}
