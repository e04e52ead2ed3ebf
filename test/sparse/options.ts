// Calls for the contract test of options: each function of the subpath that takes some.
import * as sparse from '../../src/sparse/index.js';
import { type Renamed, rows, type Taking, values } from '../contract/takesOptions.js';

const data = { x: rows, y: values };
const entries = { rows: 2, columns: 2, rowIndices: [0, 1], columnIndices: [1, 1], values: [1, 2] };

export const taking: Taking = {
  'sparse/sparseRegression': [
    'lambda',
    (settings: object) => sparse.sparseRegression(data, { lambda: 0.1, ...settings }),
  ],
  'sparse/sparseRegression, data': [
    'offset',
    (more: object) => sparse.sparseRegression({ ...data, ...more }, { lambda: 1 }),
  ],
  'sparse/sparsePath': ['lambdas', (settings) => sparse.sparsePath(data, settings)],
  'sparse/crossValidate': ['measure', (settings) => sparse.crossValidate(data, settings)],
  'sparse/stabilitySelection': ['threshold', (settings) => sparse.stabilitySelection(data, settings)],
  'sparse/debiasedIntervals': ['level', (settings) => sparse.debiasedIntervals(data, settings)],
  'sparse/mutualInformation': ['bins', (options) => sparse.mutualInformation({ x: data.x, y: data.y }, options)],
  'sparse/adaptiveFactors': ['nu', (options) => sparse.adaptiveFactors({ coefficients: [1, 2] }, options)],
  'sparse/lq': ['alpha', (options) => sparse.lq(options)],
  'sparse/cox': ['ties', (options) => sparse.cox(options)],
  'sparse/huber': ['huberDelta', (options) => sparse.huber(options)],
  'sparse/quantile': ['level', (options) => sparse.quantile(options)],
  'sparse/lasso': ['alpha', (options) => sparse.lasso(options)],
  'sparse/bestSubset': ['largest', (options) => sparse.bestSubset(options)],
  'sparse/slope': ['weights', (options) => sparse.slope(options)],
  'sparse/oscar': ['c', (options) => sparse.oscar(options)],
  'sparse/fused': ['alpha', (options) => sparse.fused(options)],
  'sparse/trendFilter': ['verbose', (settings: object) => sparse.trendFilter(values, { lambda: 1, ...settings })],
  'sparse/trendFilter, data': [
    'sampleWeight',
    (more: object) => sparse.trendFilter({ y: values, ...more }, { lambda: 1 }),
  ],
  'sparse/matrixCompletion': [
    'rank',
    (settings: object) => sparse.matrixCompletion(entries, { lambda: 1, ...settings }),
  ],
  'sparse/matrixCompletion, data': [
    'columnIndices',
    (more: object) => sparse.matrixCompletion({ ...entries, ...more }, { lambda: 1 }),
  ],
  'sparse/mcp': ['gamma', (options) => sparse.mcp(options)],
  'sparse/scad': ['alpha', (options) => sparse.scad(options)],
  'sparse/groupLasso': ['alpha', (options) => sparse.groupLasso(options)],
  'sparse/groupMcp': ['gamma', (options) => sparse.groupMcp(options)],
  'sparse/groupLq': ['alpha', (options) => sparse.groupLq(options)],
  'sparse/groupScad': ['gamma', (options) => sparse.groupScad(options)],
};

/** Functions without options. */
export const others = ['elasticNet', 'sparseGroupLasso'];

export const renamed: Renamed = [
  ['sparse/sparseRegression', 'delta', 'huberDelta'],
  ['sparse/trendFilter', 'order', 'degree'],
];

/** Functions that reject at their deadline, as their answers say nothing of work that was cut short. */
export const rejecting = ['sparse/debiasedIntervals', 'sparse/mutualInformation'];
