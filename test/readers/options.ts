// Calls for the contract test of options: each function of the subpath that takes some.
import * as data from '../../src/data/index.js';
import { rows, type Taking, values } from '../contract/takesOptions.js';

export const taking: Taking = {
  'data/readCsv': ['missing', (options) => data.readCsv('no such file', options)],
  'data/readLibsvm': ['zeroBased', (options) => data.readLibsvm('no such file', options)],
  'data/readMatrixMarket': ['signal', (options) => data.readMatrixMarket('no such file', options)],
  'data/readNpy': ['maxRows', (options) => data.readNpy('no such file', options)],
  'data/readNpz': ['maxBytes', (options) => data.readNpz('no such file', options)],
  'data/splitRows': ['test', (options) => data.splitRows({ x: rows, y: values }, options)],
};

/** Functions without options. */
export const others = ['matrix'];
