/** All that can be done with the map, and which of it the toolbar asks for. Draws nothing. */
import { countOf } from '../../shared/count.ts';
import type { ProjectionName } from '../../shared/model-card.ts';
import type { LensMapCanvas } from './canvas.ts';
import { LatentComparison } from './comparison.ts';
import { projectionOf } from './derive.ts';
import { MapChoice } from './map-choice.ts';
import type { MapContext } from './map-context.ts';
import { MapExport } from './map-export.ts';
import { MapPath } from './map-path.ts';
import { MapProbe } from './map-probe.ts';
import { MapTools } from './map-tools.ts';
import type { Extreme, MapCommand } from './toolbar.ts';

export class MapActions {
  readonly choice: MapChoice;
  readonly comparison: LatentComparison;
  readonly files: MapExport;
  readonly path: MapPath;
  readonly probe: MapProbe;
  readonly tools: MapTools;

  /** @param canvas there once the map is rendered */
  constructor(
    private readonly context: MapContext,
    private readonly canvas: () => LensMapCanvas,
  ) {
    this.choice = new MapChoice(context, (point) => canvas().bring(point));
    this.comparison = new LatentComparison(context.session.forward);
    this.files = new MapExport(context);
    this.path = new MapPath(context.session);
    this.probe = new MapProbe(context);
    this.tools = new MapTools(context, this.choice, this.probe, this.path);
  }

  command(command: MapCommand): void {
    const { session } = this.context;
    switch (command.do) {
      case 'tool':
        return this.tools.use(command.tool, this.canvas().shownView);
      case 'zoom':
        return this.canvas().zoom(command.factor);
      case 'fit':
        return session.change({ view: null });
      case 'look':
        if (command.change.table === true) this.tools.leave();
        return session.change(command.change);
      case 'color':
        return session.change({ coloring: command.coloring, hidden: [] });
      case 'project':
        return this.reproject(command.projection);
      case 'search':
        return this.choice.search(command.text);
      case 'list':
        return void this.list(command.which);
      case 'save':
        return void (command.as === 'png' ? this.savePng() : this.files.saveAll());
      case 'open-in-editor':
        return session.calls.send('openInEditor', {});
    }
  }

  /** Another model comes: nothing that was begun with the one before goes on. */
  end(): void {
    this.comparison.close();
    this.tools.leave();
    this.path.clear();
  }

  private reproject(projection: ProjectionName): void {
    this.probe.letGo();
    this.path.clear();
    this.context.session.change({ projection, view: null });
  }

  private async list(which: Extreme): Promise<void> {
    const { session, say } = this.context;
    const model = this.context.model();
    await this.comparison.start(model, projectionOf(model, session.look.value).card.count, which);
    const { value: state } = this.comparison.store;
    if (state.kind === 'listed')
      say(`${state.listing.title}: ${countOf(state.listing.points.length, 'image')}.`);
  }

  private async savePng(): Promise<void> {
    await this.files.savePng(await this.canvas().png());
  }
}
