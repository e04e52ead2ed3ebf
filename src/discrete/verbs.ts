// Made by scripts/types.mjs: the verbs and recipes of this folder. Do not edit.
export * from './adversarialBayes.js';
export * from './alignNetworks.js';
export * from './assign.js';
export * from './certifyNetwork.js';
export * from './learnDag.js';
export * from './recipes/averageNetworks.js';
export * from './recipes/certifiedRadius.js';
export * from './recipes/crossValidateRiskScore.js';
export * from './riskScore.js';
