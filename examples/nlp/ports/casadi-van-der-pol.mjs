// CasADi's example direct_multiple_shooting.py: steer a Van der Pol oscillator, x' = (1 - y^2) x - y + u, y' = x, for 10 time units
// with least integral of x^2 + y^2 + u^2, from (0, 1), where -1 <= u <= 1 and x >= -0.25. Twenty intervals of constant control, in each
// four steps of Runge and Kutta. One expression does the same step of all intervals.
// Reference: scipy 1.15.3, SLSQP over the twenty controls alone (single shooting): 3.732969484781, first control 0.486637788.

import { Model, minimize } from 'nonconvex';
import { add, column, concat, mul, slice, square, sub, sum } from 'nonconvex/model';

const [intervals, steps, time] = [20, 4, 10];
const h = time / intervals / steps;

const model = new Model();
const u = model.variable(intervals, { lower: -1, upper: 1 });
// A bound that differs from entry to entry: x at the start is given, and y is free.
const nodes = model.variable([intervals + 1, 2], {
  lower: Array.from({ length: intervals + 1 }, () => [-0.25, -Infinity]),
});

/** x', y' and what is integrated. */
function slope([x, y]) {
  const [xx, yy] = [square(x), square(y)];
  return [add(sub(mul(sub(1, yy), x), y), u), x, add(xx, yy, square(u))];
}
const along = (state, slopes, by) => [0, 1].map((k) => add(state[k], mul(by, slopes[k])));

const [xs, ys] = [column(nodes, 0), column(nodes, 1)];
let state = [slice(xs, 0, intervals), slice(ys, 0, intervals)];
let cost = 0;
for (let step = 0; step < steps; ++step) {
  const k1 = slope(state);
  const k2 = slope(along(state, k1, h / 2));
  const k3 = slope(along(state, k2, h / 2));
  const k4 = slope(along(state, k3, h));
  const mean = [0, 1, 2].map((k) => add(k1[k], mul(2, k2[k]), mul(2, k3[k]), k4[k]));
  state = along(state, mean, h / 6);
  cost = add(cost, sum(mul(h / 6, mean[2])));
}
model.minimize(cost);
model.equal(concat(state), concat([slice(xs, 1), slice(ys, 1)]));
model.equal(slice(xs, 0, 1), 0);
model.equal(slice(ys, 0, 1), 1);

const result = await minimize(model);
const [first] = u.valueIn(result);
const least = Math.min(...nodes.valueIn(result).data.filter((_, k) => k % 2 === 0));
console.log(
  `${result.status}: cost ${result.objective.toFixed(7)}, first control ${first.toFixed(7)}, least x ${least}`,
);

// prints: solved: cost 3.7329695, first control 0.4866378, least x -0.25
