// Calls for the contract test of options: each function of the subpath that takes some.

import * as model from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import type { Taking } from '../contract/takesOptions.js';

const X = new Model().variable([2, 2]);

const named = new Model();
named.output('x', named.variable(3));

export const taking: Taking = {
  'model/crossEntropy': ['smoothing', (options) => model.crossEntropy([1, 2], 0, options)],
  'model/evaluate': ['rows', (options) => model.evaluate(named, [0, 0, 0], options)],
  'model/glorot': ['seed', (options) => model.glorot(options)],
  'model/he': ['seed', (options) => model.he(options)],
  'model/dot': ['per', (options) => model.dot(X, X, options)],
  'model/logSumExp': ['per', (options) => model.logSumExp(X, options)],
  'model/norm2': ['per', (options) => model.norm2(X, options)],
  'model/sum': ['per', (options) => model.sum(X, options)],
  'model/sumSquares': ['per', (options) => model.sumSquares(X, options)],
  'Model/variable': ['start', (options) => new Model().variable(2, options)],
  'Model/parameter': ['value', (options) => new Model().parameter(2, options)],
  'Model/equal': ['name', (options) => new Model().equal(new Model().variable(2), 1, options)],
};

/** Functions without options. */
export const others = [
  ...['abs2', 'acos', 'acosh', 'add', 'asin', 'asinh', 'at', 'atan', 'atan2', 'atanh', 'column', 'concat', 'constant'],
  ...['cos', 'cosh', 'div', 'exp', 'expm1', 'gather', 'log', 'log10', 'log1p', 'matmul', 'matvec', 'mul', 'neg', 'pow'],
  ...['reshape', 'row', 'sigmoid', 'sin', 'sinh', 'slice', 'softplus', 'sqrt', 'square', 'sub', 'tan', 'tanh'],
  ...['abs', 'clip', 'gelu', 'hinge', 'huber', 'max', 'min', 'pick', 'relu', 'softmax', 'transpose'],
];
