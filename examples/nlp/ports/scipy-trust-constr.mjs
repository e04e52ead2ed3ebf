// The example of scipy's tutorial for method='trust-constr': Rosenbrock's function with Bounds, a LinearConstraint and a
// NonlinearConstraint. scipy's tutorial has x = (0.41494531, 0.17010937); scipy 1.15.3 with gtol=1e-12 gives
// x = (0.414944317, 0.170111367), f = 0.3427175748. The equation leaves one variable: f(a, 1 - 2 a) has its minimum there.

import { Model, minimize } from 'nonconvex';
import { add, at, concat, matvec, mul, square, sub } from 'nonconvex/model';

const model = new Model();
const x = model.variable(2, { lower: [0, -0.5], upper: [1, 2], start: [0.5, 0] });
const [a, b] = [at(x, 0), at(x, 1)];
model.minimize(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))));
// LinearConstraint([[1, 2], [2, 1]], [-inf, 1], [1, 1])
const lines = [
  [1, 2],
  [2, 1],
];
const linear = model.between(matvec(lines, x), [-Infinity, 1], [1, 1]);
// NonlinearConstraint(lambda x: [x[0]**2 + x[1], x[0]**2 - x[1]], -inf, 1)
model.atMost(concat([add(square(a), b), sub(square(a), b)]), 1);

const result = await minimize(model);
const point = Array.from(x.valueIn(result), (value) => value.toFixed(7)).join(', ');
console.log(`${result.status}: x = (${point}), f = ${result.objective.toFixed(9)}`);
console.log(`linear constraints at a side: ${linear.activeIn(result).join(', ')}`);

// prints: solved: x = (0.4149443, 0.1701114), f = 0.342717575
// prints: linear constraints at a side: false, true
