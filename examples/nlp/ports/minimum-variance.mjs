// The long-only portfolio of ten assets with the least variance whose return is at least 8 % and no weight above 30 %.
// Reference: scipy 1.15.3, minimize(method='SLSQP', ftol=1e-16): volatilities 0.0434401, 0.0896275 and 0.1175716.

import { Model, minimize } from 'nonconvex';
import { dot, matvec, sum } from 'nonconvex/model';

const means = [0.02, 0.03, 0.04, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.14];
const volatilities = [0.03, 0.06, 0.09, 0.15, 0.16, 0.14, 0.21, 0.18, 0.25, 0.3];
const covariance = volatilities.map((a, i) => volatilities.map((b, j) => a * b * (i === j ? 1 : 0.2)));

// The model itself: three lines, and the target as a parameter, so that other targets need no new model.
const model = new Model();
const target = model.parameter({ value: 0.08 });
const weights = model.variable(10, { lower: 0, upper: 0.3, start: 0.1 });
model.minimize(dot(weights, matvec(covariance, weights)));
model.equal(sum(weights), 1);
const enough = model.atLeast(dot(means, weights), target);

for (const value of [0.03, 0.08, 0.1]) {
  target.set(value);
  const result = await minimize(model);
  const volatility = Math.sqrt(result.objective).toFixed(6);
  const atBounds = `${result.activeLower.length} weights at 0, ${result.activeUpper.length} at 0.3`;
  const price = enough.activeIn(result) ? 'the return is what it must be' : 'the return is more than that';
  console.log(`return of at least ${value}: ${result.status}, volatility ${volatility}, ${atBounds}, ${price}`);
}

// prints: return of at least 0.03: solved, volatility 0.043440, 3 weights at 0, 2 at 0.3, the return is more than that
// prints: return of at least 0.08: solved, volatility 0.089628, 0 weights at 0, 0 at 0.3, the return is what it must be
// prints: return of at least 0.1: solved, volatility 0.117572, 4 weights at 0, 0 at 0.3, the return is what it must be
