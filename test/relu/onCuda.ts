// The problems of ReLU networks that a GPU solves.
import { expect } from 'vitest';
import type { ReluResult } from '../../src/index.js';
import { type Kind, numbers, type Problem, regression } from '../contract/problem.js';
import { fixture } from './fixture.js';

const { small } = fixture;
const { x, y } = regression(60, 4);
const signs = y.map((value) => (value > 0 ? 1 : -1));
const classes = y.map((value) => (value > 0.3 ? 'high' : value < 0 ? 'low' : 'middle'));
const twoOutputs = { data: numbers(120, 3), rows: 60, columns: 2 };
const network = (data: object, settings: object): Problem => ({
  solver: 'relu/trainReluNetwork',
  data,
  settings: { activation: 'gated', lambda: 0.1, patterns: { sample: 12 }, tolerance: 1e-4, ...settings },
});
const gated: Problem = { ...small, settings: { ...small.settings, activation: 'gated' } };
/** Gates that all make one pattern, as only the bias counts: `large` is large in work alone. */
const gates = {
  data: Float64Array.from({ length: 41 * 5200 }, (_, i) => Number(i >= 40 * 5200)),
  rows: 41,
  columns: 5200,
};

export const kind: Kind = {
  problems: {
    squared: network({ x, y }, {}),
    huber: network({ x, y }, { loss: { kind: 'huber', huberDelta: 0.2 } }),
    logistic: network({ x, y: signs }, { loss: 'logistic' }),
    hinge: network({ x, y: signs }, { loss: 'hinge' }),
    softmax: network({ x, y: classes }, { loss: 'softmax' }),
    'two outputs, coupled': network({ x, y: twoOutputs }, { coupling: 'frobenius' }),
    'no bias, normalised': network({ x, y }, { bias: false, standardize: 'norm' }),
    'single precision': network({ x, y }, { method: { kind: 'admm', precision: 'float32' } }),
    'without factors': network({ x, y }, { method: { kind: 'admm', inner: 'krylov' } }),
    sampled: network({ x, y }, { method: 'sampled', activation: 'relu' }),
    slack: network({ x, y }, { method: { kind: 'admm', splitting: 'slack' }, activation: 'relu' }),
  },
  problem: gated,
  endless: {
    ...gated,
    settings: { ...gated.settings, lambda: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1, checkInterval: 1 },
  },
  large: network(regression(500, 40), { patterns: { gates }, maxIterations: 2 }),
  // The matrix to factor alone, 9000 x 9000, has 648 MB.
  wide: network(regression(9000, 20), { patterns: { sample: 500 }, method: { kind: 'admm', inner: 'exact' } }),
  wrong: {
    settings: [{ lambda: -1 }, { bta: 1 }, { loss: 'l2' }],
    data: { ...gated.data, y: new Array(40).fill(Number.NaN) },
    says: 'y[0]',
  },
  refused: [[small, "'slack'"]],
  refusedLater: [],
  agree(cpu, cuda) {
    // Each is within the tolerance of the optimum.
    const [one, other] = [cpu as ReluResult, cuda as ReluResult];
    expect(Math.abs(other.objective - one.objective)).toBeLessThanOrEqual(2e-4 * Math.abs(one.objective));
    expect(other.lowerBound).toBeLessThanOrEqual(one.objective * (1 + 1e-9));
  },
};
