// Made by scripts/types.mjs from what the native library declares. Do not edit.

import { makersOf } from '../core/makers.js';

/** The settings that belong to choices of `nlp`. */
export interface NlpChoiceSettings {
  /**
   * How the Newton system is solved: `exact` factors it as L D L^T, `sketch` projects on random sketches of it,
   * `krylov` iterates with a preconditioner, `auto` chooses between `exact` and `krylov`.
   *
   * Change it when factors of the Newton system take too much time or memory: `krylov`.
   * @defaultValue 'auto'
   */
  inner?: 'auto' | 'exact' | 'sketch' | 'krylov' | undefined;
  /**
   * What `sketch` projects on: blocks of rows whose factors are kept, single rows (Kaczmarz), or a new random sketch
   * each step.
   *
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
   *
   * @defaultValue 'auto'
   */
  preconditioner?: 'auto' | 'sketch' | 'lagged' | 'diagonal' | undefined;
  /**
   * Most steps of an iterative inner solver for one system; then it is factored.
   *
   * Change it when many systems were left to a factorisation (`counts.fallback`) and more steps are cheaper.
   * Expected: an integer in [1, 1000000000].
   * @defaultValue 100000
   */
  innerSteps?: number | undefined;
  /**
   * How accurately the Newton system is solved, and when the penalties change: until the step descends, or by the
   * published rule.
   *
   * @defaultValue 'descent'
   */
  accuracy?: 'descent' | 'paper' | undefined;
  /**
   * What is added to the diagonal of a Hessian that is not positive definite on the null space of the Jacobian: the
   * least number that will do, or 0.1 + ||H||_F as published.
   *
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
   * Whether a regression is first minimised over a sample of its rows, to begin near the solution.
   *
   * Change it when a regression has to begin at exactly your start.
   * @defaultValue true
   */
  sampleStart?: boolean | undefined;
  /**
   * Whether a regression takes Hessians of earlier points, quadratic models of its objective and bounds of its
   * Hessian where they will do.
   *
   * @defaultValue true
   */
  reuseHessian?: boolean | undefined;
  /**
   * Whether a solution under bounds or inequalities is refined by Newton steps on those that are active, so that it
   * meets bounds exactly.
   *
   * Change it when the last digits of a solution at its bounds do not matter.
   * @defaultValue true
   */
  polish?: boolean | undefined;
  /**
   * Whether functions are called inside the bounds only, which otherwise are relaxed by 1e-8 relative during a solve;
   * for logarithms and roots.
   *
   * Change it when functions are not defined outside the bounds, as logarithms and roots.
   * @defaultValue false
   */
  strictBounds?: boolean | undefined;
  /**
   * Under bounds or inequalities, how many random points the last phases begin at where all else has not solved the
   * problem. 0: there is no phase after the first.
   *
   * Change it when problems stay unsolved and may take longer (larger), or failures have to come early (0).
   * Expected: an integer in [0, 1000].
   * @defaultValue 3
   */
  restarts?: number | undefined;
}

const choice = makersOf<NlpChoiceSettings>();

/** The method `interiorPoint` of `nlp` with its settings. */
export const interiorPoint = choice('interiorPoint', ['polish', 'strictBounds', 'restarts']);

/** The method `exactAugmentedLagrangian` of `nlp` with its settings. */
export const exactAugmentedLagrangian = choice('exactAugmentedLagrangian', [
  'inner',
  'sketch',
  'sketchSize',
  'sketchMemory',
  'preconditioner',
  'innerSteps',
  'accuracy',
  'shift',
  'constraintPenalty',
  'gradientPenalty',
  'sufficientDecrease',
  'penaltyFactor',
  'sampleStart',
  'reuseHessian',
]);

/** The method `trustRegion` of `nlp` with its settings. */
export const trustRegion = choice('trustRegion', ['inner']);

/** The name of a method, or one with its settings. */
export type NlpMethod =
  | 'auto'
  | 'interiorPoint'
  | 'exactAugmentedLagrangian'
  | 'simplex'
  | 'lbfgs'
  | 'trustRegion'
  | 'gradientRegularized'
  | 'saddleFree'
  | 'oasis'
  | ReturnType<typeof interiorPoint>
  | ReturnType<typeof exactAugmentedLagrangian>
  | ReturnType<typeof trustRegion>;
