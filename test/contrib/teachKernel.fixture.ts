// The problems by which the contract tests hold `teachKernel` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));

export const fixture: Fixture = {
  small: {
    solver: 'contrib/teachKernel',
    data: {
      x: matrix(9, 2, numbers(18)),
      y: matrix(9, 2, numbers(18, 3)),
      learners: matrix(2, 2, Float64Array.of(1, 0.5, 0.5, 1)),
    },
    settings: { teacher: 'random', kernelWidth: 0.25, tolerance: 0.1 },
  },
  endless: {
    solver: 'contrib/teachKernel',
    data: { x, y: numbers(n, 3) },
    settings: { kernelWidth: 20, ...limitless },
  },
  objective: 'sometimes',
  arrays: {
    precomputed: {
      solver: 'contrib/teachKernel',
      data: { x: matrix(2, 2, Float64Array.of(1, 0.5, 0.5, 1)), y: Float64Array.of(1, 2) },
      settings: { kernel: 'precomputed' },
    },
  },
  huge: {
    kernel: {
      solver: 'contrib/teachKernel',
      data: { rows: 400_000 },
      build: (_, { rows }: { rows: number }) => ({
        x: { data: new Float32Array(rows), rows, columns: 1 },
        y: new Float64Array(rows),
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};
