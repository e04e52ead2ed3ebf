// The problems by which the contract tests hold the solvers of the family to their promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

/** A row of numbers so long that a square matrix of its length has no room, made where it is solved. */
const wideRows = { rows: 2, columns: 400_000 };

const [n, p] = [60, 4];
const x = matrix(n, p, numbers(n * p));
const classes = numbers(n, 2).map((noise, i) => Number(noise + 2 * (x.data[i * p] as number) > 0));

const unlearn: Fixture = {
  small: {
    solver: 'structured/unlearn',
    data: { x, y: classes, coefficients: new Float64Array(p), intercept: 0.1, rows: [3, 5, 20] },
    settings: { loss: 'logistic', lambda: 0.01 },
  },
  endless: {
    solver: 'structured/unlearn',
    data: {
      x: matrix(200, 30, numbers(6000)),
      y: numbers(200, 3).map((value) => Number(value > 0)),
      coefficients: numbers(30, 4),
      rows: Int32Array.of(7, 8),
    },
    settings: { loss: 'logistic', lambda: 0.01, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'structured/unlearn',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: new Float64Array(rows),
        coefficients: new Float64Array(columns),
        rows: [0],
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1], coefficients: [1], rows: [0] },
};

const sequentialMaxMargin: Fixture = {
  small: {
    solver: 'structured/sequentialMaxMargin',
    data: {
      tasks: [0, 1, 2].map((k) => {
        const rows = matrix(4, p, numbers(4 * p, 10 + k));
        return { x: rows, y: Array.from({ length: 4 }, (_, i) => Number((rows.data[i * p] as number) > 0)) };
      }),
    },
    settings: { order: 'random' },
  },
  // Each projection goes on where the other ended, a ten-thousandth nearer.
  endless: {
    solver: 'structured/sequentialMaxMargin',
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
      solver: 'structured/sequentialMaxMargin',
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

const teachKernel: Fixture = {
  small: {
    solver: 'structured/teachKernel',
    data: {
      x: matrix(9, 2, numbers(18)),
      y: matrix(9, 2, numbers(18, 3)),
      learners: matrix(2, 2, Float64Array.of(1, 0.5, 0.5, 1)),
    },
    settings: { teacher: 'random', gamma: 9, tolerance: 0.1 },
  },
  endless: {
    solver: 'structured/teachKernel',
    data: { x, y: numbers(n, 3) },
    settings: { gamma: 0.001, ...limitless },
  },
  objective: 'sometimes',
  arrays: {
    precomputed: {
      solver: 'structured/teachKernel',
      data: { x: matrix(2, 2, Float64Array.of(1, 0.5, 0.5, 1)), y: Float64Array.of(1, 2) },
      settings: { kernel: 'precomputed' },
    },
  },
  huge: {
    kernel: {
      solver: 'structured/teachKernel',
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

const checkeredRegression: Fixture = {
  small: {
    solver: 'structured/checkeredRegression',
    data: { x, y: classes },
    settings: { lambda: 0.01, restarts: 2 },
  },
  endless: {
    solver: 'structured/checkeredRegression',
    data: { x: matrix(200, 10, numbers(2000)), y: numbers(200, 3).map((value) => Number(value > 0)) },
    settings: { lambda: 1e-6, restarts: 1, ...limitless },
  },
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'structured/checkeredRegression',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: [0, 1],
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};

const robustMixedModel: Fixture = {
  small: {
    solver: 'structured/robustMixedModel',
    data: {
      x,
      y: numbers(n, 3).map((value, i) => value + (x.data[i * p] as number)),
      groups: Array.from({ length: n }, (_, i) => i % 7),
    },
    settings: {},
  },
  endless: {
    solver: 'structured/robustMixedModel',
    data: { x: matrix(300, 10, numbers(3000)), y: numbers(300, 3) },
    settings: limitless,
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    groups: {
      solver: 'structured/robustMixedModel',
      data: { x, y: numbers(n, 3), groups: Int32Array.from({ length: n }, (_, i) => i % 5) },
      settings: { intercept: false },
    },
  },
  huge: {
    columns: {
      solver: 'structured/robustMixedModel',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
        y: new Float64Array(rows),
      }),
      settings: {},
    },
  },
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};

const seen = (sensors: number, columns: number, snapshots: number, scale = (_: number) => 1) =>
  Array.from({ length: snapshots }, (_, l) => {
    const A = numbers(sensors * columns, 20 + l).map((value, k) => Math.fround(value * scale(k % columns)));
    return { A: matrix(sensors, columns, A), y: numbers(sensors, 40 + l) };
  });

const blindCalibration: Fixture = {
  small: {
    solver: 'structured/blindCalibration',
    data: { snapshots: seen(8, 3, 3) },
    settings: { rho: 0.5, tolerance: 1e-5 },
  },
  // Columns of very different lengths, along which descent is slow.
  endless: {
    solver: 'structured/blindCalibration',
    data: { snapshots: seen(30, 12, 4, (j) => 10 ** -(j / 4)) },
    settings: limitless,
  },
  deterministic: true,
  objective: 'sometimes',
  arrays: {
    bases: {
      solver: 'structured/blindCalibration',
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
      solver: 'structured/blindCalibration',
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

const oneClassSubspaces: Fixture = {
  small: { solver: 'structured/oneClassSubspaces', data: { x }, settings: { tolerance: 1e-3, softness: 0.1 } },
  endless: {
    solver: 'structured/oneClassSubspaces',
    data: { x: matrix(200, 8, numbers(1600)) },
    settings: { softness: 0, ...limitless },
  },
  objective: 'sometimes',
  huge: {
    columns: {
      solver: 'structured/oneClassSubspaces',
      data: wideRows,
      build: (_, { rows, columns }: typeof wideRows) => ({
        x: { data: new Float32Array(rows * columns), rows, columns },
      }),
      settings: { dimension: 100_000 },
    },
  },
  wrong: {
    x: [
      [1e200, 1, 1, 1],
      [2, 1, 1, 1],
    ],
  },
};

const supervisedDictionary: Fixture = {
  small: {
    solver: 'structured/supervisedDictionary',
    data: { x, y: classes },
    settings: { tolerance: 1e-4, lambda: 0.1 },
  },
  endless: {
    solver: 'structured/supervisedDictionary',
    data: { x: matrix(100, 12, numbers(1200)), y: numbers(100, 3).map((value) => Number(value > 0)) },
    settings: { rank: 3, ...limitless },
  },
  deterministic: true,
  objective: 'sometimes',
  wrong: { x: [[1e200], [2]], y: [0, 1] },
};

export const fixtures: Record<string, Fixture> = {
  unlearn,
  sequentialMaxMargin,
  teachKernel,
  checkeredRegression,
  robustMixedModel,
  blindCalibration,
  oneClassSubspaces,
  supervisedDictionary,
};
