// The package: what every program needs, and all subpaths as namespaces.

export type { ArgumentError } from './core/argumentError.js';
export { type Device, devices } from './core/device.js';
export { SolverError, type SolverErrorCode } from './core/error.js';
export { type Matrix, type MatrixLike, matrix, type SparseMatrix } from './core/matrix.js';
export { type PoolStats, poolStats, type SolveEnd, type SolveStart } from './core/observe.js';
export { type Ranks, type WorldOptions, world } from './core/ranks.js';
export type { Certificate, CertificateKind, Progress, SolveOptions, SolveResult, Status } from './core/solve.js';
export type { Label, Prediction, Targets } from './core/targets.js';
export * as data from './data/index.js';
export { type SplitRowsOptions, splitRows } from './data/splitRows.js';
export {
  type LinearNetworkData,
  type LinearNetworkResult,
  type LinearNetworkSettings,
  trainLinearNetwork,
} from './deepLinear/solver.js';
export * as exchange from './exchange/index.js';
export * as model from './expressions/index.js';
export { Model } from './expressions/model.js';
export * from './families.js';
export {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  minimizeRatio,
} from './fractional/solver.js';
export {
  type MinimizeGloballyReport,
  type MinimizeGloballyResult,
  type MinimizeGloballySettings,
  minimizeGlobally,
} from './nlp/minimizeGlobally.js';
export { checkOptimality } from './nlp/optimality.js';
export { minimize, type NlpProgress, type NlpResult, type NlpSettings } from './nlp/solver.js';
export { type FittedModel, modelFromJson, modelToJson } from './predict/models.js';
export { fromOnnx, toOnnx } from './predict/onnx.js';
export { type CsvData, type ReadCsvOptions, readCsv } from './readers/csv.js';
export { type LibsvmData, type ReadLibsvmOptions, readLibsvm } from './readers/libsvm.js';
export { type ReadOptions, readMatrixMarket } from './readers/matrixMarket.js';
export { type NumpyArray, readNpy, readNpz } from './readers/npy.js';
export type { ReluNetwork } from './relu/network.js';
export type {
  ReluData,
  ReluProgress,
  ReluResult,
  ReluSettings,
} from './relu/problem.js';
export { trainReluNetwork } from './relu/solver.js';
export { type SparsePath, type SparsePathSettings, sparsePath } from './sparse/path.js';
export type { SparseData } from './sparse/problem.js';
export { type SparseResult, type SparseSettings, sparseRegression } from './sparse/solver.js';
