// `nonconvex bench`: the same few problems on every machine, so that their times can be compared.
import { cpus } from 'node:os';
import { type Command, Option } from 'commander';
import { version } from '../../package.json';
import { addon, type SettingSchema } from '../core/addon.js';
import type { SolveResult } from '../core/solve.js';
import { Model } from '../expressions/model.js';
import { mul, sub, sum, sumSquares } from '../expressions/operators.js';
import { sparseRecovery } from '../fractional/index.js';
import { logisticRegression, minimize } from '../nlp/index.js';
import { trainReluNetwork } from '../relu/solver.js';
import { figure } from '../report/text.js';
import { sparsePath } from '../sparse/index.js';
import { parseSettings, UsageError } from './keywords.js';
import { print } from './print.js';

interface Task {
  about: string;
  /** Seconds of the median that are 100 points: those of one processor of a virtual machine (docs/cli.md). */
  reference: number;
  /** Makes the problem, and gives what solves it: the times of that are measured. */
  make(): (signal: AbortSignal) => Promise<Pick<SolveResult, 'status'>[]>;
}

/** Times of a task. */
export interface Measured {
  name: string;
  /** Seconds of the fastest run and of the median; NaN where none has ended. */
  least: number;
  median: number;
  /** Seconds of all processors that the cheapest run took, which others on the machine change less. */
  processor: number;
  runs: number;
  /** True if all its solves were solved. */
  solved: boolean;
  points: number;
}

/** Standard normal numbers, the same at every call: Box and Muller, of the generator of Park and Miller. */
function normals(count: number, seed: number): Float64Array {
  let state = seed;
  const uniform = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** A matrix of normal numbers and, for each row, the sum of its entries times sin(j), with as much noise. */
function regression(rows: number, columns: number, seed: number, noise: number) {
  const data = normals(rows * columns, seed);
  const errors = normals(rows, seed + 1);
  const y = errors.map((error, i) => {
    let sum = noise * error;
    for (let j = 0; j < Math.min(columns, 12); ++j) sum += (data[i * columns + j] as number) * Math.sin(j + 1);
    return sum;
  });
  return { x: { data, rows, columns }, y };
}

/** The point of a curved surface in n dimensions that is nearest to a given one, between bounds. */
function surface(n: number): Model {
  const model = new Model();
  const x = model.variable(n, { start: 0.5, lower: 0, upper: 1 });
  const a = Array.from({ length: n }, (_, k) => 0.5 + 0.4 * Math.sin(k + 1));
  model.minimize(sumSquares(sub(x, a)));
  model.equal(sum(mul(x, x)), n / 5);
  return model;
}

export const tasks: Record<string, Task> = {
  network: {
    about: 'a ReLU network for two classes, 1,000 x 20',
    reference: 0.137,
    make() {
      const { x, y } = regression(1000, 20, 1, 0.5);
      const labels = Array.from(y, (value, i) => (value * (x.data[20 * i] as number) > 0 ? 'yes' : 'no'));
      return async (signal) => [await trainReluNetwork({ x, y: labels }, { loss: 'logistic', lambda: 3, signal })];
    },
  },
  lasso: {
    about: 'a path of 100 lassos, 2,000 x 1,000',
    reference: 0.571,
    make() {
      const data = regression(2000, 1000, 2, 2);
      return async (signal) => [await sparsePath(data, { signal })];
    },
  },
  newton: {
    about: "a logistic regression by Newton's method, 40,000 x 60",
    reference: 0.0176,
    make() {
      const { x, y } = regression(40_000, 60, 3, 2);
      const labels = Array.from(y, (value) => (value > 0 ? 1 : -1));
      const problem = logisticRegression({ x, y: labels, ridge: 1 });
      return async (signal) => [await minimize(problem, { signal })];
    },
  },
  constraints: {
    about: 'a nonlinear equation and bounds, 20,000 variables',
    reference: 0.0548,
    make() {
      const program = surface(20_000).compile();
      return async (signal) => [await minimize(program, { signal })];
    },
  },
  ratio: {
    about: 'a sparse signal by a ratio, 400 x 1,600',
    reference: 0.202,
    make() {
      const { x } = regression(400, 1600, 4, 0);
      const signal = Float64Array.from({ length: 1600 }, (_, j) => (j % 40 === 3 ? Math.sin(j) + 2 : 0));
      const b = Float64Array.from({ length: 400 }, (_, i) =>
        signal.reduce((total, value, j) => total + value * (x.data[1600 * i + j] as number), 0),
      );
      return async (ended) => [await sparseRecovery({ A: x, b }, { lambda: 1, signal: ended })];
    },
  },
  many: {
    about: '500 solves of 10 variables at once',
    reference: 0.055,
    make() {
      const programs = Array.from({ length: 500 }, () => surface(10).compile());
      return (signal) => Promise.all(programs.map((program) => minimize(program, { signal })));
    },
  },
};

const settings: SettingSchema[] = [
  { name: 'seconds', type: 'number', lower: 0, openLower: true, doc: 'How long it takes, all in all. Default 60.' },
];

/** Adds the command to the program; `ended` takes the exit status: 0 when all was solved, 1 when it was not. */
export function addBench(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const list = Object.entries(tasks).map(([name, { about }]) => `  ${name}: ${about}`);
  program
    .command('bench')
    .description('Measure how fast this machine solves a few problems that are the same everywhere.')
    .option('--seconds <value>', 'how long it takes, all in all; 60 unless given')
    .addOption(new Option('--only <names>', 'tasks, parted by commas'))
    .option('--json', 'print one JSON object')
    .addHelpText('after', `\nTasks:\n${list.join('\n')}`)
    .action(async ({ only, json, ...texts }: Record<string, string | true>) => {
      const { seconds = 60 } = parseSettings(settings, texts) as { seconds?: number };
      const names = only === undefined ? Object.keys(tasks) : String(only).split(',');
      const unknown = names.find((name) => !(name in tasks));
      if (unknown !== undefined)
        throw new UsageError(`--only ${unknown}: there is no such task; they are ${Object.keys(tasks).join(', ')}`);
      ended(await bench(names, seconds, json !== undefined, signal));
    });
}

async function bench(names: readonly string[], seconds: number, json: boolean, signal: AbortSignal): Promise<number> {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  const about = { version, processor, threads: addon().threads(), kernels: addon().kernels() };
  const { own, blas = 'unknown' } = about.kernels;
  if (!json) {
    print(`nonconvex ${version}, ${processor}, ${about.threads} threads, kernels ${own}, BLAS ${blas}\n`);
    print(row(['task', 'least', 'median', 'processor', 'runs', 'points', '']));
  }
  const found: Measured[] = [];
  for (const name of names) {
    if (signal.aborted) break;
    const measured = await measure(name, seconds / names.length, signal);
    if (measured === undefined) break;
    found.push(measured);
    const { least, median, processor: used, runs, points, solved } = measured;
    const times = [least, median, used].map((seconds) => `${figure(seconds, 3)} s`);
    const figures = [...times, String(runs), figure(points, 3)];
    if (!json) print(row([name, ...figures, solved ? (tasks[name] as Task).about : 'NOT SOLVED']));
  }
  const points = Math.exp(found.reduce((total, each) => total + Math.log(each.points), 0) / found.length);
  const whole = found.length === names.length;
  if (json) print(JSON.stringify({ ...about, points: whole ? points : null, tasks: found }));
  else print(whole ? `\n${figure(points, 3)} points: the geometric mean` : '\nEnded before all tasks were measured.');
  return whole && found.every(({ solved }) => solved) ? 0 : 1;
}

const row = ([name = '', ...rest]: string[]): string =>
  [name.padEnd(12), ...rest.slice(0, 5).map((text) => text.padStart(9)), `  ${rest[5]}`].join(' ').trimEnd();

/** Runs a task for a number of seconds, three times at least; `undefined` if it is ended before that. */
export async function measure(name: string, seconds: number, signal: AbortSignal): Promise<Measured | undefined> {
  const task = tasks[name] as Task;
  const solve = task.make();
  const times: number[] = [];
  let solved = true;
  let processor = Number.POSITIVE_INFINITY;
  const start = performance.now();
  // The first run is to warm up, and counts for whether it is solved alone.
  for (let run = 0; run < 4 || performance.now() - start < 1000 * seconds; ++run) {
    const [before, used] = [performance.now(), process.cpuUsage()];
    const results = await solve(signal);
    if (signal.aborted) return undefined;
    solved &&= results.every(({ status }) => status === 'solved');
    if (run === 0) continue;
    times.push((performance.now() - before) / 1000);
    const { user, system } = process.cpuUsage(used);
    processor = Math.min(processor, (user + system) / 1e6);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] as number;
  return {
    name,
    least: times[0] as number,
    median,
    processor,
    runs: times.length,
    solved,
    points: (100 * task.reference) / median,
  };
}
