// How a solve went: objective and bound, and what fell, against iterations.
import type { Progress } from '../generated/solve.js';
import { chart } from './chart.js';
import { extent, type Series } from './frame.js';
import { type Part, soft } from './page.js';
import { figure } from './text.js';

/** The objective less the bound over the size of the objective; `undefined` where either is not known. */
function relativeGap({ objective, lowerBound }: Pick<Progress, 'objective' | 'lowerBound'>): number | undefined {
  if (objective === undefined || lowerBound === undefined) return undefined;
  const gap = (objective - lowerBound) / Math.abs(objective);
  return Number.isFinite(gap) ? gap : undefined;
}

/** Charts of the reports of a solve; `undefined` where there are less than two. */
export function convergence(history: readonly Progress[], tolerance: number | undefined): Part | undefined {
  if (history.length < 2) return undefined;
  const objectives = objectiveChart(history);
  const falling = fallingChart(history, tolerance);
  if (!objectives && !falling) return undefined;
  return { title: 'Convergence', body: [objectives, falling].filter(Boolean).join('\n') };
}

type Column =
  | 'objective'
  | 'lowerBound'
  | 'residual'
  | 'feasibility'
  | 'complementarity'
  | 'violation'
  | 'batchLoss'
  | 'validationLoss';

function series(
  history: readonly Progress[],
  name: string,
  colour: number,
  value: (report: Progress) => number | undefined,
  dashed = false,
): Series | undefined {
  const known = history.filter((report) => Number.isFinite(value(report)));
  if (known.length < 2) return undefined;
  const y = known.map((report) => value(report) as number);
  return { name, as: 'line', x: known.map(({ iteration }) => iteration), y, colour, dashed };
}

const member =
  (name: Column) =>
  (report: Progress): number | undefined =>
    (report as Progress & Partial<Record<Column, number>>)[name];

function objectiveChart(history: readonly Progress[]): string | undefined {
  const shown = [
    series(history, 'objective', 1, member('objective')),
    series(history, 'lower bound', 2, member('lowerBound'), true),
    series(history, 'loss of the batches', 5, member('batchLoss')),
    series(history, 'loss of the validation rows', 6, member('validationLoss')),
  ].filter((each) => each !== undefined);
  if (shown.length === 0) return undefined;
  const { log, domain } = objectiveAxis(shown);
  const drawn = chart({
    name: 'Objective against iterations',
    ...{ x: 'iteration', y: shown.length === 1 ? (shown[0] as Series).name : 'objective' },
    ...{ series: shown, logY: log, yDomain: domain },
  });
  return domain && drawn
    ? `${soft('The first reports are beyond the top or the bottom of the chart.')}${drawn}`
    : drawn;
}

/** An axis that also shows the end of a solve: logarithmic, or without the first reports where these are far away. */
export function objectiveAxis(shown: readonly Series[]): { log: boolean; domain?: [number, number] } {
  const wide = 30;
  const all = extent(shown.flatMap(({ y }) => Array.from(y))) as [number, number];
  if (all[0] > 0) return { log: all[1] > wide * all[0] };
  const late = extent(shown.flatMap(({ y }) => Array.from(y).slice(Math.floor(y.length / 4)))) as [number, number];
  const far = all[1] - all[0] > wide * (late[1] - late[0]) && late[1] > late[0];
  return { log: false, ...(far && { domain: late }) };
}

/** An axis without what is far below all that counts: rounding errors of 1e-16 in one column would flatten the others. */
function fallingDomain(shown: readonly Series[], tolerance = Number.POSITIVE_INFINITY): [number, number] | undefined {
  const decades = 1e-3;
  const positive = shown.map(({ y }) => Array.from(y).filter((value) => value > 0));
  const ends = extent(positive.flat());
  const least = Math.min(tolerance, ...positive.slice(0, 2).map((values) => values.at(-1) ?? Number.POSITIVE_INFINITY));
  if (!ends || ends[0] >= decades * least) return undefined;
  return [decades * least, Math.max(ends[1], decades * least * 10)];
}

function fallingChart(history: readonly Progress[], tolerance: number | undefined): string | undefined {
  const shown = [
    series(history, 'relative gap', 2, relativeGap),
    series(history, 'residual', 1, member('residual')),
    series(history, 'feasibility', 3, member('feasibility')),
    series(history, 'complementarity', 4, member('complementarity')),
    series(history, 'violation', 6, member('violation')),
  ].filter((each) => each?.y && Array.from(each.y).some((value) => value > 0)) as Series[];
  if (shown.length === 0) return undefined;
  const known = tolerance !== undefined && tolerance > 0;
  const domain = fallingDomain(shown, known ? tolerance : undefined);
  const seen = shown.filter(({ y }) => !domain || Array.from(y).some((value) => value >= domain[0]));
  return chart({
    name: 'Gap and residual against iterations',
    ...{ x: 'iteration', y: seen.length === 1 ? (seen[0] as Series).name : 'gap and residuals' },
    ...{ series: seen, logY: true, yDomain: domain, height: 280 },
    ...(known && { marks: [{ y: tolerance, label: `tolerance ${figure(tolerance)}` }] }),
  });
}
