// Calls for the contract test of options: functions of the subpath beside its solvers.
import type { Renamed, Taking } from '../contract/takesOptions.js';

export const taking: Taking = {};

/** Functions without options. */
export const others: readonly string[] = [];

export const renamed: Renamed = [
  ['contrib/sequentialMaxMargin', 'order', 'taskOrder'],
  ['contrib/teachKernel', 'gamma', 'kernelWidth'],
  ['contrib/robustMixedModel', 'nu', 'degreesOfFreedom'],
  ['contrib/oneClassSubspaces', 'nu', 'violationWeight'],
  ['contrib/oneClassSubspaces', 'eta', 'margin'],
  ['contrib/blindCalibration', 'rho', 'gainRange'],
];
