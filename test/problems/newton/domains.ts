// Functions that are not defined everywhere: a full Newton step leaves the domain.
import { log, Model, matvec, mul, sum } from '../../../src/index.js';
import { type Problem, range } from './define.js';

/** Least sum x log x, x a distribution on [-1, 1] with two moments given: the negative of the largest entropy. */
function entropy(n: number, minima: readonly number[]): Problem {
  const v = range(n, (i) => -1 + (2 * i) / (n - 1));
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: range(n, () => 1 / n) });
    model.equal(matvec([range(n, () => 1), v, v.map((t) => t * t)], x), [1, 0.2, 0.06]);
    model.minimize(sum(mul(x, log(x))));
    return model;
  };
  return { name: `entropy(${n})`, source: 'E. T. Jaynes, Phys. Rev. 106, 1957', minima, build };
}

export const problems: readonly Problem[] = [entropy(20, [-1.714218829]), entropy(300, [-4.470223417])];
