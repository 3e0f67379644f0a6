/** What leaves the map: its picture and its points as files, paths to the clipboard. Draws nothing. */
import { countOf } from '../../shared/count.ts';
import { selectionCsv } from './csv.ts';
import { projectionOf } from './derive.ts';
import type { MapContext } from './map-context.ts';
import { pointWords } from './words.ts';

export class MapExport {
  constructor(private readonly context: MapContext) {}

  copyPaths(selection: readonly number[]): void {
    const { session, say } = this.context;
    const model = this.context.model();
    const paths = selection.map((point) => pointWords(model, point).path);
    session.calls.send('copyPaths', { model: model.shown.uri, paths });
    say(`${countOf(paths.length, 'path')} copied.`);
  }

  /** All points of the map. */
  saveAll(): Promise<void> {
    const { session, model } = this.context;
    const { count } = projectionOf(model(), session.look.value).card;
    return this.saveCsv(
      'map',
      Array.from({ length: count }, (_, point) => point),
    );
  }

  async saveCsv(what: 'selection' | 'map', which: readonly number[]): Promise<void> {
    const { session } = this.context;
    const model = this.context.model();
    const { points, card } = model;
    const text = selectionCsv(
      {
        points,
        kind: card.dataset.kind,
        classes: card.dataset.classes,
        threshold: card.calibration?.threshold ?? null,
        coordinates: projectionOf(model, session.look.value).coordinates,
      },
      which,
    );
    await this.save(`${model.shown.name}-${what}.csv`, new TextEncoder().encode(text));
  }

  savePng(bytes: Uint8Array): Promise<void> {
    return this.save(`${this.context.model().shown.name}-map.png`, bytes);
  }

  private async save(name: string, bytes: Uint8Array): Promise<void> {
    const { session, say } = this.context;
    try {
      const { savedAs } = await session.calls.call('saveFile', { name, bytes });
      if (savedAs !== null) say(`Saved as ${savedAs}.`);
    } catch (error) {
      // The host has told the user already.
      session.report(error, 'saving a file');
    }
  }
}
