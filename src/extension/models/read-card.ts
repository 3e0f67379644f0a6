/** A model file as the host sees it: its card and the list of its tensors, from the header alone. */
import type { ModelCard } from '../../shared/model-card.ts';
import { readModelCard } from '../../shared/model-file.ts';
import { headerLength, parseHeader } from '../../shared/safetensors.ts';
import type { ModelCardView } from '../../shared/protocol/model-card-page.ts';

export interface ModelHeader {
  readonly card: ModelCard;
  readonly tensors: ModelCardView['tensors'];
}

/** @throws LensError `invalid-model-file` */
export function readModelHeader(bytes: Uint8Array): ModelHeader {
  const length = headerLength(bytes.subarray(0, 8), bytes.length);
  const json = bytes.subarray(8, 8 + length);
  const dataBytes = bytes.length - 8 - length;
  const card = readModelCard(json, dataBytes);
  const { entries } = parseHeader(json, dataBytes);
  return { card, tensors: entries.map(({ name, dtype, shape }) => ({ name, dtype, shape })) };
}
