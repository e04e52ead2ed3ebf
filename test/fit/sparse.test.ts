// Least squares with sparse Jacobians: the same minima as `minimize` finds, with bounds and robust losses.
import { describe, expect, it } from 'vitest';
import { sumSquares } from '../../src/expressions/index.js';
import { minimizeSquares } from '../../src/fit/index.js';
import { checkOptimality, minimize } from '../../src/index.js';
import { long } from '../long.js';
import { band, bandData, type SparseProblem, scene, sceneData } from './sparse.js';

/** Checks the end of a fit by the sum of squares as an objective. */
async function checkMinimum({ model, residuals }: SparseProblem) {
  const fit = await minimizeSquares({ model, residuals });
  expect(fit.status).toBe('solved');
  expect(fit.certificate.kind).toBe('local');
  expect(fit.residual).toBeLessThanOrEqual(1e-10);
  model.minimize(sumSquares(residuals));
  const others = await minimize(model, { warmStart: { x: fit.x } });
  expect(checkOptimality(model, others.x, others).ok).toBe(true);
  expect(others.objective).toBeCloseTo(fit.residualSumOfSquares as number, 9);
  for (const [j, value] of fit.x.entries()) expect(Math.abs(value - (others.x[j] as number))).toBeLessThan(1e-5);
  return fit;
}

describe('a sparse Jacobian', () => {
  it('of a band has the minimum of the sum of squares', async () => {
    const problem = band(bandData(300, 3000));
    const fit = await checkMinimum(problem);
    expect(fit.iterations).toBeLessThan(20);
    // Standard errors are those of s^2 (J^T J)^-1: J^T J times its columns is the unit matrix.
    const { covariance, residualDeviation = 0 } = fit;
    const J = problem.model.compileResiduals(problem.residuals).jacobian(fit.x);
    const column = Float64Array.from({ length: 300 }, (_, j) => covariance.data[300 * j + 7] as number);
    const product = new Float64Array(300);
    for (let i = 0; i < J.rows; ++i) {
      const [from, to] = [J.offsets[i] as number, J.offsets[i + 1] as number];
      let sum = 0;
      for (let k = from; k < to; ++k) sum += (J.values[k] as number) * (column[J.indices[k] as number] as number);
      for (let k = from; k < to; ++k) {
        const j = J.indices[k] as number;
        product[j] = (product[j] as number) + (J.values[k] as number) * sum;
      }
    }
    for (const [j, value] of product.entries())
      expect(Math.abs(value / residualDeviation ** 2 - (j === 7 ? 1 : 0))).toBeLessThan(1e-8);
  });

  it('of cameras and points has it with parameters that are held', async () => {
    const data = sceneData(8, 60, 5);
    const fit = await checkMinimum(scene(data));
    expect(Array.from(fit.atBounds)).toEqual(data.held);
    for (const j of data.held) expect(fit.x[j]).toBe(data.truth[j]);
  });

  it('weighs outliers as the loss says', async () => {
    const data = bandData(300, 3000);
    const clean = await minimizeSquares(band(data));
    const y = data.y.map((value, i) => value + (i % 20 === 0 ? 30 : 0));
    const fooled = await minimizeSquares(band({ ...data, y }));
    const robust = await minimizeSquares(band({ ...data, y }), { loss: 'huber', lossScale: 0.1 });
    expect(robust.status).toBe('solved');
    const far = ({ x }: { x: Float64Array }) =>
      Math.max(...x.map((value, j) => Math.abs(value - (clean.x[j] as number))));
    expect(far(robust)).toBeLessThan(far(fooled) / 5);
  });

  it('names parameters that the data do not determine', async () => {
    // Neither the frame nor the scale is held.
    const data = sceneData(8, 60, 5);
    const fit = await minimizeSquares(scene({ ...data, held: [] }), { maxIterations: 100 });
    expect(fit.covariance.rows).toBe(0);
    expect(fit.undetermined.length).toBeGreaterThan(100);
  });

  it.skipIf(!long)('of 50,000 residuals is no trouble', async () => {
    for (const problem of [band(bandData(5000, 50_000)), scene(sceneData(33, 1600, 16))]) {
      const fit = await minimizeSquares(problem);
      expect(fit.status).toBe('solved');
      expect(fit.iterations).toBeLessThan(20);
    }
  });
});
