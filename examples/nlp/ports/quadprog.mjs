// The example of R's quadprog, solve.QP(Dmat, dvec, Amat, bvec): min -d^T b + 1/2 b^T D b subject to A^T b >= b0.
// quadprog prints the solution 0.4761905, 1.0476190, 2.0952381, the value -2.380952, the Lagrangian 0, 0.2380952, 2.0952381; exactly
// 10/21, 22/21, 44/21, -50/21, and 0, 5/21, 44/21.

import { Model, minimize } from 'nonconvex';
import { dot, matvec, mul, sub, sumSquares } from 'nonconvex/model';

const d = [0, 5, 0];
// The rows of A^T.
const A = [
  [-4, -3, 0],
  [2, 1, 0],
  [0, -2, 1],
];
const model = new Model();
const b = model.variable(3);
model.minimize(sub(mul(0.5, sumSquares(b)), dot(d, b)));
const rows = model.atLeast(matvec(A, b), [-8, 2, 0]);

const result = await minimize(model);
const show = (values) => Array.from(values, (value) => Math.abs(value).toFixed(7)).join(', ');
console.log(`${result.status}: b = ${show(b.valueIn(result))}, value ${result.objective.toFixed(6)}`);
// quadprog's Lagrangian has the other sign: here multipliers at lower sides are <= 0.
console.log(`Lagrangian ${show(rows.multipliersIn(result))}; active: ${rows.activeIn(result).join(', ')}`);

// prints: solved: b = 0.4761905, 1.0476190, 2.0952381, value -2.380952
// prints: Lagrangian 0.0000000, 0.2380952, 2.0952381; active: false, true, true
