// Calls for the contract test of options.
import { alignNetworks } from '../../src/relu/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

const network = { layers: [{ weights: [[1, -1]] }, { weights: [[1], [-1]] }] };

export const others: readonly string[] = [];

export const taking: Taking = {
  'relu/alignNetworks': [
    'maxIterations',
    (options: Options) => alignNetworks({ a: network, b: network }, { ...options }),
  ],
};
