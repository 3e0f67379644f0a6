/** The names of the sample data sets, which are also their folders. */
export type SampleName = 'digits' | 'parts';
