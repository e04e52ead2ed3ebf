// The pictures of bench/nlp/page.md for the constrained Newton solver.
import { writeChart } from '../../scripts/chart.mjs';
import { logAxis } from '../shared/chart.js';
import type { Small } from './models.js';
import type { Pair } from './others.js';

/** Our time against Ipopt's, a point for each model; lines where Ipopt takes as long, 10 and 100 times as long. */
export async function chartSmall(
  path: string,
  small: readonly Small[],
  pairs: readonly Pair[],
  subtitle: string,
): Promise<void> {
  const values = small.flatMap(({ name }, i) => {
    const pair = pairs[i];
    if (!pair) return [];
    const kind = pair.ours.solved && pair.ipopt.solved ? 'both solve it' : 'not solved by both';
    return [{ name, ours: pair.ours.seconds, ipopt: pair.ipopt.seconds, kind }];
  });
  const [least, most] = [1e-6, 1e-2];
  const lines = [1, 10, 100].flatMap((ratio) =>
    [least, most].map((ours) => ({ ours, ipopt: ours * ratio, line: ratio === 1 ? 'as long' : `${ratio} times` })),
  );
  const x = {
    field: 'ours',
    type: 'quantitative',
    scale: { type: 'log', domain: [least, most] },
    axis: logAxis('ours, s'),
  };
  const y = { field: 'ipopt', type: 'quantitative', scale: { type: 'log', domain: [1e-4, 1e-1] } };
  await writeChart(path, {
    title: { text: `${values.length} small AMPL models: seconds in IpoptSolve against ours`, subtitle },
    width: 520,
    height: 330,
    layer: [
      {
        data: { values: lines },
        mark: { type: 'line', clip: true, color: '#aaa' },
        encoding: {
          x,
          y: { ...y, axis: logAxis('IpoptSolve, s') },
          strokeDash: {
            field: 'line',
            scale: {
              domain: ['as long', '10 times', '100 times'],
              range: [
                [1, 0],
                [6, 4],
                [2, 3],
              ],
            },
            legend: { title: null },
          },
        },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 45, opacity: 0.8 },
        encoding: {
          x,
          y,
          color: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: ['both solve it', 'not solved by both'], range: ['#d62728', '#7f7f7f'] },
            legend: { title: null, labelLimit: 400 },
          },
        },
      },
    ],
  });
}

/** Seconds against N: ours in all, its parts, and Ipopt's. */
export async function chartControl(
  path: string,
  results: readonly { side: number; pair: Pair }[],
  subtitle: string,
): Promise<void> {
  const series: [string, string, (pair: Pair) => number][] = [
    ['ours', '#d62728', ({ ours }) => ours.seconds],
    ['ours: linear algebra', '#ff9896', ({ ours }) => ours.linearAlgebra],
    ['ours: derivatives', '#ffbb78', ({ ours }) => ours.derivatives],
    ['Ipopt', '#1f77b4', ({ ipopt }) => ipopt.seconds],
    ['Ipopt: callbacks', '#aec7e8', ({ ipopt }) => ipopt.derivatives],
  ];
  await writeChart(path, {
    title: { text: 'Optimal control on an N × N grid: seconds of a solve', subtitle },
    width: 520,
    height: 300,
    data: {
      values: results.flatMap(({ side, pair }) => series.map(([what, , of]) => ({ side, what, seconds: of(pair) }))),
    },
    mark: { type: 'line', point: { size: 35, filled: true }, strokeWidth: 2 },
    encoding: {
      x: {
        field: 'side',
        type: 'quantitative',
        scale: { type: 'log', nice: false, padding: 8 },
        axis: { title: 'N (3 N² unknowns)', values: results.map(({ side }) => side), format: 'd', grid: true },
      },
      y: { field: 'seconds', type: 'quantitative', scale: { type: 'log', nice: true }, axis: logAxis('seconds') },
      color: {
        field: 'what',
        type: 'nominal',
        scale: { domain: series.map(([what]) => what), range: series.map(([, color]) => color) },
        legend: { title: null, symbolType: 'stroke', labelLimit: 400 },
      },
    },
  });
}

/** Seconds against n with M = 40 n rows: factored, and with a sketched preconditioner; a picture for each condition. */
export async function chartInner(
  path: string,
  runs: readonly { columns: number; condition: number; name: string; seconds: number }[],
  subtitle: string,
): Promise<void> {
  const names: Record<string, string> = { exact: 'L D Lᵀ', sketched: 'sketched' };
  const values = runs
    .filter(({ name }) => name in names)
    .map((run) => ({ ...run, solver: names[run.name], condition: run.condition.toExponential(0) }));
  await writeChart(path, {
    title: { text: 'Logistic regressions on 40 n × n dense data: seconds of a solve', subtitle },
    data: { values },
    facet: { column: { field: 'condition', type: 'nominal', sort: null, title: 'condition of the data' } },
    spec: {
      width: 190,
      height: 240,
      mark: { type: 'line', point: { size: 35, filled: true }, strokeWidth: 2 },
      encoding: {
        x: {
          field: 'columns',
          type: 'quantitative',
          scale: { type: 'log', nice: false, padding: 8 },
          axis: { title: 'n', values: [...new Set(runs.map(({ columns }) => columns))], format: 'd', grid: true },
        },
        y: { field: 'seconds', type: 'quantitative', scale: { type: 'log', nice: true }, axis: logAxis('seconds') },
        color: {
          field: 'solver',
          type: 'nominal',
          scale: { domain: Object.values(names), range: ['#1f77b4', '#d62728'] },
          legend: { title: null, symbolType: 'stroke' },
        },
      },
    },
  });
}
