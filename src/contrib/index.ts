// The subpath nonconvex/contrib: methods of one paper each.
export {
  type BlindCalibrationData,
  type BlindCalibrationResult,
  type BlindCalibrationSettings,
  blindCalibration,
  type Snapshot,
} from './blindCalibration.js';
export {
  type CheckeredRegressionData,
  type CheckeredRegressionResult,
  type CheckeredRegressionSettings,
  checkeredRegression,
} from './checkeredRegression.js';
export {
  type OneClassSubspacesData,
  type OneClassSubspacesResult,
  type OneClassSubspacesSettings,
  oneClassSubspaces,
} from './oneClassSubspaces.js';
export {
  type RobustMixedModelData,
  type RobustMixedModelResult,
  type RobustMixedModelSettings,
  robustMixedModel,
} from './robustMixedModel.js';
export {
  type MarginTask,
  type SequentialMaxMarginData,
  type SequentialMaxMarginResult,
  type SequentialMaxMarginSettings,
  sequentialMaxMargin,
} from './sequentialMaxMargin.js';
export {
  type SupervisedDictionaryData,
  type SupervisedDictionaryResult,
  type SupervisedDictionarySettings,
  supervisedDictionary,
} from './supervisedDictionary.js';
export { type TeachKernelData, type TeachKernelResult, type TeachKernelSettings, teachKernel } from './teachKernel.js';
export { type UnlearnData, type UnlearnResult, type UnlearnSettings, unlearn } from './unlearn.js';
