// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface FractionalProblem {
  /** Unknowns. */
  n: number;
  /** Terms of the smooth part of the numerator. */
  numerator: {
    /** Kind of the term. */
    kind: 'leastSquares' | 'squaredHinge' | 'logistic' | 'affine' | 'quadratic' | 'sumSquares' | 'norm1' | 'norm2' | 'normInf' | 'topK' | 'lpNorm' | 'linear' | 'affineSquared' | 'sumSqrt' | 'sumLog' | 'separable' | 'none';
    /** Number of its matrix among `matrices`. Default: -1, none. */
    matrix?: number | undefined;
    /** Right-hand sides of the rows of its matrix. */
    b?: Float64Array | undefined;
    /** Classes of the rows, of logistic losses. */
    y?: Float64Array | undefined;
    /** Coefficients of its linear part. */
    c?: Float64Array | undefined;
    /** Coefficients of the linear part of quadratics. */
    linear?: Float64Array | undefined;
    /** Numbers that are added under the roots. */
    epsilon?: Float64Array | undefined;
    /** Factors within the logarithms. */
    h?: Float64Array | undefined;
    /** Weights of its summands. */
    weights?: Float64Array | undefined;
    /** Constant of the term. */
    constant?: number | undefined;
    /** Weight of the sum of squares. */
    weight?: number | undefined;
    /** How many of the largest entries count. */
    k?: number | undefined;
    /** Exponent of the norm, 0 for the largest entry. */
    p?: number | undefined;
    /** Whether the norm is squared. */
    squared?: boolean | undefined;
    /** Factor of a denominator. */
    scale?: number | undefined;
    /** Number that is added to a denominator. */
    shift?: number | undefined;
  }[];
  /** The denominator. Default: none. */
  denominator?: {
    /** Kind of the term. */
    kind: 'leastSquares' | 'squaredHinge' | 'logistic' | 'affine' | 'quadratic' | 'sumSquares' | 'norm1' | 'norm2' | 'normInf' | 'topK' | 'lpNorm' | 'linear' | 'affineSquared' | 'sumSqrt' | 'sumLog' | 'separable' | 'none';
    /** Number of its matrix among `matrices`. Default: -1, none. */
    matrix?: number | undefined;
    /** Right-hand sides of the rows of its matrix. */
    b?: Float64Array | undefined;
    /** Classes of the rows, of logistic losses. */
    y?: Float64Array | undefined;
    /** Coefficients of its linear part. */
    c?: Float64Array | undefined;
    /** Coefficients of the linear part of quadratics. */
    linear?: Float64Array | undefined;
    /** Numbers that are added under the roots. */
    epsilon?: Float64Array | undefined;
    /** Factors within the logarithms. */
    h?: Float64Array | undefined;
    /** Weights of its summands. */
    weights?: Float64Array | undefined;
    /** Constant of the term. */
    constant?: number | undefined;
    /** Weight of the sum of squares. */
    weight?: number | undefined;
    /** How many of the largest entries count. */
    k?: number | undefined;
    /** Exponent of the norm, 0 for the largest entry. */
    p?: number | undefined;
    /** Whether the norm is squared. */
    squared?: boolean | undefined;
    /** Factor of a denominator. */
    scale?: number | undefined;
    /** Number that is added to a denominator. */
    shift?: number | undefined;
  } | undefined;
  /** Weights of the absolute values. Default: 0. */
  l1?: Float64Array | undefined;
  /** Weights of the squares. Default: 0. */
  l2?: Float64Array | undefined;
  /** Lower bounds. Default: none. */
  lower?: Float64Array | undefined;
  /** Upper bounds. Default: none. */
  upper?: Float64Array | undefined;
  /** Weight of the squared sum of absolute values. Default: 0. */
  l1Squared?: number | undefined;
  /** Whether the difference is minimised instead of the ratio. */
  difference: boolean;
  /** Point to begin at. Default: the choice of the solver. */
  start?: Float64Array | undefined;
}

export interface FractionalOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * How a coordinate is given its value: fractional (`'fcd'`, the ratio itself is minimised) or parametric (`'pcd'`,
   * numerator - ratio * denominator is). Both end at the same points. `'auto'` takes `'pcd'` for denominators that
   * grow linearly or are concave, `'fcd'` for squared ones.
   *
   * Change it when the other one is to be compared: times differ, minimisers do not.
   * @defaultValue 'auto'
   */
  method?: 'auto' | 'fcd' | 'pcd' | undefined;
  /**
   * Coordinates one after the other, in an order drawn anew for each sweep, or always the one that gains most (for at
   * most 2000 unknowns).
   *
   * Change it when another local minimum may be better (`shuffled`), or a few of many coordinates matter (`greedy`).
   * @defaultValue 'cyclic'
   */
  sweepOrder?: 'cyclic' | 'shuffled' | 'greedy' | undefined;
  /**
   * Points to start from beside the first, which is `start` or the solver's own; the best end counts. They are taken
   * from the data and then drawn by `seed`.
   *
   * Change it when local minima differ much and a better one is worth the time.
   * Expected: an integer in [0, 100000].
   * @defaultValue 0
   */
  restarts?: number | undefined;
  /**
   * Proximal weight: a coordinate's surrogate has curvature (1 + proximalWeight) c_i, with c_i that of the smooth
   * part of the numerator.
   *
   * Expected: a number in [0, 1000000].
   * @defaultValue 0.000001
   */
  proximalWeight?: number | undefined;
  /**
   * Without a `start`: begin at the minimiser of the numerator, if that has a penalty and the denominator is positive
   * there.
   *
   * Change it when the minimiser of the numerator is a bad point to begin at.
   * @defaultValue true
   */
  lassoStart?: boolean | undefined;
  /**
   * After each sweep, minimise the ratio along the line through 0 and x; it does nothing when the ratio does not
   * depend on the length of x.
   *
   * @defaultValue true
   */
  radialStep?: boolean | undefined;
  /**
   * Between full sweeps, go through the coordinates only that are not zero or have moved.
   *
   * @defaultValue true
   */
  activeSet?: boolean | undefined;
  /**
   * Every few sweeps, try the point that Anderson's extrapolation of the last ones leads to, and keep it if the
   * objective is lower there.
   *
   * @defaultValue true
   */
  acceleration?: boolean | undefined;
  /**
   * Keep the gradient of least squares by A^T A instead of the residual: `'auto'` does so for dense A with at least
   * twice as many rows as columns and at most 2000 columns.
   *
   * Change it when there is no memory for A^T A (`never`), or there is and A has more columns (`always`).
   * @defaultValue 'auto'
   */
  gram?: 'auto' | 'always' | 'never' | undefined;
}

export const fractionalDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  method: 'auto',
  sweepOrder: 'cyclic',
  restarts: 0,
  proximalWeight: 0.000001,
  lassoStart: true,
  radialStep: true,
  activeSet: true,
  acceleration: true,
  gram: 'auto',
} as const satisfies FractionalOptions;

/** Members of a report of the solver beside those of all reports. */
export type FractionalProgress = Progress;

/** Members of a result of the solver beside those of all results. */
export interface FractionalSolution {
  /** n numbers. */
  x: Float64Array;
  /** f(x) + h(x). */
  numerator: number;
  /** g(x); 0 if there is none. */
  denominator: number;
  /** Coordinate updates that moved, of all starts. */
  updates: number;
  /** The method that `method: 'auto'` chose. */
  method: 'auto' | 'fcd' | 'pcd';
  /**
   * The meaning of `solved`. `coordinateWise`: no change of one coordinate, however large, lowers the objective;
   * several at once might. `stationary`: that is so of the parabola that touches `logistic` and `squaredHinge` at x
   * and lies above them. `global`: no x has a lower objective, as every coordinate-wise minimum of this problem is a
   * global one.
   */
  certificate: Certificate;
  /** How each start ended; x is the best of them. */
  starts: {
    /** Where it ended. */
    objective: number;
    /** Passes over the coordinates. */
    sweeps: number;
    /** Coordinate updates that moved. */
    updates: number;
    /** The number that `tolerance` was compared with. */
    residual: number;
  }[];
}
