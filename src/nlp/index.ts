// The subpath nonconvex/nlp: smooth programs under bounds, equations and inequalities, and ways to state them beside expressions (nonconvex/model).
export type { Bounds } from '../core/bounds.js';
export type { Program, UsedDerivatives } from '../expressions/program.js';
export { exactAugmentedLagrangian, interiorPoint, trustRegion } from '../generated/nlpChoices.js';
export type { CallbackProgram, Callbacks, Entries } from '../problems/callbacks.js';
export { type ControlOptions, type ControlProgram, poissonControl } from '../problems/control.js';
export { checkDerivatives, type DerivativeCheck, type WrongEntry } from '../problems/derivatives.js';
export { fromCallbacks, type ResidualCallbacks, type ResidualProgram } from '../problems/fromCallbacks.js';
export { type MpsProgram, type ReadMpsOptions, readMps } from '../problems/mps.js';
export { type NlProgram, type ReadNlOptions, readNl, writeNl } from '../problems/nl.js';
export { type QuadraticProblem, type QuadraticProgram, quadraticProgram } from '../problems/quadratic.js';
export {
  type GeneralizedLinearModelData,
  generalizedLinearModel,
  logisticRegression,
  type RegressionData,
  type RegressionLoss,
  type RegressionProgram,
} from '../problems/regression.js';
export type { Conflict, ResultNames } from './names.js';
export {
  checkOptimality,
  type Multipliers,
  type OptimalityCheck,
  type OptimalityOptions,
  type Violation,
} from './optimality.js';
export {
  type PreparedQuadratic,
  prepareQuadratic,
  type QuadraticAnswer,
  type QuadraticChanges,
  type SolveSyncSettings,
} from './prepared.js';
export type { OneSided, ParameterGradient, Sensitivity, SensitivityOf } from './sensitivity.js';
export { type ShiftOptions, shifted } from './shifted.js';
export { minimize, type NlpProgress, type NlpResult, type NlpSettings } from './solver.js';
export type { TableRow } from './table.js';
export * from './verbs.js';
