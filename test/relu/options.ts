// What the contract test of options calls: each function of the subpath that takes some.
import * as relu from '../../src/relu/index.js';
import { numbers } from '../contract/problem.js';
import type { Options, Taking } from '../contract/takesOptions.js';

const rows = Array.from({ length: 12 }, (_, i) => Array.from(numbers(4, i + 1)));
const values = numbers(12, 99);

export const taking: Taking = {
  'relu/trainReluNetwork, task': ['patterns', (options) => relu.trainReluNetwork({ x: rows, y: values }, options)],
  'relu/trainReluNetwork, data': ['x', (more: Options) => relu.trainReluNetwork({ x: rows, y: values, ...more })],
};

/** Functions without options. */
export const others = ['decisionFunction', 'fromJSON', 'predict', 'score', 'toJSON'];
