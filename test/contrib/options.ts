// What the contract test of options calls of the subpath beside its solvers.
import type { Renamed, Taking } from '../contract/takesOptions.js';

export const taking: Taking = {};

/** Functions without options. */
export const others: readonly string[] = [];

export const renamed: Renamed = [
  ['structured/sequentialMaxMargin', 'order', 'taskOrder'],
  ['structured/teachKernel', 'gamma', 'kernelWidth'],
  ['structured/robustMixedModel', 'nu', 'degreesOfFreedom'],
  ['structured/oneClassSubspaces', 'nu', 'violationWeight'],
  ['structured/oneClassSubspaces', 'eta', 'margin'],
  ['structured/blindCalibration', 'rho', 'gainRange'],
];
