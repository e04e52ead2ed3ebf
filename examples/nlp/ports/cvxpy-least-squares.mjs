// The first example of CVXPY: least squares with box constraints, min ||A x - b||^2 subject to 0 <= x <= 1, 30 x 20, with data by a formula
// in place of random ones. Reference: scipy 1.15.3, lsq_linear(A, b, (0, 1), method='bvls'): 36.1691623315, with 8 entries at 0 and 1 at 1;
// the dual value of x_5 >= 0, the derivative of the objective there, is 2.070724377.

import { Model, minimize } from 'nonconvex';
import { matvec, sub, sumSquares } from 'nonconvex/model';

const [m, n] = [30, 20];
const A = Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => Math.sin(1 + 3 * i + 7 * j + i * j)));
const b = Array.from({ length: m }, (_, i) => 2 * Math.cos(5 * i));

const model = new Model();
const x = model.variable(n, { lower: 0, upper: 1 });
model.minimize(sumSquares(sub(matvec(A, x), b)));

const result = await minimize(model);
console.log(`${result.status}: ${result.objective.toFixed(8)}`);
// Bounds are kept exactly.
const values = x.valueIn(result);
console.log(`${values.filter((v) => v === 0).length} entries at 0, ${values.filter((v) => v === 1).length} at 1`);
console.log(`dual value of x_5 >= 0: ${x.lowerMultipliersIn(result)[5].toFixed(7)}`);

// prints: solved: 36.16916233
// prints: 8 entries at 0, 1 at 1
// prints: dual value of x_5 >= 0: 2.0707244
