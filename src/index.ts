export { SolverError, type SolverErrorCode } from './error.js';
export { type Matrix, type MatrixLike, matrix, type SparseMatrix } from './matrix.js';
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
