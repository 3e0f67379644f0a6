/** The name of a model file while it is being written. */
export const temporarySuffix = '.tmp';
