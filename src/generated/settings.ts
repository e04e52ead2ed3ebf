// Made by scripts/types.mjs from the settings of the native library. Do not edit.
export interface ReluOptions {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 0.0001
   */
  tolerance?: number | undefined;
  /**
   * Seconds after which the solve ends with status `timeLimit`.
   *
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  timeLimit?: number | undefined;
  /**
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Expected: an integer in [1, 1000000].
   * @defaultValue 10
   */
  checkInterval?: number | undefined;
  /**
   * Most threads that this solve may use; 0 means all of the pool. Results do not depend on it.
   *
   * Expected: an integer in [0, 1024].
   * @defaultValue 0
   */
  threads?: number | undefined;
  /**
   * Integer seed of everything random in the solve.
   *
   * Expected: an integer in [0, 9007199254740991].
   * @defaultValue 0
   */
  seed?: number | undefined;
  /**
   * Loss of predictions f and targets y, summed over the rows: 1/2 (f - y)^2, log(1 + exp(-y f)), max(0, 1 - y f),
   * log sum exp(f) - f_y, or Huber's.
   * @defaultValue 'squared'
   */
  loss?: 'squared' | 'logistic' | 'hinge' | 'softmax' | 'huber' | undefined;
  /**
   * Where Huber's loss turns from quadratic to linear, in units of y.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  huberDelta?: number | undefined;
  /**
   * Weight of the regulariser (beta / 2) sum_j (||u_j||^2 + alpha_j^2).
   *
   * Expected: a finite number > 0.
   * @defaultValue 0.001 n
   */
  beta?: number | undefined;
  /**
   * Append a constant column 1 to x, so that every hidden neuron has a bias.
   * @defaultValue true
   */
  bias?: boolean | undefined;
  /**
   * Let the regulariser include the biases like any weight. If not, a bias counts as a hundredth of a weight on data
   * of the size of x: 0 would leave the program without a certificate.
   * @defaultValue true
   */
  regularizeBias?: boolean | undefined;
  /**
   * Divide each column of x by its Euclidean norm before training; the regulariser then acts on the scaled weights.
   * @defaultValue 'none'
   */
  normalize?: 'none' | 'columns' | undefined;
  /**
   * ReLU neurons, or gated ones, 1[x g_j >= 0] (x u_j), which need no cone constraints.
   * @defaultValue 'relu'
   */
  activation?: 'relu' | 'gated' | undefined;
  /**
   * With several outputs: neurons of their own for each output, or groups of neurons that share one output weight
   * (Frobenius norm over the outputs).
   * @defaultValue 'oneVsAll'
   */
  coupling?: 'oneVsAll' | 'frobenius' | undefined;
  /**
   * ADMM on the convex reformulation, or a lasso on the output weights of fixed random hidden directions.
   * @defaultValue 'admm'
   */
  method?: 'admm' | 'sampled' | undefined;
  /**
   * Where ADMM keeps the cone constraints: inside the proximal step (every iterate is feasible), or relaxed by slack
   * variables as published.
   * @defaultValue 'cone'
   */
  splitting?: 'cone' | 'slack' | undefined;
  /**
   * How the linear system of each iteration is solved: `exact` factors its matrix, `krylov` iterates with a
   * preconditioner and without the matrix, `auto` chooses by size and memory.
   * @defaultValue 'auto'
   */
  inner?: 'auto' | 'exact' | 'krylov' | undefined;
  /**
   * Penalty of the augmented Lagrangian; fixed when given.
   *
   * Expected: a finite number > 0.
   * @defaultValue adaptive
   */
  rho?: number | undefined;
  /**
   * Over-relaxation of ADMM; 1 is none.
   *
   * Expected: a number in (0, 2).
   * @defaultValue 1.8
   */
  relaxation?: number | undefined;
  /**
   * Numbers of the iterations on a GPU; the CPU iterates in 'float64'. Objective, bound and network are computed in
   * 'float64' in any case.
   * @defaultValue 'float64'
   */
  precision?: 'float64' | 'float32' | undefined;
}

export const reluDefaults = {
  maxIterations: 10000,
  tolerance: 0.0001,
  timeLimit: Infinity,
  checkInterval: 10,
  threads: 0,
  seed: 0,
  loss: 'squared',
  huberDelta: 1,
  bias: true,
  regularizeBias: true,
  normalize: 'none',
  activation: 'relu',
  coupling: 'oneVsAll',
  method: 'admm',
  splitting: 'cone',
  inner: 'auto',
  relaxation: 1.8,
  precision: 'float64',
} as const satisfies ReluOptions;

export interface FractionalOptions {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 10000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 0.000001
   */
  tolerance?: number | undefined;
  /**
   * Seconds after which the solve ends with status `timeLimit`.
   *
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  timeLimit?: number | undefined;
  /**
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Expected: an integer in [1, 1000000].
   * @defaultValue 1
   */
  checkInterval?: number | undefined;
  /**
   * Most threads that this solve may use; 0 means all of the pool. Results do not depend on it.
   *
   * Expected: an integer in [0, 1024].
   * @defaultValue 0
   */
  threads?: number | undefined;
  /**
   * Integer seed of everything random in the solve.
   *
   * Expected: an integer in [0, 9007199254740991].
   * @defaultValue 0
   */
  seed?: number | undefined;
  /**
   * How a coordinate is given its value: fractional (`'fcd'`, the ratio itself is minimised) or parametric (`'pcd'`,
   * numerator - ratio * denominator is). Both end at the same points. `'auto'` takes `'pcd'` for denominators that
   * grow linearly or are concave, `'fcd'` for squared ones.
   * @defaultValue 'auto'
   */
  method?: 'auto' | 'fcd' | 'pcd' | undefined;
  /**
   * Coordinates one after the other, in an order drawn anew for each sweep, or always the one that gains most (for at
   * most 2000 unknowns).
   * @defaultValue 'cyclic'
   */
  order?: 'cyclic' | 'shuffled' | 'greedy' | undefined;
  /**
   * Points to start from; the best end counts. The first is `start` or the solver's own, the others are taken from
   * the data and then drawn by `seed`.
   *
   * Expected: an integer in [1, 100000].
   * @defaultValue 1
   */
  starts?: number | undefined;
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
   * @defaultValue true
   */
  lassoStart?: boolean | undefined;
  /**
   * After each sweep, minimise the ratio along the line through 0 and x; it does nothing when the ratio does not
   * depend on the length of x.
   * @defaultValue true
   */
  radialStep?: boolean | undefined;
  /**
   * Between full sweeps, go through the coordinates only that are not zero or have moved.
   * @defaultValue true
   */
  activeSet?: boolean | undefined;
  /**
   * Every few sweeps, try the point that Anderson's extrapolation of the last ones leads to, and keep it if the
   * objective is lower there.
   * @defaultValue true
   */
  acceleration?: boolean | undefined;
  /**
   * Keep the gradient of least squares by A^T A instead of the residual: `'auto'` does so for dense A with at least
   * twice as many rows as columns and at most 2000 columns.
   * @defaultValue 'auto'
   */
  gram?: 'auto' | 'always' | 'never' | undefined;
}

export const fractionalDefaults = {
  maxIterations: 10000,
  tolerance: 0.000001,
  timeLimit: Infinity,
  checkInterval: 1,
  threads: 0,
  seed: 0,
  method: 'auto',
  order: 'cyclic',
  starts: 1,
  proximalWeight: 0.000001,
  lassoStart: true,
  radialStep: true,
  activeSet: true,
  acceleration: true,
  gram: 'auto',
} as const satisfies FractionalOptions;

export interface NlpOptions {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 3000
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 1e-8
   */
  tolerance?: number | undefined;
  /**
   * Seconds after which the solve ends with status `timeLimit`.
   *
   * Expected: a number >= 0.
   * @defaultValue Infinity
   */
  timeLimit?: number | undefined;
  /**
   * Iterations between two checks of progress, limits and the abort signal.
   *
   * Expected: an integer in [1, 1000000].
   * @defaultValue 1
   */
  checkInterval?: number | undefined;
  /**
   * Most threads that this solve may use; 0 means all of the pool. Results do not depend on it.
   *
   * Expected: an integer in [0, 1024].
   * @defaultValue 0
   */
  threads?: number | undefined;
  /**
   * Integer seed of everything random in the solve.
   *
   * Expected: an integer in [0, 9007199254740991].
   * @defaultValue 0
   */
  seed?: number | undefined;
  /**
   * How the Newton system is solved: `exact` factors it as L D L^T, `sketch` projects on random sketches of it,
   * `krylov` iterates with a preconditioner, `auto` chooses between `exact` and `krylov`.
   * @defaultValue 'auto'
   */
  inner?: 'auto' | 'exact' | 'sketch' | 'krylov' | undefined;
  /**
   * What `sketch` projects on: blocks of rows whose factors are kept, single rows (Kaczmarz), or a new random sketch
   * each step.
   * @defaultValue 'block'
   */
  sketch?: 'block' | 'kaczmarz' | 'gaussian' | 'count' | 'srht' | undefined;
  /**
   * Rows of a block or a sketch. 0: one for `gaussian`, as published, otherwise a quarter of n + m, at most 256; 4 n
   * for the preconditioner of `krylov`.
   *
   * Expected: an integer in [0, 10000].
   * @defaultValue 0
   */
  sketchSize?: number | undefined;
  /**
   * Rounds of `sketch` of which the combination with the least residual is taken. 0: as published.
   *
   * Expected: an integer in [0, 1000].
   * @defaultValue 20
   */
  sketchMemory?: number | undefined;
  /**
   * Of `krylov`: a `sketch` of a Hessian that is a Gram matrix, factors of an earlier system (`lagged`), the
   * `diagonal` of the Hessian, or `auto`: a sketch where there is a Gram matrix, otherwise lagged.
   * @defaultValue 'auto'
   */
  preconditioner?: 'auto' | 'sketch' | 'lagged' | 'diagonal' | undefined;
  /**
   * Most steps of an iterative inner solver for one system; then it is factored.
   *
   * Expected: an integer in [1, 1000000000].
   * @defaultValue 100000
   */
  innerSteps?: number | undefined;
  /**
   * How accurately the Newton system is solved, and when the penalties change: until the step descends, or by the
   * published rule.
   * @defaultValue 'descent'
   */
  accuracy?: 'descent' | 'paper' | undefined;
  /**
   * What is added to the diagonal of a Hessian that is not positive definite on the null space of the Jacobian: the
   * least number that will do, or 0.1 + ||H||_F as published.
   * @defaultValue 'least'
   */
  shift?: 'least' | 'paper' | undefined;
  /**
   * First penalty of ||c||^2 / 2 in the merit function.
   *
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  constraintPenalty?: number | undefined;
  /**
   * First penalty of ||grad L||^2 / 2 in the merit function.
   *
   * Expected: a finite number > 0.
   * @defaultValue 0.1
   */
  gradientPenalty?: number | undefined;
  /**
   * Share of the decrease promised by the slope that a step must bring (Armijo).
   *
   * Expected: a number in (0, 0.5).
   * @defaultValue 0.1
   */
  sufficientDecrease?: number | undefined;
  /**
   * Factor by which the penalties change when a step does not descend.
   *
   * Expected: a number in (1, 100).
   * @defaultValue 1.5
   */
  penaltyFactor?: number | undefined;
  /**
   * Whether objective and constraints with gradients above 100 at the start are scaled down, as Ipopt does.
   * @defaultValue true
   */
  scaling?: boolean | undefined;
  /**
   * Whether a regression is first minimised over a sample of its rows, to begin near the solution.
   * @defaultValue true
   */
  sampleStart?: boolean | undefined;
  /**
   * Whether a regression takes Hessians of earlier points, quadratic models of its objective and bounds of its
   * Hessian where they will do.
   * @defaultValue true
   */
  reuseHessian?: boolean | undefined;
}

export const nlpDefaults = {
  maxIterations: 3000,
  tolerance: 1e-8,
  timeLimit: Infinity,
  checkInterval: 1,
  threads: 0,
  seed: 0,
  inner: 'auto',
  sketch: 'block',
  sketchSize: 0,
  sketchMemory: 20,
  preconditioner: 'auto',
  innerSteps: 100000,
  accuracy: 'descent',
  shift: 'least',
  constraintPenalty: 1,
  gradientPenalty: 0.1,
  sufficientDecrease: 0.1,
  penaltyFactor: 1.5,
  scaling: true,
  sampleStart: true,
  reuseHessian: true,
} as const satisfies NlpOptions;
