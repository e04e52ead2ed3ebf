// The problems by which the contract tests hold the family to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const n = 12;
const A = numbers(n * n);

/** A^T A + I, in numbers that single precision holds. */
const Q = Float64Array.from({ length: n * n }, (_, at) => {
  const [i, j] = [Math.floor(at / n), at % n];
  let sum = i === j ? 1 : 0;
  for (let k = 0; k < n; ++k) sum += (A[k * n + i] as number) * (A[k * n + j] as number);
  return Math.fround(sum);
});

/** A diagonal from 1 to 10^8: steepest descent gains a share of about 10^-8 a step. */
const steep = Float64Array.from({ length: n * n }, (_, at) =>
  at % (n + 1) === 0 ? 10 ** ((8 * at) / (n * n - 1)) : 0,
);

export const fixture: Fixture = {
  small: { solver: 'discrete/solveDiscrete', data: { Q: matrix(n, n, Q), c: numbers(n, 2) }, settings: {} },
  endless: {
    solver: 'discrete/solveDiscrete',
    data: { Q: matrix(n, n, steep), c: new Float64Array(n).fill(1) },
    settings: limitless,
  },
  wrong: { Q: matrix(2, 2, Float64Array.of(2, 1, 1, 3)), c: [1, 2, 3] },
};
