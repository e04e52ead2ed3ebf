// Calls for the contract test of options.
import { crossValidateRiskScore } from '../../src/discrete/index.js';
import { labels, type Options, rows, type Taking } from '../contract/takesOptions.js';

export const others: readonly string[] = [];

export const taking: Taking = {
  'discrete/crossValidateRiskScore': [
    'maxIterations',
    (options: Options) => crossValidateRiskScore({ x: rows, y: labels }, { sizes: [1], folds: 2, ...options }),
  ],
};
