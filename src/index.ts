export { type Device, devices } from './core/device.js';
export { SolverError, type SolverErrorCode } from './core/error.js';
export { type Matrix, type MatrixLike, matrix, type SparseMatrix } from './core/matrix.js';
export type { Progress, SolveOptions, SolveResult, Status } from './core/solve.js';
export type { Label, Prediction, Targets } from './core/targets.js';
export * from './expressions/index.js';
export {
  type CoordinateProblem,
  type CoordinateResult,
  type CoordinateSettings,
  minimizeAlong,
  minimizeByCoordinates,
} from './fractional/coordinates.js';
export { type MaxSharpeOptions, type MaxSharpeResult, maxSharpe } from './fractional/recipes/maxSharpe.js';
export {
  type EnergyEfficiencyOptions,
  type EnergyEfficiencyResult,
  energyEfficiency,
  type FisherDiscriminantOptions,
  type FisherDiscriminantResult,
  fisherDiscriminant,
  type IndependentComponentOptions,
  type IndependentComponentResult,
  independentComponent,
  type LpPcaOptions,
  type LpPcaResult,
  lpPca,
  type SparseGeneralizedEigenOptions,
  type SparseGeneralizedEigenResult,
  type SparseRecoveryOptions,
  type SparseRecoveryResult,
  sparseGeneralizedEigen,
  sparseRecovery,
  type TotalLeastSquaresOptions,
  type TotalLeastSquaresResult,
  totalLeastSquares,
} from './fractional/recipes/recipes.js';
export {
  type DifferenceOfConvexProblem,
  differenceOfConvex,
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeRatio,
} from './fractional/solver.js';
export {
  affine,
  box,
  type DenominatorTerm,
  elasticNet,
  l1,
  l1Squared,
  leastSquares,
  linear,
  linearSquared,
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
  squaredNorm,
  sumLog,
  sumSqrt,
  topK,
} from './fractional/terms.js';
export { minimize, type NlpProgress, type NlpResult, type NlpSettings } from './nlp/solver.js';
export { type LibsvmData, type ReadLibsvmOptions, readLibsvm } from './readers/libsvm.js';
export { type ReadOptions, readMatrixMarket } from './readers/matrixMarket.js';
export {
  decisionFunction,
  fromJSON,
  predict,
  type ReluNetwork,
  type ReluNetworkJson,
  score,
  toJSON,
} from './relu/network.js';
export {
  type ReluConvexProgram,
  type ReluData,
  type ReluPatterns,
  type ReluResult,
  type ReluSettings,
  trainReluNetwork,
} from './relu/solver.js';
