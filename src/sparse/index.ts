// The subpath nonconvex/sparse: regressions with penalties that select columns.

export type { Term } from '../predict/terms.js';
export { type AdaptiveOptions, adaptiveFactors } from './adaptive.js';
export {
  crossValidate,
  type RelaxedMeans,
  type SparseCrossValidation,
  type SparseCrossValidationSettings,
} from './crossValidate.js';
export { cox, huber, quantile, type SparseFamily } from './family.js';
export {
  type DebiasedIntervals,
  type DebiasedIntervalsSettings,
  debiasedIntervals,
  type EstimatedTerm,
} from './intervals.js';
export type { OneOrMoreLambdas } from './lambdas.js';
export {
  type CompletedMatrix,
  type KnownEntries,
  type MatrixCompletionResult,
  type MatrixCompletionSettings,
  matrixCompletion,
} from './matrixCompletion.js';
export type { SparseMeasure } from './measures.js';
export type { PredictOptions, SparseFit, SparseModel } from './model.js';
export { type SparseCriterion, type SparsePath, type SparsePathSettings, sparsePath } from './path.js';
export * from './penalties.js';
export type { LambdaSettings, SparseData, SparseModelSettings, SparseProgress, SparseStart } from './problem.js';
export type { Relax } from './relaxed.js';
export type { EvenLambdas } from './request.js';
export {
  type MutualInformation,
  type MutualInformationData,
  type MutualInformationOptions,
  mutualInformation,
} from './screen.js';
export { type SparseResult, type SparseSettings, sparseRegression } from './solver.js';
export {
  type StabilitySelection,
  type StabilitySelectionSettings,
  stabilitySelection,
} from './stabilitySelection.js';
export type { BaselineHazard, SurvivalTimes } from './survival.js';
export {
  type Trend,
  type TrendFilterData,
  type TrendFilterResult,
  type TrendFilterSettings,
  trendFilter,
} from './trendFilter.js';
export * from './verbs.js';
