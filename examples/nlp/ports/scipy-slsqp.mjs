// The example of scipy's minimize with method='SLSQP': three linear inequalities and variables that are not negative.
// scipy.optimize.minimize, "Examples", gives x = (1.4, 1.7); f = 0.8 there. Exactly: x is the point of the first line nearest to
// (1, 2.5), whose multiplier is 0.8.

import { Model, minimize } from 'nonconvex';
import { add, at, mul, sub, sumSquares } from 'nonconvex/model';

const model = new Model();
const x = model.variable(2, { lower: 0, start: [2, 0] });
const [a, b] = [at(x, 0), at(x, 1)];
model.minimize(sumSquares(sub(x, [1, 2.5])));
// scipy's { type: 'ineq', fun } is fun(x) >= 0.
const first = model.atLeast(add(sub(a, mul(2, b)), 2), 0);
model.atLeast(sub(6, add(a, mul(2, b))), 0);
model.atLeast(add(sub(mul(2, b), a), 2), 0);

const result = await minimize(model);
const point = Array.from(x.valueIn(result), (value) => value.toFixed(8)).join(', ');
console.log(`${result.status}: x = (${point}), f = ${result.objective.toFixed(8)}`);
console.log(`multiplier of the first inequality: ${first.multipliersIn(result).toFixed(8)}`);

// prints: solved: x = (1.40000000, 1.70000000), f = 0.80000000
// prints: multiplier of the first inequality: -0.80000000
