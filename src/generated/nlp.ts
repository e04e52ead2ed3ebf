// Made by scripts/types.mjs from what the native library declares. Do not edit.
import { type Limits, limitDefaults } from './limits.js';
import type { NlpMethod } from './nlpChoices.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface NlpProblem {
  /** Point to begin at. Default: what the program computes. */
  start?: Float64Array | undefined;
  /** Point to begin at where the objective is huge at the start. */
  fallbackStart?: Float64Array | undefined;
  /** Multipliers of the constraints to begin at. Default: least squares. */
  multipliers?: Float64Array | undefined;
  /** Multipliers of the lower bounds to begin at. */
  lowerMultipliers?: Float64Array | undefined;
  /** Multipliers of the upper bounds to begin at. */
  upperMultipliers?: Float64Array | undefined;
  /** Scale of the objective of an earlier solve. Default: by the gradient. */
  objectiveScale?: number | undefined;
  /** Scales of the constraints of an earlier solve. */
  constraintScales?: Float64Array | undefined;
  /** Lower bounds instead of those of the program. */
  lower?: Float64Array | undefined;
  /** Upper bounds instead of those of the program. */
  upper?: Float64Array | undefined;
  /** Lower sides instead of those of the program. */
  constraintsLower?: Float64Array | undefined;
  /** Upper sides instead of those of the program. */
  constraintsUpper?: Float64Array | undefined;
  /** Constraints, where their number is known before the program is opened. */
  m?: number | undefined;
  /** True if reports of progress have the point. */
  reportIterates: boolean;
}

export interface NlpOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 3000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 1e-8
   */
  tolerance?: number | undefined;
  /**
   * Evaluations of the objective after which the solve ends with status `evaluationLimit`. Those of an iteration that
   * has begun are completed.
   *
   * Change it when evaluations are expensive and only some can be paid for.
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  maxEvaluations?: number | undefined;
  /**
   * What solves the problem: `interiorPoint` takes bounds and inequalities, `exactAugmentedLagrangian` equations c(x)
   * = 0 alone, `simplex` linear programs, of which it finds a vertex. `auto`: the latter where there is nothing else,
   * otherwise the former, and least squares first where the objective is a sum of squares under bounds alone. Of
   * functions without constraints, with bounds or not, also `lbfgs` (limited-memory BFGS), `trustRegion` (truncated
   * conjugate gradients; with `inner: 'exact'` by factors), `gradientRegularized` (Newton's method with ||g|| / gamma
   * on the diagonal), `saddleFree` (with the absolute values of eigenvalues) and `oasis` (with a diagonal from random
   * products).
   *
   * Change it when another method is known to suit the problem, for example `lbfgs` where there are many variables and no constraints.
   * @defaultValue 'auto'
   */
  method?: NlpMethod | undefined;
  /**
   * Whether objective and constraints with gradients above 100 at the start are scaled down, as Ipopt does.
   *
   * Change it when objective and constraints are scaled well already, and `tolerance` has to hold in their units.
   * @defaultValue true
   */
  scaling?: boolean | undefined;
}

export const nlpDefaults = {
  ...limitDefaults,
  maxIterations: 3000,
  tolerance: 1e-8,
  maxEvaluations: Infinity,
  method: 'auto',
  scaling: true,
} as const satisfies NlpOptions;

/** Members of a report of the solver beside those of all reports. */
export interface NlpProgress extends Progress {
  /** Largest violation of bounds and constraints; ||c||_inf of equations c(x) = 0. */
  feasibility?: number;
  /** Barrier parameter mu of an interior-point method. */
  barrier?: number;
  /** Length of the last step, in the 2-norm of x. */
  step?: number;
  /** Part of the last step that the multipliers of bounds have taken, up to 1. */
  dualStep?: number;
  /** The shift of the diagonal of the Hessian in the last system. */
  shift?: number;
  /** Phase of the method for bounds and inequalities. */
  phase?: 'newton' | 'interiorPoint' | 'restoration' | 'augmentedLagrangian' | 'descent' | 'quadratic' | 'simplex';
  /** Steps of an iterative inner solver, or pivots, so far. */
  innerSteps?: number;
  /** The best point so far, n numbers; with `reportIterates: true`. */
  x?: Float64Array;
  /** Its multipliers, m numbers; with `reportIterates: true`. */
  multipliers?: Float64Array;
}

/** Members of a result of the solver beside those of all results. */
export interface NlpSolution {
  /** Length of the last step, in the 2-norm of x. */
  step?: number;
  /** Part of the last step that the multipliers of bounds have taken, up to 1. */
  dualStep?: number;
  /** The shift of the diagonal of the Hessian in the last system. */
  shift?: number;
  /** Steps of an iterative inner solver, or pivots, so far. */
  innerSteps?: number;
  /** n numbers. */
  x: Float64Array;
  /**
   * m numbers lambda of L = f + lambda^T c, of the problem without scaling. If c_i(x) = t were asked for, the minimum
   * would change by about -lambda_i t. Of an inequality: >= 0 at an upper side, <= 0 at a lower one.
   */
  multipliers: Float64Array;
  /** n numbers >= 0, the multipliers of lower <= x; 0 where there is no bound. */
  lowerMultipliers: Float64Array;
  /** n numbers >= 0, the multipliers of x <= upper; 0 where there is no bound. */
  upperMultipliers: Float64Array;
  /** m numbers c(x). */
  constraintValues: Float64Array;
  /** Indices of the variables that are at their lower bounds. */
  activeLower: Int32Array;
  /** Indices of the variables that are at their upper bounds. */
  activeUpper: Int32Array;
  /** Indices of the inequalities that are at one of their sides. */
  activeConstraints: Int32Array;
  /** max(||grad L||_inf / s, ||c||_inf) of the problem as it was scaled: what `tolerance` was compared with. */
  residual?: number;
  /** ||(grad L, c)||_inf of the problem as it was given. */
  unscaledResidual?: number;
  /** Largest violation of bounds and constraints as given; ||c||_inf of equations. */
  feasibility?: number;
  /** Largest product of a multiplier and the distance from its bound or side, without scaling; 0 where there are none. */
  complementarity: number;
  /**
   * How many eigenvalues of the Hessian of L on the null space of the gradients of what is active (of equations: of
   * the Jacobian) are positive, negative and zero, at a stationary point. All positive: a strict local minimum.
   */
  inertia?: {
    /** Positive eigenvalues. */
    positive: number;
    /** Negative eigenvalues. */
    negative: number;
    /** Eigenvalues that are zero. */
    zero: number;
  };
  /**
   * True if the kind of point is not known for certain: a bound or inequality and its multiplier are both about 0, or
   * multipliers have grown without bound.
   */
  degenerate: boolean;
  /**
   * The certificate of x. `global` and `bounded`: the Lagrangian is convex, so that there is a lower bound. Otherwise
   * `local`: `inertia` has positive eigenvalues alone and x is not `degenerate`; `stationary` without that. Of
   * `infeasible` constraints that are linear: `global`, with a proof. Without one the status is never `infeasible`
   * there. Of `unbounded`: `none`, with points along which the objective falls.
   */
  certificate: Certificate;
  /**
   * The phase that found x: `newton` of equations alone, `descent` of the methods for functions without constraints,
   * `quadratic` of the one for convex quadratic programs, `simplex` of the one for linear programs, otherwise a phase
   * of the method for inequalities.
   */
  phase: 'newton' | 'interiorPoint' | 'restoration' | 'augmentedLagrangian' | 'descent' | 'quadratic' | 'simplex';
  /** True if x was refined by Newton steps on the active bounds and inequalities. */
  polished: boolean;
  /** Last barrier parameter mu of an interior-point method. */
  barrier?: number;
  /** How often each was computed, over all of the data. */
  counts: {
    /** Values of the objective. */
    objective: number;
    /** Gradients of the objective. */
    gradient: number;
    /** Values of the constraints. */
    constraints: number;
    /** Jacobians of the constraints. */
    jacobian: number;
    /** Hessians of the Lagrangian. */
    hessian: number;
    /** Factorisations of the Newton system. */
    factorization: number;
    /** Iterations that only looked for a feasible point. */
    restoration: number;
    /** Second-order corrections that a step was replaced by. */
    correction: number;
    /** Phases of the method for bounds and inequalities that were begun. */
    phases: number;
    /** Iterations over samples of the data, before the first over all of them. */
    sampled: number;
    /** Steps of an iterative inner solver, or pivots of the simplex method. */
    innerSteps: number;
    /** Systems that an iterative inner solver left to a factorisation. */
    fallback: number;
  };
  /** Where the time went. */
  time: {
    /** Seconds in functions with their derivatives. */
    derivatives: number;
    /** Seconds in analysis, factorisations and solves of linear systems. */
    linearAlgebra: number;
  };
  /** Last penalty of ||c||^2 / 2 in the merit function. */
  constraintPenalty: number;
  /** Last penalty of ||grad L||^2 / 2 in the merit function. */
  gradientPenalty: number;
  /** The factor that the objective was multiplied by. Warm starts keep it. */
  objectiveScale: number;
  /** m numbers: the factors of the constraints. Warm starts keep them. */
  constraintScales: Float64Array;
  /** Constraints and bounds that contradict one another; only with the status `infeasible`. */
  conflict?: {
    /** Constraints that cannot be satisfied together within the bounds below. */
    constraints: {
      /** The constraint, counted from 0. */
      index: number;
      /** The side that contradicts the others; `both` of an equation. */
      side: 'lower' | 'upper' | 'both';
    }[];
    /** The bounds of variables that matter. */
    bounds: {
      /** The variable, counted from 0. */
      index: number;
      /** The bound that contradicts the others. */
      side: 'lower' | 'upper';
    }[];
    /**
     * True if each of them was left out, and a point was found that satisfies the others (where `proof` is false and
     * the constraints are not convex: to first order, near x). False: some may not be needed.
     */
    irreducible: boolean;
    /**
     * True if no point satisfies these constraints and bounds together, which is shown where they are linear or convex.
     * False: no point near x does, to first order.
     */
    proof: boolean;
  };
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
