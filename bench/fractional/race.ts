// Coordinate descent and the first-order methods on the same problems from the same start.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { l1, leastSquares, lpNorm, sumSquares, topK } from '../../src/fractional/index.js';
import { type FractionalProblem, type FractionalSettings, minimizeRatio, type SparseMatrix } from '../../src/index.js';
import { startProgram } from '../shared/native.js';
import { rotated } from '../shared/report.js';
import { type Kind, makeProblem, type Problem, type Size, sizes, writeProblem } from './problems.js';

/** Ours: 'warm' begins at the lasso's solution, the others where their competitors do. */
export const methods = {
  recovery: ['pcd', 'fcd', 'warm', 'pgsa', 'dpa', 'qtpa'],
  ica: ['fcd', 'power'],
} as const;
export type Method = (typeof methods)[Kind][number];
const ours: readonly Method[] = ['pcd', 'fcd', 'warm'];
export const isOurs = (method: Method): boolean => ours.includes(method);

export interface Point {
  seconds: number;
  objective: number;
}

export interface Run {
  seed: number;
  /** Until it stopped, by its own rule or the time limit. */
  seconds: number;
  /** Before the first iteration. The competitors have G by columns already, ours brings it there. */
  setUp: number;
  objective: number;
  iterations: number;
  points: Point[];
}

export interface Race {
  kind: Kind;
  size: Size;
  runs: Partial<Record<Method, Run[]>>;
}

export interface Limits {
  seeds: number;
  /** Seconds of each competitor. */
  seconds: Record<Kind, number>;
}

/**
 * All sizes and seeds. The first seed, whose curves are drawn, has the machine to itself; of the others, competitors run two at
 * a time, which is fair to what they find but not quite to when.
 */
export async function race(
  data: SparseMatrix,
  folder: string,
  limits: Limits,
  note: (text: string) => void,
): Promise<Race[]> {
  const races: Race[] = [];
  for (const kind of ['recovery', 'ica'] as const) {
    for (const size of sizes) {
      const entry: Race = { kind, size, runs: {} };
      races.push(entry);
      const waiting: (() => Promise<void>)[] = [];
      for (let seed = 0; seed < limits.seeds; ++seed) {
        note(`${kind}, ${size.m} x ${size.n}, seed ${seed}`);
        const problem = makeProblem(kind, data, size, seed);
        for (const method of rotated(methods[kind].filter(isOurs), seed)) {
          add(entry, method, await runOurs(problem, method, seed));
        }
        const file = join(folder, `${kind}-${size.m}-${size.n}-${seed}`);
        writeProblem(file, problem);
        for (const method of methods[kind].filter((each) => !isOurs(each))) {
          const runOther = async () =>
            add(entry, method, await runCompetitor(file, method, limits.seconds[kind], seed));
          if (seed === 0) await runOther();
          else waiting.push(runOther);
        }
      }
      note(`${kind}, ${size.m} x ${size.n}: ${waiting.length} runs of the other methods`);
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await next();
      };
      await Promise.all([worker(), worker()]);
      for (let seed = 0; seed < limits.seeds; ++seed) rmSync(join(folder, `${kind}-${size.m}-${size.n}-${seed}`));
    }
  }
  for (const { runs } of races) for (const list of Object.values(runs)) list.sort((a, b) => a.seed - b.seed);
  return races;
}

function add(entry: Race, method: Method, run: Run): void {
  entry.runs[method] ??= [];
  entry.runs[method].push(run);
}

export function ratioOf({ kind, G, y, gamma, k }: Problem): FractionalProblem {
  return kind === 'recovery'
    ? { numerator: [leastSquares(G, y), l1(gamma)], denominator: topK(k, { scale: gamma }) }
    : { numerator: [sumSquares()], denominator: lpNorm(G, 4, { squared: true }) };
}

async function runOurs(problem: Problem, method: Method, seed: number): Promise<Run> {
  const settings: FractionalSettings = { threads: 1, method: method === 'fcd' ? 'fcd' : 'pcd' };
  const start = method === 'warm' ? undefined : problem.start;
  const begin = performance.now();
  const result = await minimizeRatio({ ...ratioOf(problem), start }, settings);
  // The time of the call beside the solver's own is the preparation of the data.
  const seconds = (performance.now() - begin) / 1e3;
  const prepared = seconds - result.seconds;
  const points = result.history.map((report) => ({
    seconds: prepared + report.seconds,
    objective: report.objective ?? Number.NaN,
  }));
  return {
    seed,
    seconds,
    setUp: points[0]?.seconds ?? Number.NaN,
    objective: result.objective,
    iterations: result.sweeps,
    points,
  };
}

async function runCompetitor(file: string, method: Method, limit: number, seed: number): Promise<Run> {
  const points = await startProgram<Point & { iteration: number }>('fractional_baselines', [file, method, limit]);
  const last = points.at(-1);
  if (!last) throw new Error(`${method} printed nothing`);
  return {
    seed,
    seconds: last.seconds,
    setUp: points[0]?.seconds ?? Number.NaN,
    objective: last.objective,
    iterations: last.iteration,
    points: points.map(({ seconds, objective }) => ({ seconds, objective })),
  };
}
