// Calls for the contract test of options: each function of the subpath that takes some.
import { mul } from '../../src/expressions/index.js';
import { fitCurve } from '../../src/fit/index.js';
import type { Options, Taking } from '../contract/takesOptions.js';

const line = { x: [1, 2], y: [1, 3], start: { a: 1 }, curve: ({ a }: { a: never }, x: never) => mul(a, x) };

export const taking: Taking = {
  'fit/fitCurve, settings': ['maxIterations', (options: Options) => fitCurve(line as never, options)],
  'fit/fitCurve': ['absoluteSigma', (more: Options) => fitCurve({ ...line, ...more } as never)],
};

/** Functions of a number. */
export const others = ['cauchy', 'huber', 'softL1', 'tukey'];
