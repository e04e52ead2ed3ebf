// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { ReluLoss, ReluMethod } from './reluChoices.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface ReluProblem {
  /** Inputs of the network, a row each. */
  x: Matrix;
  /** Outputs that the network is to have: values, -1 and 1, or shares of classes. */
  y: Matrix;
  /** How much the loss of each row counts. Default: 1. */
  sampleWeights?: Float64Array | undefined;
  /** Rows to train on. Default: all. */
  rows?: Int32Array | undefined;
  /** Activation patterns of the convex program. Default: a sample. */
  patterns?: {
    /** Random patterns. */
    sample?: number | undefined;
    /** Whether all patterns are enumerated. */
    exact?: boolean | undefined;
    /** How patterns are refined. */
    refine?: {
      /** Most rounds of refinement. */
      rounds?: number | undefined;
      /** Seconds after which no round is begun. */
      timeLimit?: number | undefined;
      /** Random networks beside the first to descend from. */
      restarts?: number | undefined;
      /** Neurons of the first network. */
      neurons?: number | undefined;
      /** Iterations of its descent; passes over the rows where it is by batches. */
      iterations?: number | undefined;
      /** Random directions that are priced, and no others. */
      searches?: number | undefined;
      /** Whether outputs have convex programs of their own in all rounds. */
      ownPatterns?: boolean | undefined;
      /** The relative gain of a round below which no further one follows, nor columns. */
      leastGain?: number | undefined;
      /** Whether there is no random network, and prices are those of zero. */
      onlyPrices?: boolean | undefined;
      /** Whether convex programs are solved beside the local descent. */
      program?: boolean | undefined;
      /** Whether a search estimates the optimum of all networks at the end. */
      estimate?: boolean | undefined;
    } | undefined;
    /** Gates of the patterns, a column each. */
    gates?: Matrix | undefined;
  } | undefined;
  /** An earlier solution of the convex program to begin at. */
  warmStart?: {
    /** Weights of the convex program. */
    weights: Matrix;
    /** Dual variables of its constraints. */
    dual: Matrix;
  } | undefined;
  /** What an adversary may add to each row of inputs. */
  adversary?: {
    /** Norm of what is added. */
    norm: 'inf' | 'two';
    /** Most that is added, in the units of x. */
    radius: number;
  } | undefined;
}

export interface ReluOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 0.0001
   */
  tolerance?: number | undefined;
  /**
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Change it when reports or aborts come too late (smaller), or solves are so short that checks take much of their time (larger).
   * Expected: an integer in [1, 1000000].
   * @defaultValue 10
   */
  checkInterval?: number | undefined;
  /**
   * Loss of predictions f and targets y, summed over the rows: 1/2 (f - y)^2, log(1 + exp(-y f)), max(0, 1 - y f),
   * log sum exp(f) - f_y, or Huber's.
   *
   * Change it when y are classes (`logistic`, `hinge`, `softmax`), or values with outliers (`huber`).
   * @defaultValue 'squared'
   */
  loss?: ReluLoss | undefined;
  /**
   * Weight of the regulariser (lambda / 2) sum_j (||u_j||^2 + alpha_j^2).
   *
   * Change it when the network fits new rows much worse than those of the training (larger), or fits neither well (smaller).
   * Expected: a finite number > 0.
   * @defaultValue a share of lambdaMax
   */
  lambda?: number | undefined;
  /**
   * Append a constant column 1 to x, so that every hidden neuron has a bias.
   *
   * Change it when x has a constant column of its own, or outputs have to be 0 where x is 0.
   * @defaultValue true
   */
  bias?: boolean | undefined;
  /**
   * Let the regulariser include the biases like any weight. If not, a bias counts as a hundredth of a weight on data
   * of the size of x: 0 would leave the program without a certificate.
   *
   * Change it when outputs are far from 0 and the penalty of the biases keeps the network from reaching them.
   * @defaultValue true
   */
  regularizeBias?: boolean | undefined;
  /**
   * Divide each column of x by its Euclidean norm before training, or, less its mean where there is a bias, by its
   * standard deviation; the regulariser then acts on the scaled weights.
   *
   * Change it when the scales of the columns mean something to the regulariser.
   * @defaultValue 'false'
   */
  standardize?: 'false' | 'norm' | 'true' | undefined;
  /**
   * ReLU neurons, or gated ones, 1[x g_j >= 0] (x u_j), which need no cone constraints.
   *
   * Change it when training takes too long and a gated network will do.
   * @defaultValue 'relu'
   */
  activation?: 'relu' | 'gated' | undefined;
  /**
   * With several outputs: neurons of their own for each output, or groups of neurons that share one output weight
   * (Frobenius norm over the outputs).
   *
   * Change it when several outputs depend on the same features: `frobenius` lets them share neurons.
   * @defaultValue 'oneVsAll'
   */
  coupling?: 'oneVsAll' | 'frobenius' | undefined;
  /**
   * ADMM on the convex reformulation, or a lasso on the output weights of fixed random hidden directions.
   *
   * Change it when a good network is enough and the optimum takes too long: `sampled`.
   * @defaultValue 'admm'
   */
  method?: ReluMethod | undefined;
}

export const reluDefaults = {
  ...limitDefaults,
  maxIterations: 10000,
  tolerance: 0.0001,
  checkInterval: 10,
  loss: 'squared',
  bias: true,
  regularizeBias: true,
  standardize: 'false',
  activation: 'relu',
  coupling: 'oneVsAll',
  method: 'admm',
} as const satisfies ReluOptions;

/** Members of a report of the solver beside those of all reports. */
export interface ReluProgress extends Progress {
  /** Violation of the constraints of the convex program before its weights were projected. */
  feasibility?: number;
  /** Length of the last step: the change of the multipliers, in the Frobenius norm. */
  step?: number;
  /** Products of conjugate gradients with the system of an iteration, so far. */
  innerSteps?: number;
  /**
   * Refinement: the largest max_u |theta^T (X u)_+| / lambda found, ||u|| <= 1, at the round's residual theta; at
   * most 1 at the optimum of all networks.
   */
  violation?: number;
  /**
   * Refinement: the best dual value at a theta divided by the violation found for it. An estimate: a better search
   * could find a larger violation.
   */
  estimatedLowerBound?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface ReluSolution {
  /** Violation of the constraints of the convex program before its weights were projected. */
  feasibility?: number;
  /** Length of the last step: the change of the multipliers, in the Frobenius norm. */
  step?: number;
  /** Products of conjugate gradients with the system of an iteration, so far. */
  innerSteps?: number;
  /**
   * Refinement: the largest max_u |theta^T (X u)_+| / lambda found, ||u|| <= 1, at the round's residual theta; at
   * most 1 at the optimum of all networks.
   */
  violation?: number;
  /**
   * Refinement: the best dual value at a theta divided by the violation found for it. An estimate: a better search
   * could find a larger violation.
   */
  estimatedLowerBound?: number;
  /** d x m: column j has the weights of neuron j, acting on z = (x - inputShift) / inputScale. */
  hiddenWeights: Matrix;
  /** m numbers; zeros without bias. */
  biases: Float64Array;
  /** m x c. */
  outputWeights: Matrix;
  /** m numbers: the pattern, a column of `gates`, that neuron j came from. */
  pattern: Int32Array;
  /** d numbers that are subtracted from the columns of x. */
  inputShift: Float64Array;
  /** d numbers that the columns of x are divided by then. */
  inputScale: Float64Array;
  /**
   * (d + 1 with bias, else d) x P: pattern i is active on the rows of z where (z, 1) . g_i >= 0. With `method:
   * 'sampled'` the directions.
   */
  gates: Matrix;
  /** (d + 1 with bias, else d) x G convex weights: v of all patterns of output 0, 1, ..., then w. */
  weights: Matrix;
  /** n x c, feasible for the dual program; `lowerBound` is its value. */
  dual: Matrix;
  /** The outputs at rows of x that were not trained on, in order. */
  leftOut: Matrix;
  /** Loss and regulariser of the network, by a forward pass: the non-convex objective. */
  networkObjective: number;
  /**
   * What is known of the objective. Over `patterns`: networks whose neurons have activation patterns of this convex
   * program. Over `ownPatterns`: networks of which each output's neurons have patterns that this output's neurons
   * have here, not those of all outputs. Otherwise of networks of any width.
   */
  certificate: Certificate;
  /** Neurons of the network. */
  activeNeurons: number;
  /** Distinct activation patterns in the convex program. */
  patterns: number;
  /** The last penalty of the augmented Lagrangian. */
  rho: number;
  /** Refinement: what is estimated for all networks. */
  estimate?: {
    /** The best dual value at a theta divided by the largest violation found for it. */
    lowerBound: number;
    /** (objective - lowerBound) / objective. */
    gap: number;
    /** The largest max_u |theta^T (X u)_+| / lambda found at the theta of the bound. Good to a few hundredths. */
    violation: number;
    /** Starts of the local searches for it. */
    searches: number;
    /** Cones that branch and bound looked at for bounds of all networks. */
    nodes: number;
  };
  /** With an adversary: what is certified of the worst case. */
  robustness?: {
    /**
     * Sum over the rows of the loss under the worst perturbation of each, for this network: none is worse, and one
     * reaches it.
     */
    worstCaseLoss: number;
    /** Distinct patterns of the gates, that of all rows included where there is a bias. */
    patternsFound: number;
    /**
     * Those among them with neurons that keep the pattern under every perturbation of every row; the others are left
     * out.
     */
    patternsWithRoom: number;
  };
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
