// Made by scripts/types.mjs: the verbs and recipes of this folder. Do not edit.
export * from './blindCalibration.js';
export * from './checkeredRegression.js';
export * from './oneClassSubspaces.js';
export * from './robustMixedModel.js';
export * from './sequentialMaxMargin.js';
export * from './supervisedDictionary.js';
export * from './teachKernel.js';
export * from './unlearn.js';
