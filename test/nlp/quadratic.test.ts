// Quadratic programs and the control of Poisson's equation: held to expression models and to known answers.
import { describe, expect, it } from 'vitest';
import { rangeError } from '../../src/core/argumentError.js';
import { add, dot, matvec, mul } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import {
  checkDerivatives,
  type Program,
  poissonControl,
  prepareQuadratic,
  quadraticProgram,
} from '../../src/nlp/index.js';
import { Draw } from '../fractional/values.js';
import { poisson } from '../problems/nlp/control.js';
import { toCsr } from '../problems/regression.js';

const closeTo = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 10) => {
  expect(found.length).toBe(expected.length);
  for (let k = 0; k < found.length; ++k) expect(found[k]).toBeCloseTo(expected[k] as number, digits);
};

/** B^T B and a little more, in rows; some entries are 0. */
function definite(n: number, draw: Draw): number[][] {
  const B = Array.from({ length: n }, () =>
    Array.from({ length: n }, () => (draw.uniform() < 0.5 ? 0 : draw.normal())),
  );
  return B.map((_, i) =>
    B.map((_, j) => B.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 0.1 : 0)),
  );
}

function instance(n: number, m: number) {
  const draw = new Draw(n + m);
  const Q = definite(n, draw);
  const c = Array.from(draw.normals(n));
  const A = Array.from({ length: m }, () => Array.from(draw.normals(n)));
  return { Q, c, A, b: Array.from(draw.normals(m)) };
}

function modelOf({ Q, c, A, b }: ReturnType<typeof instance>): Model {
  const model = new Model();
  const x = model.variable(c.length);
  model.minimize(add(mul(0.5, dot(x, matvec(Q, x))), dot(c, x)));
  model.equal(matvec(A, x), b);
  return model;
}

function same(program: Program, model: Program): void {
  expect([program.n, program.m]).toEqual([model.n, model.m]);
  const x = Float64Array.from({ length: program.n }, (_, j) => Math.cos(3 * j));
  const lambda = Float64Array.from({ length: program.m }, (_, i) => 1 + i);
  expect(program.objective(x)).toBeCloseTo(model.objective(x), 9);
  closeTo(program.gradient(x), model.gradient(x));
  closeTo(program.constraints(x), model.constraints(x));
  closeTo(program.hessianProduct(x, lambda, x, 0.5), model.hessianProduct(x, lambda, x, 0.5));
  closeTo(program.jacobianProduct(x, x), model.jacobianProduct(x, x));
  closeTo(program.jacobianTransposedProduct(x, lambda), model.jacobianTransposedProduct(x, lambda));
  closeTo(program.jacobian(x).values, model.jacobian(x).values);
  closeTo(program.hessian(x, lambda, 0.5).values, model.hessian(x, lambda, 0.5).values);
}

describe('a quadratic program', () => {
  it('adds its constant to the objective and to the bound', async () => {
    const given = { Q: [[2]], c: [-4], lower: -9, upper: 9 }; // (x - 2)^2 - 4
    const { objective, certificate } = await minimize(quadraticProgram({ ...given, constant: 7 }));
    expect(objective).toBeCloseTo(3, 8);
    expect(certificate).toMatchObject({ kind: 'global', lowerBound: expect.closeTo(3, 6) });
    expect(quadraticProgram({ ...given, constant: 7 }).objective([1])).toBe(4);
    const prepared = await prepareQuadratic({ ...given, constant: 7 });
    expect((await prepared.solve({ c: [-2] })).objective).toBeCloseTo(6, 8);
    expect(prepared.solveSync({ c: [-2] }).objective).toBeCloseTo(6, 8);
    expect(() => quadraticProgram({ ...given, constant: Number.NaN })).toThrow(
      'constant = NaN: expected a finite number',
    );
  });

  it('has the values and derivatives of its expression model', () => {
    const given = instance(7, 3);
    const model = modelOf(given).compile();
    same(quadraticProgram(given), model);
    expect(checkDerivatives(quadraticProgram(given), model.start).ok).toBe(true);
  });

  it.each([
    [1, 1],
    [5, 0],
    [40, 12],
  ])('is solved by the linear system of its conditions, n = %i, m = %i', async (n, m) => {
    const given = instance(n, m);
    const { Q, c, A, b } = given;
    const equations = m > 0 ? { A, b } : {};
    const sparse = { Q: toCsr(Q), c, ...(m > 0 && { A: toCsr(A), b }) };
    for (const problem of [quadraticProgram({ Q, c, ...equations }), quadraticProgram(sparse)]) {
      const { status, x, multipliers, iterations } = await minimize(problem);
      expect(status).toBe('solved');
      expect(iterations).toBeLessThanOrEqual(2);
      const at = (rows: number[][], v: ArrayLike<number>) =>
        rows.map((row) => row.reduce((sum, value, j) => sum + value * (v[j] as number), 0));
      closeTo(at(A, x), b, 8);
      const Qx = at(Q, x);
      Qx.forEach((value, j) => {
        const gradient = A.reduce(
          (sum, row, i) => sum + (row[j] as number) * (multipliers[i] as number),
          value + (c[j] as number),
        );
        expect(gradient).toBeCloseTo(0, 7);
      });
    }
  });

  it('needs to be convex only where the equations hold', async () => {
    const Q = [
      [1, 0],
      [0, -2],
    ];
    const along = await minimize(quadraticProgram({ Q, A: [[0, 1]], b: [3] }));
    expect(along.status).toBe('solved');
    closeTo(along.x, [0, 3]);
    const across = await minimize(quadraticProgram({ Q, A: [[1, 0]], b: [3] }));
    expect(across.status).not.toBe('solved');
  });

  it('has as many equations as unknowns, of which some follow from others', async () => {
    const A = [
      [1, 1],
      [2, 2],
    ];
    const { status, x } = await minimize(
      quadraticProgram({
        Q: [
          [3, 0],
          [0, -1],
        ],
        c: [1, -2],
        A,
        b: [1, 2],
      }),
    );
    expect(status).toBe('solved'); // 3/2 x^2 - (1 - x)^2 / 2 + x - 2 (1 - x)
    closeTo(x, [-2, 3], 8);
    const concave = quadraticProgram({
      Q: [
        [-1, 1],
        [1, -1.75],
      ],
      c: [-0.8, 1.3],
      A: [
        [-1.4, 1.9],
        [-2.8, 3.8],
      ],
      b: [-0.4, -0.8],
    });
    expect((await minimize(concave)).status).toBe('unbounded');
  });

  it.each([1e14, 1e16, 1e18, 1e20, 1e25])('ends where rounding allows no more, in units of %d', async (unit) => {
    for (const n of [3, 5, 20]) {
      const { Q, c } = instance(n, 0);
      const plain = await minimize(quadraticProgram({ Q, c }));
      const scaled = { Q: Q.map((row) => row.map((value) => unit * value)), c: c.map((value) => unit * value) };
      const { status, iterations, x } = await minimize(quadraticProgram(scaled));
      expect(['solved', 'stalled']).toContain(status);
      expect(iterations).toBeLessThanOrEqual(200);
      closeTo(x, plain.x, 9);
    }
  });

  it.each<[string, object]>([
    ['Q: expected a square matrix, got 1 x 2', { Q: [[1, 2]] }],
    [
      'Q[1][0] = 3, Q[0][1] = 2: expected a symmetric matrix',
      {
        Q: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    ['Q[0][0] = NaN: expected a finite number', { Q: [[Number.NaN]] }],
    ['c: expected 1 numbers, one for each unknown, got 2', { Q: [[1]], c: [1, 2] }],
    ['c[0] = Infinity: expected a finite number', { Q: [[1]], c: [Number.POSITIVE_INFINITY] }],
    ['A: expected 1 columns, one for each unknown, got 2', { Q: [[1]], A: [[1, 2]], b: [1] }],
    ['A: expected no more rows than the 1 unknowns, got 2', { Q: [[1]], A: [[1], [2]], b: [1, 2] }],
    ['b = undefined: expected an array of numbers', { Q: [[1]], A: [[1]] }],
    [
      "unknown member 'P'. Known members: Q, c, constant, A, b, G, atMost, atLeast, lower, upper, start",
      { P: [[1]], Q: [[1]] },
    ],
    ['start: expected 1 numbers, one for each unknown, got 2', { Q: [[1]], start: [1, 2] }],
  ])('refuses %s', (message, problem) => {
    expect(() => quadraticProgram(problem as never)).toThrow(message);
  });

  it('refuses equations that contradict one another when it is solved', async () => {
    const problem = quadraticProgram({ Q: [[1]], A: [[0]], b: [1] });
    await expect(minimize(problem)).rejects.toThrow(
      rangeError('b[0] = 1: row 0 of A depends on those before it, which make it 0'),
    );
  });
});

describe('the control of an equation on a grid', () => {
  it.each([1, 2, 5])('has the values and derivatives of its expression model, N = %i', (side) => {
    same(poissonControl(side), poisson(side, []).build().compile());
  });

  // Ipopt's, to a tolerance of 1e-10
  it.each([
    [3, 9.644442052],
    [8, 74.09302233],
    [16, 301.800365],
    [64, 4067.773712],
  ])('has the known minimum, N = %i', async (side, minimum) => {
    const { status, objective } = await minimize(
      poissonControl(side, { start: new Float64Array(2 * side * side).fill(1) }),
    );
    expect(status).toBe('solved');
    expect(Math.abs(objective / minimum - 1)).toBeLessThan(1e-8);
  });

  it('takes target, weight and source', async () => {
    // one point, h = 1: min 1/2 (u - 2)^2 + z^2 subject to -4 u + z = 1
    const one = poissonControl(1, { target: [[2]], weight: 2, source: [1] });
    const result = await minimize(one);
    const u = (2 - 8) / 33;
    expect(one.stateIn(result).data[0]).toBeCloseTo(u, 10);
    expect(one.controlIn(result).data[0]).toBeCloseTo(1 + 4 * u, 10);
    expect(one.controlIn(result)).toMatchObject({ rows: 1, columns: 1 });
  });

  it('refuses what does not fit', () => {
    expect(() => poissonControl(0)).toThrow('side = 0: expected an integer >= 1');
    expect(() => poissonControl(20000)).toThrow('side = 20000: expected at most 16384');
    expect(() => poissonControl(2, { target: [1] })).toThrow('target: expected 4 numbers, one for each point, got 1');
    expect(() => poissonControl(2, { target: [[1, 2]] })).toThrow('target: expected 2 x 2, got 1 x 2');
    expect(() => poissonControl(2, { source: [1, 2, 3, Number.NaN] })).toThrow(
      'source[3] = NaN: expected a finite number',
    );
    expect(() => poissonControl(2, { weight: 0 })).toThrow('weight = 0: expected a finite number > 0');
    expect(() => poissonControl(2, { start: [0] })).toThrow('start: expected 8 numbers, u and z at each point, got 1');
    expect(() => poissonControl(2, { size: 1 } as never)).toThrow("unknown member 'size'");
  });
});
