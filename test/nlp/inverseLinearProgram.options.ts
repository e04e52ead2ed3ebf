// Calls for the contract test of options.
import { inverseLinearProgram } from '../../src/nlp/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

export const others: readonly string[] = [];

export const taking: Taking = {
  'nlp/inverseLinearProgram': [
    'lambda',
    (options: Options) => inverseLinearProgram({ a: [[1, 1, 1]], b: [2], solutions: [[2, 0, 0]] }, { ...options }),
  ],
};
