/** What the map's page shows. */
import * as v from 'valibot';
import type { WireError } from '../../shared/errors.ts';
import type { MapPoints, MapProjection } from '../../shared/map-points.ts';
import { projectionNames, type ModelCard, type ProjectionName } from '../../shared/model-card.ts';
import type { ShownMap } from '../../shared/protocol/map.ts';
import type { ProjectionStatus } from '../../shared/protocol/projection.ts';
import { colorings, type Coloring } from './groups.ts';
import type { View } from './plane.ts';

export interface ShownProjection extends MapProjection {
  readonly name: ProjectionName;
  /** Set where these are the coordinates of the t-SNE that is being computed. */
  readonly running?: ProjectionStatus;
}

/** A model file, read: the map lives from it alone, and from the t-SNE that is being computed of it. */
export interface MapModel {
  readonly shown: ShownMap;
  readonly card: ModelCard;
  readonly bytes: Uint8Array;
  readonly points: MapPoints;
  /** At least one, in the order of {@link projectionNames}: the first is shown where nothing else was chosen. */
  readonly projections: readonly ShownProjection[];
}

export type MapState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'none'; readonly models: number }
  | { readonly kind: 'failed'; readonly name: string; readonly error: WireError }
  /** The file holds no points. */
  | { readonly kind: 'pointless'; readonly shown: ShownMap; readonly card: ModelCard }
  | { readonly kind: 'map'; readonly model: MapModel };

/** How the user looks at a model's map; kept across reloads. */
export interface Look {
  readonly projection: ProjectionName;
  readonly coloring: Coloring;
  /** Ids of groups that are not drawn. */
  readonly hidden: readonly string[];
  /** Null fits all of it. */
  readonly view: View | null;
  readonly selection: readonly number[];
  /** The point of the details; −1 for none. */
  readonly current: number;
  /** Pictures where there is room. */
  readonly pictures: boolean;
  /** Size of dots and pictures, as a multiple of the one that suits the density: 0.5–3. */
  readonly dotSize: number;
  /** The points as a table instead of the map. */
  readonly table: boolean;
}

export const firstLook: Look = {
  projection: 'tsne',
  coloring: 'class',
  hidden: [],
  view: null,
  selection: [],
  current: -1,
  pictures: true,
  dotSize: 1,
  table: false,
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const lookSchema = v.object({
  coloring: v.picklist(colorings),
  hidden: v.array(v.string()),
  view: v.nullable(
    v.object({
      x: v.pipe(v.number(), v.finite()),
      y: v.pipe(v.number(), v.finite()),
      scale: v.pipe(v.number(), v.finite(), v.gtValue(0)),
    }),
  ),
  selection: v.array(count),
  current: v.pipe(v.number(), v.integer(), v.minValue(-1)),
  pictures: v.boolean(),
  // Not in what earlier versions kept.
  projection: v.optional(v.picklist(projectionNames), firstLook.projection),
  dotSize: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(3)), firstLook.dotSize),
  table: v.optional(v.boolean(), firstLook.table),
});
const persistedSchema = v.object({ version: v.literal(1), uri: v.string(), look: lookSchema });

/** More selected points than these are not kept: the state is written with every change. */
const mostKept = 20_000;

export const toPersist = (uri: string, look: Look): unknown => ({
  version: 1,
  uri,
  look: { ...look, selection: look.selection.slice(0, mostKept) },
});

/** What was kept for this model; the first look for another, or where nothing valid was kept. */
export function readLook(kept: unknown, uri: string): Look {
  const parsed = v.safeParse(persistedSchema, kept);
  return parsed.success && parsed.output.uri === uri ? parsed.output.look : firstLook;
}

/** The look with what this model does not have replaced. */
export function fittingLook(look: Look, model: MapModel, possible: readonly Coloring[]): Look {
  const names = model.projections.map(({ name }) => name);
  const { count: points } = model.points;
  return {
    ...look,
    projection: names.includes(look.projection) ? look.projection : (names[0] ?? look.projection),
    coloring: possible.includes(look.coloring) ? look.coloring : (possible[0] ?? 'set'),
    selection: look.selection.filter((point) => point < points),
    current: look.current < points ? look.current : -1,
  };
}
