// The pictures of bench/nlp/page.md for the constrained Newton solver.
import { writeChart } from '../../scripts/chart.mjs';
import { line } from '../shared/chart.js';
import type { Environment } from '../shared/report.js';
import type { Small } from './models.js';
import type { Pair } from './others.js';

/** Our time against Ipopt's, a point for each model; lines where Ipopt takes as long, 10 and 100 times as long. */
export async function chartSmall(
  path: string,
  small: readonly Pick<Small, 'name'>[],
  pairs: readonly Pair[],
  subtitle: string,
): Promise<void> {
  const [least, most] = [1e-6, 1e-2];
  const known = pairs.slice(0, small.length);
  const points = (name: string, colour: number, among: readonly Pair[]) => ({
    ...{ name, as: 'points' as const, colour },
    ...{ x: among.map(({ ours }) => ours.seconds), y: among.map(({ ipopt }) => ipopt.seconds) },
  });
  const both = ({ ours, ipopt }: Pair): boolean => ours.solved && ipopt.solved;
  const ratios = [1, 10, 100].map((ratio) => ({
    ...line(ratio === 1 ? 'as long' : `${ratio} times`, [8, 4, 3][Math.log10(ratio)] as number, [
      [least, least * ratio],
      [most, most * ratio],
    ]),
    ...{ dots: false, dashed: ratio > 1 },
  }));
  await writeChart(path, {
    ...{ title: `${known.length} small AMPL models: seconds in IpoptSolve against ours`, subtitle, height: 400 },
    ...{ x: 'ours, s', y: 'IpoptSolve, s', logX: true, logY: true, xDomain: [least, most], yDomain: [1e-4, 1e-1] },
    series: [
      ...ratios,
      points('both solve it', 1, known.filter(both)),
      points(
        'not solved by both',
        2,
        known.filter((pair) => !both(pair)),
      ),
    ],
  });
}

/** Seconds against N: ours in all, its parts, and Ipopt's. */
export async function chartControl(
  path: string,
  results: readonly { side: number; pair: Pair }[],
  subtitle: string,
): Promise<void> {
  const series: [string, number, (pair: Pair) => number][] = [
    ['ours', 1, ({ ours }) => ours.seconds],
    ['ours: linear algebra', 8, ({ ours }) => ours.linearAlgebra],
    ['ours: derivatives', 6, ({ ours }) => ours.derivatives],
    ['Ipopt', 2, ({ ipopt }) => ipopt.seconds],
    ['Ipopt: callbacks', 4, ({ ipopt }) => ipopt.derivatives],
  ];
  await writeChart(path, {
    ...{ title: 'Optimal control on an N × N grid: seconds of a solve', subtitle, height: 340 },
    ...{ x: 'N (3 N² unknowns)', y: 'seconds', logX: true, logY: true, xTicks: results.map(({ side }) => side) },
    series: series.map(([name, colour, of]) =>
      line(
        name,
        colour,
        results.map(({ side, pair }) => [side, of(pair)]),
      ),
    ),
  });
}

/** Seconds against n with M = 40 n rows: factored, and with a sketched preconditioner; a picture for each condition. */
export async function chartInner(
  path: string,
  runs: readonly { columns: number; condition: number; name: string; seconds: number }[],
  subtitle: string,
): Promise<void> {
  const names: [string, string, number][] = [
    ['exact', 'L D Lᵀ', 1],
    ['sketched', 'sketched', 2],
  ];
  const charts = [...new Set(runs.map(({ condition }) => condition))].map((condition) => {
    const of = runs.filter((run) => run.condition === condition);
    return {
      ...{ heading: `condition ${condition.toLocaleString('en')}`, x: 'n', y: 'seconds', logX: true, logY: true },
      ...{ height: 280, xTicks: [...new Set(of.map(({ columns }) => columns))] },
      series: names.map(([name, title, colour]) =>
        line(
          title,
          colour,
          of.filter((run) => run.name === name).map(({ columns, seconds }) => [columns, seconds]),
        ),
      ),
    };
  });
  await writeChart(path, {
    ...{ title: 'Logistic regressions on 40 n × n dense data: seconds of a solve', subtitle },
    ...{ charts, columns: 3 },
  });
}

/** The course of a search for a global minimum. */
export interface BoundsRun {
  name: string;
  status: string;
  boxes: number;
  best: number;
  rows: { seconds: number; boxes: number; objective?: number | undefined; bound?: number | undefined }[];
}

/** Objective and lower bound over a logarithm of time, with a shade between them; a picture for each problem. */
export async function chartBounds(path: string, runs: readonly BoundsRun[], where: Environment): Promise<void> {
  const charts = runs.map(({ name, boxes, rows }) => {
    const known = rows.filter(({ objective, bound }) => objective !== undefined && bound !== undefined);
    const x = known.map(({ seconds }) => seconds);
    const [objectives, bounds] = [known.map((row) => Number(row.objective)), known.map((row) => Number(row.bound))];
    const shared = { as: 'line' as const, step: true, x };
    return {
      ...{
        heading: `${name}, ${boxes.toLocaleString('en')} boxes`,
        x: 'seconds',
        y: 'objective',
        logX: true,
        height: 250,
      },
      series: [
        { ...shared, name: 'best point', y: objectives, colour: 1 },
        { ...shared, name: 'lower bound', y: bounds, colour: 2 },
      ],
      shades: [{ x, low: bounds, high: objectives, colour: 2, step: true }],
    };
  });
  const subtitle = `minimizeGlobally, relative gap 1e-4, one thread; ${where.cpu}, ${where.date}`;
  await writeChart(path, { title: 'Bounds that meet the objective, over time', subtitle, charts, columns: 2 });
}
