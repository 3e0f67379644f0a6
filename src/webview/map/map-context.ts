/** What the map's element lends to those who act for it. */
import type { MapSession } from './session.ts';
import type { MapModel } from './state.ts';

export interface MapContext {
  readonly session: MapSession;
  /** The one that is shown. */
  readonly model: () => MapModel;
  /** Tells a screen reader. */
  readonly say: (text: string) => void;
}
