// Random models against a plain interpreter: values, derivatives by differences, products by matrices.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  add,
  at,
  atan2,
  column,
  concat,
  cos,
  div,
  dot,
  type Expression,
  exp,
  gather,
  logSumExp,
  matmul,
  matvec,
  mul,
  neg,
  pow,
  reshape,
  row,
  sigmoid,
  sin,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
  tanh,
  transpose,
} from '../../src/expressions/index.js';
import { Model, type SparseMatrix } from '../../src/index.js';
import { checkDerivatives } from '../../src/nlp/index.js';
import { long } from '../long.js';

/** An expression, and its numbers at the point of the test. */
interface Pair {
  expression: Expression;
  shape: readonly number[];
  data: number[];
}

/** Random numbers in [0, 1) by a seed. */
class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  next(): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state / 2147483647;
  }
  below(count: number): number {
    return Math.floor(this.next() * count) % count;
  }
  numbers(count: number): number[] {
    return Array.from({ length: count }, () => 2 * this.next() - 1);
  }
}

const scalarOf = (expression: Expression, value: number): Pair => ({ expression, shape: [], data: [value] });
const total = (values: readonly number[]) => values.reduce((result, value) => result + value, 0);
const lse = (values: readonly number[]) => {
  const most = Math.max(...values);
  return most + Math.log(total(values.map((value) => Math.exp(value - most))));
};
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const rowsOf = ({ shape, data }: Pair) => {
  const [rows, columns] = shape as [number, number];
  return range(rows).map((i) => data.slice(i * columns, (i + 1) * columns));
};
const columnsOf = (pair: Pair) =>
  range(pair.shape[1] as number).map((j) => rowsOf(pair).map((line) => line[j] as number));
const product = (A: number[][], B: number[][]) =>
  A.flatMap((line) => (B[0] as number[]).map((_, j) => total(line.map((value, k) => value * (B[k]?.[j] as number)))));
const dotOf = (a: number[], b: number[]) => total(a.map((value, i) => value * (b[i] as number)));

type Step = (draw: Draw, pick: (dimensions?: number) => Pair) => Pair;

const unary =
  (operator: (a: Expression) => Expression, value: (t: number) => number): Step =>
  (_, pick) => {
    const { expression, shape, data } = pick();
    return { expression: operator(expression), shape, data: data.map(value) };
  };

const binary =
  (operator: (a: Expression, b: Expression) => Expression, value: (a: number, b: number) => number): Step =>
  (_, pick) => {
    const a = pick();
    const other = pick();
    const fits = a.shape.length === 0 || other.shape.length === 0 || `${a.shape}` === `${other.shape}`;
    const b = fits ? other : scalarOf(sum(other.expression), total(other.data));
    const longer = a.shape.length > 0 ? a : b;
    const entry = ({ data }: Pair, i: number) => data[data.length === 1 ? 0 : i] as number;
    return {
      expression: operator(a.expression, b.expression),
      shape: longer.shape,
      data: range(Math.max(a.data.length, b.data.length)).map((i) => value(entry(a, i), entry(b, i))),
    };
  };

const reduction =
  (operator: typeof sum, value: (values: number[]) => number): Step =>
  (draw, pick) => {
    const a = pick();
    if (a.shape.length < 2 || draw.next() < 0.3) return scalarOf(operator(a.expression), value(a.data));
    const per = draw.next() < 0.5 ? 'row' : 'column';
    const data = (per === 'row' ? rowsOf(a) : columnsOf(a)).map(value);
    return { expression: operator(a.expression, { per }), shape: [data.length], data };
  };

function sparseOf(rows: number[][]): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const line of rows) {
    line.forEach((value, j) => {
      if (value === 0) return;
      indices.push(j);
      values.push(value);
    });
    offsets.push(indices.length);
  }
  const shape = { rows: rows.length, columns: (rows[0] as number[]).length };
  const arrays = { offsets: Int32Array.from(offsets), indices: Int32Array.from(indices) };
  return { format: 'csr', ...shape, ...arrays, values: Float64Array.from(values) };
}

/** A constant matrix, dense or sparse. */
function drawMatrix(draw: Draw, rows: number, columns: number) {
  const sparse = draw.next() < 0.5;
  const numbers = range(rows).map(() =>
    draw.numbers(columns).map((value) => (sparse && Math.abs(value) < 0.4 ? 0 : value)),
  );
  return { numbers, matrix: sparse ? sparseOf(numbers) : numbers };
}

const steps: Step[] = [
  unary(sin, Math.sin),
  unary(cos, Math.cos),
  unary(tanh, Math.tanh),
  unary(sigmoid, (t) => 1 / (1 + Math.exp(-t))),
  unary(softplus, (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)))),
  unary(square, (t) => t * t),
  unary(neg, (t) => -t),
  unary(
    (a) => exp(mul(a, 0.2)),
    (t) => Math.exp(0.2 * t),
  ),
  unary(
    (a) => sqrt(add(square(a), 1)),
    (t) => Math.sqrt(t * t + 1),
  ),
  unary(
    (a) => pow(a, 3),
    (t) => t ** 3,
  ),
  binary(add, (a, b) => a + b),
  binary(sub, (a, b) => a - b),
  binary(mul, (a, b) => a * b),
  binary(
    (a, b) => div(a, add(square(b), 1)),
    (a, b) => a / (b * b + 1),
  ),
  binary(
    (a, b) => atan2(a, add(square(b), 1)),
    (a, b) => Math.atan2(a, b * b + 1),
  ),
  binary(
    (a, b) => pow(add(square(a), 1), sin(b)),
    (a, b) => (a * a + 1) ** Math.sin(b),
  ),
  reduction(sum, total),
  reduction(sumSquares, (values) => dotOf(values, values)),
  reduction(logSumExp, lse),
  (draw, pick) => {
    const a = pick();
    const numbers = draw.numbers(a.data.length);
    const b = a.shape.length === 2 ? reshape(numbers, a.shape as [number, number]) : numbers;
    if (a.shape.length === 0)
      return scalarOf(mul(a.expression, numbers[0] as number), (a.data[0] as number) * (numbers[0] as number));
    return scalarOf(dot(a.expression, b), dotOf(a.data, numbers));
  },
  (draw, pick) => {
    const x = pick(1);
    const flip = draw.next() < 0.5;
    const rows = 1 + draw.below(4);
    const { numbers, matrix } = flip ? drawMatrix(draw, x.data.length, rows) : drawMatrix(draw, rows, x.data.length);
    const lines = flip ? range(rows).map((j) => numbers.map((line) => line[j] as number)) : numbers;
    const A = flip ? transpose(matrix) : matrix;
    return { expression: matvec(A, x.expression), shape: [rows], data: lines.map((line) => dotOf(line, x.data)) };
  },
  (_, pick) => {
    const X = pick(2);
    const gram = matmul(transpose(X.expression), X.expression);
    return { expression: gram, shape: gram.shape, data: product(columnsOf(X), rowsOf(X)) };
  },
  (draw, pick) => {
    const X = pick(2);
    const [rows, columns] = X.shape as [number, number];
    const { numbers, matrix } = drawMatrix(draw, 2, rows);
    return { expression: matmul(matrix, X.expression), shape: [2, columns], data: product(numbers, rowsOf(X)) };
  },
  (draw, pick) => {
    const X = pick(2);
    const [rows, columns] = X.shape as [number, number];
    const { numbers, matrix } = drawMatrix(draw, columns, 2);
    return { expression: matmul(X.expression, matrix), shape: [rows, 2], data: product(rowsOf(X), numbers) };
  },
  (draw, pick) => {
    const x = pick(1);
    const i = draw.below(x.data.length);
    return scalarOf(at(x.expression, i), x.data[i] as number);
  },
  (draw, pick) => {
    const X = pick(2);
    const i = draw.below(X.shape[0] as number);
    return { expression: row(X.expression, i), shape: [X.shape[1] as number], data: rowsOf(X)[i] as number[] };
  },
  (draw, pick) => {
    const X = pick(2);
    const j = draw.below(X.shape[1] as number);
    return { expression: column(X.expression, j), shape: [X.shape[0] as number], data: columnsOf(X)[j] as number[] };
  },
  (draw, pick) => {
    const x = pick(1);
    const begin = draw.below(x.data.length);
    const data = x.data.slice(begin).filter((_, k) => k % 2 === 0);
    return { expression: slice(x.expression, begin, undefined, 2), shape: [data.length], data };
  },
  (draw, pick) => {
    const x = pick(1);
    const indices = range(1 + draw.below(5)).map(() => draw.below(x.data.length));
    return {
      expression: gather(x.expression, indices),
      shape: [indices.length],
      data: indices.map((i) => x.data[i] as number),
    };
  },
  (draw, pick) => {
    const X = pick(2);
    const indices = range(1 + draw.below(3)).map(() => draw.below(X.shape[0] as number));
    const data = indices.flatMap((i) => rowsOf(X)[i] as number[]);
    return { expression: gather(X.expression, indices), shape: [indices.length, X.shape[1] as number], data };
  },
  (_, pick) => {
    const parts = [pick(1), pick(0), pick(1)];
    const data = parts.flatMap((part) => part.data);
    return { expression: concat(parts.map(({ expression }) => expression)), shape: [data.length], data };
  },
  (_, pick) => {
    const X = pick(2);
    const [rows, columns] = X.shape as [number, number];
    return { expression: transpose(X.expression), shape: [columns, rows], data: columnsOf(X).flat() };
  },
  (_, pick) => {
    const X = pick(2);
    return { expression: reshape(X.expression, X.data.length), shape: [X.data.length], data: X.data };
  },
];

function randomModel(draw: Draw, length: number) {
  const model = new Model();
  const point = draw.numbers(4 + 6 + 1);
  const parameters = draw.numbers(4);
  const pool: Pair[] = [
    { expression: model.variable(4), shape: [4], data: point.slice(0, 4) },
    { expression: model.variable([2, 3]), shape: [2, 3], data: point.slice(4, 10) },
    scalarOf(model.variable(), point[10] as number),
    { expression: model.parameter(4, { value: parameters }), shape: [4], data: parameters },
  ];
  /** One of the pool, the later ones more often, with so many dimensions if that matters. */
  const pick = (dimensions?: number): Pair => {
    const fitting = pool.filter(({ shape }) => dimensions === undefined || shape.length === dimensions);
    return fitting[fitting.length - 1 - draw.below(Math.min(fitting.length, 6))] as Pair;
  };
  for (let k = 0; k < length; ++k) {
    const made = (steps[draw.below(steps.length)] as Step)(draw, pick);
    // Not too long, and not so large that differences lose their digits.
    if (made.data.length > 40) continue;
    const large = made.data.some((value) => Math.abs(value) > 20);
    pool.push(
      large
        ? { ...made, expression: tanh(mul(made.expression, 0.1)), data: made.data.map((t) => Math.tanh(0.1 * t)) }
        : made,
    );
  }
  const objective = pool.at(-1) as Pair;
  model.minimize(sum(objective.expression));
  const constraints = [pool.at(-2), pool.at(-3)] as [Pair, Pair];
  for (const { expression } of constraints) model.equal(expression, 1);
  const values = constraints.flatMap(({ data }) => data.map((value) => value - 1));
  return { model, point, objective: total(objective.data), constraints: values };
}

it('have the values and derivatives that they should', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2147483646 }), fc.integer({ min: 3, max: 30 }), (seed, length) => {
      const draw = new Draw(seed);
      const { model, point, objective, constraints } = randomModel(draw, length);
      const program = model.compile();
      const close = (values: ArrayLike<number>, expected: ArrayLike<number>, digits = 9) =>
        Array.from(values, (value, i) =>
          expect(Math.abs(value - (expected[i] as number))).toBeLessThan(10 ** -digits * (1 + Math.abs(value))),
        );
      close([program.objective(point)], [objective]);
      close(program.constraints(point), constraints);
      // Small entries may be what is left of large ones, of which differences know less than is assumed.
      const wrong = checkDerivatives(model, point).wrong.filter(
        ({ value, difference }) => !(Math.abs(value - difference) < 1e-6 * (1 + Math.abs(value))),
      );
      expect(wrong).toEqual([]);

      // Products are those of the matrices.
      const n = model.n;
      const [v, w] = [draw.numbers(n), draw.numbers(model.m)];
      const multiplied = new Float64Array(model.m);
      const transposed = new Float64Array(n);
      const J = program.jacobian(point);
      for (let i = 0; i < model.m; ++i) {
        for (let k = J.offsets[i] as number; k < (J.offsets[i + 1] as number); ++k) {
          const [j, value] = [J.indices[k] as number, J.values[k] as number];
          multiplied[i] = (multiplied[i] as number) + value * (v[j] as number);
          transposed[j] = (transposed[j] as number) + value * (w[i] as number);
        }
      }
      close(program.jacobianProduct(point, v), multiplied);
      close(program.jacobianTransposedProduct(point, w), transposed);
      const product = new Float64Array(n);
      const H = program.hessian(point, w, 0.5);
      for (let j = 0; j < n; ++j) {
        for (let k = H.offsets[j] as number; k < (H.offsets[j + 1] as number); ++k) {
          const [i, value] = [H.indices[k] as number, H.values[k] as number];
          product[i] = (product[i] as number) + value * (v[j] as number);
          if (i !== j) product[j] = (product[j] as number) + value * (v[i] as number);
        }
      }
      close(program.hessianProduct(point, w, v, 0.5), product);
    }),
    { numRuns: long ? 300 : 50, examples: [[840956366, 7]] },
  );
});
