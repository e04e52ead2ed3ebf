// Optimal control and boundary value problems, of any number of steps.
import {
  add,
  at,
  concat,
  constant,
  dot,
  type Expression,
  exp,
  matmul,
  matvec,
  mul,
  pow,
  reshape,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
} from '../../../src/expressions/index.js';
import { Model, type SparseMatrix } from '../../../src/index.js';
import { type Problem, range, type Scalar, total, type Vector } from './define.js';

const liao =
  'T. F. Coleman, A. Liao, An efficient trust region method for unconstrained discrete-time optimal control problems, Cornell 1992';
const hager = 'W. W. Hager, Multiplier methods for nonlinear optimal control, SIAM J. Numer. Anal. 27(4), 1990';
const cops =
  'A. Bondarenko, D. Bortz, J. More, COPS: large-scale nonlinearly constrained optimization problems, Argonne 1999';

type Rows = Expression<readonly [number, number]>;
const plus = (...terms: Expression[]): Vector => terms.reduce((a, b) => add(a, b)) as Vector;
const plusRows = (...terms: Expression[]): Rows => terms.reduce((a, b) => add(a, b)) as Rows;

/** y_1, ..., y_(N - 1) from the given y_1 and the variables y_2, ..., y_N. */
const before = (first: number, y: Vector): Vector => concat([first, slice(y, 0, y.size - 1)]) as Vector;
const beforeRows = (first: readonly number[], Y: Rows): Rows => concat([[first], slice(Y, 0, Y.shape[0] - 1)]) as Rows;

/** The state moves linearly by A and by B with the controls, and by mu y^T C u, the same for all of its entries. */
export function dtoc1(N: number, controls: number, states: number, mu: number, minima: readonly number[]): Problem {
  const A = range(states, (i) => range(states, (j) => (i === j ? 0.5 : j === i + 1 ? 0.25 : j === i - 1 ? -0.25 : 0)));
  const B = range(states, (i) => range(controls, (j) => (i - j) / (controls + states)));
  const C = range(states, (i) => range(controls, (j) => (mu * (i + j + 2)) / (controls + states)));
  const build = () => {
    const model = new Model();
    const X = model.variable([N - 1, controls]);
    const Y = model.variable([N - 1, states]);
    const Z = beforeRows(
      range(states, () => 0),
      Y,
    );
    const bilinear = dot(matmul(Z, C), X, { per: 'row' });
    const ones = [range(states, () => 1)];
    const flow = plusRows(matmul(Z, transposed(A)), matmul(X, transposed(B)));
    const pushed = mu === 0 ? flow : add(flow, matmul(reshape(bilinear, [N - 1, 1]), ones));
    model.equal(sub(pushed, Y));
    model.minimize(total(sum(pow(add(X, 0.5), 4)), sum(pow(add(Y, 0.25), 4)), states * 0.25 ** 4));
    return model;
  };
  return { name: `dtoc1${mu === 0 ? 'l' : 'n'}(${N})`, source: `${liao}, problem 1`, minima, build };
}

const transposed = (rows: number[][]): number[][] =>
  (rows[0] as number[]).map((_, j) => rows.map((row) => row[j] as number));

export function dtoc2(N: number, minima: readonly number[]): Problem {
  const C = range(4, (j) => range(2, (i) => (i + j + 2) / 8));
  const build = () => {
    const model = new Model();
    const X = model.variable([N - 1, 2]);
    const Y = model.variable([N - 1, 4]);
    const Z = beforeRows(
      range(4, (i) => (i + 1) / 8),
      Y,
    );
    model.equal(sub(plusRows(sin(Z), matmul(sin(X), transposed(C))), Y));
    const weights = add(1, square(sin(mul(0.5, sumSquares(X, { per: 'row' })))));
    model.minimize(total(dot(sumSquares(Z, { per: 'row' }), weights), sumSquares(slice(Y, N - 2))));
    return model;
  };
  return { name: `dtoc2(${N})`, source: `${liao}, problem 2`, minima, build };
}

export function dtoc3(N: number, minima: readonly number[]): Problem {
  const s = 1 / N;
  const build = () => {
    const model = new Model();
    const [u, y, z] = range(3, () => model.variable(N - 1)) as unknown as [Vector, Vector, Vector];
    const [p, q] = [before(15, y), before(5, z)];
    model.equal(sub(add(p, mul(s, q)), y));
    model.equal(sub(plus(q, mul(-s, p), mul(s, u)), z));
    model.minimize(mul(s / 2, total(mul(2, sumSquares(y)), sumSquares(z), mul(6, sumSquares(u)))));
    return model;
  };
  return { name: `dtoc3(${N})`, source: `${liao}, problem 3`, minima, build };
}

export function dtoc4(N: number, minima: readonly number[]): Problem {
  const h = 5 / N;
  const build = () => {
    const model = new Model();
    const [u, y, z] = range(3, () => model.variable(N - 1)) as unknown as [Vector, Vector, Vector];
    const [p, q] = [before(0, y), before(1, z)];
    model.equal(sub(plus(mul(1 + h, p), mul(-h, q), mul(h, u), mul(-h, mul(square(q), p))), y));
    model.equal(sub(add(q, mul(h, p)), z));
    const last = total(square(at(y, N - 2)), square(at(z, N - 2)));
    model.minimize(mul(h, total(sumSquares(u), sumSquares(y), sumSquares(z), 0.5, mul(-0.5, last))));
    return model;
  };
  return { name: `dtoc4(${N})`, source: `${liao}, problem 4`, minima, build };
}

export function dtoc5(N: number, minima: readonly number[]): Problem {
  const build = () => {
    const model = new Model();
    const [u, y] = [model.variable(N - 1), model.variable(N - 1)];
    const p = before(1, y);
    model.equal(sub(plus(p, mul(-1 / N, u), mul(1 / N, square(p))), y));
    model.minimize(mul(1 / N, add(sumSquares(p), sumSquares(u))));
    return model;
  };
  return { name: `dtoc5(${N})`, source: `${liao}, problem 5`, minima, build };
}

export function dtoc6(N: number, minima: readonly number[]): Problem {
  const build = () => {
    const model = new Model();
    const [u, y] = [model.variable(N - 1), model.variable(N - 1)];
    const next = add(before(0, y), exp(u));
    model.equal(sub(next, y));
    model.minimize(mul(0.5, add(sumSquares(next), sumSquares(u))));
    return model;
  };
  return { name: `dtoc6(${N})`, source: `${liao}, problem 6`, minima, build };
}

/** x' = x / 2 + u; quadratic functionals by Simpson's rule for linear elements. */
function hagerProblem(
  name: string,
  N: number,
  minima: readonly number[],
  functional: (p: Vector, x: Vector, u: Vector) => Scalar,
): Problem {
  const build = () => {
    const model = new Model();
    const [x, u] = [model.variable(N), model.variable(N)];
    const p = before(1, x);
    model.equal(sub(sub(mul(N - 0.25, x), mul(N + 0.25, p)), u));
    model.minimize(mul(1 / N, functional(p, x, u)));
    return model;
  };
  return { name: `${name}(${N})`, source: hager, minima, build };
}

const simpson = (p: Vector, x: Vector) => total(sumSquares(p), dot(p, x), sumSquares(x));

export const hager2 = (N: number, minima: readonly number[]) =>
  hagerProblem('hager2', N, minima, (p, x, u) => total(mul(1 / 6, simpson(p, x)), mul(1 / 4, sumSquares(u))));

export const hager3 = (N: number, minima: readonly number[]) =>
  hagerProblem('hager3', N, minima, (p, x, u) =>
    total(mul(0.625 / 8, simpson(p, x)), mul(1 / 8, dot(add(p, x), u)), mul(1 / 4, sumSquares(u))),
  );

/** A hanging chain of length 4 from height 1 to height 3 with the least potential energy. */
export function chain(N: number, minima: readonly number[], nl?: string): Problem {
  const [length, left, right, h] = [4, 1, 3, 1 / N];
  const slope = (k: number) => 4 * (right - left) * (k / N - 0.25);
  const height = (k: number) => 4 * (right - left) * (k / N) * (k / N / 2 - 0.25) + left;
  const build = () => {
    const model = new Model();
    const u = model.variable(N + 1, { start: range(N + 1, slope) });
    const inside = model.variable(N - 1, { start: range(N - 1, (k) => height(k + 1)) });
    const x = concat([left, inside, right]) as Vector;
    const arcs = sqrt(add(1, square(u)));
    const trapezium = constant(range(N + 1, (k) => (k === 0 || k === N ? h / 2 : h)));
    model.equal(dot(trapezium, arcs), length);
    const steps = sub(slice(x, 1), slice(x, 0, N));
    model.equal(sub(steps, mul(h / 2, add(slice(u, 0, N), slice(u, 1)))));
    model.minimize(dot(mul(trapezium, x), arcs));
    return model;
  };
  return { name: `chain(${N})`, source: cops, minima, nl, build };
}

/** Control of Poisson's equation with an unreachable target u_d: min 1/2 ||u - u_d||^2 + 0.05 ||z||^2, Lap u + z = 0. */
export function poisson(N: number, minima: readonly number[]): Problem {
  const h = 2 / (N + 1);
  const e = 0.1 / Math.sqrt(15);
  const wave = (k: number) => e * (k + 1 - (N + 1) / 2);
  const target = range(N * N, (k) => Math.sin(4 + wave(Math.floor(k / N))) + Math.cos(3 + wave(k % N)));
  const build = () => {
    const model = new Model();
    const [u, z] = [model.variable(N * N, { start: 1 }), model.variable(N * N, { start: 1 })];
    model.equal(add(matvec(constant(laplacian(N, h)), u), z));
    model.minimize(add(mul(0.5, sumSquares(sub(u, target))), mul(0.05, sumSquares(z))));
    return model;
  };
  const source =
    'I. Hong, S. Na, M. W. Mahoney, M. Kolar, ICML 2023, the problem constrained by a differential equation';
  return { name: `poisson(${N})`, source, minima, build };
}

function laplacian(N: number, h: number): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < N; ++i) {
    for (let j = 0; j < N; ++j) {
      for (const [k, l] of [
        [i - 1, j],
        [i, j - 1],
        [i, j],
        [i, j + 1],
        [i + 1, j],
      ] as const) {
        if (k < 0 || l < 0 || k >= N || l >= N) continue;
        indices.push(k * N + l);
        values.push((k === i && l === j ? -4 : 1) / (h * h));
      }
      offsets.push(indices.length);
    }
  }
  return {
    format: 'csr',
    rows: N * N,
    columns: N * N,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

// CUTEst's values of DTOC1 to DTOC6 agree to four digits; they were computed with tolerances of 1e-5.
export const problems: readonly Problem[] = [
  dtoc1(10, 2, 4, 0, [0.07359453894]),
  dtoc1(50, 2, 4, 0, [0.2299418759]),
  dtoc1(10, 2, 4, 0.005, [0.07531331293]),
  dtoc2(10, [0.4859825413]),
  dtoc3(50, [233.2787131]),
  dtoc4(10, [3.750823531]),
  dtoc5(50, [1.528859096]),
  dtoc6(11, [19.80414462]),
  hager2(10, [0.4325699689]),
  hager3(10, [0.14103316577]),
  chain(50, [5.072261494], 'chain50'),
  chain(100, [5.069784611], 'chain100'),
  poisson(3, [9.644442052]),
  poisson(8, [74.09302233]),
];
