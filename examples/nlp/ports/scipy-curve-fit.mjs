// The example of scipy's curve_fit: fit a exp(-b t) + c to data, then with the bounds of its documentation, 0 <= (a, b, c) <= (3, 1, 0.5).
// The noise is a formula in place of random numbers. Reference: scipy 1.15.3, curve_fit with tolerances 1e-15: (2.424858548, 1.206149527,
// 0.469378763) with sum of squares 0.95477706, and with bounds (2.369658086, 1, 0.388432952) with 1.06528079.

import { Model, minimize } from 'nonconvex';
import { add, at, exp, mul, sub, sumSquares } from 'nonconvex/model';

const t = Array.from({ length: 50 }, (_, i) => (4 * i) / 49);
const data = t.map((value, i) => 2.5 * Math.exp(-1.3 * value) + 0.5 + 0.2 * Math.sin(37 * i));

async function fitted(bounds) {
  const model = new Model();
  const p = model.variable(3, { start: 1, ...bounds });
  const curve = add(mul(at(p, 0), exp(mul(-1, at(p, 1), t))), at(p, 2));
  model.minimize(sumSquares(sub(curve, data)));
  const result = await minimize(model);
  const found = Array.from(p.valueIn(result), (value) => value.toFixed(6)).join(', ');
  return `${result.status}, (${found}), sum of squares ${result.objective.toFixed(8)}`;
}

console.log(`free: ${await fitted({})}`);
console.log(`with bounds: ${await fitted({ lower: 0, upper: [3, 1, 0.5] })}`);

// prints: free: solved, (2.424859, 1.206150, 0.469379), sum of squares 0.95477706
// prints: with bounds: solved, (2.369658, 1.000000, 0.388433), sum of squares 1.06528079
