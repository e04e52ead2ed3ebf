// The problems by which the contract tests hold `sequentialMaxMargin` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const p = 4;

export const fixture: Fixture = {
  small: {
    solver: 'contrib/sequentialMaxMargin',
    data: {
      tasks: [0, 1, 2].map((k) => {
        const rows = matrix(4, p, numbers(4 * p, 10 + k));
        return { x: rows, y: Array.from({ length: 4 }, (_, i) => Number((rows.data[i * p] as number) > 0)) };
      }),
    },
    settings: { taskOrder: 'random' },
  },
  // Each projection goes on where the other ended, a ten-thousandth nearer.
  endless: {
    solver: 'contrib/sequentialMaxMargin',
    data: {
      tasks: [
        { x: [[1, 1e-4]], y: [1] },
        { x: [[1, -1e-4]], y: [0] },
      ],
    },
    settings: limitless,
  },
  objective: 'sometimes',
  huge: {
    rows: {
      solver: 'contrib/sequentialMaxMargin',
      data: { count: 20_000 },
      // One array for all tasks, which together have no room.
      build: ({ matrix }, { count }: { count: number }) => {
        const x = matrix(1, 4_000_000, new Float32Array(4_000_000));
        return { tasks: Array.from({ length: count }, (_, k) => ({ x, y: [k % 2] })) };
      },
      settings: {},
    },
  },
  wrong: { tasks: [{ x: [[1e200], [2]], y: [0, 1] }] },
};
