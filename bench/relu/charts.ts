// The two pictures of bench/relu/page.md, and that of refinement in docs/relu-refinement.md.
import { writeChart } from '../../scripts/chart.mjs';
import { logAxis } from '../shared/chart.js';
import { type Method, methods, middleRun, type Race } from './race.js';
import { type Axis, axes, base, type Measurement } from './scaling.js';

const names: Record<Method, string> = {
  ours: 'default settings',
  prototype: 'naive prototype, best fixed ρ, 1 thread',
  slack: "splitting: 'slack'",
  published: 'published ADMM (2dP × 2dP system)',
};
const colors: Record<Method, string> = {
  ours: '#d62728',
  prototype: '#7f7f7f',
  slack: '#1f77b4',
  published: '#2ca02c',
};

export async function chartGaps(path: string, races: readonly Race[], subtitle: string): Promise<void> {
  const label = (name: string) => name.replace(' ', ', λ = ');
  const order = races.map((entry) => label(entry.problem.name));
  const values = races.flatMap(({ problem, runs }) =>
    methods.flatMap((method) =>
      (middleRun(runs[method])?.points ?? [])
        .filter((point) => point.gap > 0)
        .map(({ seconds, gap }) => ({
          problem: label(problem.name),
          method: names[method],
          seconds,
          gap: Math.max(1e-7, gap),
        })),
    ),
  );
  await writeChart(path, {
    title: { text: 'Certified relative gap against time', subtitle },
    data: { values },
    facet: { field: 'problem', type: 'nominal', title: null, sort: order, header: { labelFontSize: 13 } },
    columns: 2,
    spec: {
      width: 330,
      height: 190,
      mark: { type: 'line', clip: true, strokeWidth: 2 },
      encoding: {
        x: {
          field: 'seconds',
          type: 'quantitative',
          scale: { type: 'log', nice: true },
          axis: logAxis('seconds, set-up included'),
        },
        y: {
          field: 'gap',
          type: 'quantitative',
          scale: { type: 'log', domain: [1e-7, 1] },
          axis: logAxis('relative gap'),
        },
        color: {
          field: 'method',
          type: 'nominal',
          scale: { domain: methods.map((m) => names[m]), range: methods.map((m) => colors[m]) },
          legend: { title: null, orient: 'bottom', columns: 2, symbolType: 'stroke', labelLimit: 400 },
        },
      },
    },
  });
}

export async function chartScaling(
  path: string,
  results: Record<Axis, readonly Measurement[]>,
  subtitle: string,
): Promise<void> {
  const panel = (axis: Axis, measure: 'setUp' | 'iteration', title: string) => ({
    width: 220,
    height: 180,
    data: {
      values: results[axis].map((m) => ({ size: m[axis], seconds: m[measure], activation: m.activation })),
    },
    mark: { type: 'line', point: { size: 35, filled: true }, strokeWidth: 2 },
    encoding: {
      x: {
        field: 'size',
        type: 'quantitative',
        scale: { type: 'log', nice: false, padding: 8 },
        axis: { title: axis, values: results[axis].map((m) => m[axis]), format: 'd', grid: true, labelOverlap: true },
      },
      y: {
        field: 'seconds',
        type: 'quantitative',
        scale: { type: 'log', nice: true },
        axis: logAxis(title),
      },
      color: {
        field: 'activation',
        type: 'nominal',
        scale: { domain: ['relu', 'gated'], range: ['#d62728', '#1f77b4'] },
        legend: { title: null, orient: 'bottom', symbolType: 'stroke' },
      },
    },
  });
  await writeChart(path, {
    title: { text: `How time grows around n = ${base.n}, d = ${base.d}, P = ${base.P}`, subtitle },
    hconcat: axes.map((axis, i) => ({
      vconcat: [
        panel(axis, 'iteration', i === 0 ? 'seconds per iteration' : ''),
        panel(axis, 'setUp', i === 0 ? 'seconds of set-up' : ''),
      ],
    })),
    resolve: { scale: { color: 'shared' } },
  });
}

/** A run in the picture of refinement. */
export interface Refined {
  name: string;
  known: { objective: number; bestOfLocalRuns: number };
  objective: number;
  rounds: readonly { seconds: number; objective: number }[];
  adam: readonly { seconds: number; objective: number }[];
}

/** Objectives of the rounds over the least one known, less 1, against time. */
export async function chartRefinement(path: string, runs: readonly Refined[], subtitle: string): Promise<void> {
  const label = (name: string) => name.replace(' ', ', λ = ');
  const series = ['rounds of refinement', 'best of local runs', 'Adam'];
  const values = runs.flatMap((run) => {
    const least = Math.min(run.objective, run.known.objective);
    const above = (objective: number) => Math.max(1e-5, objective / least - 1);
    const point = (method: string, seconds: number, objective: number, line = 0) => ({
      problem: label(run.name),
      method,
      seconds,
      above: above(objective),
      line,
    });
    const times = run.rounds.map((round) => round.seconds);
    return [
      ...run.rounds.map((round) => point(series[0] as string, round.seconds, round.objective)),
      ...[Math.min(...times), Math.max(...times)].map((t) => point(series[1] as string, t, run.known.bestOfLocalRuns)),
      // A point for the end of each run.
      ...run.adam.map((adam, k) => point(series[2] as string, adam.seconds, adam.objective, k)),
    ];
  });
  await writeChart(path, {
    title: { text: 'Objective above the least one known, relatively, round by round', subtitle },
    data: { values },
    facet: {
      field: 'problem',
      type: 'nominal',
      title: null,
      sort: runs.map((run) => label(run.name)),
      header: { labelFontSize: 13 },
    },
    columns: 2,
    spec: {
      width: 330,
      height: 170,
      mark: { type: 'line', point: { size: 30, filled: true }, clip: true, strokeWidth: 2 },
      encoding: {
        x: { field: 'seconds', type: 'quantitative', scale: { type: 'log', nice: true }, axis: logAxis('seconds') },
        y: {
          field: 'above',
          type: 'quantitative',
          scale: { type: 'log', domain: [1e-5, 1] },
          axis: logAxis('objective / least - 1'),
        },
        detail: { field: 'line' },
        color: {
          field: 'method',
          type: 'nominal',
          scale: { domain: series, range: ['#d62728', '#7f7f7f', '#1f77b4'] },
          legend: { title: null, orient: 'bottom', symbolType: 'stroke', labelLimit: 400 },
        },
      },
    },
  });
}
