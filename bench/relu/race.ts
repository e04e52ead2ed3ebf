// Four methods on one problem, a round at a time.
import { join } from 'node:path';
import { type ReluSettings, trainReluNetwork } from '../../test/flat.js';
import { runProgram } from '../shared/native.js';
import { median, rotated } from '../shared/report.js';
import { type Problem, writeProblem } from './problems.js';

export const methods = ['ours', 'prototype', 'slack', 'published'] as const;
export type Method = (typeof methods)[number];
export const gaps = [1e-3, 1e-4, 1e-6] as const;

export interface Point {
  iteration: number;
  seconds: number;
  cpuSeconds?: number | undefined;
  gap: number;
}

/** One solve: its first point is the state after set-up. */
export interface Run {
  points: Point[];
  objective: number;
}

export interface Race {
  problem: Problem;
  runs: Record<Method, Run[]>;
  /** Seconds of solves by default settings to a gap of 1e-4: all threads' processor seconds. */
  ourCpuSeconds: number[];
  activeNeurons: number;
}

export interface Limits {
  rounds: number;
  /** Rounds in which the two slow methods take part. */
  slowRounds: number;
  seconds: Record<Method, number>;
  threads: number;
}

/** Rounds of all problems in turn, so that a disturbance does not hit one method alone. */
export async function race(
  problems: readonly Problem[],
  folder: string,
  limits: Limits,
  note: (text: string) => void,
): Promise<Race[]> {
  const races = problems.map(
    (problem): Race => ({
      problem,
      runs: { ours: [], prototype: [], slack: [], published: [] },
      ourCpuSeconds: [],
      activeNeurons: 0,
    }),
  );
  for (const [i, problem] of problems.entries()) writeProblem(join(folder, String(i)), problem);
  for (let round = 0; round < limits.rounds; ++round) {
    const slow = round < limits.slowRounds;
    for (const [i, entry] of races.entries()) {
      note(`round ${round + 1} of ${limits.rounds}: ${entry.problem.name}`);
      const file = join(folder, String(i));
      for (const method of rotated(methods, round)) {
        if (!slow && (method === 'slack' || method === 'published')) continue;
        entry.runs[method].push(await runMethod(method, entry, file, limits));
      }
    }
  }
  return races;
}

async function runMethod(method: Method, entry: Race, file: string, limits: Limits): Promise<Run> {
  const seconds = limits.seconds[method];
  const { problem } = entry;
  switch (method) {
    case 'ours': {
      const begin = process.cpuUsage();
      await train(problem, { tolerance: 1e-4 });
      const { user, system } = process.cpuUsage(begin);
      entry.ourCpuSeconds.push((user + system) / 1e6);
      const { run, activeNeurons } = await train(problem, { tolerance: 1e-7, timeLimit: seconds });
      entry.activeNeurons = activeNeurons;
      return run;
    }
    case 'slack':
      return (await train(problem, { splitting: 'slack', tolerance: 1e-6, timeLimit: seconds, maxIterations: 1e6 }))
        .run;
    case 'prototype':
      return fromLines(runProgram('cone_prototype', [file, 1e-6, seconds, problem.prototypeRho]));
    case 'published':
      return fromLines(runProgram('published_admm', [file, 1e-6, seconds, limits.threads]));
  }
}

async function train(problem: Problem, settings: ReluSettings): Promise<{ run: Run; activeNeurons: number }> {
  const { x, y, gates, lambda } = problem;
  const result = await trainReluNetwork(
    { x, y },
    { task: 'regression', bias: false, lambda, patterns: { gates }, ...settings },
  );
  const points = result.history.map(({ iteration, seconds, residual = Number.NaN }) => {
    return { iteration, seconds, gap: residual };
  });
  // A limit met during set-up leaves no report.
  if (points.length === 0) points.push({ iteration: 0, seconds: result.seconds, gap: 1 });
  return { run: { points, objective: result.objective }, activeNeurons: result.activeNeurons };
}

function fromLines(lines: (Point & { objective: number })[]): Run {
  const points = lines.map(({ iteration, seconds, cpuSeconds, gap }) => ({ iteration, seconds, cpuSeconds, gap }));
  return { points, objective: lines.at(-1)?.objective ?? Number.NaN };
}

/** The first point of a run with this gap. */
export function reached(run: Run, gap: number): Point | undefined {
  return run.points.find((point) => point.gap <= gap);
}

/** Median over the runs of what `member` gives; undefined unless all runs came so far. */
export function medianAt(
  runs: readonly Run[],
  gap: number,
  member: 'seconds' | 'cpuSeconds' | 'iteration',
): number | undefined {
  const values = runs.map((run) => reached(run, gap)?.[member]);
  return values.length > 0 && values.every((value) => value !== undefined) ? median(values) : undefined;
}

/** The run whose time is the median one, for curves. */
export function middleRun(runs: readonly Run[]): Run | undefined {
  const sorted = [...runs].sort((a, b) => (a.points.at(-1)?.seconds ?? 0) - (b.points.at(-1)?.seconds ?? 0));
  return sorted[sorted.length >> 1];
}
