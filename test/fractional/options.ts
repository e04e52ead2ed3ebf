// Calls for the contract test of options: each function of the subpath that takes some.
import * as fractional from '../../src/fractional/index.js';
import { labels, type Options, type Renamed, rows, square, type Taking, values } from '../contract/takesOptions.js';

export const taking: Taking = {
  'fractional/minimizeRatio, problem': [
    'denominator',
    (more: Options) =>
      fractional.minimizeRatio({ numerator: [fractional.l1(1)], denominator: fractional.norm2(), ...more }),
  ],
  'fractional/minimizeDifference': [
    'restarts',
    (options) => fractional.minimizeDifference({ convex: [fractional.leastSquares(rows, values)] }, options),
  ],
  'fractional/minimizeDifference, problem': [
    'convex',
    (more: Options) => fractional.minimizeDifference({ convex: [fractional.leastSquares(rows, values)], ...more }),
  ],
  'fractional/minimizeByCoordinates': [
    'tolerance',
    (options) => fractional.minimizeByCoordinates({ start: [1], objective: () => 1 }, options),
  ],
  'fractional/minimizeByCoordinates, problem': [
    'lower',
    (more: Options) => fractional.minimizeByCoordinates({ start: [1], objective: () => 1, ...more }),
  ],
  'fractional/minimizeAlong': ['scale', (options) => fractional.minimizeAlong((t) => t ** 2, options)],
  'fractional/energyEfficiency': [
    'maxPower',
    (options: Options) => fractional.energyEfficiency({ gains: [1, 2] }, { circuitPower: 1, ...options }),
  ],
  'fractional/fisherDiscriminant': [
    'lambda',
    (options) => fractional.fisherDiscriminant({ x: rows, y: labels }, options),
  ],
  'fractional/independentComponent': ['whitened', (options) => fractional.independentComponent({ x: rows }, options)],
  'fractional/lpPca': ['squared', (options) => fractional.lpPca({ G: rows, p: 4 }, options)],
  'fractional/maxSharpe': ['bounds', (options) => fractional.maxSharpe({ mu: [0.1, 0.2], Sigma: square }, options)],
  'fractional/maxSharpe, bounds': [
    'upper',
    (bounds) => fractional.maxSharpe({ mu: [0.1, 0.2], Sigma: square }, { bounds: bounds as object }),
  ],
  'fractional/sparseGeneralizedEigen': [
    'lambda',
    (options: Options) => fractional.sparseGeneralizedEigen({ W: square, B: square }, { lambda: 0.1, ...options }),
  ],
  'fractional/sparseRecovery': [
    'penalty',
    (options: Options) => fractional.sparseRecovery({ A: rows, b: values }, { lambda: 0.1, ...options }),
  ],
  'fractional/totalLeastSquares': [
    'verbose',
    (options) => fractional.totalLeastSquares({ A: rows, b: values }, options),
  ],
  'fractional/lpNorm': ['squared', (options) => fractional.lpNorm(rows, 2, options)],
  'fractional/norm1': ['scale', (options) => fractional.norm1(options)],
  'fractional/norm2': ['shift', (options) => fractional.norm2(options)],
  'fractional/normInf': ['scale', (options) => fractional.normInf(options)],
  'fractional/quadratic': ['constant', (options) => fractional.quadratic(square, options)],
  'fractional/separableConcave': [
    'shift',
    (options) =>
      fractional.separableConcave(
        () => 1,
        () => 0,
        options,
      ),
  ],
  'fractional/sumLog': ['weights', (options) => fractional.sumLog([1, 2], options)],
  'fractional/sumSqrt': ['epsilon', (options) => fractional.sumSqrt(options)],
  'fractional/sumSquares': ['weight', (options) => fractional.sumSquares(options)],
  'fractional/topK': ['scale', (options) => fractional.topK(1, options)],
};

/** Functions without options. */
export const others = [
  ...['affine', 'affineSquared', 'box', 'elasticNet', 'l1', 'l1Squared', 'leastSquares', 'logistic', 'nonNegative'],
  'squaredHinge',
];

export const renamed: Renamed = [
  ['fractional/minimizeRatio', 'order', 'sweepOrder'],
  ['fractional/minimizeRatio', 'starts', 'restarts'],
  ['fractional/totalLeastSquares', 'l1', 'lambda'],
  ['fractional/maxSharpe', 'l1', 'lambda'],
];
