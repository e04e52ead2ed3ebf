// The pictures of bench/fractional/page.md for fractional programs.
import { writeChart } from '../../scripts/chart.mjs';
import { logAxis } from '../shared/chart.js';
import type { Kind } from './problems.js';
import { type Method, methods, type Race } from './race.js';
import { type Axis, axes, type Measurement } from './scaling.js';

export const titles: Record<Method, string> = {
  pcd: "'pcd'",
  fcd: "'fcd'",
  warm: "'pcd', lasso start",
  pgsa: 'PGSA',
  dpa: 'Dinkelbach',
  qtpa: 'quadratic transform',
  power: 'power method',
};
const colors: Record<Method, string> = {
  pcd: '#d62728',
  fcd: '#ff7f0e',
  warm: '#9467bd',
  pgsa: '#7f7f7f',
  dpa: '#1f77b4',
  qtpa: '#2ca02c',
  power: '#7f7f7f',
};

const least = 1e-4;

/** How far each method is above the best value that any of them found, for the first seed. */
export async function chartRace(path: string, kind: Kind, races: readonly Race[], subtitle: string): Promise<void> {
  const entries = races.filter((entry) => entry.kind === kind);
  const label = ({ size }: Race) => `${size.m} × ${size.n}`;
  const values = entries.flatMap((entry) => {
    const first = methods[kind].map((method) => ({ method, run: entry.runs[method]?.[0] }));
    const best = Math.min(...first.map(({ run }) => run?.objective ?? Number.POSITIVE_INFINITY));
    return first.flatMap(({ method, run }) =>
      [...(run?.points ?? []), ...(run ? [{ seconds: run.seconds, objective: run.objective }] : [])].map(
        ({ seconds, objective }) => ({
          problem: label(entry),
          method: titles[method],
          seconds: Math.max(1e-3, seconds),
          excess: Math.max(least, objective / best - 1),
        }),
      ),
    );
  });
  await writeChart(path, {
    title: {
      text:
        kind === 'recovery'
          ? 'Sparse recovery: objective against time'
          : 'Independent component: objective against time',
      subtitle,
    },
    data: { values },
    facet: { field: 'problem', type: 'nominal', title: null, sort: entries.map(label), header: { labelFontSize: 13 } },
    columns: 2,
    spec: {
      width: 330,
      height: 190,
      mark: { type: 'line', clip: true, strokeWidth: 2, interpolate: 'step-after' },
      encoding: {
        x: {
          field: 'seconds',
          type: 'quantitative',
          scale: { type: 'log', nice: true },
          axis: logAxis('seconds, set-up included'),
        },
        y: {
          field: 'excess',
          type: 'quantitative',
          scale: { type: 'log', domain: [least, 100] },
          axis: logAxis('above the best value found'),
        },
        color: {
          field: 'method',
          type: 'nominal',
          scale: { domain: methods[kind].map((m) => titles[m]), range: methods[kind].map((m) => colors[m]) },
          legend: { title: null, orient: 'bottom', columns: 3, symbolType: 'stroke', labelLimit: 400 },
        },
      },
    },
  });
}

export async function chartGrowth(
  path: string,
  results: Record<Axis, readonly Measurement[]>,
  subtitle: string,
): Promise<void> {
  const names: Record<Axis, string> = { m: 'rows m', n: 'columns n', nnz: 'nonzeros' };
  await writeChart(path, {
    title: { text: 'How the time of a sweep and of a whole solve grows', subtitle },
    hconcat: axes.map((axis, i) => ({
      width: 220,
      height: 180,
      data: {
        values: results[axis].flatMap(({ size, sweep, solve }) => [
          { size, seconds: sweep, what: 'one sweep' },
          { size, seconds: solve, what: 'a whole solve' },
        ]),
      },
      mark: { type: 'line', point: { size: 35, filled: true }, strokeWidth: 2 },
      encoding: {
        x: {
          field: 'size',
          type: 'quantitative',
          scale: { type: 'log', nice: false, padding: 8 },
          axis: {
            title: names[axis],
            values: results[axis].map((m) => m.size),
            format: '~s',
            grid: true,
            labelOverlap: true,
          },
        },
        y: {
          field: 'seconds',
          type: 'quantitative',
          scale: { type: 'log', nice: true },
          axis: logAxis(i === 0 ? 'seconds' : ''),
        },
        color: {
          field: 'what',
          type: 'nominal',
          scale: { domain: ['one sweep', 'a whole solve'], range: ['#1f77b4', '#d62728'] },
          legend: { title: null, orient: 'bottom', symbolType: 'stroke' },
        },
      },
    })),
    resolve: { scale: { color: 'shared' } },
  });
}
