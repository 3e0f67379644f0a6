/** What lies over the map's picture: rings, crosses and lines, as SVG. */
import { nothing, svg } from 'lit';
import type { Point } from './plane.ts';

/** All places are on the element, in CSS pixels; null where there is none. */
export interface OverlayParts {
  /** Ends of an interpolation. */
  readonly path: readonly Point[];
  readonly hovered: Point | null;
  readonly current: Point | null;
  /** Radius of a ring around an image. */
  readonly ring: number;
  /** The place that is being decoded. */
  readonly probe: Point | null;
  /** The last checked image. */
  readonly mark: { readonly at: Point; readonly anomalous: boolean } | null;
  /** Corners of what is being drawn. */
  readonly drawn: readonly Point[];
}

export function mapOverlay({ path, hovered, current, ring, probe, mark, drawn }: OverlayParts): unknown {
  return [
    path.length === 2
      ? svg`<polyline class="halo" points=${line(path)} /><polyline class="path" points=${line(path)} />`
      : nothing,
    path.map(({ x, y }) => svg`<circle class="end" cx=${x} cy=${y} r="4.5" />`),
    hovered === null ? nothing : circle(hovered, ring, 'hover'),
    current === null ? nothing : circle(current, ring, 'ring'),
    probe === null ? nothing : outlined(crossAt(probe), 'ring'),
    mark === null ? nothing : outlined(diamondAt(mark.at), `mark ${mark.anomalous ? 'anomalous' : ''}`),
    drawn.length > 1 ? svg`<polygon class="drawn" points=${line(drawn)} />` : nothing,
  ];
}

const line = (points: readonly Point[]): string => points.map(({ x, y }) => `${x},${y}`).join(' ');

const circle = ({ x, y }: Point, r: number, name: string): unknown =>
  svg`<circle class="halo" cx=${x} cy=${y} r=${r} /><circle class=${name} cx=${x} cy=${y} r=${r} />`;

/** A path over its halo, so that it is seen on every colour. */
const outlined = (path: string, name: string): unknown =>
  ['halo', name].map((one) => svg`<path class=${one} d=${path} />`);

const crossAt = ({ x, y }: Point): string =>
  `M${x - 9} ${y}H${x - 3}M${x + 3} ${y}H${x + 9}M${x} ${y - 9}V${y - 3}M${x} ${y + 3}V${y + 9}`;

const diamondAt = ({ x, y }: Point): string =>
  `M${x} ${y - 10}L${x + 10} ${y}L${x} ${y + 10}L${x - 10} ${y}Z`;
