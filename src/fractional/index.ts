// The subpath nonconvex/fractional: ratios and differences of convex functions, the terms they are composed of, recipes.
export {
  type CoordinateProblem,
  type CoordinateResult,
  type CoordinateSettings,
  minimizeAlong,
  minimizeByCoordinates,
} from './coordinates.js';
export {
  type DifferenceOfConvexProblem,
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeDifference,
  minimizeRatio,
} from './solver.js';
export {
  affine,
  affineSquared,
  box,
  type DenominatorTerm,
  elasticNet,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  type NumeratorTerm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  type Penalty,
  quadratic,
  type ScaleAndShift,
  separableConcave,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
} from './terms.js';
export * from './verbs.js';
