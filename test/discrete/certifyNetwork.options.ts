// Calls for the contract test of options.
import { certifyNetwork } from '../../src/relu/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [-1]] }] };

export const others: readonly string[] = [];

export const taking: Taking = {
  'relu/certifyNetwork': [
    'maxIterations',
    (options: Options) =>
      certifyNetwork({ network, x: [[1], [-1]], y: [1, -1] }, { norm: 'inf', radius: 0.1, ...(options as object) }),
  ],
};
