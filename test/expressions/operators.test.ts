// Every operator: its value, its derivatives by hand, and by differences.
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { op } from '../../src/expressions/expression.js';
import {
  abs2,
  acos,
  acosh,
  add,
  asin,
  asinh,
  at,
  atan,
  atan2,
  atanh,
  column,
  concat,
  constant,
  cos,
  cosh,
  div,
  dot,
  type Expression,
  exp,
  expm1,
  gather,
  log,
  log1p,
  log10,
  logSumExp,
  matmul,
  matvec,
  mul,
  neg,
  type Operand,
  pow,
  reshape,
  row,
  sigmoid,
  sin,
  sinh,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
  tan,
  tanh,
  transpose,
} from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { checkDerivatives } from '../../src/nlp/index.js';

/** f, f' and f'' by hand, at points where f is defined. */
interface Elementary {
  operator: (a: Operand) => Expression;
  value: (t: number) => number;
  first: (t: number) => number;
  second: (t: number) => number;
  points: number[];
}

const anywhere = [-2.5, -0.3, 0, 0.7, 3];
const positive = [1e-3, 0.5, 1, 40];
const inside = [-0.9, -0.2, 0, 0.6];
const logistic = (t: number) => 1 / (1 + Math.exp(-t));

const elementary: Record<string, Elementary> = {
  neg: { operator: neg, value: (t) => -t, first: () => -1, second: () => 0, points: anywhere },
  square: { operator: square, value: (t) => t * t, first: (t) => 2 * t, second: () => 2, points: anywhere },
  abs2: { operator: abs2, value: (t) => t * t, first: (t) => 2 * t, second: () => 2, points: anywhere },
  sqrt: {
    operator: sqrt,
    value: Math.sqrt,
    first: (t) => 0.5 / Math.sqrt(t),
    second: (t) => -0.25 / t ** 1.5,
    points: positive,
  },
  exp: { operator: exp, value: Math.exp, first: Math.exp, second: Math.exp, points: anywhere },
  expm1: { operator: expm1, value: Math.expm1, first: Math.exp, second: Math.exp, points: [...anywhere, 1e-9] },
  log: { operator: log, value: Math.log, first: (t) => 1 / t, second: (t) => -1 / t ** 2, points: positive },
  log1p: {
    operator: log1p,
    value: Math.log1p,
    first: (t) => 1 / (1 + t),
    second: (t) => -1 / (1 + t) ** 2,
    points: [-0.9, 1e-9, 5],
  },
  log10: {
    operator: log10,
    value: Math.log10,
    first: (t) => 1 / t / Math.LN10,
    second: (t) => -1 / t ** 2 / Math.LN10,
    points: positive,
  },
  sin: { operator: sin, value: Math.sin, first: Math.cos, second: (t) => -Math.sin(t), points: anywhere },
  cos: {
    operator: cos,
    value: Math.cos,
    first: (t) => -Math.sin(t),
    second: (t) => -Math.cos(t),
    points: anywhere,
  },
  tan: {
    operator: tan,
    value: Math.tan,
    first: (t) => 1 + Math.tan(t) ** 2,
    second: (t) => 2 * Math.tan(t) * (1 + Math.tan(t) ** 2),
    points: anywhere,
  },
  asin: {
    operator: asin,
    value: Math.asin,
    first: (t) => 1 / Math.sqrt(1 - t * t),
    second: (t) => t / (1 - t * t) ** 1.5,
    points: inside,
  },
  acos: {
    operator: acos,
    value: Math.acos,
    first: (t) => -1 / Math.sqrt(1 - t * t),
    second: (t) => -t / (1 - t * t) ** 1.5,
    points: inside,
  },
  atan: {
    operator: atan,
    value: Math.atan,
    first: (t) => 1 / (1 + t * t),
    second: (t) => (-2 * t) / (1 + t * t) ** 2,
    points: anywhere,
  },
  sinh: { operator: sinh, value: Math.sinh, first: Math.cosh, second: Math.sinh, points: anywhere },
  cosh: { operator: cosh, value: Math.cosh, first: Math.sinh, second: Math.cosh, points: anywhere },
  tanh: {
    operator: tanh,
    value: Math.tanh,
    first: (t) => 1 - Math.tanh(t) ** 2,
    second: (t) => -2 * Math.tanh(t) * (1 - Math.tanh(t) ** 2),
    points: anywhere,
  },
  asinh: {
    operator: asinh,
    value: Math.asinh,
    first: (t) => 1 / Math.sqrt(1 + t * t),
    second: (t) => -t / (1 + t * t) ** 1.5,
    points: anywhere,
  },
  acosh: {
    operator: acosh,
    value: Math.acosh,
    first: (t) => 1 / Math.sqrt(t * t - 1),
    second: (t) => -t / (t * t - 1) ** 1.5,
    points: [1.1, 2, 30],
  },
  atanh: {
    operator: atanh,
    value: Math.atanh,
    first: (t) => 1 / (1 - t * t),
    second: (t) => (2 * t) / (1 - t * t) ** 2,
    points: inside,
  },
  softplus: {
    operator: softplus,
    value: (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))),
    first: logistic,
    second: (t) => logistic(t) * logistic(-t),
    points: [...anywhere, -800, 800],
  },
  sigmoid: {
    operator: sigmoid,
    value: logistic,
    first: (t) => logistic(t) * logistic(-t),
    second: (t) => logistic(t) * logistic(-t) * (1 - 2 * logistic(t)),
    points: [...anywhere, -700, 800],
  },
};

const near = (expected: number) => expect.closeTo(expected, 12 - Math.ceil(Math.log10(1 + Math.abs(expected))));

describe.each(Object.entries(elementary))('%s', (_, { operator, value, first, second, points }) => {
  it('has the value and the derivatives', () => {
    const model = new Model();
    const x = model.variable(points.length);
    model.equal(operator(x));
    const program = model.compile();
    expect([...program.constraints(points)]).toEqual(points.map((t) => near(value(t))));
    // J of entries is diagonal.
    const ones = points.map(() => 1);
    expect([...program.jacobianProduct(points, ones)]).toEqual(points.map((t) => near(first(t))));
    expect([...program.hessianProduct(points, ones, ones, 0)]).toEqual(points.map((t) => near(second(t))));
  });
});

interface Pair {
  operator: (a: Operand, b: Operand) => Expression;
  value: (a: number, b: number) => number;
  a: number[];
  b: number[];
}

const pairs: Record<string, Pair> = {
  add: { operator: add, value: (a, b) => a + b, a: [1, -2, 3], b: [4, 5, -6] },
  sub: { operator: sub, value: (a, b) => a - b, a: [1, -2, 3], b: [4, 5, -6] },
  mul: { operator: mul, value: (a, b) => a * b, a: [1, -2, 3], b: [4, 5, -6] },
  div: { operator: div, value: (a, b) => a / b, a: [1, -2, 3], b: [4, 5, -6] },
  pow: { operator: pow, value: (a, b) => a ** b, a: [1, 2, 0.3], b: [1.5, -2, 0.5] },
  atan2: { operator: atan2, value: Math.atan2, a: [1, -2, 3], b: [4, -5, -6] },
};

describe.each(Object.entries(pairs))('%s', (_, { operator, value, a, b }) => {
  it('takes variables, constants, parameters, and scalars with any shape', () => {
    const model = new Model();
    const x = model.variable(3);
    const y = model.variable(3);
    const s = model.variable();
    const spare = model.variable(30);
    const p = model.parameter(3, { value: b });
    const [a0, b0] = [a[0] as number, b[0] as number];
    const constraints: [Expression, number[]][] = [
      [operator(x, y), a.map((t, i) => value(t, b[i] as number))],
      [operator(x, b), a.map((t, i) => value(t, b[i] as number))],
      [operator(a, y), a.map((t, i) => value(t, b[i] as number))],
      [operator(x, p), a.map((t, i) => value(t, b[i] as number))],
      [operator(x, b0), a.map((t) => value(t, b0))],
      [operator(a0, y), b.map((t) => value(a0, t))],
      [operator(s, y), b.map((t) => value(a0, t))],
      [operator(x, s), a.map((t) => value(t, a0))],
      [operator(s, b0), [value(a0, b0)]],
    ];
    for (const [expression] of constraints) model.equal(expression);
    model.minimize(sumSquares(spare));
    const point = [...a, ...b, a0, ...new Array(30).fill(0.5)];
    expect([...model.compile().constraints(point)]).toEqual(constraints.flatMap(([, values]) => values.map(near)));
    expect(checkDerivatives(model, point)).toMatchObject({ ok: true, message: expect.stringMatching(/agree/) });
  });
});

describe('pow', () => {
  it('takes negative numbers to integer powers', () => {
    const model = new Model();
    const x = model.variable(4);
    const exponents = [2, 3, -1, 0];
    model.equal(pow(x, exponents));
    const point = [-2, -2, -2, -2];
    expect([...model.compile().constraints(point)]).toEqual([4, -8, -0.5, 1]);
    expect(checkDerivatives(model, point).ok).toBe(true);
  });
});

const rows = [
  [1, 2, 3],
  [4, 5, 6],
];

/** Operations on x (3 numbers) and X (2 x 3): what they are as numbers. */
type Case = [name: string, operation: (x: Expression, X: Expression) => Expression, shape: number[], values: number[]];

const x0 = [0.5, -1, 2];
const X0 = [1, 0.2, -0.7, 3, -2, 0.1];
const lse = (values: number[]) => Math.log(values.reduce((total, value) => total + Math.exp(value), 0));
const squares = (values: number[]) => values.reduce((total, value) => total + value * value, 0);
const total = (values: number[]) => values.reduce((result, value) => result + value, 0);
const [top, bottom] = [X0.slice(0, 3), X0.slice(3)];
const columnsOfX = [0, 1, 2].map((j) => [X0[j] as number, X0[j + 3] as number]);

const cases: Case[] = [
  ['sum', (x) => sum(x), [], [total(x0)]],
  ['sum of a matrix', (_, X) => sum(X), [], [total(X0)]],
  ['sum per row', (_, X) => sum(X, { per: 'row' }), [2], [total(top), total(bottom)]],
  ['sum per column', (_, X) => sum(X, { per: 'column' }), [3], columnsOfX.map(total)],
  ['sumSquares', (x) => sumSquares(x), [], [squares(x0)]],
  ['sumSquares per row', (_, X) => sumSquares(X, { per: 'row' }), [2], [squares(top), squares(bottom)]],
  ['sumSquares per column', (_, X) => sumSquares(X, { per: 'column' }), [3], columnsOfX.map(squares)],
  ['logSumExp', (x) => logSumExp(x), [], [lse(x0)]],
  ['logSumExp of large numbers', (x) => sub(logSumExp(add(x, 1e4)), 1e4), [], [lse(x0)]],
  ['logSumExp per row', (_, X) => logSumExp(X, { per: 'row' }), [2], [lse(top), lse(bottom)]],
  ['logSumExp per column', (_, X) => logSumExp(X, { per: 'column' }), [3], columnsOfX.map(lse)],
  ['dot', (x) => dot(x, [1, 2, 3]), [], [0.5 - 2 + 6]],
  ['dot with itself', (x) => dot(x, x), [], [squares(x0)]],
  ['dot with a scalar', (x) => dot(2, x), [], [2 * total(x0)]],
  ['dot per row', (_, X) => dot(X, X, { per: 'row' }), [2], [squares(top), squares(bottom)]],
  ['dot per column with a scalar', (_, X) => dot(X, 2, { per: 'column' }), [3], columnsOfX.map((c) => 2 * total(c))],
  ['matvec', (x) => matvec(rows, x), [2], [0.5 - 2 + 6, 2 - 5 + 12]],
  ['matvec of a transpose', (_, X) => matvec(transpose(rows), column(X, 1)), [3], [0.2 - 8, 0.4 - 10, 0.6 - 12]],
  ['matvec of variables', (x, X) => matvec(X, x), [2], [0.5 - 0.2 - 1.4, 1.5 + 2 + 0.2]],
  ['matvec of variables and numbers', (_, X) => matvec(X, [1, 0, 2]), [2], [1 - 1.4, 3.2]],
  [
    'matmul from the left',
    (_, X) => matmul(transpose(rows), X),
    [3, 3],
    [13, -7.8, -0.3, 17, -9.6, -0.9, 21, -11.4, -1.5],
  ],
  ['matmul from the right', (_, X) => matmul(X, transpose(rows)), [2, 2], [-0.7, 0.8, -0.7, 2.6]],
  [
    'matmul of variables',
    (_, X) => matmul(X, transpose(X)),
    [2, 2],
    [squares(top), 3 - 0.4 - 0.07, 3 - 0.4 - 0.07, squares(bottom)],
  ],
  ['matmul of constants', (x) => matvec(matmul(rows, [[1], [0], [2]]), slice(x, 0, 1)), [2], [3.5, 8]],
  ['at', (x) => at(x, 1), [], [-1]],
  ['at from the end', (x) => at(x, -1), [], [2]],
  ['at of a matrix', (_, X) => at(X, 1, -2), [], [-2]],
  ['row', (_, X) => row(X, 1), [3], bottom],
  ['column', (_, X) => column(X, -1), [2], [-0.7, 0.1]],
  ['slice', (x) => slice(x, 1), [2], [-1, 2]],
  ['slice from the end', (x) => slice(x, -2, -1), [1], [-1]],
  ['slice with a step', (x) => slice(x, 0, 3, 2), [2], [0.5, 2]],
  ['slice of rows', (_, X) => slice(X, 1), [1, 3], bottom],
  ['slice of rows with a step', (_, X) => slice(X, 0, 2, 2), [1, 3], top],
  ['gather', (x) => gather(x, [2, 0, 0, 1]), [4], [2, 0.5, 0.5, -1]],
  ['gather rows', (_, X) => gather(X, Int32Array.of(1, 1)), [2, 3], [...bottom, ...bottom]],
  ['concat', (x) => concat([0, x, [7, 8], at(x, 0)]), [7], [0, ...x0, 7, 8, 0.5]],
  ['concat of arguments', (x) => concat(0, x, [7, 8], at(x, 0)), [7], [0, ...x0, 7, 8, 0.5]],
  ['concat matrices of arguments', (_, X) => concat(X, rows), [4, 3], [...X0, 1, 2, 3, 4, 5, 6]],
  ['concat matrices', (_, X) => concat([X, rows]), [4, 3], [...X0, 1, 2, 3, 4, 5, 6]],
  ['reshape', (_, X) => reshape(X, [3, 2]), [3, 2], X0],
  ['reshape to a vector', (_, X) => reshape(X, 6), [6], X0],
  ['reshape to a scalar', (x) => reshape(slice(x, 1, 2), []), [], [-1]],
  ['transpose', (_, X) => transpose(X), [3, 2], columnsOfX.flat()],
  ['transpose of a row', (x) => transpose(reshape(x, [1, 3])), [3, 1], x0],
  ['transposes of constants', (_, X) => mul(X, transpose(transpose(rows))), [2, 3], [1, 0.4, -2.1, 12, -10, 0.6]],
  ['constant', (x) => mul(x, constant([1, 2, 3])), [3], [0.5, -2, 6]],
];

describe('vectors and matrices', () => {
  it.each(cases)('%s', (_, operation, shape, values) => {
    const model = new Model();
    const x = model.variable(3);
    const X = model.variable([2, 3]);
    const expression = operation(x, X);
    expect(expression.shape).toEqual(shape);
    model.equal(expression);
    // Of products, so that there are second derivatives.
    model.minimize(sum(exp(mul(0.1, expression))));
    model.variable(10);
    const point = [...x0, ...X0, ...new Array(10).fill(0)];
    const program = model.compile();
    expect([...program.constraints(point)]).toEqual(values.map(near));
    expect(program.objective(point)).toEqual(near(total(values.map((value) => Math.exp(0.1 * value)))));
    expect(checkDerivatives(model, point)).toMatchObject({ ok: true, wrong: [] });
  });
});

describe('sparse matrices', () => {
  const sparse = {
    format: 'csc' as const,
    rows: 2,
    columns: 3,
    offsets: Int32Array.of(0, 1, 1, 3),
    indices: Int32Array.of(1, 1, 0),
    values: Float64Array.of(4, 6, 3),
  };
  const dense = [
    [0, 0, 3],
    [4, 0, 6],
  ];

  it('multiply as dense ones do', () => {
    const values = [dense, sparse].map((A) => {
      const model = new Model();
      const x = model.variable(3);
      const X = model.variable([2, 3]);
      model.variable(20);
      model.equal(matvec(A, square(x)));
      model.equal(matvec(transpose(A), exp(column(X, 1))));
      model.equal(matmul(A, transpose(X)));
      model.equal(matmul(transpose(A), exp(X)));
      model.equal(matmul(X, transpose(A)));
      model.minimize(sumSquares(matvec(A, sin(x))));
      const point = [...x0, ...X0, ...new Array(20).fill(0)];
      expect(checkDerivatives(model, point)).toMatchObject({ ok: true });
      return [...model.compile().constraints(point)];
    });
    expect(values[1]).toEqual((values[0] as number[]).map(near));
  });
});

describe('numbers of operators', () => {
  it.each(Object.entries(op))('%s', (name, number) => {
    expect(addon().operators()[name]).toBe(number);
  });
});
