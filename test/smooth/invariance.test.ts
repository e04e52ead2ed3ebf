// Changes that methods of minimizeSum do not depend on, and where all of them end alike.
import { describe, expect, it } from 'vitest';
import { crossEntropy, dot, Model } from '../../src/expressions/index.js';
import { generalizedLinearModel, logisticRegression, minimize } from '../../src/nlp/index.js';
import type { SumCallbacks } from '../../src/smooth/index.js';
import { numbers } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { lossOf, methods } from './sums.js';

const [rows, columns] = [300, 5];
const x = { data: numbers(rows * columns), rows, columns };
const y = numbers(rows, 2).map((noise, i) => Number(noise + 2 * (x.data[i * columns] as number) > 0));
const problem = logisticRegression({ x, y, ridge: 0.01 });
const plain = { precision: 'float64', scaling: 'none', seed: 3 } as const;
const known = (method: string) => (method === 'dpSgd' ? { insecureNoise: true, noise: 0 } : {});

/** Functions for the same sum, of x / scale and times a factor. */
function functions(factor: number, scale: number): SumCallbacks {
  const some = { data: new Float64Array(rows * columns), rows: 0, columns };
  return {
    rows,
    n: columns,
    gradient: (at, chosen, g) => {
      const targets: number[] = [];
      some.rows = chosen.length;
      chosen.forEach((i, k) => {
        some.data.set(x.data.subarray(columns * i, columns * (i + 1)), columns * k);
        targets.push(y[i] as number);
      });
      const point = at.map((value) => value / scale);
      const { value, gradient } = lossOf('logistic', some, targets, 0.01, point);
      gradient.forEach((slope, j) => {
        g[j] = (factor * slope) / scale;
      });
      return factor * value;
    },
  };
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits: number) => {
  for (let j = 0; j < a.length; ++j) expect(a[j]).toBeCloseTo(b[j] as number, digits);
};

/** Methods whose random numbers are of places of x, or that cut x into parts. */
const byPlaces = ['oasis', 'sophia', 'cyclicBcd', 'twoPoint'];

describe('the order of the variables does not matter to', () => {
  const order = [3, 0, 4, 1, 2];
  const data = x.data.map((_, k) => x.data[k - (k % columns) + (order[k % columns] as number)] as number);
  const turned = logisticRegression({ x: { data, rows, columns }, y, ridge: 0.01 });

  it.each(methods.filter((name) => !byPlaces.includes(name) && name !== 'sania' && name !== 'dpSgd'))(
    '%s',
    async (method) => {
      const settings: MinimizeSumSettings = { ...plain, method, maxEpochs: 3 };
      const [a, b] = [await minimizeSum(problem, settings), await minimizeSum(turned, settings)];
      close(
        Array.from(b.x),
        order.map((j) => a.x[j] as number),
        9,
      );
    },
  );
});

describe('the unit of the loss does not matter to', () => {
  it.each([
    ...[
      'adog',
      'dog',
      'ldog',
      'adam',
      'amsgrad',
      'adaMomentum',
      'rmsprop',
      'prodigy',
      'muon',
      'signSgd',
      'normSteepest',
      'lion',
    ],
    ...['normalized', 'spider'],
  ] as const)('%s', async (method) => {
    const settings: MinimizeSumSettings = { ...plain, method, maxEpochs: 3 };
    const [one, thousand] = [
      await minimizeSum(functions(1, 1), settings),
      await minimizeSum(functions(1024, 1), settings), // a power of two, so that nothing is rounded otherwise
    ];
    close(thousand.x, one.x, 4); // the 1e-8 of Adam has a unit
    expect((thousand.objective as number) / 1024).toBeCloseTo(one.objective as number, 6);
  });
});

describe('the unit of x does not matter to', () => {
  it.each(['adog', 'dog', 'ldog'] as const)('%s', async (method) => {
    // Of a regression the first distance is found; that of functions has the unit of x.
    const settings: MinimizeSumSettings = { ...plain, method, maxEpochs: 5 };
    const of = (scale: number) =>
      minimizeSum(
        logisticRegression({ x: { ...x, data: x.data.map((value) => value / scale) }, y, ridge: 0.01 / scale ** 2 }),
        settings,
      );
    const [one, thousand] = [await of(1), await of(1024)];
    close(
      thousand.x.map((value) => value / 1024),
      one.x,
      6,
    );
  });
});

describe('one row repeated is that row to', () => {
  it.each(methods.filter((name) => !['twoPoint', 'oasis', 'sophia'].includes(name)))('%s', async (method) => {
    const settings: MinimizeSumSettings = {
      ...plain,
      ...known(method),
      method,
      maxEpochs: 6,
      ...(!['normalized', 'qagd', 'cyclicBcd'].includes(method) && { batchSize: 'full' }),
      ...(method === 'dpSgd' && { sampler: 'poisson' }),
      // Rows that are checked now and then have other shares of five rows than of one.
      ...(method === 'spider' && { refresh: 1 }),
      ...(['adog', 'dog', 'ldog'].includes(method) && { initialDistance: 0.1 }),
    };
    const of = (count: number) =>
      generalizedLinearModel({ loss: 'squared', x: new Array(count).fill([1, 2]), y: new Array(count).fill(0.5) });
    const [one, five] = [await minimizeSum(of(1), settings), await minimizeSum(of(5), settings)];
    close(five.x, one.x, 10);
  });
});

describe('all rows at every step come to the solution of minimize with', () => {
  it.each([
    ['qagd', 3000],
    ['oasis', 3000],
    ['armijo', 6000],
    ['cyclicBcd', 6000],
    ['svrg', 20_000],
    ['adog', 20_000],
  ] as const)('%s', async (method, maxEpochs) => {
    const exact = await minimize(logisticRegression({ x, y, ridge: 0.05 }), { tolerance: 1e-11 });
    const { objective } = await minimizeSum(logisticRegression({ x, y, ridge: 0.05 }), {
      method,
      maxEpochs,
      precision: 'float64',
      checkInterval: 50,
      tolerance: method === 'adog' ? 1e-6 : 1e-8,
      ...(!['qagd', 'cyclicBcd'].includes(method) && { batchSize: 'full' }),
    });
    expect(Math.abs((objective as number) - exact.objective)).toBeLessThan(1e-10);
  });
});

describe('a solve that is aborted returns a point with', () => {
  it.each(methods)('%s', async (method) => {
    const controller = new AbortController();
    const { status, x: point } = await minimizeSum(problem, {
      ...known(method),
      method,
      maxEpochs: Number.POSITIVE_INFINITY,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(['aborted', 'diverged']).toContain(status);
    expect(point.every(Number.isFinite)).toBe(true);
  });
});

it('numbers that are none are named by their row', async () => {
  const broken = { data: x.data.map((value, k) => (k === 7 * columns + 2 ? Number.NaN : value)), rows, columns };
  await expect(async () => minimizeSum(logisticRegression({ x: broken, y }))).rejects.toThrow('x[7][2] = NaN');
  const model = new Model();
  const w = model.variable(columns);
  await expect(async () => {
    const table = model.rows({ x: broken, y });
    model.minimize(table.mean(crossEntropy(dot(w, table.x), table.y)));
    await minimizeSum(model);
  }).rejects.toThrow(/x\[7\]\[2\] = NaN/);
});
