// The subpath nonconvex/fractional: ratios and differences of convex functions, the terms they are composed of, recipes.
export {
  type CoordinateProblem,
  type CoordinateResult,
  type CoordinateSettings,
  minimizeAlong,
  minimizeByCoordinates,
} from './coordinates.js';
export {
  type EnergyEfficiencyOptions,
  type EnergyEfficiencyResult,
  energyEfficiency,
} from './recipes/energyEfficiency.js';
export {
  type FisherDiscriminantOptions,
  type FisherDiscriminantResult,
  fisherDiscriminant,
} from './recipes/fisherDiscriminant.js';
export {
  type IndependentComponentOptions,
  type IndependentComponentResult,
  independentComponent,
} from './recipes/independentComponent.js';
export { type LpPcaOptions, type LpPcaResult, lpPca } from './recipes/lpPca.js';
export { type MaxSharpeOptions, type MaxSharpeResult, maxSharpe } from './recipes/maxSharpe.js';
export {
  type SparseGeneralizedEigenOptions,
  type SparseGeneralizedEigenResult,
  sparseGeneralizedEigen,
} from './recipes/sparseGeneralizedEigen.js';
export { type SparseRecoveryOptions, type SparseRecoveryResult, sparseRecovery } from './recipes/sparseRecovery.js';
export {
  type TotalLeastSquaresOptions,
  type TotalLeastSquaresResult,
  totalLeastSquares,
} from './recipes/totalLeastSquares.js';
export {
  type DifferenceOfConvexProblem,
  differenceOfConvex,
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
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
