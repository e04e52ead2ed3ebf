// Sums over rows of functions that the user computes.
import { vectorFunction } from '../core/callbacks.js';
import { checkFunction, checkInteger, checkMembers, checkVector, isPromise } from '../core/check.js';
import { requireMemory } from '../core/memory.js';
import { checkRanks, type Ranks } from '../core/ranks.js';
import type { Guard, Numeric } from '../core/solve.js';

/**
 * The mean over N rows of functions of your own, f(x) = 1/N sum_i f_i(x). They read x, n numbers, and the numbers of some rows, each from 0 to
 * N - 1, and write into the array that they get last, which is full of zeros. Arrays are used again: copy what you keep. Each may give a promise.
 */
export interface SumCallbacks {
  /** N. */
  rows: number;
  /** How many unknowns there are. */
  n: number;
  /** Returns the mean of the f_i over the rows, and writes its n derivatives. Method `twoPoint` does without where there is `value`. */
  gradient?: ((x: Float64Array, rows: Int32Array, g: Float64Array) => Numeric) | undefined;
  /** Returns the mean of the f_i over the rows. Default: that of `gradient`. */
  value?: ((x: Float64Array, rows: Int32Array) => Numeric) | undefined;
  /** Writes the product of the Hessian of that mean and v, n numbers; methods that look at curvature need it. */
  hessianVector?: ((x: Float64Array, rows: Int32Array, v: Float64Array, product: Float64Array) => unknown) | undefined;
  /** Writes f_i(x) for each of the rows; sampling by losses needs it. */
  losses?: ((x: Float64Array, rows: Int32Array, losses: Float64Array) => unknown) | undefined;
  /** n numbers to begin with. Default 0. */
  start?: ArrayLike<number> | undefined;
  /** The ranks of an MPI job, `await world()`, each of which has N rows of its own, and functions of these. Default: all rows are here. */
  ranks?: Ranks | undefined;
}

const members = ['rows', 'n', 'gradient', 'value', 'hessianVector', 'losses', 'start', 'ranks'];

/** Callbacks, checked, their start, and what the addon calls their ranks. */
export interface CheckedCallbacks extends Omit<SumCallbacks, 'start' | 'ranks'> {
  start: Float64Array;
  ranks: object | undefined;
}

export function checkCallbacks(given: SumCallbacks): CheckedCallbacks {
  const callbacks = checkMembers('problem', given, members);
  const n = checkInteger('n', callbacks.n, 1);
  const rows = checkInteger('rows', callbacks.rows, 1);
  requireMemory(8 * (4 * n + 2 * rows), () => `n = ${n} unknowns and rows = ${rows} need`);
  if (callbacks.value === undefined) checkFunction('gradient', callbacks.gradient);
  for (const name of ['gradient', 'value', 'hessianVector', 'losses'] as const) {
    checkFunction(name, callbacks[name], { optional: true });
  }
  const { start } = callbacks;
  return {
    ...callbacks,
    ranks: checkRanks('ranks', callbacks.ranks),
    start: start === undefined ? new Float64Array(n) : checkVector('start', start, { length: n }).slice(),
  };
}

/** The functions that the addon calls, in memory that both sides see. */
export function nativeCallbacks(callbacks: CheckedCallbacks, guard: Guard): object {
  const { rows, n, gradient, value, hessianVector, losses } = callbacks;
  const [x, v, out] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const [chosen, written] = [new Float64Array(rows), new Float64Array(losses ? rows : 0)];
  const some = (count: number) => Int32Array.from(chosen.subarray(0, count));
  const ended = (value: unknown): Numeric => (isPromise(value) ? value.then(() => 0) : 0);
  const unused = new Float64Array(n);
  return {
    rows,
    n,
    value: vectorFunction(
      guard,
      value ? 'value' : 'gradient',
      (count = 0) => (value ? value(x, some(count)) : (gradient?.(x, some(count), unused.fill(0)) ?? Number.NaN)),
      { inputs: [x, chosen], outputs: [] },
    ),
    gradient:
      gradient &&
      vectorFunction(guard, 'gradient', (count = 0) => gradient(x, some(count), out.fill(0)), {
        inputs: [x, chosen],
        outputs: [out],
      }),
    hessianProduct:
      hessianVector &&
      vectorFunction(guard, 'hessianVector', (count = 0) => ended(hessianVector(x, some(count), v, out.fill(0))), {
        inputs: [x, chosen, v],
        outputs: [out],
      }),
    losses:
      losses &&
      vectorFunction(
        guard,
        'losses',
        (count = 0) => ended(losses(x, some(count), written.subarray(0, count).fill(0))),
        { inputs: [x, chosen], outputs: [written] },
      ),
  };
}
