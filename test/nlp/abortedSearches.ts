// Large models whose global search is aborted at moments of all its phases.
import { dot, exp, matvec, mul, sum } from '../../src/expressions/index.js';
import { Model, type minimizeGlobally } from '../../src/index.js';
import { Draw } from './draw.js';

type Relaxation = NonNullable<Parameters<typeof minimizeGlobally>[1]>['relaxation'];

export interface Search {
  name: string;
  model: Model;
  relaxation: Relaxation;
}

/** A quadratic function in a box whose matrix has `band` diagonals beside its own. */
function quadratic(n: number, band: number, isEquation = false): Model {
  const draw = new Draw(n);
  const Q = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; ++i) {
    for (let j = Math.max(0, i - band); j <= i; ++j) {
      (Q[i] as Float64Array)[j] = (Q[j] as Float64Array)[i] = draw.below(101) - 50;
    }
  }
  const model = new Model();
  const x = model.variable(n, { lower: 0, upper: 1 });
  model.minimize(dot(x, matvec(Q, x)));
  if (isEquation) model.equal(sum(x), Math.floor(n / 3));
  return model;
}

/** One function, and one product, a variable. */
export function wide(n: number): Model {
  const model = new Model();
  const x = model.variable(n, { lower: -1, upper: 1 });
  model.minimize(sum(mul(exp(x), x)));
  return model;
}

export const searches = (): Search[] => [
  { name: 'n exp(x) x, n = 3000', model: wide(3000), relaxation: 'linear' },
  { name: 'quadratic in a box, n = 400, 17 diagonals', model: quadratic(400, 8), relaxation: 'linear' },
  { name: 'the same, n = 150, dense', model: quadratic(150, 150), relaxation: 'linear' },
  { name: 'the same', model: quadratic(150, 150), relaxation: 'semidefinite' },
  { name: 'n = 60, with an equation', model: quadratic(60, 60, true), relaxation: 'semidefinite' },
  { name: 'n = 700', model: quadratic(700, 700), relaxation: 'semidefinite' },
];
