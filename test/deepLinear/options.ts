// Calls for the contract test of options: functions of the subpath beside its solvers.
import type { Renamed, Taking } from '../contract/takesOptions.js';

export const taking: Taking = {};

/** Functions without options. */
export const others: readonly string[] = [];

export const renamed: Renamed = [['deepLinear/trainLinearNetwork', 'beta', 'lambda']];
