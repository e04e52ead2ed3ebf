// CVXPY's linear program, min c^T x subject to A x <= b, made so that it has a solution: b = A x0 + s0 and c = -A^T lambda0 with s0,
// lambda0 >= 0 that are never both positive; with a formula in place of random numbers. Its minimum is c^T x0, its dual lambda0.
// Reference: scipy 1.15.3, linprog(method='highs'): -3.4658186421; 8 of the 15 inequalities have a positive dual value.

import { Model, minimize } from 'nonconvex';
import { dot, matvec } from 'nonconvex/model';

const [m, n] = [15, 10];
const A = Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => Math.sin(1 + 3 * i + 7 * j + i * j)));
const s = Array.from({ length: m }, (_, i) => Math.cos(1 + 5 * i));
const x0 = Array.from({ length: n }, (_, j) => Math.cos(2 * j));
const b = A.map((row, i) => row.reduce((total, a, j) => total + a * x0[j], Math.max(s[i], 0)));
const c = x0.map((_, j) => A.reduce((total, row, i) => total - row[j] * Math.max(-s[i], 0), 0));

const model = new Model();
const x = model.variable(n);
model.minimize(dot(c, x));
const rows = model.atMost(matvec(A, x), b);

const result = await minimize(model);
console.log(`${result.status}: ${result.objective.toFixed(8)}`);
const duals = rows.multipliersIn(result);
const error = Math.max(...duals.map((value, i) => Math.abs(value - Math.max(-s[i], 0))));
console.log(`dual values: ${error < 1e-6 ? 'those it was made with' : duals}`);

// prints: solved: -3.46581864
// prints: dual values: those it was made with
