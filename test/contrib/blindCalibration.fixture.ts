// The problems by which the contract tests hold `blindCalibration` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const seen = (sensors: number, columns: number, snapshots: number, scale = (_: number) => 1) =>
  Array.from({ length: snapshots }, (_, l) => {
    const A = numbers(sensors * columns, 20 + l).map((value, k) => Math.fround(value * scale(k % columns)));
    return { A: matrix(sensors, columns, A), y: numbers(sensors, 40 + l) };
  });

export const fixture: Fixture = {
  small: {
    solver: 'contrib/blindCalibration',
    data: { snapshots: seen(8, 3, 3) },
    settings: { gainRange: 0.5, tolerance: 1e-5 },
  },
  // Columns of very different lengths, along which descent is slow.
  endless: {
    solver: 'contrib/blindCalibration',
    data: { snapshots: seen(30, 12, 4, (j) => 10 ** -(j / 4)) },
    settings: limitless,
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    bases: {
      solver: 'contrib/blindCalibration',
      data: {
        snapshots: seen(4, 3, 3),
        signalBasis: matrix(3, 2, Float64Array.of(1, 0, 0, 1, 1, 1)),
        gainBasis: matrix(4, 2, Float64Array.of(1, 0, 1, 0, 0, 1, 0, 1)),
      },
      settings: { tolerance: 1e-4 },
    },
  },
  huge: {
    snapshots: {
      solver: 'contrib/blindCalibration',
      data: { count: 20_000 },
      build: ({ matrix }, { count }: { count: number }) => {
        const A = matrix(1, 4_000_000, new Float32Array(4_000_000));
        return { snapshots: Array.from({ length: count }, () => ({ A, y: [1] })) };
      },
      settings: {},
    },
  },
  wrong: { snapshots: [{ A: [[1e200], [2]], y: [0, 1] }] },
};
