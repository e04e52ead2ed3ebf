import { describe, expect, it } from 'vitest';
import { add, div, Model, mul, square, sumSquares } from '../../src/expressions/index.js';
import { edgeOfStability, hessianSpectrum, lossAlongSegment } from '../../src/smooth/index.js';

const diagonal = Float64Array.from({ length: 12 }, (_, j) => j - 2); // eigenvalues -2, ..., 9

function quadratic(): Model {
  const model = new Model();
  const x = model.variable(12);
  model.minimize(
    mul(
      0.5,
      add(
        sumSquares(
          mul(
            diagonal.map((value) => Math.sqrt(Math.max(0, value))),
            x,
          ),
        ),
        mul(
          -1,
          sumSquares(
            mul(
              diagonal.map((value) => Math.sqrt(Math.max(0, -value))),
              x,
            ),
          ),
        ),
      ),
    ),
  );
  return model;
}

describe('hessianSpectrum', () => {
  it('finds all eigenvalues where there are as many steps', () => {
    const { values, weights, largest, least, grid, density } = hessianSpectrum(quadratic(), new Float64Array(12), {
      probes: 1,
    });
    expect(values).toHaveLength(12);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(diagonal[k] as number, 9);
    });
    // A vector of signs has the same share of each eigenvector.
    for (const weight of weights) expect(weight).toBeCloseTo(1 / 12, 9);
    expect([least, largest]).toEqual([values[0], values[11]]);
    const mass = density.reduce(
      (sum, value, k) => sum + value * ((grid[k + 1] ?? (grid[k] as number)) - (grid[k] as number)),
      0,
    );
    expect(mass).toBeCloseTo(1, 2);
  });

  it('finds the ends and the trace by few steps', () => {
    const { values, weights, largest } = hessianSpectrum(quadratic(), new Float64Array(12), {
      steps: 6,
      probes: 3,
      seed: 2,
    });
    expect(values).toHaveLength(18);
    expect(largest).toBeGreaterThan(8.5);
    expect(largest).toBeLessThanOrEqual(9 + 1e-9);
    expect(12 * values.reduce((sum, value, k) => sum + value * (weights[k] as number), 0)).toBeCloseTo(42, 6);
  });

  it('names what is wrong', () => {
    expect(() => hessianSpectrum(quadratic(), [1])).toThrow('x: expected 12 numbers');
    expect(() => hessianSpectrum(quadratic(), new Float64Array(12), { steps: 0 })).toThrow('steps = 0');
  });
});

it('edgeOfStability compares the step with the sharpness', () => {
  expect(edgeOfStability(quadratic(), new Float64Array(12), 0.2)).toMatchObject({ stable: true });
  const { sharpness, product, stable } = edgeOfStability(quadratic(), new Float64Array(12), 0.25);
  expect(sharpness).toBeCloseTo(9, 9);
  expect(product).toBeCloseTo(2.25, 9);
  expect(stable).toBe(false);
});

it('lossAlongSegment goes from one point to the other', () => {
  const model = new Model();
  const x = model.variable();
  model.minimize(div(square(x), 2));
  const { t, loss } = lossAlongSegment(model, [0], [2], { points: 5 });
  expect(Array.from(t)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(Array.from(loss)).toEqual([0, 0.125, 0.5, 1.125, 2]);
});

it('refuses counts that would take for ever, by name', () => {
  const zero = new Float64Array(12);
  const model = quadratic();
  expect(() => lossAlongSegment(model, zero, zero, { points: 2 ** 40 })).toThrow(
    'points = 1099511627776: expected an integer in [2, 1000000]',
  );
  expect(() => hessianSpectrum(model, zero, { points: 2 ** 40 })).toThrow('points = 1099511627776');
  expect(() => hessianSpectrum(model, zero, { probes: 2 ** 40 })).toThrow('probes = 1099511627776');
});
