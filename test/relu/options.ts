// What the contract test of options calls: each function of the subpath that takes some.
import * as relu from '../../src/relu/index.js';
import { type Options, rows, type Taking, values } from '../contract/takesOptions.js';

export const taking: Taking = {
  'relu/trainReluNetwork, task': ['patterns', (options) => relu.trainReluNetwork({ x: rows, y: values }, options)],
  'relu/trainReluNetwork, data': ['x', (more: Options) => relu.trainReluNetwork({ x: rows, y: values, ...more })],
};

/** Functions without options. */
export const others = ['decisionFunction', 'fromJSON', 'predict', 'score', 'toJSON'];
