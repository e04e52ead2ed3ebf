// Made by scripts/types.mjs from what the native library declares. Do not edit.

import { makersOf } from '../core/makers.js';

/** The settings that belong to choices of `minimizeSum`. */
export interface MinimizeSumChoiceSettings {
  /**
   * How rows are drawn: `shuffle`, each once an epoch in an order of its own; `replacement`, each of a batch from all
   * rows; `poisson`, each row by itself with the probability of a batch; `dropEasy`, as `shuffle`, but between the
   * first and the last epoch without rows whose loss is below -log(0.7) when the epoch begins; `largestLoss`, as
   * `shuffle`, of the rows whose losses are largest when the epoch begins, a quarter of them after the first epoch
   * and all at the end; `coreset`, which chooses of ten times as many rows those whose gradients, with weights, stand
   * for the others, once for ten steps. `auto`: `shuffle`, or `poisson` where the steps are private.
   *
   * Change it when easy rows take most of the time, or rows have to be drawn as in a paper.
   * @defaultValue 'auto'
   */
  sampler?: 'auto' | 'shuffle' | 'replacement' | 'poisson' | 'dropEasy' | 'largestLoss' | 'coreset' | undefined;
  /**
   * The step, before the schedule.
   *
   * Change it when the loss jumps or grows (smaller), or falls too slowly (larger).
   * Expected: a finite number >= 0.
   * @defaultValue the method's
   */
  stepSize?: number | undefined;
  /**
   * Its course over `maxEpochs`: `constant`; `linear`, to 0; `wsd`, constant and then linear to 0 over the last
   * fifth; `cosine`, to 0; `sqrt`, divided by the root of the number of the step. `auto`: the method's.
   *
   * Change it when the loss still jumps at the end: let the step go to 0.
   * @defaultValue 'auto'
   */
  schedule?: 'auto' | 'constant' | 'linear' | 'wsd' | 'cosine' | 'sqrt' | undefined;
  /**
   * The distance from the start that the first steps go by, before they know better; of `prodigy` that of each
   * number. Of sums that are known to be convex, such as regressions, 0.045 of the longest step along the gradient by
   * which the loss of some rows falls by 0.45 of what the slope promises: minimisers are ten times as far at least.
   *
   * Change it when the first epochs hardly move x (larger), or the first steps lead far away (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 1e-6 (1 + ||x_0||), or more if the sum is convex; of `prodigy` 1e-3 (1 + max |x_0j|)
   */
  initialDistance?: number | undefined;
  /**
   * The share of earlier gradients in a step.
   *
   * Change it when the loss swings (smaller), or the noise of batches hides the way (larger).
   * Expected: a number in [0, 1).
   * @defaultValue 0.9
   */
  momentum?: number | undefined;
  /**
   * The share of earlier squares, or curvatures, in what steps are divided by.
   *
   * Change it when gradients of some numbers are seldom other than 0 (larger), or their sizes change fast (smaller).
   * Expected: a number in [0, 1).
   * @defaultValue 0.999, or the method's
   */
  beta2?: number | undefined;
  /**
   * Beta: gradients are divided by this power of their norm; 2/3 to 1 is of use.
   *
   * Expected: a number in [0, 1].
   * @defaultValue 1
   */
  power?: number | undefined;
  /**
   * Gradients that are longer are shortened to this norm.
   *
   * Change it when single batches throw x far away: about the norm of a usual gradient.
   * Expected: a finite number > 0.
   * @defaultValue none, or 1 for methods that clip
   */
  clipNorm?: number | undefined;
  /**
   * Factor of ||grad f_B||^2 / 2, which is added to the loss f_B of each batch, by one more gradient a step.
   *
   * Change it when the loss of new rows is far above that of the rows.
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  gradientPenalty?: number | undefined;
  /**
   * How far from x, in each of its numbers, two values are taken whose difference is a derivative.
   *
   * Change it when values of the loss are inexact (larger).
   * Expected: a finite number > 0.
   * @defaultValue 1e-5 (1 + the largest |x_j| of the start)
   */
  perturbation?: number | undefined;
  /**
   * The standard deviation of the noise of a private step over `clip`.
   *
   * Change it when the `privacy` of the result is too weak (larger), or stronger than needed (smaller).
   * Expected: a finite number >= 0.
   * @defaultValue 1
   */
  noise?: number | undefined;
  /**
   * Gradients of single rows that are longer are shortened to this norm; their sum and the noise are divided by
   * `batchSize` also where there are fewer rows.
   *
   * Change it when most gradients of rows are longer (larger) or shorter (smaller).
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  clip?: number | undefined;
  /**
   * Whether private noise and batches come from `seed`, for tests, rather than from the system's cryptographic
   * generator: what is so learned is not private.
   *
   * Change it when a test has to give the same numbers again, and no privacy is needed.
   * @defaultValue false
   */
  insecureNoise?: boolean | undefined;
  /**
   * Lambda: every step multiplies x by 1 - step lambda, beside the method's move.
   *
   * Change it when x grows without end, or the loss of new rows is far above that of the rows (larger).
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  decay?: number | undefined;
  /**
   * The answer: `last` point, or `polynomial`, an average whose weights grow as t^8. `auto`: the method's.
   *
   * Change it when the last points jump about: `polynomial` averages them.
   * @defaultValue 'auto'
   */
  averaging?: 'auto' | 'last' | 'polynomial' | undefined;
  /**
   * L: how much the gradient changes at most over the distance of points.
   *
   * Change it when L is known: then no steps are spent to find it.
   * Expected: a finite number > 0.
   * @defaultValue found by doubling
   */
  smoothness?: number | undefined;
  /**
   * Gamma: f* >= f(x) + g(x) . (x* - x) / gamma for all x; 1 for convex functions.
   *
   * Expected: a number in (0, 1].
   * @defaultValue 1
   */
  quasarConvexity?: number | undefined;
  /**
   * Sigma: the root of the expected squared error of a batch's gradient.
   *
   * Change it when it is known, so that nothing is spent to estimate it.
   * Expected: a finite number > 0.
   * @defaultValue estimated at the start
   */
  gradientNoise?: number | undefined;
  /**
   * The distance from the start to a minimiser, or a guess.
   *
   * Change it when a minimiser is known to be much nearer or farther.
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  distance?: number | undefined;
  /**
   * Whether every step is multiplied by a number drawn from the exponential distribution.
   *
   * @defaultValue false
   */
  randomScaling?: boolean | undefined;
  /**
   * T: the velocity is forgotten, and an average begun, after so many steps. 0: (radius N / (f_0 - lowerBound))^(2/3)
   * of N steps in all.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  restart?: number | undefined;
  /**
   * Delta: how far a block of T steps may go.
   *
   * Expected: a finite number > 0.
   * @defaultValue 0.1
   */
  radius?: number | undefined;
  /**
   * Steps between two gradients over all rows, or between two looks at curvature. 0: the method's.
   *
   * Change it when gradients over all rows take most of the time (larger), or steps become inexact between them (smaller).
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  refresh?: number | undefined;
  /**
   * What the method may take for the least loss that there is, of every batch.
   *
   * Change it when the least loss is known and is not 0.
   * Expected: a number in [-1000000000000000, 1000000000000000].
   * @defaultValue 0
   */
  lowerBound?: number | undefined;
  /**
   * The divisor of gradients: the sum of their squares, an average of these plus 1e-8, or an estimate of the
   * Hessian's diagonal. Of all but the second it does not matter in which units the columns of the data are.
   *
   * @defaultValue 'adagradSqr'
   */
  squares?: 'adagradSqr' | 'adamSqr' | 'hutchinson' | undefined;
  /**
   * Whether singular values become 1 to rounding, by thirty cubic steps of Newton and Schulz, rather than 0.68 to
   * 1.13 by five quintic ones.
   *
   * @defaultValue false
   */
  exactPolar?: boolean | undefined;
  /**
   * Factor of ||x||_1, which is added.
   *
   * Change it when x has too few zeros (larger), or too many (smaller).
   * Expected: a finite number >= 0.
   * @defaultValue 0
   */
  lambda?: number | undefined;
  /**
   * How many blocks x is cut into. 0: its variables, or 10 if there is one.
   *
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 0
   */
  coordinateBlocks?: number | undefined;
}

const choice = makersOf<MinimizeSumChoiceSettings>();

/** The method `adog` of `minimizeSum` with its settings. */
export const adog = choice('adog', ['clipNorm', 'gradientPenalty', 'initialDistance', 'sampler']);

/** The method `dog` of `minimizeSum` with its settings. */
export const dog = choice('dog', ['averaging', 'clipNorm', 'decay', 'gradientPenalty', 'initialDistance', 'sampler']);

/** The method `ldog` of `minimizeSum` with its settings. */
export const ldog = choice('ldog', ['averaging', 'clipNorm', 'decay', 'gradientPenalty', 'initialDistance', 'sampler']);

/** The method `adam` of `minimizeSum` with its settings. */
export const adam = choice('adam', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `amsgrad` of `minimizeSum` with its settings. */
export const amsgrad = choice('amsgrad', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `adaMomentum` of `minimizeSum` with its settings. */
export const adaMomentum = choice('adaMomentum', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `rmsprop` of `minimizeSum` with its settings. */
export const rmsprop = choice('rmsprop', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `prodigy` of `minimizeSum` with its settings. */
export const prodigy = choice('prodigy', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'initialDistance',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `optAmsgrad` of `minimizeSum` with its settings. */
export const optAmsgrad = choice('optAmsgrad', [
  'averaging',
  'beta2',
  'clipNorm',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `sgdm` of `minimizeSum` with its settings. */
export const sgdm = choice('sgdm', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'randomScaling',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `o2nc` of `minimizeSum` with its settings. */
export const o2nc = choice('o2nc', [
  'clipNorm',
  'gradientPenalty',
  'lowerBound',
  'radius',
  'restart',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `normalized` of `minimizeSum` with its settings. */
export const normalized = choice('normalized', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'power',
  'schedule',
  'stepSize',
]);

/** The method `spider` of `minimizeSum` with its settings. */
export const spider = choice('spider', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'power',
  'refresh',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `qagd` of `minimizeSum` with its settings. */
export const qagd = choice('qagd', ['averaging', 'clipNorm', 'gradientPenalty', 'quasarConvexity', 'smoothness']);

/** The method `qasgd` of `minimizeSum` with its settings. */
export const qasgd = choice('qasgd', [
  'averaging',
  'clipNorm',
  'distance',
  'gradientNoise',
  'gradientPenalty',
  'quasarConvexity',
  'sampler',
  'smoothness',
]);

/** The method `muon` of `minimizeSum` with its settings. */
export const muon = choice('muon', [
  'averaging',
  'clipNorm',
  'decay',
  'exactPolar',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `signSgd` of `minimizeSum` with its settings. */
export const signSgd = choice('signSgd', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `normSteepest` of `minimizeSum` with its settings. */
export const normSteepest = choice('normSteepest', [
  'averaging',
  'clipNorm',
  'decay',
  'exactPolar',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `lion` of `minimizeSum` with its settings. */
export const lion = choice('lion', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `oasis` of `minimizeSum` with its settings. */
export const oasis = choice('oasis', ['averaging', 'beta2', 'clipNorm', 'decay', 'gradientPenalty', 'sampler']);

/** The method `sania` of `minimizeSum` with its settings. */
export const sania = choice('sania', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'lowerBound',
  'sampler',
  'squares',
]);

/** The method `sophia` of `minimizeSum` with its settings. */
export const sophia = choice('sophia', [
  'averaging',
  'beta2',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'momentum',
  'refresh',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `dpSgd` of `minimizeSum` with its settings. */
export const dpSgd = choice('dpSgd', [
  'averaging',
  'clip',
  'decay',
  'insecureNoise',
  'noise',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `clippedSgd` of `minimizeSum` with its settings. */
export const clippedSgd = choice('clippedSgd', ['averaging', 'clipNorm', 'decay', 'sampler', 'schedule', 'stepSize']);

/** The method `clippedSstm` of `minimizeSum` with its settings. */
export const clippedSstm = choice('clippedSstm', ['averaging', 'clipNorm', 'sampler', 'schedule', 'stepSize']);

/** The method `cyclicBcd` of `minimizeSum` with its settings. */
export const cyclicBcd = choice('cyclicBcd', [
  'averaging',
  'clipNorm',
  'coordinateBlocks',
  'gradientPenalty',
  'lambda',
  'smoothness',
]);

/** The method `svrg` of `minimizeSum` with its settings. */
export const svrg = choice('svrg', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'refresh',
  'sampler',
  'schedule',
  'stepSize',
]);

/** The method `armijo` of `minimizeSum` with its settings. */
export const armijo = choice('armijo', ['averaging', 'clipNorm', 'decay', 'gradientPenalty', 'sampler']);

/** The method `twoPoint` of `minimizeSum` with its settings. */
export const twoPoint = choice('twoPoint', [
  'averaging',
  'clipNorm',
  'decay',
  'gradientPenalty',
  'initialDistance',
  'perturbation',
  'sampler',
]);

/** The name of a method, or one with its settings. */
export type MinimizeSumMethod =
  | 'auto'
  | 'adog'
  | 'dog'
  | 'ldog'
  | 'adam'
  | 'amsgrad'
  | 'adaMomentum'
  | 'rmsprop'
  | 'prodigy'
  | 'optAmsgrad'
  | 'sgdm'
  | 'o2nc'
  | 'normalized'
  | 'spider'
  | 'qagd'
  | 'qasgd'
  | 'muon'
  | 'signSgd'
  | 'normSteepest'
  | 'lion'
  | 'oasis'
  | 'sania'
  | 'sophia'
  | 'dpSgd'
  | 'clippedSgd'
  | 'clippedSstm'
  | 'cyclicBcd'
  | 'svrg'
  | 'armijo'
  | 'twoPoint'
  | ReturnType<typeof adog>
  | ReturnType<typeof dog>
  | ReturnType<typeof ldog>
  | ReturnType<typeof adam>
  | ReturnType<typeof amsgrad>
  | ReturnType<typeof adaMomentum>
  | ReturnType<typeof rmsprop>
  | ReturnType<typeof prodigy>
  | ReturnType<typeof optAmsgrad>
  | ReturnType<typeof sgdm>
  | ReturnType<typeof o2nc>
  | ReturnType<typeof normalized>
  | ReturnType<typeof spider>
  | ReturnType<typeof qagd>
  | ReturnType<typeof qasgd>
  | ReturnType<typeof muon>
  | ReturnType<typeof signSgd>
  | ReturnType<typeof normSteepest>
  | ReturnType<typeof lion>
  | ReturnType<typeof oasis>
  | ReturnType<typeof sania>
  | ReturnType<typeof sophia>
  | ReturnType<typeof dpSgd>
  | ReturnType<typeof clippedSgd>
  | ReturnType<typeof clippedSstm>
  | ReturnType<typeof cyclicBcd>
  | ReturnType<typeof svrg>
  | ReturnType<typeof armijo>
  | ReturnType<typeof twoPoint>;
