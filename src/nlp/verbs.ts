// Made by scripts/types.mjs: the verbs and recipes of this folder. Do not edit.
export * from './minimizeGlobally.js';
export * from './recipes/inverseLinearProgram.js';
