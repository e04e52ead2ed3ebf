// Calls for the contract test of options: each function of the subpath that takes some.
import * as nlp from '../../src/nlp/index.js';
import { labels, makersIn, type Options, rows, square, type Taking, values } from '../contract/takesOptions.js';

const callbacks = { n: 1, objective: () => 0, gradient: () => {}, hessian: () => {} };

export const taking: Taking = {
  ...makersIn('nlp', 'nlp', nlp),
  'nlp/checkDerivatives': [
    'multipliers',
    (options) => nlp.checkDerivatives(nlp.fromCallbacks(callbacks), [1], options),
  ],
  'nlp/checkOptimality': [
    'tolerance',
    (options) => nlp.checkOptimality(nlp.fromCallbacks(callbacks), [1], {}, options),
  ],
  'nlp/fromCallbacks': ['gradient', (more: Options) => nlp.fromCallbacks({ ...callbacks, ...more })],
  'nlp/fromCallbacks, entries': [
    'columns',
    (more: Options) => nlp.fromCallbacks({ ...callbacks, hessianEntries: { rows: [0], columns: [0], ...more } }),
  ],
  'nlp/generalizedLinearModel': [
    'offset',
    (more: Options) => nlp.generalizedLinearModel({ loss: 'squared', x: rows, y: values, ...more }),
  ],
  'nlp/logisticRegression': [
    'ridge',
    (more: Options) => nlp.logisticRegression({ x: rows, y: labels as never, ...more }),
  ],
  'nlp/poissonControl': ['target', (options) => nlp.poissonControl(2, options)],
  'nlp/prepareQuadratic': ['start', (more: Options) => nlp.prepareQuadratic({ Q: square, ...more })],
  'nlp/quadraticProgram': ['start', (more: Options) => nlp.quadraticProgram({ Q: square, ...more })],
  'nlp/readMps': ['maxRows', (options) => nlp.readMps('absent.mps', options)],
  'nlp/shifted': ['except', (options) => nlp.shifted({} as never, options)],
  'nlp/readNl': ['relaxIntegers', (options) => nlp.readNl('absent.nl', options)],
};

/** Functions without options. */
export const others = ['writeNl'];
