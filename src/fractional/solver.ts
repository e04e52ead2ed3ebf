import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkVector, isError, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { requireMemory } from '../core/memory.js';
import { checkRanks, type Ranks } from '../core/ranks.js';
import { type Guard, type SolveOptions, type SolveResult, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import type {
  FractionalOptions,
  FractionalSolution,
  FractionalProblem as NativeProblem,
} from '../generated/fractional.js';
import { at, type DenominatorTerm, type FractionalTerm, type NumeratorTerm, type Penalty } from './terms.js';

export interface FractionalSettings extends FractionalOptions, SolveOptions {
  /**
   * A point to begin with instead of the problem's `start`, such as an earlier result. Change it when an earlier result is near.
   */
  warmStart?: WarmStart | undefined;
  /**
   * The ranks of an MPI job, `await world()`, that share out the `restarts`, each with the same problem and the same settings. The
   * result, which all of them get, is that of one process. Default: none. Change it when several processes are to share the starts.
   */
  ranks?: Ranks | undefined;
}

export interface FractionalProblem {
  /** Smooth convex terms f and penalties h; their sum must not be negative anywhere. */
  numerator: readonly (NumeratorTerm | Penalty)[];
  /** g: positive at the start. */
  denominator: DenominatorTerm;
  /**
   * n numbers to begin with, within the bounds and where the denominator is positive. Default: the minimiser of the
   * numerator if it has a penalty and that does, else one that is drawn by `seed`.
   */
  start?: ArrayLike<number> | undefined;
}

export interface DifferenceOfConvexProblem {
  /** Smooth convex terms f and penalties h. */
  convex: readonly (NumeratorTerm | Penalty)[];
  /** g, what is subtracted. Without it the problem is convex, a lasso for example. */
  minus?: DenominatorTerm | undefined;
  /** n numbers to begin with, within the bounds. */
  start?: ArrayLike<number> | undefined;
}

/** How one start of several ended. */
export type FractionalStart = FractionalSolution['starts'][number];

export interface FractionalResult extends SolveResult, Omit<FractionalSolution, 'method'> {
  /** The ratio or the difference at x. */
  objective: number;
  /** Passes over the coordinates, as many as `iterations`. */
  sweeps: number;
  /** The method that `method: 'auto'` chose. */
  method: 'fcd' | 'pcd';
}

/**
 * Minimises a ratio of a convex numerator and a convex or concave denominator by coordinate descent with exact
 * one-dimensional minimisers.
 *
 * ```ts
 * const { x, objective } = await minimizeRatio({
 *   numerator: [leastSquares(A, b), l1(0.1)],
 *   denominator: topK(10, { scale: 0.1 }),
 * });
 * ```
 *
 * The problem is, over n numbers x,
 *
 *     minimise  (f(x) + h(x)) / g(x)
 *
 * with f a sum of smooth convex terms ({@link leastSquares}, {@link quadratic}, {@link sumSquares}, {@link squaredHinge},
 * {@link logistic}, {@link affine}), h a sum of penalties ({@link l1}, {@link elasticNet}, {@link l1Squared}, {@link box},
 * {@link nonNegative}) and g one of {@link norm1}, {@link norm2}, {@link normInf}, {@link topK}, {@link lpNorm},
 * {@link sumSquares}, {@link quadratic}, {@link affine}, {@link affineSquared}, {@link sumSqrt}, {@link sumLog}, {@link separableConcave}. n is what the
 * terms have, or else the length of `start`.
 *
 * Each update replaces one coordinate by the global minimiser of the ratio along it (`'fcd'`), or of numerator - ratio *
 * denominator (`'pcd'`). Where it ends, no change of a single coordinate lowers the objective: that is stronger than being
 * a critical point, but not a global minimum unless the denominator is concave (`certificate.kind` is `'global'`).
 *
 * G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument: terms that disagree on n, a numerator
 * that can be negative, a denominator that is not positive at the start, a combination that has no exact minimisers;
 * {@link SolverError} `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function minimizeRatio(
  problem: FractionalProblem,
  settings: FractionalSettings = {},
): Promise<FractionalResult> {
  const { numerator, denominator, start } = checkMembers('problem', problem, ['numerator', 'denominator', 'start']);
  const parts = [
    ...listOf('numerator', numerator),
    { name: 'denominator', term: denominatorOf('denominator', denominator) },
  ];
  return run((names, guard, given) => toNative(names, parts, given ?? start, false, guard), settings);
}

/**
 * Minimises a convex function, or the difference of two, by coordinate descent with exact one-dimensional minimisers: over n
 * numbers x
 *
 *     minimise  f(x) + h(x) - g(x)
 *
 * ```ts
 * const lasso = await minimizeDifference({ convex: [leastSquares(A, b), l1(0.1)] });
 * const capped = await minimizeDifference({ convex: [leastSquares(A, b), l1(0.1)], minus: topK(10, { scale: 0.1 }) });
 * ```
 *
 * The terms are those of {@link minimizeRatio}. Where it ends, no change of a single coordinate lowers the objective. Without
 * `minus`, or with a concave one, that is the global minimum (`certificate.kind` is `'global'`).
 *
 * G. Yuan, "Coordinate descent methods for DC minimization", AAAI 2023.
 *
 * @throws (rejects) as {@link minimizeRatio}.
 */
export async function minimizeDifference(
  problem: DifferenceOfConvexProblem,
  settings: FractionalSettings = {},
): Promise<FractionalResult> {
  const { convex, minus, start } = checkMembers('problem', problem, ['convex', 'minus', 'start']);
  const parts = listOf('convex', convex);
  if (minus !== undefined) parts.push({ name: 'minus', term: denominatorOf('minus', minus) });
  return naming(
    { numerator: 'convex', denominator: 'minus' },
    run((names, guard, given) => toNative(names, parts, given ?? start, true, guard), settings),
  );
}

/** Solves what `problem` makes for a warm start, if there is one. */
async function run(
  problem: (names: Record<string, string>, guard: Guard, warmStart: Float64Array | undefined) => NativeProblem,
  settings: FractionalSettings,
): Promise<FractionalResult> {
  const { warmStart, ranks: given, ...others } = fixDeadline(settings);
  const ranks = checkRanks('ranks', given);
  const point = warmStartPoint(warmStart);
  const names: Record<string, string> = point ? { start: 'warmStart.x' } : {};
  const make = (guard: Guard) => ({ ...problem(names, guard, point), ranks });
  const solved = solve('fractional', make, others, { cpuOnly: 'fractional programs' });
  const { method, ...answer } = await naming(names, solved);
  return {
    ...answer,
    objective: answer.objective ?? Number.NaN,
    sweeps: answer.iterations,
    method: method as Exclude<typeof method, 'auto'>,
  };
}

/** The result of a solve, with errors about its terms under the names that its user knows: { 'numerator[0]': 'Q' }. */
export async function naming<T>(names: Record<string, string>, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(isError(error) && error.name === 'RangeError')) throw error;
    const { message } = error;
    for (const [term, name] of Object.entries(names)) {
      const next = message.startsWith(term) ? message.slice(term.length) : '';
      if (!/^( = |\.|\[)/.test(next)) continue;
      error.message = name + next.replace(/^ = 'quadratic'/, '');
    }
    throw error;
  }
}

interface Part {
  /** The place where the user wrote the term: "numerator[0]". */
  name: string;
  term: FractionalTerm;
}

const penalties = ['l1', 'elasticNet', 'l1Squared', 'box', 'nonNegative'];
const numerators = ['leastSquares', 'squaredHinge', 'logistic', 'affine', 'quadratic', 'sumSquares', ...penalties];
const denominators = [
  ...['norm1', 'norm2', 'normInf', 'topK', 'lpNorm', 'sumSquares', 'quadratic'],
  ...['affine', 'affineSquared', 'sumSqrt', 'sumLog', 'separable'],
];

function listOf(name: string, terms: readonly FractionalTerm[]): Part[] {
  if (!Array.isArray(terms)) throw typeError(`${name} = ${show(terms)}: expected an array of terms`);
  if (terms.length === 0) throw rangeError(`${name}: expected at least one term`);
  return terms.map((term, i) => ({ name: `${name}[${i}]`, term: ofKind(`${name}[${i}]`, term, numerators) }));
}

function denominatorOf(name: string, term: DenominatorTerm): DenominatorTerm {
  const found = ofKind(name, term, denominators);
  if (found.kind === 'affine' && found.c.every((entry) => entry === 0)) {
    throw rangeError(`${name} (affine): c: expected a number that is not 0`);
  }
  return found;
}

function ofKind<T extends FractionalTerm>(name: string, term: T, kinds: readonly string[]): T {
  const kind: unknown = typeof term === 'object' && term !== null ? term.kind : undefined;
  if (kinds.includes(kind as string)) return term;
  const given = typeof kind === 'string' ? kind.slice(0, 100) : show(kind === undefined ? term : kind);
  throw typeError(`${name} = ${given}: expected a term made by ${kinds.join(', ')}`);
}

/**
 * The problem as the addon takes it: matrices in a list, each once, and the penalties merged into vectors. `names` gets what the user
 * calls the matrices of the list.
 *
 * Longer than most: what is made of one part depends on the others.
 */
function toNative(
  names: Record<string, string>,
  parts: readonly Part[],
  givenStart: unknown,
  difference: boolean,
  guard: Guard,
): NativeProblem {
  const start = givenStart === undefined ? undefined : checkVector('start', givenStart);
  const n = unknowns(parts, start);
  requireMemory(64 * n, () => `n = ${n} unknowns need`); // penalties, bounds and start, each in full
  const matrices: object[] = [];
  const described = (term: NumeratorTerm | DenominatorTerm, name: string): Term => {
    const members: Record<string, unknown> = { ...term };
    if ('matrix' in term) {
      if (!matrices.includes(term.matrix)) {
        names[`matrices[${matrices.length}]`] = `${name}.${term.kind === 'quadratic' ? 'Q' : 'A'}`;
        matrices.push(term.matrix);
      }
      members.matrix = matrices.indexOf(term.matrix);
    }
    if (term.kind === 'separable') {
      members.value = guard('separableConcave: value', term.value);
      members.derivative = guard('separableConcave: derivative', term.derivative);
    }
    if ('p' in term && term.p === Number.POSITIVE_INFINITY) members.p = 0;
    if ('weights' in term) members.weights = spread(term.weights, n);
    if ('epsilon' in term) members.epsilon = spread(term.epsilon, n);
    return members as unknown as Term; // a term has the members of its kind
  };
  const numerator: Term[] = [];
  let denominator: Term | undefined;
  const merged: Part[] = [];
  for (const part of parts) {
    if (penalties.includes(part.term.kind)) merged.push(part);
    else if (part.name.includes('[')) numerator.push(described(part.term as NumeratorTerm, part.name));
    else denominator = denominatorToNative(described(part.term as DenominatorTerm, part.name));
  }
  const penalty = merge(merged, n);
  if (numerator.length === 0 && !penalty.l1 && !penalty.l2 && !penalty.l1Squared) {
    throw rangeError(
      `${difference ? 'convex' : 'numerator'}: expected a smooth term, an l1, an l1Squared or an elasticNet`,
    );
  }
  if (start) checkWithin(start, penalty);
  return Object.assign({ matrices }, { n, numerator, ...penalty, denominator, start, difference });
}

/** A term as the addon takes it. */
type Term = NativeProblem['numerator'][number];

/** Native code has affine functions in numerators and in denominators as two kinds. */
function denominatorToNative(term: Term): Term {
  return term.kind === 'affine' ? { ...term, kind: 'linear' } : term;
}

/** n, on which the terms and the start must agree. */
function unknowns(parts: readonly Part[], start: Float64Array | undefined): number {
  const counts = parts.map(({ name, term }) => ({ name: `${name} (${term.kind})`, n: sizeOf(name, term) }));
  if (start) counts.push({ name: 'start', n: start.length });
  const [first, ...others] = counts.filter((count): count is { name: string; n: number } => count.n !== undefined);
  if (!first) {
    throw rangeError('start = undefined: expected a start, since no term says how many unknowns there are');
  }
  for (const { name, n } of others) {
    if (n === first.n) continue;
    throw rangeError(`${name}: has ${n} unknowns, but ${first.name} has ${first.n}`);
  }
  for (const { name, term } of parts) {
    if (term.kind !== 'topK' || term.k <= first.n) continue;
    throw rangeError(`${name} (topK): k = ${term.k}: expected at most the number of unknowns, ${first.n}`);
  }
  return first.n;
}

/** How many unknowns a term has, if it says. */
function sizeOf(name: string, term: FractionalTerm): number | undefined {
  if ('matrix' in term) {
    const matrix: unknown = term.matrix; // a term may hold anything here, as the user may have written it by hand
    if (typeof matrix !== 'object' || matrix === null) return undefined;
    return checkInteger(`${name}.matrix.columns`, term.matrix.columns, 1);
  }
  // All their vectors have an entry for each unknown.
  return Object.values<unknown>({ ...term }).find(types.isFloat64Array)?.length;
}

interface MergedPenalty {
  l1?: Float64Array;
  l2?: Float64Array;
  l1Squared?: number;
  lower?: Float64Array;
  upper?: Float64Array;
}

/** The sum of all penalties; undefined where there is nothing. */
function merge(parts: readonly Part[], n: number): MergedPenalty {
  const merged: MergedPenalty = {};
  const add = (member: 'l1' | 'l2', weights: number | Float64Array): void => {
    if (weights === 0) return;
    merged[member] ??= new Float64Array(n);
    merged[member] = merged[member].map((weight, i) => weight + at(weights, i));
  };
  for (const { name, term } of parts) {
    switch (term.kind) {
      case 'l1':
      case 'elasticNet':
        add('l1', term.l1);
        add('l2', term.l2);
        break;
      case 'l1Squared':
        merged.l1Squared = (merged.l1Squared ?? 0) + term.lambda;
        break;
      case 'box':
      case 'nonNegative': {
        const { lower = spread(Number.NEGATIVE_INFINITY, n), upper = spread(Number.POSITIVE_INFINITY, n) } = merged;
        merged.lower = lower.map((low, i) => Math.max(low, at(term.lower, i)));
        merged.upper = upper.map((high, i) => Math.min(high, at(term.upper, i)));
        merged.lower.forEach((low, i) => {
          const high = (merged.upper as Float64Array)[i] as number;
          if (low > high) throw rangeError(`${name} (${term.kind}): leaves no x[${i}], from ${low} to ${high}`);
        });
      }
    }
  }
  return merged;
}

function checkWithin(start: Float64Array, { lower, upper }: MergedPenalty): void {
  start.forEach((value, i) => {
    const [low, high] = [lower?.[i] ?? Number.NEGATIVE_INFINITY, upper?.[i] ?? Number.POSITIVE_INFINITY];
    if (value >= low && value <= high) return;
    throw rangeError(`start[${i}] = ${value}: expected a number within the bounds, from ${low} to ${high}`);
  });
}

function spread(numbers: number | Float64Array, n: number): Float64Array {
  return typeof numbers === 'number' ? new Float64Array(n).fill(numbers) : numbers;
}
