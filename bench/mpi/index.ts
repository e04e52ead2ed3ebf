// Solves over ranks of one machine: clock, processor time and bytes of an iteration, beside the bytes that docs/scale-mpi.md says.
//
//   npm run bench -- mpi [--rows=200000] [--columns=50] [--rounds=3] [--problems=exact,gated] [--no-picture]
//
// Needs npm run build:mpi. More ranks than processors share them. Draws docs/images/scale-ranks.svg.
import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { writeChart } from '../../scripts/chart.mjs';
import { libraries } from '../../test/mpi/launch.js';
import { line } from '../shared/chart.js';
import { root } from '../shared/native.js';
import { describe, environment, median, table } from '../shared/report.js';

const text = (name: string): string | undefined =>
  process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
const [rows, columns] = [Number(text('rows') ?? 200_000), Number(text('columns') ?? 50)];
const rounds = Number(text('rounds') ?? 3);
/** A network has a column more, its bias, for each of 20 patterns. */
const weights = 20 * (columns + 1);
const head = 64;

/** A solve, and the bytes that one of its iterations has: exactly, or at least. */
const problems: Record<string, { title: string; bytes: number }> = {
  exact: { title: 'regression, exact', bytes: 8 + 8 * columns + 4 * columns * (columns + 1) },
  lbfgs: { title: "regression, 'lbfgs'", bytes: 8 + 8 * columns },
  full: { title: 'minimizeSum, all rows', bytes: 8 * (columns + 1) },
  batches: { title: 'minimizeSum, batches of 256', bytes: 8 * (columns + 1) },
  gated: { title: 'gated network, factor', bytes: 8 * weights },
  products: { title: 'gated network, products', bytes: 8 * weights },
  cones: { title: 'ReLU network, cones', bytes: 8 * weights },
  slack: { title: 'ReLU network, slacks', bytes: 24 * weights },
  ratio: { title: 'ratio, 16 starts', bytes: 24 },
};
const chosen = text('problems')?.split(',') ?? Object.keys(problems);

interface Said {
  rank: number;
  steps: number;
  seconds: number;
  processor: number;
  bytes: number;
}

/** Runs it once, and gives what an iteration took: milliseconds by the clock, those of all processors, bytes of a rank. */
function run(launcher: string, args: readonly string[], size: number, problem: string): number[] {
  const program = [join(root, 'bench/mpi/ranks.mjs'), problem, String(rows), String(columns)];
  const env = {
    ...process.env,
    NONCONVEX_THREADS: '1',
    OMPI_MCA_hwloc_base_binding_policy: 'none',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
    OMPI_MCA_btl: 'self,sm',
  };
  const lines = String(execFileSync(launcher, [...args, '-n', String(size), process.execPath, ...program], { env }));
  const said = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said)
    .sort((a, b) => a.rank - b.rank);
  const { steps, seconds, bytes } = said[0] as Said;
  const processor = said.reduce((sum, each) => sum + each.processor, 0);
  return [steps, (1000 * seconds) / steps, (1000 * processor) / steps, bytes / steps];
}

const found: string[][] = [];
const points: { problem: string; ranks: number; milliseconds: number; of: string }[] = [];
for (const problem of chosen) {
  const { title, bytes } = problems[problem] as (typeof problems)[string];
  for (const { name, launcher, args } of libraries) {
    for (const size of [1, 2, 4]) {
      const all = Array.from({ length: rounds }, () => run(launcher, args, size, problem));
      const [steps = 0, clock = 0, processor = 0, crossed = 0] = [0, 1, 2, 3].map((k) =>
        median(all.map((each) => each[k] as number)),
      );
      const numbers = [steps.toFixed(0), clock.toFixed(2), processor.toFixed(2), crossed.toFixed(0)];
      console.error(title, name, size, ...numbers);
      found.push([title, name, String(size), ...numbers, String(bytes)]);
      points.push({ problem: `${title}, ${name}`, ranks: size, milliseconds: clock, of: 'clock' });
      points.push({ problem: `${title}, ${name}`, ranks: size, milliseconds: processor, of: 'processors together' });
    }
  }
}
const load = loadavg()[0] as number;
const where = `${rows} rows, ${columns} columns, a thread a rank, ${availableParallelism()} processors at load ${load.toFixed(0)}`;
console.log(`${describe(environment())}\n\n${where}; medians of ${rounds}\n`);
const titles = ['problem', 'library', 'ranks', 'iterations', 'ms an iteration', 'processor ms', 'bytes', 'plan'];
console.log(table(titles, found));
console.log(`\nHeads of ${head} bytes come beside each sum, which the plan does not count.`);

if (!process.argv.includes('--no-picture')) {
  const charts = [...new Set(points.map(({ problem }) => problem))].map((problem) => ({
    ...{ heading: problem, x: 'ranks', y: 'ms', height: 200, xTicks: [1, 2, 4] },
    series: ['clock', 'processors together'].map((name, k) =>
      line(
        name,
        k + 1,
        points
          .filter((each) => each.problem === problem && each.of === name)
          .map((each) => [each.ranks, each.milliseconds]),
      ),
    ),
  }));
  await writeChart(join(root, 'docs/images/scale-ranks.svg'), {
    title: 'An iteration against the number of ranks',
    subtitle: [where, 'two ranks have a processor each, four share them'],
    ...{ charts, columns: libraries.length },
  });
}
