// The problems by which the contract tests hold the family to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers, regression } from '../contract/problem.js';

const large = regression(80, 3);

export const fixture: Fixture = {
  splitsRows: true,
  small: {
    solver: 'relu/trainReluNetwork',
    data: regression(40, 3),
    settings: { lambda: 0.1, patterns: { sample: 20 }, tolerance: 1e-3 },
  },
  endless: {
    solver: 'relu/trainReluNetwork',
    data: regression(400, 20),
    settings: { lambda: 1e-6, patterns: { sample: 200 }, checkInterval: 1, ...limitless },
  },
  arrays: {
    weighted: {
      solver: 'relu/trainReluNetwork',
      data: { ...large, y: Float64Array.from(large.y), sampleWeights: numbers(80, 3).map(Math.abs) },
      settings: { lambda: 0.1, patterns: { gates: matrix(4, 12, numbers(48, 5)) }, tolerance: 1e-3 },
    },
    'several outputs in single precision': {
      solver: 'relu/trainReluNetwork',
      data: { x: { ...large.x, data: new Float32Array(large.x.data) }, y: matrix(80, 2, numbers(160, 4)) },
      settings: { lambda: 0.1, patterns: { sample: 10 }, tolerance: 1e-3 },
    },
  },
  huge: {
    patterns: {
      solver: 'relu/trainReluNetwork',
      data: regression(40, 3),
      settings: { lambda: 0.1, patterns: { sample: 1_000_000_000 } },
    },
    'patterns for an adversary': {
      solver: 'relu/trainReluNetwork',
      data: regression(40, 3),
      settings: { lambda: 0.1, patterns: { sample: 1_000_000_000 }, adversary: { norm: 'two', radius: 0.1 } },
    },
  },
  wrong: { ...regression(40, 3), y: new Array(40).fill(Number.NaN) },
};
