// Calls for the contract test of options: each function of the subpath that takes some.
import { Model, sumSquares } from '../../src/expressions/index.js';
import * as smooth from '../../src/smooth/index.js';
import { makersIn, type Options, type Renamed, type Taking } from '../contract/takesOptions.js';

export const others: readonly string[] = [];

const model = new Model();
model.minimize(sumSquares(model.variable(2)));
const x = [1, 2];

export const taking: Taking = {
  ...makersIn('smooth', 'minimizeSum', smooth),
  'smooth/onlineLearner': ['diameter', (more: Options) => smooth.onlineLearner({ n: 2, ...more })],
  'smooth/schedule': ['stepSize', (options) => smooth.schedule('linear', 3, options)],
  'smooth/scheduleBound': ['distance', (options) => smooth.scheduleBound([0.1, 0.1], options)],
  'smooth/lossAlongSegment': ['points', (options) => smooth.lossAlongSegment(model, x, x, options)],
  'smooth/hessianSpectrum': ['width', (options) => smooth.hessianSpectrum(model, x, options)],
  'smooth/edgeOfStability': ['seed', (options) => smooth.edgeOfStability(model, x, 1, options)],
  'smooth/privacySpent': [
    'noise',
    (more: Options) => smooth.privacySpent({ rate: 0.1, steps: 10, privacyDelta: 1e-5, noise: 2, ...more }),
  ],
};

export const renamed: Renamed = [
  ['smooth/minimizeSum', 'l1', 'lambda'],
  ['smooth/minimizeSum', 'delta', 'privacyDelta'],
  ['smooth/privacySpent', 'delta', 'privacyDelta'],
];
