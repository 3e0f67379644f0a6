/** Which image is the current one and which are selected, and how the user is told. Draws nothing. */
import { countOf } from '../../shared/count.ts';
import { pointName } from '../../shared/map-points.ts';
import { projectionOf } from './derive.ts';
import type { MapContext } from './map-context.ts';
import { pointWords, spokenPoint } from './words.ts';

export class MapChoice {
  /** @param bring moves the map so that the point is on screen */
  constructor(
    private readonly context: MapContext,
    private readonly bring: (point: number) => void,
  ) {}

  setCurrent(point: number): void {
    const { session, model, say } = this.context;
    session.change({ current: point });
    say(spokenPoint(model(), point, this.count));
  }

  goTo(point: number): void {
    this.setCurrent(point);
    this.bring(point);
  }

  /** Only files that are there can be opened. */
  open(point: number): void {
    const { session } = this.context;
    const model = this.context.model();
    if (model.card.dataset.kind !== 'folder' || model.shown.dataset !== 'found') return;
    session.calls.send('openImage', { model: model.shown.uri, path: pointWords(model, point).path });
  }

  toggle(point: number): void {
    const { selection } = this.context.session.look.value;
    const without = selection.filter((one) => one !== point);
    this.select(without.length < selection.length ? without : [...selection, point].sort(ascending));
  }

  /** @param points ascending */
  select(points: readonly number[]): void {
    this.context.session.change({ selection: points });
    this.context.say(`${countOf(points.length, 'image')} selected.`);
  }

  add(points: readonly number[]): void {
    const { selection } = this.context.session.look.value;
    this.select([...new Set([...selection, ...points])].sort(ascending));
  }

  /** Selects the images whose name contains this, and goes to the first. */
  search(wanted: string): void {
    const text = wanted.trim().toLowerCase();
    if (text === '') return;
    const { session, model, say } = this.context;
    const { points, card } = model();
    const { count } = this;
    const found: number[] = [];
    for (let point = 0; point < count; point++) {
      if (pointName(points, point, card.dataset.kind).toLowerCase().includes(text)) found.push(point);
    }
    const [first] = found;
    session.change({ selection: found, ...(first === undefined ? {} : { current: first }) });
    say(`${countOf(found.length, 'image')} found.`);
    if (first !== undefined) this.bring(first);
  }

  /** Points on the map. */
  private get count(): number {
    const { session, model } = this.context;
    return projectionOf(model(), session.look.value).card.count;
  }
}

const ascending = (a: number, b: number): number => a - b;
