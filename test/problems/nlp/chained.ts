// L. Luksan and J. Vlcek's chains, as CUTEst has them (LUKVLE), which now and then differs from the report.
import {
  add,
  at,
  concat,
  constant,
  cos,
  type Expression,
  exp,
  matvec,
  mul,
  neg,
  pow,
  sin,
  slice,
  square,
  sub,
  sum,
  sumSquares,
  tan,
} from '../../../src/expressions/index.js';
import { Model, type SparseMatrix } from '../../../src/index.js';
import { every, type Problem, range, repeated, type Scalar, total, type Vector } from './define.js';

const source =
  'L. Luksan, J. Vlcek, Sparse and partially separable test problems for unconstrained and equality constrained ' +
  'optimization, Technical Report 767, Prague 1999';

function chain(
  number: string,
  n: number,
  minima: readonly number[],
  start: readonly number[],
  formulas: (x: Vector, model: Model) => Scalar,
): Problem {
  const build = () => {
    const model = new Model();
    model.minimize(formulas(model.variable(n, { start: repeated(start, n) }), model));
    return model;
  };
  return { name: `lukvle${number}(${n})`, source: `${source}, problem 5.${number}`, minima, build };
}

const plus = (...terms: Expression[]): Vector => terms.reduce((a, b) => add(a, b)) as Vector;
const fourth = (x: Expression) => sum(pow(x, 4));
const sixth = (x: Expression) => sum(pow(x, 6));
const cubeless = (v: Vector, w: Vector) => sub(pow(v, 3), mul(v, w));

export function lukvle1(n: number, minima: readonly number[]): Problem {
  return chain('1', n, minima, [-1.2, 1], (x, model) => {
    const [a, b, c] = [slice(x, 0, n - 2), slice(x, 1, n - 1), slice(x, 2)];
    const waves = mul(sin(sub(b, c)), sin(add(b, c)));
    model.equal(plus(mul(3, pow(b, 3)), mul(2, c), waves, mul(4, b), neg(mul(a, exp(sub(a, b))))), 8);
    const [left, right] = [slice(x, 0, n - 1), slice(x, 1)];
    return total(mul(100, sumSquares(sub(square(left), right))), sumSquares(sub(left, 1)));
  });
}

/** A matrix of ones at |i - j| as `from` and `to` allow. */
function band(n: number, from: number, to: number): SparseMatrix {
  const rows = range(n, (i) => range(n).filter((j) => j >= i + from && j <= i + to));
  const offsets = [0];
  for (const row of rows) offsets.push((offsets.at(-1) as number) + row.length);
  const indices = Int32Array.from(rows.flat());
  const values = new Float64Array(indices.length).fill(1);
  return { format: 'csr', rows: n, columns: n, offsets: Int32Array.from(offsets), indices, values };
}

export function lukvle2(n: number, minima: readonly number[]): Problem {
  return chain('2', n, minima, [-2, 1], (x, model) => {
    const banded = matvec(constant(band(n, -5, 1)), add(x, square(x)));
    const k = slice(x, 5, n - 2);
    model.equal(plus(mul(k, add(2, mul(5, square(k)))), slice(banded, 5, n - 2)), -1);
    const [a, b, c, d] = range(4, (i) => every(x, i, 2, n / 2 - 1)) as [Vector, Vector, Vector, Vector];
    return total(
      mul(100, sumSquares(sub(square(a), b))),
      sumSquares(sub(a, 1)),
      mul(90, sumSquares(sub(square(c), d))),
      sumSquares(add(c, 1)),
      mul(10, sumSquares(sub(add(b, d), 2))),
      mul(0.1, sumSquares(sub(b, a))),
    );
  });
}

export function lukvle3(n: number, minima: readonly number[]): Problem {
  return chain('3', n, minima, [3, -1, 0, 1], (x, model) => {
    const [x1, x2, y1, y2] = [at(x, 0), at(x, 1), at(x, n - 2), at(x, n - 1)];
    model.equal(total(mul(3, pow(x1, 3)), mul(2, x2), mul(sin(sub(x1, x2)), sin(add(x1, x2)))), 5);
    model.equal(total(mul(4, y1), neg(mul(y1, exp(sub(y1, y2))))), 3);
    const [a, b, c, d] = range(4, (i) => every(x, i, 2, n / 2 - 1)) as [Vector, Vector, Vector, Vector];
    return total(
      sumSquares(add(a, mul(10, b))),
      mul(5, sumSquares(sub(c, d))),
      fourth(sub(b, mul(2, c))),
      mul(10, fourth(sub(a, d))),
    );
  });
}

/** LUKVLE4C, the corrected one. */
export function lukvle4(n: number, minima: readonly number[]): Problem {
  return chain('4', n, minima, [1, 2, 2, 2], (x, model) => {
    const [p, q, r] = [slice(x, 0, n - 2), slice(x, 1, n - 1), slice(x, 2)];
    model.equal(plus(mul(8, cubeless(q, p)), mul(6, q), mul(-4, square(r))), 2);
    const [a, b, c, d] = range(4, (i) => every(x, i, 2, n / 2 - 1)) as [Vector, Vector, Vector, Vector];
    return total(
      fourth(sub(exp(a), b)),
      mul(100, sixth(sub(b, c))),
      fourth(add(tan(sub(c, d)), sub(c, d))),
      sum(pow(a, 8)),
      sumSquares(sub(d, 1)),
    );
  });
}

export function lukvle6(n: number, minima: readonly number[]): Problem {
  return chain('6', n, minima, [3], (x, model) => {
    const [a, b, c] = range(3, (i) => every(x, i, 2, Math.floor(n / 2))) as [Vector, Vector, Vector];
    model.equal(sub(mul(4, b), mul(sub(a, c), exp(sub(sub(a, b), c)))), 3);
    const banded = matvec(constant(band(n, -5, 1)), add(x, square(x)));
    return sum(pow(square(plus(mul(x, add(2, mul(5, square(x)))), banded, constant(range(n, () => 1)))), 7 / 6));
  });
}

export function lukvle7(n: number, minima: readonly number[]): Problem {
  return chain('7', n, minima, [1], (x, model) => {
    const [x1, x2, x3, x4] = range(4, (i) => at(x, i)) as [Scalar, Scalar, Scalar, Scalar];
    const [y1, y2, y3, y4] = range(4, (i) => at(x, -1 - i)) as [Scalar, Scalar, Scalar, Scalar];
    const cube = (v: Scalar, w: Scalar) => mul(8, sub(pow(v, 3), mul(v, w)));
    model.equal(total(mul(4, x1), x2, mul(-4, square(x2)), neg(square(x3))), 0);
    model.equal(total(mul(6, x2), x3, cube(x2, x1), mul(-4, square(x3)), neg(square(x4))), 2);
    model.equal(total(mul(6, y2), neg(y4), cube(y2, y3), mul(-4, square(y1)), square(y3)), 2);
    model.equal(total(mul(2, y1), neg(y3), cube(y1, y2), square(y2)), 0);
    const i = range(n, (k) => k + 1);
    const [before, after] = [concat([0, slice(x, 0, n - 1)]), concat([slice(x, 1), 0])];
    return sum(mul(i, plus(sub(1, cos(x)), sin(before), neg(sin(after)))));
  });
}

export function lukvle8(n: number, minima: readonly number[]): Problem {
  return chain('8', n, minima, [-1, 2], (x, model) => {
    const h = 1 / (n + 1);
    const [a, b, c] = [slice(x, 0, n - 2), slice(x, 1, n - 1), slice(x, 2)];
    const shifted = add(
      b,
      range(n - 2, (k) => h * (k + 2) + 1),
    );
    model.equal(plus(mul(2, b), neg(a), neg(c), mul((h * h) / 2, square(shifted))));
    const [p, q, r, s, t] = range(5, (i) => every(x, i, 5, n / 5)) as [Vector, Vector, Vector, Vector, Vector];
    const squares = plus(square(p), square(q), square(r), square(s), square(t));
    return total(
      sum(exp(mul(mul(mul(p, q), mul(r, s)), t))),
      mul(10, sumSquares(sub(squares, 10 - 0.002008))),
      mul(10, sumSquares(add(sub(mul(q, r), mul(5, mul(s, t))), 0.0019))),
      mul(10, sumSquares(add(add(pow(p, 3), pow(q, 3)), 1 + 0.000261))),
    );
  });
}

export function lukvle9(n: number, minima: readonly number[]): Problem {
  return chain('9', n, minima, [-1], (x, model) => {
    const X = (i: number) => at(x, i - 1);
    const Y = (i: number) => at(x, n - 1 - i);
    const s = (...terms: Scalar[]) => total(...terms.map((term) => square(term)));
    const cube = (v: Scalar, w: Scalar) => mul(8, sub(pow(v, 3), mul(v, w)));
    const less = (factor: number, v: Scalar) => mul(-factor, square(v));
    model.equal(total(mul(4, X(1)), X(2), X(3), less(4, X(2)), neg(s(X(3), X(4)))), 0);
    model.equal(total(mul(6, X(2)), X(3), X(4), cube(X(2), X(1)), less(4, X(3)), s(X(1)), neg(s(X(4), X(5)))), 2);
    model.equal(
      total(mul(6, X(3)), X(4), X(5), neg(X(1)), cube(X(3), X(2)), less(4, X(4)), s(X(2), X(1)), neg(s(X(5), X(6)))),
      2,
    );
    model.equal(
      total(
        mul(6, Y(2)),
        Y(1),
        Y(0),
        neg(Y(4)),
        neg(Y(5)),
        cube(Y(2), Y(3)),
        less(4, Y(1)),
        s(Y(3), Y(4)),
        less(1, Y(0)),
      ),
      2,
    );
    model.equal(total(mul(6, Y(1)), neg(Y(3)), Y(0), neg(Y(4)), cube(Y(1), Y(2)), less(4, Y(0)), s(Y(2), Y(3))), 2);
    model.equal(total(mul(2, Y(0)), neg(Y(3)), neg(Y(2)), cube(Y(0), Y(1)), s(Y(1), Y(2))), 0);
    const [a, b] = [every(x, 0, 2, n / 2), every(x, 1, 2, n / 2)];
    return total(mul(0.001, sumSquares(a)), sum(sub(b, a)), sum(exp(mul(20, sub(a, b)))));
  });
}

export function lukvle10(n: number, minima: readonly number[]): Problem {
  return chain('10', n, minima, [-1, 1], (x, model) => {
    const [a, b, c] = [slice(x, 0, n - 2), slice(x, 1, n - 1), slice(x, 2)];
    model.equal(plus(mul(b, sub(3, mul(2, b))), neg(a), mul(-2, c)), -1);
    const [p, q] = [square(every(x, 0, 2, n / 2)), square(every(x, 1, 2, n / 2))];
    return total(sum(pow(p, add(q, 1))), sum(pow(q, add(p, 1))));
  });
}

/** Windows of five: those of the objective move by `step`, those of the constraints as well, but as CUTEst counts them. */
function windows(
  number: string,
  n: number,
  step: 3 | 4,
  minima: readonly number[],
  start: readonly number[],
  objective: (v: readonly [Vector, Vector, Vector, Vector, Vector]) => Scalar,
  constraints: (v: readonly [Vector, Vector, Vector, Vector, Vector]) => (readonly [Vector, number])[],
): Problem {
  return chain(number, n, minima, start, (x, model) => {
    const count = Math.floor((n - 5 + step) / step);
    const five = (by: number) => range(5, (i) => every(x, i, by, count)) as [Vector, Vector, Vector, Vector, Vector];
    for (const [left, right] of constraints(five(step - 1))) model.equal(left, right);
    return objective(five(step));
  });
}

const apart = (a: Vector, b: Vector) => sumSquares(sub(a, b));
const farApart = (a: Vector, b: Vector) => fourth(sub(a, b));
const from1 = (a: Vector) => sumSquares(sub(a, 1));

export const lukvle11 = (n: number, minima: readonly number[]) =>
  windows(
    '11',
    n,
    3,
    minima,
    [2, 1.5, 0.5],
    ([a, b, c, d, e]) => total(apart(a, b), from1(c), fourth(sub(d, 1)), sixth(sub(e, 1))),
    ([a, b, c, d, e]) => [
      [add(mul(square(a), d), sin(sub(d, e))), 1],
      [add(b, mul(square(c), d)), 2],
    ],
  );

export const lukvle12 = (n: number, minima: readonly number[]) =>
  windows(
    '12',
    n,
    4,
    minima,
    [2, 1.5, -1, 0.5],
    ([a, b, c, d, e]) => total(apart(a, b), apart(b, c), farApart(c, d), farApart(d, e)),
    ([a, b, c, d, e]) => [
      [plus(a, square(b), square(c)), 3],
      [plus(b, square(c), d), 1],
      [mul(a, e), 1],
    ],
  );

export const lukvle13 = (n: number, minima: readonly number[]) =>
  windows(
    '13',
    n,
    3,
    minima,
    [3, 5, -3],
    ([a, b, c, d, e]) => total(from1(a), apart(b, c), farApart(d, e)),
    ([a, b, c, d, e]) => [
      [plus(a, square(b), c, d, mul(4, e)), 5],
      [plus(square(c), mul(-2, add(d, e))), 3],
    ],
  );

export const lukvle14 = (n: number, minima: readonly number[]) =>
  windows(
    '14',
    n,
    3,
    minima,
    [10, 7, -3],
    ([a, b, c, d, e]) => total(apart(a, b), from1(c), fourth(sub(d, 1)), sixth(sub(e, 1))),
    ([a, b, c, d, e]) => [
      [plus(square(a), b, c, mul(4, d)), 7],
      [sub(square(c), mul(5, e)), 6],
    ],
  );

export const lukvle15 = (n: number, minima: readonly number[]) =>
  windows(
    '15',
    n,
    4,
    minima,
    [35, 11, 5, -5],
    ([a, b, c, d, e]) => total(apart(a, b), apart(b, c), farApart(c, d), farApart(d, e)),
    ([a, b, c, d, e]) => [
      [plus(square(a), mul(2, b), mul(3, c)), 6],
      [plus(square(b), mul(2, c), mul(3, d)), 6],
      [plus(square(c), mul(2, d), mul(3, e)), 6],
    ],
  );

const sums = ([a, b, c, d, e]: readonly [Vector, Vector, Vector, Vector, Vector], right: number) =>
  [
    [add(square(a), mul(3, b)), right],
    [plus(square(c), d, mul(-2, e)), 0],
    [sub(square(b), e), 0],
  ] as const;

export const lukvle16 = (n: number, minima: readonly number[]) =>
  windows(
    '16',
    n,
    4,
    minima,
    [2.5, 0.5, 2, -1],
    ([a, b, c, d, e]) => total(farApart(a, b), sumSquares(sub(add(b, c), 2)), from1(d), from1(e)),
    (v) => [...sums(v, 4)],
  );

export const lukvle17 = (n: number, minima: readonly number[]) =>
  windows(
    '17',
    n,
    4,
    minima,
    [2],
    ([a, b, c, d, e]) => total(apart(mul(4, a), b), fourth(sub(add(b, c), 2)), from1(d), from1(e)),
    (v) => [...sums(v, 0)],
  );

export const lukvle18 = (n: number, minima: readonly number[]) =>
  windows(
    '18',
    n,
    4,
    minima,
    [2],
    ([a, b, c, d, e]) => total(farApart(a, b), sumSquares(sub(add(b, c), 2)), from1(d), from1(e)),
    (v) => [...sums(v, 0)],
  );

export const problems: readonly Problem[] = [
  lukvle1(10, [6.23245863]),
  lukvle2(10, [159.960519]),
  lukvle3(10, [27.5885638]),
  lukvle4(10, [17.6119111]),
  lukvle6(9, [377.703136]),
  lukvle6(99, [6037.653247]),
  lukvle7(10, [-1.57842832]),
  lukvle8(50, [4120.80126, 5284.557533]),
  lukvle9(10, [2.80131909]),
  lukvle10(10, [3.11516025]),
  lukvle11(8, [0]),
  lukvle12(9, [10.43723288]),
  lukvle13(20, [111.931544, 78.68875]),
  lukvle14(20, [318804.199, 140.3692639]),
  lukvle15(17, [0]),
  lukvle16(17, [16.1524966, 172.845096]),
  // The Jacobian loses rank at their minima: what ||c|| = 1e-8 is worth in f is known to a hundredth only.
  { ...lukvle17(17, [53.73]), accuracy: 0.02 },
  { ...lukvle18(17, [17.659]), accuracy: 0.02 },
];
