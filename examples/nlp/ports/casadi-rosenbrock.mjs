// Rosenbrock's function in a disk, with the radius as a parameter, in the manner of CasADi's Opti:
//     opti.minimize((1 - x)^2 + 100 (y - x^2)^2); opti.subject_to(x^2 + y^2 <= r^2); opti.set_value(r, ...)
// Reference: scipy 1.15.3, minimize(method='SLSQP', ftol=1e-16): f = 0.2966215688, 0.0456748087 and 0.0111324462; the minimum (1, 1) of
// the function itself is in the last disk.

import { Model, minimize } from 'nonconvex';
import { add, at, mul, square, sub, sumSquares } from 'nonconvex/model';

const model = new Model();
const x = model.variable(2);
const squaredRadius = model.parameter();
const [a, b] = [at(x, 0), at(x, 1)];
model.minimize(add(square(sub(1, a)), mul(100, square(sub(b, square(a))))));
const disk = model.atMost(sumSquares(x), squaredRadius);

let last;
for (const radius of [0.5, 1, 1.2, 2]) {
  squaredRadius.set(radius ** 2);
  last = await minimize(model, { warmStart: last });
  const point = Array.from(x.valueIn(last), (value) => value.toFixed(5)).join(', ');
  const where = disk.activeIn(last) ? 'on the circle' : 'inside';
  console.log(`radius ${radius}: ${last.status}, (${point}) ${where}, f = ${last.objective.toFixed(8)}`);
}

// prints: radius 0.5: solved, (0.45565, 0.20587) on the circle, f = 0.29662157
// prints: radius 1: solved, (0.78642, 0.61770) on the circle, f = 0.04567481
// prints: radius 1.2: solved, (0.89455, 0.79986) on the circle, f = 0.01113245
// prints: radius 2: solved, (1.00000, 1.00000) inside, f = 0.00000000
