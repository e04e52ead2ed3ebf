// Calls for the contract test of options.
import { averageNetworks } from '../../src/discrete/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

export const others: readonly string[] = [];

const network = { layers: [{ weights: [[1, -2]] }, { weights: [[3], [4]] }] };

export const taking: Taking = {
  'discrete/averageNetworks': ['starts', (options: Options) => averageNetworks([network, network], { ...options })],
};
