// The two pictures of bench/relu/page.md, and that of refinement in docs/relu-refinement.md.
import { writeChart } from '../../scripts/chart.mjs';
import { line } from '../shared/chart.js';
import { type Method, methods, middleRun, type Race } from './race.js';
import { type Axis, axes, base, type Measurement } from './scaling.js';

const names: Record<Method, string> = {
  ours: 'default settings',
  prototype: 'naive prototype, best fixed ρ, 1 thread',
  slack: "splitting: 'slack'",
  published: 'published ADMM (2dP × 2dP system)',
};
const colours: Record<Method, number> = { ours: 1, prototype: 4, slack: 3, published: 2 };

/** A problem's name as it stands above a chart. */
const label = (name: string): string => name.replace(' ', ', λ = ');

export async function chartGaps(path: string, races: readonly Race[], subtitle: string): Promise<void> {
  const charts = races.map(({ problem, runs }) => ({
    ...{ heading: label(problem.name), x: 'seconds, set-up included', y: 'relative gap', height: 260 },
    ...{ logX: true, logY: true, yDomain: [1e-7, 1] as const },
    series: methods.map((method) => {
      const points = (middleRun(runs[method])?.points ?? []).filter(({ gap }) => gap > 0);
      const places = points.map(({ seconds, gap }) => [seconds, Math.max(1e-7, gap)] as const);
      return { ...line(names[method], colours[method], places), dots: false };
    }),
  }));
  await writeChart(path, { title: 'Certified relative gap against time', subtitle, charts, columns: 2 });
}

export async function chartScaling(
  path: string,
  results: Record<Axis, readonly Measurement[]>,
  subtitle: string,
): Promise<void> {
  const panel = (axis: Axis, measure: 'setUp' | 'iteration', y: string) => ({
    ...{ x: axis, y, logX: true, logY: true, height: 230, xTicks: [...new Set(results[axis].map((m) => m[axis]))] },
    series: (['relu', 'gated'] as const).map((activation, k) =>
      line(
        activation,
        k + 1,
        results[axis].filter((m) => m.activation === activation).map((m) => [m[axis], m[measure]] as const),
      ),
    ),
  });
  await writeChart(path, {
    ...{ title: `How time grows around n = ${base.n}, d = ${base.d}, P = ${base.P}`, subtitle },
    charts: [
      ...axes.map((axis, i) => panel(axis, 'iteration', i === 0 ? 'seconds per iteration' : '')),
      ...axes.map((axis, i) => panel(axis, 'setUp', i === 0 ? 'seconds of set-up' : '')),
    ],
    columns: axes.length,
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
  const charts = runs.map(({ name, known, objective, rounds, adam }) => {
    const least = Math.min(objective, known.objective);
    const place = (seconds: number, reached: number) => [seconds, Math.max(1e-5, reached / least - 1)] as const;
    const times = rounds.map(({ seconds }) => seconds);
    const ends = [Math.min(...times), Math.max(...times)].map((seconds) => place(seconds, known.bestOfLocalRuns));
    const course = (of: Refined['rounds']) => of.map((each) => place(each.seconds, each.objective));
    return {
      ...{ heading: label(name), x: 'seconds', y: 'objective / least - 1', height: 240 },
      ...{ logX: true, logY: true, yDomain: [1e-5, 1] as const },
      series: [
        line('rounds of refinement', 1, course(rounds)),
        { ...line('best of local runs', 3, ends), dashed: true, dots: false },
        // A point for the end of each run.
        { ...line('Adam', 2, course(adam)), as: 'points' as const },
      ],
    };
  });
  const title = 'Objective above the least one known, relatively, round by round';
  await writeChart(path, { title, subtitle, charts, columns: 2 });
}
