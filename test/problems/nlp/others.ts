// Mechanics, economics, chemistry, points on spheres, eigenvalues.
import {
  add,
  at,
  column,
  concat,
  constant,
  div,
  dot,
  gather,
  log,
  matmul,
  mul,
  neg,
  pow,
  row,
  slice,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
  transpose,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { cute, type Problem, range, repeated, type Scalar, small, total, type Vector } from './define.js';

/** A chain of n beams of length 1 fixed at both ends, with gravity. */
const catena: Problem = {
  name: 'catena',
  source: cute,
  minima: [-23077.74628],
  nl: 'catena',
  build: () => {
    const [n, span] = [11, 6.6];
    const model = new Model();
    const inside = model.variable(n - 1, { start: range(n - 1, (i) => (i + 1) * (span / n)) });
    const [y, z] = [model.variable(n, { start: range(n, (i) => -(i + 1) * (span / n)) }), model.variable(n)];
    const x = concat([0, inside, span]) as Vector;
    const lengths = [x, concat([0, y]) as Vector, concat([0, z]) as Vector].map((v) =>
      square(sub(slice(v, 1), slice(v, 0, n))),
    ) as [Vector, Vector, Vector];
    model.equal(add(add(lengths[0], lengths[1]), lengths[2]), 1);
    const weight = (500 * 9.81) / n;
    model.minimize(sub(mul(weight, sum(y)), mul(weight / 2, at(y, n - 1))));
    return model;
  },
};

/** Data reconciliation in a fluid catalytic cracking unit. */
const fccu: Problem = {
  name: 'fccu',
  source: 'S. K. Mah, as problem FCCU of CUTE',
  minima: [11.14910914],
  nl: 'fccu',
  build: () => {
    const measured = [31, 36, 20, 3, 5, 3.5, 4.2, 0.9, 3.9, 2.2, 22.8, 6.8, 19, 8.5, 2.2, 2.5, 10.8, 6.5, 6.5];
    const third = 1 / 0.33333333;
    const weights = [5, 1, 1, third, third, third, 1, 1, 1, 1, 1, 1, 1, 1, third, third, 1, third, third];
    const balances: readonly (readonly number[])[] = [
      [1, -2, 9],
      [2, -3, -4, -5, -6, -7],
      [7, -8, -9],
      [3, -10, -11, 14],
      [11, -12, -13],
      [13, -14, -17],
      [12, -15, -16],
      [17, -18, -19],
    ];
    const model = new Model();
    const x = model.variable(19, { start: 1 });
    const flow = (k: number) => (k > 0 ? at(x, k - 1) : neg(at(x, -k - 1)));
    for (const balance of balances) model.equal(total(...balance.map(flow)), 0);
    model.minimize(dot(weights, square(sub(x, measured))));
    return model;
  },
};

const genhs28: Problem = {
  name: 'genhs28',
  source: `${cute}, a generalisation of Hock and Schittkowski's problem 28`,
  minima: [0.927173694],
  nl: 'genhs28',
  build: () => {
    const model = new Model();
    const x = model.variable(10, { start: [-4, ...range(9, () => 1)] });
    const [a, b, c] = [slice(x, 0, 8), slice(x, 1, 9), slice(x, 2)];
    model.equal(add(add(a, mul(2, b)), mul(3, c)), 1);
    model.minimize(sumSquares(add(slice(x, 0, 9), slice(x, 1))));
    return model;
  },
};

/** Control of an economy over seven quarters. */
const abel: Problem = {
  name: 'abel',
  source: 'D. Kendrick, Caution and probing in a macroeconomic model, J. Econ. Dyn. Control 4, 1982',
  minima: [225.1945832],
  nl: 'abel',
  build: () => {
    const model = new Model();
    const growth = (base: number, from: number) => range(7, (k) => base * 1.0075 ** (k + from));
    const variable = (start: number) => model.variable(7, { start });
    const [consumption, investment, spending, money] = [
      variable(387.9),
      variable(85.3),
      variable(110.5),
      variable(147.1),
    ];
    const [c, i] = [
      concat([387.9, slice(consumption, 0, 6)]) as Vector,
      concat([85.3, slice(investment, 0, 6)]) as Vector,
    ];
    const effect = (a: number, b: number, p: number, q: number) =>
      add(add(mul(a, c), mul(b, i)), add(mul(p, spending), mul(q, money)));
    model.equal(sub(consumption, effect(0.914, -0.016, 0.305, 0.424)), -59.4);
    model.equal(sub(investment, effect(0.097, 0.424, -0.101, 1.459)), -184.7);
    const last = (early: number, late: number) => [...range(6, () => early), late];
    model.minimize(
      mul(
        0.5,
        total(
          dot(last(0.0625, 6.25), square(sub(consumption, growth(387.9, 1)))),
          dot(last(1, 100), square(sub(investment, growth(85.3, 1)))),
          sumSquares(sub(spending, growth(110.5, 0))),
          mul(0.444, sumSquares(sub(money, growth(147.1, 0)))),
        ),
      ),
    );
    return model;
  },
};

const globallib = 'C. A. Floudas and others, Handbook of test problems in local and global optimization, Kluwer 1999';

/** Phase stability by van der Waals's and by Peng and Robinson's equation of state. */
const phases: readonly Problem[] = [
  small(
    'ex8_5_4',
    globallib,
    [-0.0004251471],
    [0.5, 0.5, 2, 1, 1],
    ([x1, x2, z, a, b]) => ({
      f: total(
        mul(x1, log(x1)),
        mul(x2, log(x2)),
        neg(log(sub(z, b))),
        neg(div(mul(a, log(add(1, div(b, z)))), b)),
        mul(0.362259780811985, x1),
        mul(3.27527428318836, x2),
        z,
        -1,
      ),
      c: [
        [total(pow(z, 3), neg(square(z)), mul(sub(a, add(square(b), b)), z), neg(mul(a, b))), 0],
        [sub(a, quadratic([0.352565, 0.844083, 2.14335], x1, x2)), 0],
        [total(b, mul(-0.12932, x1), mul(-0.271567, x2)), 0],
        [add(x1, x2), 1],
      ],
    }),
    { nl: 'ex8_5_4' },
  ),
  small(
    'ex8_5_5',
    globallib,
    [6.5666e-7],
    [0.5, 0.5, 2, 1, 1],
    ([x1, x2, z, a, b]) => ({
      f: total(
        mul(x1, log(x1)),
        mul(x2, log(x2)),
        neg(log(sub(z, b))),
        neg(
          div(
            mul(
              mul(0.353553390593274, a),
              log(div(add(z, mul(2.41421356237309, b)), add(z, mul(-0.414213562373095, b)))),
            ),
            b,
          ),
        ),
        mul(2.5746329124341, x1),
        mul(0.54639755131421, x2),
        z,
        -1,
      ),
      c: [
        [
          total(
            pow(z, 3),
            neg(mul(sub(1, b), square(z))),
            mul(total(mul(-3, square(b)), mul(-2, b), a), z),
            neg(mul(a, b)),
            pow(b, 3),
            square(b),
          ),
          0,
        ],
        [sub(a, quadratic([0.884831, 0.555442, 0.427888], x1, x2)), 0],
        [total(b, mul(-0.0885973, x1), mul(-0.0890893, x2)), 0],
        [add(x1, x2), 1],
      ],
    }),
    { nl: 'ex8_5_5' },
  ),
];

/** a_1 x^2 + 2 a_2 x y + a_3 y^2 */
function quadratic([a1, a2, a3]: readonly [number, number, number], x: Scalar, y: Scalar): Scalar {
  return total(mul(a1, square(x)), mul(2 * a2, mul(x, y)), mul(a3, square(y)));
}

/** Electrons on a sphere. */
export function elec(points: number, minima: readonly number[], nl?: string): Problem {
  const build = () => {
    const model = new Model();
    // A spiral, which no symmetry keeps where it is.
    const height = (i: number) => 1 - (2 * i + 1) / points;
    const turn = (i: number, f: (angle: number) => number) => Math.sqrt(1 - height(i) ** 2) * f(2.4 * i);
    const variable = (start: number[]) => model.variable(points, { start });
    const [x, y, z] = [
      variable(range(points, (i) => turn(i, Math.cos))),
      variable(range(points, (i) => turn(i, Math.sin))),
      variable(range(points, height)),
    ];
    model.equal(add(add(square(x), square(y)), square(z)), 1);
    const pairs = range(points).flatMap((i) => range(points - 1 - i, (k) => [i, i + 1 + k] as const));
    const apart = (v: Vector) =>
      square(
        sub(
          gather(
            v,
            pairs.map(([i]) => i),
          ),
          gather(
            v,
            pairs.map(([, j]) => j),
          ),
        ),
      );
    model.minimize(sum(div(1, sqrt(add(add(apart(x), apart(y)), apart(z))))));
    return model;
  };
  const source = 'E. Dolan, J. More, Benchmarking optimization software with COPS, Argonne 2000';
  return { name: `elec(${points})`, source, minima, nl, build };
}

/** Q^T diag(d) Q = A with orthogonal Q, least squares over the lower triangle; A has -1, 2, -1. */
export function eigenbco(N: number, minima: readonly number[], nl?: string): Problem {
  const build = () => {
    const model = new Model();
    const Q = model.variable([N, N], { start: range(N * N, (k) => (k % (N + 1) === 0 ? 1 : 0)) });
    const d = model.variable(N, { start: 1 });
    const lower = range(N).flatMap((j) => range(j + 1, (i) => [i, j] as const));
    const columns = range(N, (j) => column(Q, j));
    const product = (i: number, j: number) => mul(columns[i] as Vector, columns[j] as Vector);
    for (const [i, j] of lower) if (i !== j) model.equal(sum(product(i, j)), 0);
    for (const [i, j] of lower) if (i === j) model.equal(sum(product(i, j)), 1);
    const errors = lower.map(([i, j]) => sub(dot(product(i, j), d), i === j ? 2 : i + 1 === j ? -1 : 0));
    model.minimize(sumSquares(concat(errors)));
    return model;
  };
  return { name: `eigenbco(${N})`, source: `${cute}, EIGENBCO`, minima, nl, build };
}

/** Q D = A Q with orthogonal Q, least squares over all entries; A = diag(1, ..., N). */
export function eigena2(N: number): Problem {
  const build = () => {
    const model = new Model();
    const Q = model.variable([N, N], { start: range(N * N, (k) => (k % (N + 1) === 0 ? 1 : 0)) });
    const d = model.variable(N, { start: 1 });
    const identity = range(N, (i) => range(N, (j) => (i === j ? 1 : 0)));
    const gram = sub(matmul(transpose(Q), Q), identity);
    for (let i = 0; i < N; ++i) model.equal(slice(row(gram, i), i));
    const A = constant(range(N, (i) => range(N, (j) => (i === j ? i + 1 : 0))));
    const scaled = range(N, (j) => sub(mul(at(d, j), column(Q, j)), column(matmul(A, Q), j)));
    model.minimize(sumSquares(concat(scaled)));
    return model;
  };
  return { name: `eigena2(${N})`, source: `${cute}, EIGENA2`, minima: [0], build };
}

export function gilbert(n: number, minima: readonly number[]): Problem {
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: repeated([10, -10], n) });
    model.equal(mul(0.5, sub(sumSquares(x), 1)));
    const a = range(n, (i) => (n - i) / n);
    model.minimize(mul(0.5, sumSquares(sub(mul(a, x), 1))));
    return model;
  };
  const source =
    'J. C. Gilbert, On the realization of the Wolfe conditions in reduced quasi-Newton methods, INRIA 1993';
  return { name: `gilbert(${n})`, source, minima, build };
}

/** The relaxation by two vectors of the largest stable set: a ring of `n` vertices with chords. */
export function stableSet(n: number, chord: number): Problem {
  const build = () => {
    const model = new Model();
    const [x, y] = [
      model.variable(n, { start: range(n, (i) => 1 + 0.1 * Math.sin(i)) }),
      model.variable(n, { start: range(n, (i) => 1 + 0.1 * Math.cos(i)) }),
    ];
    const edges = range(n, (i) => [i, (i + 1) % n] as const).concat(
      range(Math.floor(n / 3), (i) => [i, (i + chord) % n] as const),
    );
    const end = (v: Vector, k: 0 | 1) =>
      gather(
        v,
        edges.map((edge) => edge[k]),
      );
    model.equal(add(sumSquares(x), sumSquares(y)), 1);
    model.equal(add(mul(end(x, 0), end(x, 1)), mul(end(y, 0), end(y, 1))));
    model.minimize(neg(add(square(sum(x)), square(sum(y)))));
    return model;
  };
  return { name: `stableSet(${n})`, source: `${cute}, the form of MSS1`, minima: [], build };
}

export const problems: readonly Problem[] = [
  catena,
  fccu,
  genhs28,
  abel,
  ...phases,
  elec(25, [243.8127603], 'elec25'),
  eigenbco(10, [0], 'eigenbco'),
  eigena2(5),
  gilbert(10, [3.345201487]),
  gilbert(50, [21.153509646]),
];
