export { type Device, devices } from './devices.js';
export { SolverError, type SolverErrorCode } from './error.js';
export { type Matrix, type MatrixLike, matrix, type SparseMatrix } from './matrix.js';
export * from './model/index.js';
export { type LibsvmData, type ReadLibsvmOptions, readLibsvm } from './readers/libsvm.js';
export { type ReadOptions, readMatrixMarket } from './readers/matrixMarket.js';
export type { Progress, SolveOptions, SolveResult, Status } from './solve.js';
export {
  type CoordinateProblem,
  type CoordinateResult,
  type CoordinateSettings,
  minimizeAlong,
  minimizeByCoordinates,
} from './solvers/coordinates.js';
export {
  type DifferenceOfConvexProblem,
  differenceOfConvex,
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type FractionalStart,
  minimizeRatio,
} from './solvers/fractional.js';
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
} from './solvers/fractionalRecipes.js';
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
} from './solvers/fractionalTerms.js';
export { type MaxSharpeOptions, type MaxSharpeResult, maxSharpe } from './solvers/maxSharpe.js';
export { minimize, type NewtonProgress, type NewtonResult, type NewtonSettings } from './solvers/newton.js';
export {
  type ReluConvexProgram,
  type ReluData,
  type ReluPatterns,
  type ReluResult,
  type ReluSettings,
  trainReluNetwork,
} from './solvers/relu.js';
export {
  decisionFunction,
  fromJSON,
  predict,
  type ReluNetwork,
  type ReluNetworkJson,
  score,
  toJSON,
} from './solvers/reluNetwork.js';
export type { Label, Prediction, Targets } from './targets.js';
