// Calls for the contract test of options: each function of the subpath that takes some.
import * as relu from '../../src/relu/index.js';
import { labels, makersIn, type Options, type Renamed, rows, type Taking, values } from '../contract/takesOptions.js';

/** 2 (x_0)_+ - (x_1)_+ of four columns. */
const additive = relu.fromJSON({
  format: 'nonconvex',
  kind: 'reluNetwork',
  version: 1,
  activation: 'relu',
  loss: 'squared',
  bias: false,
  inputScale: [1, 1, 1, 1],
  hiddenWeights: { rows: 4, columns: 2, data: [1, 0, 0, 1, 0, 0, 0, 0] },
  biases: [0, 0],
  outputWeights: { rows: 2, columns: 1, data: [2, -1] },
  pattern: [0, 0],
});

const twoClasses = { ...additive, classes: [false, true] };

export const taking: Taking = {
  ...makersIn('relu', 'relu', relu),
  'relu/lambdaMax, settings': ['task', (options) => relu.lambdaMax({ x: rows, y: values }, options)],
  'relu/lambdaMax, data': ['x', (more: Options) => relu.lambdaMax({ x: rows, y: values, ...more })],
  'relu/trainReluNetwork, task': ['patterns', (options) => relu.trainReluNetwork({ x: rows, y: values }, options)],
  'relu/attack': [
    'method',
    (options) =>
      relu.attack({ network: additive, x: rows, y: values }, {
        norm: 'inf',
        radius: 0.1,
        ...(options as object),
      } as relu.AttackSettings),
  ],
  'relu/crossValidate': ['folds', (options) => relu.crossValidate({ x: rows, y: values }, options)],
  'relu/trainReluPath': ['folds', (options) => relu.trainReluPath({ x: rows, y: values }, options)],
  'relu/partialDependence': ['grid', (options) => relu.partialDependence(additive, rows, 0, options)],
  'relu/patchFeatures': [
    'signal',
    (options) =>
      relu.patchFeatures(
        { filters: [[1]], shape: [1, 1], size: 1, cells: 1, threshold: 0, contrast: 0 },
        [[1]],
        options as object,
      ),
  ],
  'relu/predict': ['type', (options) => relu.predict(additive, rows, options)],
  'relu/calibrate': ['sampleWeights', (options) => relu.calibrate(twoClasses, rows, labels, options)],
  'relu/trainReluNetwork, data': ['x', (more: Options) => relu.trainReluNetwork({ x: rows, y: values, ...more })],
};

/** Functions without options. */
export const others = [
  'ReluClassifier',
  'ReluRegressor',
  'decisionFunction',
  'fromJSON',
  'predictProbabilities',
  'score',
  'summarize',
  'toJSON',
];

export const renamed: Renamed = [
  ['relu/trainReluNetwork', 'beta', 'lambda'],
  ['relu/lambdaMax, settings', 'normalize', 'standardize'],
  ['relu/trainReluPath', 'beta', 'lambda'],
];

/** Functions that reject at their deadline, as their answers say nothing of work that was cut short. */
export const rejecting = ['relu/crossValidate', 'relu/lambdaMax'];
