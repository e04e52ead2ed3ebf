// Ipopt's tutorial problem, number 71 of Hock and Schittkowski: min x1 x4 (x1 + x2 + x3) + x3 subject to x1 x2 x3 x4 >= 25, ||x||^2 = 40
// and 1 <= x <= 5. Ipopt's documentation has x = (1.00000000, 4.74299963, 3.82114998, 1.37940829), f = 17.0140173, the multipliers
// -0.5522937 and 0.1614686 of the constraints and 1.0878712 of x1 >= 1.

import { Model, minimize } from 'nonconvex';
import { add, at, mul, sumSquares } from 'nonconvex/model';

const model = new Model();
const x = model.variable(4, { lower: 1, upper: 5, start: [1, 5, 5, 1] });
const [a, b, c, d] = [0, 1, 2, 3].map((k) => at(x, k));
model.minimize(add(mul(a, d, add(a, b, c)), c));
const product = model.atLeast(mul(a, b, c, d), 25);
const sphere = model.equal(sumSquares(x), 40);

const result = await minimize(model);
const point = Array.from(x.valueIn(result), (value) => value.toFixed(6)).join(', ');
console.log(`${result.status}: f = ${result.objective.toFixed(7)} at (${point})`);
const multipliers = [product.multipliersIn(result), sphere.multipliersIn(result), x.lowerMultipliersIn(result)[0]];
console.log(`multipliers: ${multipliers.map((value) => value.toFixed(6)).join(', ')}`);

// prints: solved: f = 17.0140173 at (1.000000, 4.743000, 3.821150, 1.379408)
// prints: multipliers: -0.552294, 0.161469, 1.087871
