// The pictures of bench/fractional/page.md for fractional programs.
import { writeChart } from '../../scripts/chart.mjs';
import { line } from '../shared/chart.js';
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
const colours: Record<Method, number> = { pcd: 7, fcd: 4, warm: 6, pgsa: 0, dpa: 1, qtpa: 3, power: 0 };

const least = 1e-4;

/** How far each method is above the best value that any of them found, for the first seed. */
export async function chartRace(path: string, kind: Kind, races: readonly Race[], subtitle: string): Promise<void> {
  const charts = races
    .filter((entry) => entry.kind === kind)
    .map(({ size, runs }) => {
      const first = methods[kind].flatMap((method) => {
        const run = runs[method]?.[0];
        return run ? [{ method, run }] : [];
      });
      const best = Math.min(...first.map(({ run }) => run.objective));
      const series = first.map(({ method, run }) => {
        const points = [...(run.points ?? []), { seconds: run.seconds, objective: run.objective }].map(
          ({ seconds, objective }) => [Math.max(1e-3, seconds), Math.max(least, objective / best - 1)] as const,
        );
        return { ...line(titles[method], colours[method], points), dots: false, step: true };
      });
      return {
        ...{ heading: `${size.m} × ${size.n}`, series, logX: true, logY: true, height: 260 },
        ...{ x: 'seconds, set-up included', y: 'above the best value found', yDomain: [least, 100] as const },
      };
    });
  const title = `${kind === 'recovery' ? 'Sparse recovery' : 'Independent component'}: objective against time`;
  await writeChart(path, { title, subtitle, charts, columns: 2 });
}

export async function chartGrowth(
  path: string,
  results: Record<Axis, readonly Measurement[]>,
  subtitle: string,
): Promise<void> {
  const names: Record<Axis, string> = { m: 'rows m', n: 'columns n', nnz: 'nonzeros' };
  const charts = axes.map((axis, i) => ({
    ...{ x: names[axis], y: i === 0 ? 'seconds' : '', logX: true, logY: true, height: 250 },
    series: [
      line(
        'one sweep',
        1,
        results[axis].map(({ size, sweep }) => [size, sweep]),
      ),
      line(
        'a whole solve',
        7,
        results[axis].map(({ size, solve }) => [size, solve]),
      ),
    ],
  }));
  await writeChart(path, {
    ...{ title: 'How the time of a sweep and of a whole solve grows', subtitle },
    ...{ charts, columns: 3 },
  });
}
