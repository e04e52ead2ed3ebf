// Made by scripts/types.mjs: the verbs and recipes of this folder. Do not edit.
export * from './recipes/energyEfficiency.js';
export * from './recipes/fisherDiscriminant.js';
export * from './recipes/independentComponent.js';
export * from './recipes/lpPca.js';
export * from './recipes/maxSharpe.js';
export * from './recipes/sparseGeneralizedEigen.js';
export * from './recipes/sparseRecovery.js';
export * from './recipes/totalLeastSquares.js';
