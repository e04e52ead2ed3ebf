// Calls for the contract test of options.
import { newFunction } from '../../src/newFamily/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';
// more imports

export const others: readonly string[] = [];

export const taking: Taking = {
  'newFamily/newFunction': [
    'maxIterations',
    (options: Options) => newFunction(theProblem, { theSettings, tries: 1, ...options }),
  ],
};
