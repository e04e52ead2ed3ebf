// A search for a global minimum: how objective and bound met over time, and its work.
import { isList } from '../core/check.js';
import type { Progress } from '../generated/solve.js';
import { chart } from './chart.js';
import { objectiveAxis } from './convergence.js';
import { extent, type Series, type Shade } from './frame.js';
import { type Part, soft, table } from './page.js';
import { figure } from './text.js';

/** A report of a search. */
type Row = Progress & { bound?: number; gap?: number };

/** A result of a search by boxes. */
interface Search {
  history: readonly Row[];
  nodes: number;
  open?: number;
  bound: number;
  counts: Readonly<Record<string, number>>;
  seconds: number;
  upperBound?: number;
}

/** The search that a result is of; undefined for a result of another kind. */
export function searchOf(result: object): Search | undefined {
  const { history, nodes, bound, counts } = result as Partial<Search>;
  const numbers = typeof nodes === 'number' && typeof bound === 'number';
  return numbers && isList(history) && typeof counts === 'object' && counts !== null ? (result as Search) : undefined;
}

/** The parts of a page about a search. */
export function searchParts(search: Search, gap: number | undefined): Part[] {
  const charts = [boundsChart(search), gapChart(search, gap)].filter((each) => each !== undefined);
  const bounds = charts.length > 0 ? [{ title: 'Objective and bound', body: charts.join('\n') }] : [];
  return [...bounds, { title: 'Work', body: workTable(search) }];
}

/** The ends of the axis of time. */
function timesOf(history: readonly Row[]): [number, number] {
  const ends = extent(history.map(({ seconds }) => seconds).filter((seconds) => seconds > 0)) ?? [0.1, 1];
  return ends[0] < ends[1] ? ends : [ends[0] / 2, ends[1] * 2];
}

function series(rows: readonly Row[], name: string, colour: number, member: 'objective' | 'bound' | 'gap'): Series {
  const known = rows.filter((row) => Number.isFinite(row[member]));
  return {
    ...{ name, as: 'line', step: true, colour },
    x: known.map(({ seconds }) => seconds),
    y: known.map((row) => row[member] as number),
  };
}

/** The shade between objective and bound, where both are known. */
function between(rows: readonly Row[]): Shade {
  const known = rows.filter(({ objective, bound }) => Number.isFinite(objective) && Number.isFinite(bound));
  const ends = known.map(
    ({ objective, bound }) => [objective, bound].sort((a, b) => Number(a) - Number(b)) as number[],
  );
  return {
    ...{ colour: 2, step: true },
    x: known.map(({ seconds }) => seconds),
    low: ends.map(([low]) => low as number),
    high: ends.map(([, high]) => high as number),
  };
}

/** Objective and bound against a logarithm of time, with a shade between them. */
export function boundsChart({ history, upperBound }: Search): string | undefined {
  const bound = upperBound === undefined ? 'lower bound' : 'upper bound';
  const shown = [series(history, 'objective', 1, 'objective'), series(history, bound, 2, 'bound')].filter(
    ({ y }) => y.length > 1,
  );
  if (shown.length === 0) return undefined;
  const { log, domain } = objectiveAxis(shown);
  const drawn = chart({
    name: 'Objective and bound against time',
    ...{ x: 'seconds', y: 'objective', series: shown, shades: [between(history)], logX: true, logY: log },
    ...{ xDomain: timesOf(history), yDomain: domain, height: 360 },
  });
  return domain && drawn
    ? `${soft('The first reports are beyond the top or the bottom of the chart.')}${drawn}`
    : drawn;
}

function gapChart({ history }: Search, gap: number | undefined): string | undefined {
  const shown = series(
    history.filter((row) => (row.gap ?? 0) > 0),
    'gap',
    2,
    'gap',
  );
  if (shown.y.length < 2) return undefined;
  return chart({
    name: 'Gap against time',
    ...{ x: 'seconds', y: 'gap', series: [shown], logX: true, logY: true, xDomain: timesOf(history), height: 240 },
    ...(gap !== undefined && gap > 0 && { marks: [{ y: gap, label: `gap ${figure(gap)}` }] }),
  });
}

/** The words for counts; others are named as they are. */
const words: Readonly<Record<string, string>> = {
  nodes: 'boxes that were looked at',
  open: 'boxes that wait',
  linearPrograms: 'linear programs',
  pivots: 'pivots of the simplex method',
  localSolves: 'local solutions that were begun',
  tightenings: 'bounds of variables that were looked for',
};

/** The counts of a search in all, for each box, and for each second. */
function workTable({ nodes, open, counts, seconds }: Search): string {
  const all: [string, number][] = Object.entries({ nodes, ...(open !== undefined && { open }), ...counts });
  const share = (count: number, of: number) => (of > 0 ? figure(count / of, 3) : '-');
  const rows = all.map(([name, count]) => [
    words[name] ?? name,
    String(count),
    name === 'open' ? '-' : share(count, nodes),
    name === 'open' ? '-' : share(count, seconds),
  ]);
  return table(['', 'in all', 'for each box', 'for each second'], rows);
}
