/** What the Studio remembers across a reload of the window: little, with a version, checked when it is read. */
import * as v from 'valibot';
import { imageColumns, outcomeFilters } from './pages/evaluate/image-order.ts';
import { firstView, resultTabs } from './pages/evaluate/view.ts';
import { pageIds } from './pages/names.ts';

const schema = v.object({
  version: v.literal(1),
  /** The model shown last. */
  model: v.nullable(v.object({ uri: v.string(), name: v.string() })),
  /** The page shown last. */
  page: v.optional(v.picklist(pageIds), 'train'),
  /** The folders that a model was last evaluated on. */
  evaluation: v.optional(
    v.nullable(
      v.object({
        model: v.string(),
        folders: v.pipe(
          v.array(
            v.object({ role: v.picklist(['labelled', 'good', 'bad']), uri: v.string(), name: v.string() }),
          ),
          v.readonly(),
        ),
      }),
    ),
    null,
  ),
  /** What of its result was shown, the image that the table was at, and a threshold that was moved. */
  evaluationView: v.optional(
    v.object({
      tab: v.picklist(resultTabs),
      outcome: v.picklist(outcomeFilters),
      sort: v.object({ column: v.picklist(imageColumns), descending: v.boolean() }),
      image: v.nullable(v.object({ folder: v.number(), path: v.string(), kind: v.nullable(v.string()) })),
      threshold: v.optional(v.nullable(v.object({ value: v.number(), of: v.string() })), null),
    }),
    firstView,
  ),
  /** The model whose t-SNE is being computed. */
  projecting: v.optional(v.nullable(v.object({ uri: v.string(), name: v.string() })), null),
  /** The model in training, with the last that was seen of it. */
  running: v.nullable(
    v.object({
      name: v.string(),
      epoch: v.number(),
      epochs: v.number(),
      loss: v.nullable(v.number()),
      /** The model file, as a URI string, once there is a checkpoint. */
      uri: v.optional(v.nullable(v.string()), null),
    }),
  ),
});
export type Persisted = v.InferOutput<typeof schema>;

export const nothingPersisted: Persisted = {
  version: 1,
  model: null,
  page: 'train',
  evaluation: null,
  evaluationView: firstView,
  projecting: null,
  running: null,
};

/** Anything else than a state of this version counts as nothing. */
export function readPersisted(state: unknown): Persisted {
  const parsed = v.safeParse(schema, state);
  return parsed.success ? parsed.output : nothingPersisted;
}
