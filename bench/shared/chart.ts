// Parts that the pictures of the benchmarks share.
import type { Panel } from '../../scripts/chart.mjs';

type Series = Panel['series'][number];

/** A line with circles at its points. */
export function line(name: string, colour: number, points: readonly (readonly [x: number, y: number])[]): Series {
  return {
    ...{ name, as: 'line', dots: true, colour },
    ...{ x: points.map(([x]) => x), y: points.map(([, y]) => y) },
  };
}
