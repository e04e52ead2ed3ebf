// Made by scripts/types.mjs: the models of src/predict/verbs. Do not edit.
export { checkeredRegressionKind } from './verbs/checkeredRegression.js';
export { oneClassSubspacesKind } from './verbs/oneClassSubspaces.js';
export { riskScoreKind } from './verbs/riskScore.js';
export { robustMixedModelKind } from './verbs/robustMixedModel.js';
export { sequentialMaxMarginKind } from './verbs/sequentialMaxMargin.js';
export { supervisedDictionaryKind } from './verbs/supervisedDictionary.js';
export { teachKernelKind } from './verbs/teachKernel.js';
export { unlearnKind } from './verbs/unlearn.js';

/** The functions whose results are such models. */
export type VerbKind =
  | 'checkeredRegression'
  | 'oneClassSubspaces'
  | 'riskScore'
  | 'robustMixedModel'
  | 'sequentialMaxMargin'
  | 'supervisedDictionary'
  | 'teachKernel'
  | 'unlearn';
