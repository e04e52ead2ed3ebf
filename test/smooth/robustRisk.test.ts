import { describe, expect, it } from 'vitest';
import { generalizedLinearModel } from '../../src/nlp/index.js';
import { minimizeRobustRisk, type RobustRiskSettings } from '../../src/smooth/index.js';
import { leastSquares, lossOf, normals } from './sums.js';

const [rows, columns, ridge] = [60, 4, 0.1];
const { x, y } = leastSquares(rows, columns, 11, undefined, 1);
const problem = generalizedLinearModel({ loss: 'squared', x, y, ridge });

/** The losses of all rows at w. */
const losses = (w: ArrayLike<number>) =>
  Array.from({ length: rows }, (_, i) => {
    const row = { data: x.data.subarray(i * columns, (i + 1) * columns), rows: 1, columns };
    return lossOf('squared', row, [y[i] as number], 0, w).value;
  });

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('minimizeRobustRisk', () => {
  it.each<RobustRiskSettings>([
    { risk: 'mean' },
    { risk: 'cvar', level: 0.75 },
    { risk: 'superquantile', level: 0.33 },
    { risk: 'extremile', power: 2.5 },
    { risk: 'exponential', power: 3 },
  ])('finds a stationary point of the smoothed risk (%o)', async (settings) => {
    const smoothing = 0.5;
    const found = await minimizeRobustRisk(problem, {
      ...settings,
      smoothing,
      tolerance: 1e-9,
      maxIterations: 5000,
      checkInterval: 10,
    });
    expect(found.status).toBe('solved');
    const q = Array.from(found.weights);
    const l = losses(found.x);
    // The weights are those of a maximum: of sum 1, and in the order of the losses.
    expect(sum(q)).toBeCloseTo(1, 10);
    const order = l.map((_, i) => i).sort((a, b) => (l[a] as number) - (l[b] as number));
    for (let k = 1; k < rows; ++k) {
      expect(q[order[k] as number]).toBeGreaterThanOrEqual((q[order[k - 1] as number] as number) - 1e-12);
    }
    const value = sum(
      q.map((weight, i) => weight * (l[i] as number) - (smoothing * rows * (weight - 1 / rows) ** 2) / 2),
    );
    const penalty = (ridge / 2) * sum(Array.from(found.x, (each) => each ** 2));
    expect(found.objective).toBeCloseTo(value + penalty, 10);
    // No point near by has a smaller largest value, the weights of the permutations of sigma being tried as they are found.
    const gradient = Array.from({ length: columns }, (_, j) => {
      let slope = ridge * (found.x[j] as number);
      for (let i = 0; i < rows; ++i) {
        const row = { data: x.data.subarray(i * columns, (i + 1) * columns), rows: 1, columns };
        slope += (q[i] as number) * (lossOf('squared', row, [y[i] as number], 0, found.x).gradient[j] as number);
      }
      return slope;
    });
    expect(Math.hypot(...gradient)).toBeLessThan(1e-8);
    expect(found.gap).toBeLessThan(1e-15);
  });

  it('makes the worst rows better than the mean does', async () => {
    const normal = normals(5);
    const heavy = y.map((value, i) => (i % 10 === 0 ? value + 8 * normal() : value));
    const data = { loss: 'squared', x, y: heavy, ridge } as const;
    const worst = async (settings: RobustRiskSettings) => {
      const { x: w } = await minimizeRobustRisk(generalizedLinearModel(data), {
        smoothing: 1,
        maxIterations: 2000,
        ...settings,
      });
      const l = Array.from({ length: rows }, (_, i) => {
        const row = { data: x.data.subarray(i * columns, (i + 1) * columns), rows: 1, columns };
        return lossOf('squared', row, [heavy[i] as number], 0, w).value;
      }).sort((a, b) => b - a);
      return sum(l.slice(0, 6)) / 6;
    };
    expect(await worst({ risk: 'cvar', level: 0.9 })).toBeLessThan(0.95 * (await worst({ risk: 'mean' })));
  });

  it('shortens a step that is too long for little smoothing', async () => {
    const A = {
      data: Float64Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? 1 : Math.sin(k / 2))),
      rows: 100,
      columns: 2,
    };
    const target = Float64Array.from({ length: 100 }, (_, i) => 2 * Math.sin(i + 0.5) + (i % 10 === 0 ? 3 : 0));
    const steep = generalizedLinearModel({ loss: 'squared', x: A, y: target, ridge: 0.01 });
    const { status, smoothing, gradientNorm } = await minimizeRobustRisk(steep, { level: 0.8, maxIterations: 3000 });
    expect(status).toBe('solved');
    expect(gradientNorm).toBeLessThanOrEqual(1e-6);
    expect(smoothing).toBeCloseTo(
      target.reduce((sum, value) => sum + value ** 2 / 2000, 0),
      9,
    );
  });

  it('names what is wrong', async () => {
    await expect(minimizeRobustRisk(problem, { level: 1 })).rejects.toThrow('level = 1: expected');
    await expect(minimizeRobustRisk({} as never)).rejects.toThrow('expected a regression');
    await expect(minimizeRobustRisk(generalizedLinearModel({ loss: 'squared', x, y, lower: 0 }))).rejects.toThrow(
      'without bounds',
    );
  });
});
