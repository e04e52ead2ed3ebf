// Sums over rows of data, minimised by looking at some rows at a time.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkObject, checkOneOf, checkVector, isList, show } from '../core/check.js';
import { flatSettings } from '../core/choices.js';
import { seedOf, uniforms } from '../core/random.js';
import { type MakeProblem, type SolveOptions, type SolveResult, type Status, solve } from '../core/solve.js';
import { checkWarmStart } from '../core/warmStart.js';
import type { Model } from '../expressions/model.js';
import type { CompiledProgram } from '../expressions/program.js';
import type {
  MinimizeSumOptions,
  MinimizeSumProblem,
  MinimizeSumProgress,
  MinimizeSumSolution,
} from '../generated/minimizeSum.js';
import type { MinimizeSumMethod } from '../generated/minimizeSumChoices.js';
import type { RegressionProgram } from '../problems/regression.js';
import type { SumCallbacks } from './callbacks.js';
import { handsOver, solveWhole, type WholeAnswer } from './handOver.js';
import type { dpSgd, normSteepest } from './methods.js';
import { checkPrivacy, type Privacy, privacyOf, privateMethod } from './privateSteps.js';
import { type ReadSum, readSum } from './problem.js';
import type { PlayingSet } from './sets.js';

export type { MinimizeSumProgress };

export interface MinimizeSumSettings
  extends Omit<MinimizeSumOptions, 'batchSize' | 'method'>,
    SolveOptions<MinimizeSumProgress> {
  /**
   * A row of the table of methods: its name, or what the function of that name makes of its settings, as `adam({ beta2: 0.99 })`.
   * `'auto'` (default): `adog` for sums that are known to be convex, such as regressions, or `qagd` where every step is to look at all
   * rows; `prodigy` for others, unless `target`, `validation` or an infinite `maxEpochs` let it end before its steps are 0. None of
   * them needs a step size. Change it when another method is known to suit the problem, or methods are compared.
   */
  method?: MinimizeSumMethod | ReturnType<typeof dpSgd | typeof normSteepest> | undefined;
  /**
   * Rows of a batch, or `'full'`: all rows, in order, at every step. Default: 64, or the method's. Change it when steps are too noisy
   * (larger), or there are too few of them in an epoch (smaller).
   */
  batchSize?: number | 'full' | undefined;
  /**
   * The set that x is to be in: `{ lower, upper }`, `{ radius }` or `'simplex'`. Default: everywhere, or within the bounds of the
   * regression. Change it when x has to stay in a set.
   */
  set?: PlayingSet | undefined;
  /**
   * Rows that are left out of the sum, on which the answer is tried at checks: their numbers, or their share of all rows, which are
   * then drawn by the seed. The best point by them is the answer, and `patience` ends the solve. Change it when the loss of new rows
   * matters, and the solve is to end when it no longer falls.
   */
  validation?: ArrayLike<number> | number | undefined;
  /**
   * A point to begin with, or an earlier result: with its `state` the solve goes on where that one ended, as if it had not been broken
   * off, bit for bit, where method, data, batches, `seed`, `precision` and `maxEpochs` are the same. Change it when an earlier result
   * is near, or a solve is to go on.
   */
  warmStart?: { x: ArrayLike<number>; state?: Float64Array | undefined } | undefined;
}

/**
 * How a solve ended: as others do, or by `'epochLimit'`, `maxEpochs` came first; or `'diverged'`, the loss is no longer a number, and x is a
 * point from before.
 */
export type SumStatus = Status | 'epochLimit' | 'diverged';

export interface MinimizeSumResult
  extends Omit<SolveResult<MinimizeSumProgress>, 'status'>,
    Omit<MinimizeSumSolution, 'ending'> {
  status: SumStatus;
  /** Privacy of single rows against an observer who sees x and no more, of method `dpSgd`. Left out where nothing is promised. */
  privacy?: Privacy;
}

/** Settings with those of the method beside the others. */
type FlatSettings = Omit<MinimizeSumSettings, 'method'> & {
  method?: string;
  geometry?: unknown;
  privacyDelta?: number;
};

const own = ['set', 'validation'];
const ownOfMethods = { normSteepest: ['geometry'], dpSgd: ['privacyDelta'] };

/**
 * Minimises a sum over the rows of data by gradients of some of them at a time,
 *
 *     f(x) = 1/N sum_i f_i(x) + r(x)  over n numbers x,
 *
 * without a step size to choose:
 *
 * ```ts
 * const problem = logisticRegression({ x, y, ridge: 1e-4 });
 * const { x: coefficients, objective, gradientNorm } = await minimizeSum(problem, { maxEpochs: 10 });
 * ```
 *
 * `problem` is a {@link Model} whose objective has a mean over rows of data ({@link Model.rows}), or a regression, the same that {@link minimize} takes,
 * either without constraints but bounds; or {@link SumCallbacks}. Rows of a regression or of callbacks may be spread over `ranks`: batches
 * are then those of one process that has the rows of one rank after the other's. `method` is a
 * row of the table in docs/smooth.md; the default, `'adog'`, learns its steps from distances and gradients, but where second derivatives cost less than
 * `maxEpochs` passes over the data the methods of {@link minimize} solve the problem, and `method` of the result is `'minimize'`. The result says what is
 * known over all rows at the answer: `objective`, `gradientNorm`, and a `certificate`. An end at `maxEpochs` has
 * status `'epochLimit'`; `'solved'` means that `tolerance`, compared with the gradient's norm, or `target` was met, or of `'minimize'` what it means there.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, such as a setting that the method does not use; {@link SolverError}
 * `CALLBACK_FAILED`, `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE` or `ADDON_NOT_FOUND`.
 */
export async function minimizeSum(
  problem: Model | CompiledProgram | RegressionProgram | SumCallbacks,
  settings: MinimizeSumSettings = {},
): Promise<MinimizeSumResult> {
  const checked: FlatSettings = flatSettings('minimizeSum', settings, own, ownOfMethods);
  const { batchSize, set, validation, geometry, privacyDelta: _, warmStart, ...others } = checked;
  const seed = seedOf(others);
  const read = readSum(problem, true, seed);
  if (handsOver(checked, read)) return resultOf(await solveWhole(checked, read), checked, read.rows);
  const { sum, ahead, start, rows, bounds, ranks } = read;
  if (ranks) refuseOverRanks({ validation, method: others.method });
  checkPrivacy(problem, checked, rows);
  const n = start.length;
  const request = {
    ...begin(warmStart, start),
    ...setOf(set, n, bounds),
    ...split(validation, rows, seed),
    norms: normsOf(geometry),
    ranks,
  };
  const made: MakeProblem<MinimizeSumProblem> = (guard, native) => {
    const make = () => ({ ...sum(guard, native), ...request });
    return ahead?.(native)?.then(make) ?? make();
  };
  const native = {
    ...others,
    ...(batchSize !== undefined && { batchSize: batchSize === 'full' ? 2 ** 31 - 1 : batchSize }),
  };
  const answer = await solve('minimizeSum', made, native, { cpuOnly: 'sums over rows' });
  return resultOf(answer, checked, rows);
}

/** The result of an answer, with the privacy of its steps. */
function resultOf(
  answer: Omit<WholeAnswer, 'status'> & { status: SumStatus },
  settings: FlatSettings,
  rows: number,
): MinimizeSumResult {
  const { ending, ...result } = answer;
  const privacy = answer.method === privateMethod ? privacyOf(settings, rows, answer.counts.steps) : undefined;
  return { ...result, ...endOf(ending, answer), ...(privacy && { privacy }) };
}

/** Refuses what looks at rows that this rank does not have, or draws what the others do not know. */
function refuseOverRanks({ validation, method }: { validation: unknown; method: unknown }): void {
  if (validation !== undefined)
    throw typeError('validation: expected none over ranks, as a rank knows its own rows alone');
  if (method === privateMethod)
    throw rangeError(
      `method = '${privateMethod}': expected another one over ranks, as each would draw secrets of its own`,
    );
}

/** Status and message of an end that other solvers have no word for. */
function endOf(ending: MinimizeSumSolution['ending'], { message }: { message: string }): object {
  if (ending === 'status') return {};
  const words = ending === 'epochLimit' ? 'Stopped at maxEpochs' : 'Diverged';
  return { status: ending, message: message.replace(/^.*?(?= after )/, words) };
}

function begin(
  warmStart: MinimizeSumSettings['warmStart'],
  start: Float64Array,
): { start: Float64Array; state?: Float64Array } {
  if (warmStart === undefined) return { start };
  const { x, state } = checkWarmStart(warmStart);
  const point = checkVector('warmStart.x', x, { length: start.length, per: 'one for each unknown' });
  return {
    start: point,
    ...(state && state.length > 0 && { state: checkVector('warmStart.state', state, { infinite: true }) }),
  };
}

function setOf(set: unknown, n: number, bounds: ReadSum['bounds']): object {
  if (set === undefined) return bounds ?? {};
  if (bounds) throw typeError('set: expected none, as the regression has bounds');
  if (set === 'simplex') return { simplex: true };
  const { lower, upper, radius } = checkObject('set', set as { lower?: unknown; upper?: unknown; radius?: unknown });
  if (radius !== undefined) return { radius: checkNumber('set.radius', radius, { lower: 0, open: true }) };
  const side = (name: string, value: unknown, none: number): Float64Array => {
    if (value === undefined || typeof value === 'number') return new Float64Array(n).fill((value as number) ?? none);
    return checkVector(name, value, { length: n, infinite: true });
  };
  const sides = {
    lower: side('set.lower', lower, Number.NEGATIVE_INFINITY),
    upper: side('set.upper', upper, Number.POSITIVE_INFINITY),
  };
  const wrong = sides.lower.findIndex((low, j) => !(low <= (sides.upper[j] as number)));
  if (wrong < 0) return sides;
  const [low, high] = [sides.lower[wrong], sides.upper[wrong]];
  throw rangeError(`set.lower[${wrong}] = ${low}: expected at most set.upper[${wrong}] = ${high}`);
}

/** The rows of the sum and those that are kept out. */
function split(validation: unknown, count: number, seed: number): { rows?: Int32Array; validation?: Int32Array } {
  if (validation === undefined) return {};
  const out = new Uint8Array(count);
  if (typeof validation === 'number') {
    const share = checkNumber('validation', validation, { lower: 0, open: true });
    const kept = Math.round(share * count);
    if (share >= 1 || kept === 0 || kept === count) {
      throw rangeError(`validation = ${share}: expected a share that leaves some of the ${count} rows on both sides`);
    }
    const uniform = uniforms(seed);
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < kept; ++i) {
      const other = i + Math.floor(uniform() * (count - i));
      [order[i], order[other]] = [order[other] as number, order[i] as number];
      out[order[i] as number] = 1;
    }
  } else {
    if (!isList(validation)) throw typeError(`validation = ${show(validation)}: expected a share or numbers of rows`);
    for (let k = 0; k < validation.length; ++k) {
      const row = validation[k] as number;
      if (!Number.isInteger(row) || row < 0 || row >= count) {
        throw rangeError(`validation[${k}] = ${show(row)}: expected an integer in [0, ${count - 1}]`);
      }
      out[row] = 1;
    }
  }
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const parts = { rows: all.filter((i) => out[i] === 0), validation: all.filter((i) => out[i] === 1) };
  if (parts.rows.length > 0 && parts.validation.length > 0) return parts;
  throw rangeError(`validation: expected some of the ${count} rows, and not all of them`);
}

const norms = ['l2', 'sign', 'spectral'] as const;

function normsOf(geometry: unknown): Int32Array | undefined {
  if (geometry === undefined) return undefined;
  if (!isList(geometry))
    throw typeError(`geometry = ${show(geometry)}: expected an array of 'l2', 'sign' and 'spectral'`);
  return Int32Array.from({ length: geometry.length }, (_, k) =>
    norms.indexOf(checkOneOf(`geometry[${k}]`, geometry[k], norms)),
  );
}
