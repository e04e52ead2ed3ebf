// Calls for the contract test of options.
import { certifiedRadius } from '../../src/discrete/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [-1]] }] };

export const others: readonly string[] = [];

const call = (options: Options) =>
  certifiedRadius({ network, x: [[1], [-1]], y: [1, -1] }, { norm: 'inf', ...options });

export const taking: Taking = {
  'discrete/certifiedRadius': ['maxIterations', call],
  'relu/certifiedRadius': ['maxIterations', call],
};
