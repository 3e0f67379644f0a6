/** From a model and a look to what is drawn; each part is made anew only when what it is made of has changed. */
import { lastOf } from '../shared/last-of.ts';
import { hiddenPoints, selectionMask, type Drawing } from './drawing.ts';
import { buildGrid, type Grid } from './grid.ts';
import { coloringsOf, groupPoints, type Coloring, type Grouping } from './groups.ts';
import type { Look, MapModel, ShownProjection } from './state.ts';

const thresholdOf = (model: MapModel): number | null => model.card.calibration?.threshold ?? null;

export const possibleColorings = ({ points, card }: MapModel): readonly Coloring[] =>
  coloringsOf({ points, classes: card.dataset.classes, threshold: card.calibration?.threshold ?? null });

export const projectionOf = (model: MapModel, look: Look): ShownProjection =>
  // A model has at least one projection, and the look names one of them.
  (model.projections.find(({ name }) => name === look.projection) ?? model.projections[0]) as ShownProjection;

/** @returns a function that derives the drawing, with a memory of its own */
export function deriver(): (model: MapModel, look: Look, dark: boolean) => Drawing {
  const gridOf = lastOf((coordinates: Float32Array): Grid => buildGrid(coordinates));
  const groupingOf = lastOf((model: MapModel, coloring: Coloring, count: number, dark: boolean): Grouping =>
    groupPoints(coloring, {
      points: { ...model.points, count },
      classes: model.card.dataset.classes,
      threshold: thresholdOf(model),
      dark,
    }),
  );
  const hiddenOf = lastOf((grouping: Grouping, count: number, hidden: readonly string[]) =>
    hiddenPoints(grouping, count, hidden),
  );
  const selectedOf = lastOf((selection: readonly number[], count: number) => selectionMask(selection, count));
  const drawingOf = lastOf(
    (
      model: MapModel,
      grid: Grid,
      grouping: Grouping,
      hidden: Uint8Array,
      selected: Uint8Array | null,
    ): Drawing => ({ model, grid, grouping, hidden, selected }),
  );
  return (model, look, dark) => {
    const { coordinates, card } = projectionOf(model, look);
    const grouping = groupingOf(model, look.coloring, card.count, dark);
    return drawingOf(
      model,
      gridOf(coordinates),
      grouping,
      hiddenOf(grouping, card.count, look.hidden),
      selectedOf(look.selection, card.count),
    );
  };
}
