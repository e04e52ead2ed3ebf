// Sums for which second derivatives cost little, which `auto` hands over to the methods of minimize.
import { type MakeProblem, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import {
  type MinimizeSumProblem,
  type MinimizeSumProgress,
  type MinimizeSumSolution,
  minimizeSumDefaults,
} from '../generated/minimizeSum.js';
import type { NlpProblem } from '../generated/nlp.js';
import type { ReadSum, WholeSum } from './problem.js';

/** The settings of minimizeSum() that say nothing of batches and steps; with any other, `auto` stays with methods that use it. */
const taken = [
  ...['method', 'batchSize', 'precision', 'maxEpochs', 'tolerance', 'polyakLojasiewicz', 'warmStart'],
  ...['seed', 'threads', 'timeLimit', 'checkInterval', 'device', 'signal', 'deadline', 'onProgress', 'verbose'],
];

const mostUnknowns = 2000;

type Given = SolveOptions<MinimizeSumProgress> & { [name: string]: unknown };

/** Returns true if `auto` is to solve a sum by `minimize`: the Hessians it is taken to need, and their factors, cost less than the epochs that are allowed. */
export function handsOver(settings: object, { whole, start, ranks }: ReadSum): boolean {
  const given = settings as Given;
  const { method = 'auto', batchSize = 'full', precision = 'auto', warmStart } = given;
  if (!whole || ranks || method !== 'auto' || batchSize !== 'full' || (precision !== 'auto' && precision !== 'float64'))
    return false;
  if (start.length > mostUnknowns || stateOf(warmStart) > 0) return false;
  if (Object.keys(given).some((name) => given[name] !== undefined && !taken.includes(name))) return false;
  const { tolerance = 0 } = given;
  return typeof tolerance === 'number' && tolerance >= 0 && tolerance <= 1 && stepsFor(given, whole) > whole.steps;
}

const stateOf = (warmStart: unknown): number => (warmStart as { state?: Float64Array } | undefined)?.state?.length ?? 0;

/** How many Hessians cost as much as the epochs. */
function stepsFor({ maxEpochs = minimizeSumDefaults.maxEpochs }: Given, { pass, hessian }: WholeSum): number {
  return typeof maxEpochs === 'number' ? (maxEpochs * pass) / hessian : 0;
}

/** A result of minimizeSum() but for what its callers add. */
export type WholeAnswer = Omit<SolveResult<MinimizeSumProgress>, 'status'> &
  MinimizeSumSolution & { status: SolveResult['status'] | 'epochLimit' };

/** Solves a sum by `minimize`, and looks at the answer as minimizeSum() does. Longer than most: what both say is put together. */
export async function solveWhole(settings: object, read: ReadSum): Promise<WholeAnswer> {
  const { maxEpochs, tolerance, polyakLojasiewicz, warmStart, onProgress, ...given } = settings as Given;
  const { method, batchSize, precision, checkInterval, ...shared } = given;
  const whole = read.whole as WholeSum;
  const { program } = whole;
  const asked = (tolerance ?? 0) as number;
  const first = {
    start:
      warmStartPoint(warmStart as WarmStart, { length: read.start.length, per: 'one for each unknown' }) ?? read.start,
    m: 0,
    ...program.bounds,
    reportIterates: false,
  };
  const problem: MakeProblem<NlpProblem> = (guard, native, leave) => {
    const made = () => Object.assign(program.toNative(guard, native), first);
    return program.ahead(native, leave)?.then((ready) => (ready ? made() : { ...first, unread: true })) ?? made();
  };
  const support = { cpuOnly: 'sums over rows' };
  const steps = stepsFor({ maxEpochs }, whole);
  const limits = {
    ...shared,
    tolerance: asked > 0 ? Math.min(accurate, asked / 10) : accurate,
    ...(Number.isFinite(steps) && { maxIterations: Math.floor(steps) }),
    ...(onProgress && { onProgress: (report: MinimizeSumProgress) => onProgress(reportOf(report)) }),
  };
  const answer = await solve('nlp', problem, limits, support);
  const sum: MakeProblem<MinimizeSumProblem> = (guard, native) => {
    const made = () => ({ ...read.sum(guard, native), start: answer.x, ...read.bounds });
    return read.ahead?.(native)?.then(made) ?? made();
  };
  // No epoch: the loss and its gradient over all rows at the point.
  const look = {
    method: 'adog',
    maxEpochs: 0,
    scaling: 'none',
    precision: 'float64',
    tolerance: asked,
    polyakLojasiewicz,
  };
  const { timeLimit, verbose, ...others } = shared;
  const seen = await solve('minimizeSum', sum, { ...others, ...look }, support);
  const { objective, gradient, hessian, factorization } = answer.counts;
  const end = endOf(answer, asked > 0 && !((seen.gradientNorm ?? Number.NaN) <= asked));
  return {
    ...seen,
    ...(seen.objective === undefined && answer.objective !== undefined && { objective: answer.objective }),
    ...end,
    ...(seen.gap === undefined && { certificate: end.status === 'solved' ? answer.certificate : { kind: 'none' } }),
    iterations: answer.iterations,
    seconds: answer.seconds + seen.seconds,
    history: answer.history.map(reportOf),
    counts: {
      ...seen.counts,
      steps: answer.iterations,
      rows: read.rows * (objective + hessian),
      gradients: gradient,
      products: 0,
    },
    ending: 'status',
    method: 'minimize',
    pieces: `full, ${answer.phase}, ${factorization} factorizations`,
    state: new Float64Array(0),
  };
}

const accurate = 1e-8;

/** A report of `minimize` in the words of sums: an evaluation is an epoch. */
function reportOf({ iteration, seconds, objective, residual, evaluations }: MinimizeSumProgress): MinimizeSumProgress {
  return {
    iteration,
    seconds,
    ...(objective !== undefined && { objective }),
    ...(residual !== undefined && { residual }),
    ...(evaluations !== undefined && { epoch: evaluations }),
  };
}

/** The end of the solve; `short`: the gradient is longer than what was asked for. */
function endOf({ status, message }: SolveResult, short: boolean): Pick<WholeAnswer, 'status' | 'message'> {
  if (status === 'iterationLimit') {
    return { status: 'epochLimit', message: message.replace(/^.*?(?= after )/, 'Stopped at maxEpochs') };
  }
  if (status !== 'solved' || !short) return { status, message };
  return { status: 'stalled', message: `${message} The gradient over all rows is longer than tolerance all the same.` };
}
