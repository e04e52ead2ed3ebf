// Sums over rows of data: values against functions written out here, derivatives against differences of those, solutions against others.
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import {
  abs,
  add,
  atan2,
  clip,
  concat,
  constant,
  crossEntropy,
  dot,
  type Expression,
  evaluate,
  exp,
  gather,
  gelu,
  glorot,
  he,
  hinge,
  huber,
  logSumExp,
  Model,
  matmul,
  matvec,
  max,
  min,
  mul,
  pick,
  type Rows,
  relu,
  reshape,
  row,
  slice,
  softmax,
  softplus,
  square,
  sub,
  sum,
  sumSquares,
  tanh,
  transpose,
} from '../../src/expressions/index.js';
import { logisticRegression, minimize, writeNl } from '../../src/nlp/index.js';

const N = 300; // more than a block of rows
const random = uniforms(7);
const normal = () => random() + random() + random() - 1.5;
const X = { data: Float64Array.from({ length: N * 3 }, normal), rows: N, columns: 3 };
const y = Float64Array.from({ length: N }, normal);
const label = Int32Array.from({ length: N }, () => Math.floor(3 * random()));
const pair = { data: Float64Array.from({ length: 2 * N }, () => Math.floor(4 * random())), rows: N, columns: 2 };
const S = sparseOf(X);
const data = { x: X, s: S, y, label, pair };
type Data = typeof data;

/** The entries of a matrix but for every third, by rows. */
function sparseOf({ data, rows, columns }: { data: Float64Array; rows: number; columns: number }) {
  const [offsets, indices, values] = [[0], [] as number[], [] as number[]];
  for (let i = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j) {
      if ((i + j) % 3 === 0) continue;
      indices.push(j);
      values.push(data[i * columns + j] as number);
    }
    offsets.push(indices.length);
  }
  const [o, k, v] = [Int32Array.from(offsets), Int32Array.from(indices), Float64Array.from(values)];
  return { format: 'csr' as const, rows, columns, offsets: o, indices: k, values: v };
}

const xOf = (i: number) => Array.from(X.data.subarray(3 * i, 3 * i + 3));
const sOf = (i: number) => xOf(i).map((value, j) => ((i + j) % 3 === 0 ? 0 : value));
const times = (w: readonly number[], x: readonly number[]) =>
  w.reduce((total, value, j) => total + value * (x[j] as number), 0);
/** Rows of numbers that follow one another. */
const cut = (numbers: readonly number[], width: number) =>
  Array.from({ length: numbers.length / width }, (_, i) => numbers.slice(i * width, (i + 1) * width));
const lse = (t: readonly number[]) => {
  const most = Math.max(...t);
  return most + Math.log(t.reduce((total, value) => total + Math.exp(value - most), 0));
};
const erf = (x: number) => {
  let [term, total] = [x, x];
  for (let k = 1; k < 60; ++k) {
    term *= (-x * x) / k;
    total += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
};

interface Case {
  name: string;
  n: number;
  model: (w: Expression<readonly [number]>, rows: Rows<Data>) => Expression<readonly []>;
  loss: (w: number[], i: number) => number;
}

const cases: Case[] = [
  {
    name: 'least squares of dense rows',
    n: 3,
    model: (w, rows) => square(sub(dot(w, rows.x), rows.y)),
    loss: (w, i) => (times(w, xOf(i)) - (y[i] as number)) ** 2,
  },
  {
    name: 'a logistic loss of sparse rows',
    n: 3,
    model: (w, rows) => crossEntropy(dot(rows.s, w), sub(1, exp(mul(-1, square(rows.y))))),
    loss: (w, i) => {
      const t = times(w, sOf(i));
      return Math.log(1 + Math.exp(t)) - (1 - Math.exp(-((y[i] as number) ** 2))) * t;
    },
  },
  {
    name: 'a network of two layers with smoothed labels',
    n: 12 + 4 + 12 + 3,
    model: (w, rows) => {
      const [W1, b1] = [reshape(slice(w, 0, 12), [4, 3]), slice(w, 12, 16)];
      const [W2, b2] = [reshape(slice(w, 16, 28), [3, 4]), slice(w, 28, 31)];
      const hidden = tanh(add(matvec(W1, rows.x), b1));
      return crossEntropy(add(matvec(W2, hidden), b2), rows.label, { smoothing: 0.1 });
    },
    loss: (w, i) => {
      const hidden = cut(w.slice(0, 12), 3).map((v, k) => Math.tanh(times(v, xOf(i)) + (w[12 + k] as number)));
      const t = cut(w.slice(16, 28), 4).map((v, k) => times(v, hidden) + (w[28 + k] as number));
      const mean = t.reduce((a, b) => a + b) / 3;
      return lse(t) - 0.9 * (t[label[i] as number] as number) - 0.1 * mean;
    },
  },
  {
    name: 'a network of sparse rows, transposed weights and weights used twice',
    n: 12 + 3,
    model: (w, rows) => {
      const [V, b] = [reshape(slice(w, 0, 12), [3, 4]), slice(w, 12, 15)];
      const code = gelu(matvec(transpose(V), rows.s));
      return sumSquares(sub(add(matvec(V, code), b), rows.x));
    },
    loss: (w, i) => {
      const V = cut(w.slice(0, 12), 4);
      const code = [0, 1, 2, 3].map((k) => {
        const t = times(
          V.map((v) => v[k] as number),
          sOf(i),
        );
        return (t / 2) * (1 + erf(t / Math.SQRT2));
      });
      return V.reduce(
        (total, v, j) => total + (times(v, code) + (w[12 + j] as number) - (xOf(i)[j] as number)) ** 2,
        0,
      );
    },
  },
  {
    name: 'embeddings of several indices',
    n: 8 + 6,
    model: (w, rows) => {
      const [table, other] = [reshape(slice(w, 0, 8), [4, 2]), reshape(slice(w, 8, 14), [3, 2])];
      const two = row(table, rows.pair); // 2 x 2
      const chosen = row(other, rows.label);
      return add(square(dot(sum(two, { per: 'column' }), chosen)), pick(softmax(chosen), 1));
    },
    loss: (w, i) => {
      const [a, b] = [pair.data[2 * i] as number, pair.data[2 * i + 1] as number];
      const l = label[i] as number;
      const sums = [0, 1].map((j) => (w[2 * a + j] as number) + (w[2 * b + j] as number));
      const chosen = w.slice(8 + 2 * l, 10 + 2 * l);
      return times(sums, chosen) ** 2 + Math.exp((chosen[1] as number) - lse(chosen));
    },
  },
  {
    name: 'numbers shared by all rows, matrices of a row, constants',
    n: 6,
    model: (w, rows) => {
      const scale = exp(mul(0.5, slice(w, 0, 3)));
      const A = reshape(concat([rows.x, rows.x]), [2, 3]);
      const mixed = matmul(A, reshape(mul(w, w), [3, 2])); // 2 x 2 of one row and of what is shared
      const fixed = matvec(
        constant([
          [1, 2, 3],
          [0, -1, 1],
        ]),
        mul(scale, rows.x),
      );
      const sparse = matvec(
        constant(sparseOf({ data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 })),
        rows.x,
      );
      const spread = logSumExp(reshape(gather(mixed, [0, 1, 1, 0]), [2, 4]), { per: 'row' });
      return add(
        sum(square(mixed)),
        dot(fixed, slice(w, 4, 6)),
        sum(spread),
        dot(sparse, slice(w, 0, 2)),
        square(sum(slice(rows.x, 0, 3, 2))),
      );
    },
    loss: (w, i) => {
      const x = xOf(i);
      const squares = cut(
        w.map((v) => v * v),
        2,
      );
      const m = [0, 1].map((j) =>
        times(
          squares.map((v) => v[j] as number),
          x,
        ),
      );
      const scaled = x.map((value, j) => value * Math.exp((w[j] as number) / 2));
      const fixed = [times([1, 2, 3], scaled), times([0, -1, 1], scaled)];
      const sparse = [times([0, 2, 3], x), times([4, 5, 0], x)];
      const spread = lse([m[0], m[1], m[0], m[1], m[0], m[1], m[0], m[1]].slice(0, 4) as number[]);
      return (
        2 * m.reduce((total, v) => total + v * v, 0) +
        times(fixed, w.slice(4, 6)) +
        2 * spread +
        times(sparse, w.slice(0, 2)) +
        ((x[0] as number) + (x[2] as number)) ** 2
      );
    },
  },
  {
    name: 'functions with kinks',
    n: 3,
    model: (w, rows) => {
      const t = dot(w, rows.x);
      const v = mul(w, rows.x);
      return add(
        abs(t),
        relu(sub(t, 0.1)),
        hinge(t, sub(mul(2, rows.y), 1)),
        clip(mul(2, t), -0.3, 0.4),
        mul(0.7, huber(mul(3, t), 0.5)),
        max(v),
        mul(2, min(v)),
        min(t, rows.y),
        softplus(max(t, 0.2)),
        atan2(t, 2),
      );
    },
    loss: (w, i) => {
      const t = times(w, xOf(i));
      const v = w.map((value, j) => value * (xOf(i)[j] as number));
      const u = 3 * t;
      return (
        Math.abs(t) +
        Math.max(t - 0.1, 0) +
        Math.max(0, 1 - (2 * (y[i] as number) - 1) * t) +
        Math.max(-0.3, Math.min(0.4, 2 * t)) +
        0.7 * (Math.abs(u) <= 0.5 ? (u * u) / 2 : 0.5 * (Math.abs(u) - 0.25)) +
        Math.max(...v) +
        2 * Math.min(...v) +
        Math.min(t, y[i] as number) +
        Math.log(1 + Math.exp(Math.max(t, 0.2))) +
        Math.atan2(t, 2)
      );
    },
  },
];

const pointOf = (n: number) => {
  const next = uniforms(n);
  return Float64Array.from({ length: n }, () => 1.4 * next() - 0.7);
};

/** The derivative of a function of one number at 0, to fourth order. */
const slopeOf = (f: (t: number) => number, step: number) =>
  (8 * (f(step) - f(-step)) - (f(2 * step) - f(-2 * step))) / (12 * step);

describe.each(cases)('$name', ({ n, model: formula, loss }) => {
  const model = new Model();
  const w = model.variable(n);
  const rows = model.rows(data);
  model.minimize(add(rows.mean(formula(w, rows)), mul(0.3, sumSquares(w))));
  const program = model.compile();
  const x = pointOf(n);
  const f = (at: Float64Array) => {
    const list = Array.from(at);
    let total = 0;
    for (let i = 0; i < N; ++i) total += loss(list, i);
    return total / N + 0.3 * times(list, list);
  };
  const moved = (direction: ArrayLike<number>, t: number) => x.map((value, j) => value + t * (direction[j] as number));

  it('has the value of the function', () => {
    expect(program.objective(x)).toBeCloseTo(f(x), 12);
  });

  it('has the gradient of the function', () => {
    const g = program.gradient(x);
    for (let j = 0; j < n; ++j) {
      const unit = Float64Array.from(x, (_, k) => (k === j ? 1 : 0));
      // A kink of one of the rows may be within the steps.
      expect(g[j]).toBeCloseTo(
        slopeOf((t) => f(moved(unit, t)), 1e-5),
        7,
      );
    }
  });

  it('has products with the Hessian that are derivatives of the gradient, and the Hessian made of them', () => {
    const v = pointOf(n).map((value, j) => value + (j % 2));
    const product = program.hessianProduct(x, [], v);
    const { values, offsets, indices } = program.hessian(x, []);
    const full = new Float64Array(n);
    for (let j = 0; j < n; ++j) {
      for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
        const i = indices[k] as number;
        full[i] = (full[i] as number) + (values[k] as number) * (v[j] as number);
        if (i !== j) full[j] = (full[j] as number) + (values[k] as number) * (v[i] as number);
      }
    }
    for (let j = 0; j < n; ++j) {
      expect(product[j]).toBeCloseTo(
        slopeOf((t) => program.gradient(moved(v, t))[j] as number, 1e-5),
        6,
      );
      expect(full[j]).toBeCloseTo(product[j] as number, 10);
    }
  });
});

describe('closings', () => {
  it('go into any function, and give sums and largest values', () => {
    const model = new Model();
    const w = model.variable(3);
    const rows = model.rows(data);
    const t = dot(w, rows.x);
    model.minimize(
      add(
        square(rows.mean(t)),
        exp(mul(0.001, rows.sum(square(t)))),
        mul(2, rows.max(t)),
        sumSquares(rows.mean(rows.x)),
        mul(rows.mean(square(t)), sum(w)),
      ),
    );
    const program = model.compile();
    const f = (at: ArrayLike<number>) => {
      const all = Array.from({ length: N }, (_, i) => times(Array.from(at), xOf(i)));
      const mean = all.reduce((a, b) => a + b) / N;
      const squares = all.reduce((a, b) => a + b * b, 0);
      const xs = [0, 1, 2].map(
        (j) => Array.from({ length: N }, (_, i) => xOf(i)[j] as number).reduce((a, b) => a + b) / N,
      );
      return (
        mean ** 2 +
        Math.exp(0.001 * squares) +
        2 * Math.max(...all) +
        times(xs, xs) +
        (squares / N) * ((at[0] as number) + (at[1] as number) + (at[2] as number))
      );
    };
    const x = Float64Array.of(0.3, -0.5, 0.2);
    expect(program.objective(x)).toBeCloseTo(f(x), 12);
    const g = program.gradient(x);
    const v = Float64Array.of(1, 2, -1);
    const product = program.hessianProduct(x, [], v);
    for (let j = 0; j < 3; ++j) {
      expect(g[j]).toBeCloseTo(
        slopeOf((t) => f(x.map((value, k) => value + (k === j ? t : 0))), 1e-4),
        8,
      );
      expect(product[j]).toBeCloseTo(
        slopeOf((t) => program.gradient(x.map((value, k) => value + t * (v[k] as number)))[j] as number, 1e-4),
        7,
      );
    }
  });

  it('in constraints, with their derivatives', async () => {
    const model = new Model();
    const w = model.variable(3, { start: 0.5 });
    const rows = model.rows(data);
    const t = dot(w, rows.x);
    model.minimize(add(rows.mean(square(sub(t, rows.y))), mul(0.1, sumSquares(w))));
    model.equal(exp(rows.mean(square(t))), 1.5);
    model.equal(sum(w), 1);
    const most = model.atMost(mul(slice(w, 0, 1), rows.mean(tanh(t))), 0.2);
    expect(most.shape).toEqual([1]);
    const program = model.compile();
    const c = (at: ArrayLike<number>) => {
      const all = Array.from({ length: N }, (_, i) => times(Array.from(at), xOf(i)));
      const mean = (f: (value: number) => number) => all.reduce((total, value) => total + f(value), 0) / N;
      return [
        Math.exp(mean((value) => value ** 2)) - 1.5,
        (at[0] as number) + (at[1] as number) + (at[2] as number) - 1,
        (at[0] as number) * mean(Math.tanh),
      ];
    };
    const x = Float64Array.of(0.3, -0.5, 0.2);
    const v = Float64Array.of(1, 2, -1);
    const lambda = [0.7, 3, -2];
    const moved = (j: number, by: number) => x.map((value, k) => value + (k === j ? by : 0));
    program.constraints(x).forEach((value, i) => {
      expect(value).toBeCloseTo(c(x)[i] as number, 12);
    });
    const jacobian = [0, 1, 2].map((i) => [0, 1, 2].map((j) => slopeOf((s) => c(moved(j, s))[i] as number, 1e-4)));
    const J = program.jacobian(x);
    expect(J.values.length).toBe(9);
    J.values.forEach((value, k) => {
      expect(value).toBeCloseTo(jacobian.flat()[k] as number, 8);
    });
    program.jacobianProduct(x, v).forEach((value, i) => {
      expect(value).toBeCloseTo(times(jacobian[i] as number[], Array.from(v)), 7);
    });
    program.jacobianTransposedProduct(x, lambda).forEach((value, j) => {
      expect(value).toBeCloseTo(
        lambda.reduce((total, l, i) => total + l * (jacobian[i]?.[j] as number), 0),
        7,
      );
    });
    const gradient = (at: Float64Array) =>
      program.gradient(at).map((g, j) => 0.8 * g + (program.jacobianTransposedProduct(at, lambda)[j] as number));
    program.hessianProduct(x, lambda, v, 0.8).forEach((value, j) => {
      expect(value).toBeCloseTo(
        slopeOf((s) => gradient(x.map((each, k) => each + s * (v[k] as number)))[j] as number, 1e-4),
        7,
      );
    });
    const result = await minimize(model, { tolerance: 1e-9 });
    expect(result.status).toBe('solved');
    const [first, second, third] = c(result.x) as [number, number, number];
    expect(Math.max(Math.abs(first), Math.abs(second), third - 0.2)).toBeLessThan(1e-8);
    const atEnd = program.jacobianTransposedProduct(result.x, result.multipliers);
    program.gradient(result.x).forEach((g, j) => {
      expect(g + (atEnd[j] as number)).toBeCloseTo(0, 6);
    });
  });

  it('alone in constraints, of a linear objective', async () => {
    const model = new Model();
    const w = model.variable(3, { start: [0.1, 0.2, 0.3] });
    const rows = model.rows({ x: X });
    model.minimize(sum(w));
    model.atMost(rows.mean(square(dot(w, rows.x))), 1);
    const { status, x } = await minimize(model);
    expect(status).toBe('solved');
    // The ellipsoid w^T M w <= 1, M the mean of x x^T: w = -M^-1 e / sqrt(e^T M^-1 e), so M w has equal entries.
    const squares = Array.from({ length: N }, (_, i) => times(Array.from(x), xOf(i)));
    const Mw = [0, 1, 2].map((j) => squares.reduce((total, t, i) => total + (t * (xOf(i)[j] as number)) / N, 0));
    expect(squares.reduce((total, t) => total + t * t, 0) / N).toBeCloseTo(1, 7);
    expect(Mw[1]).toBeCloseTo(Mw[0] as number, 6);
    expect(Mw[2]).toBeCloseTo(Mw[0] as number, 6);
  });

  it('under bounds, of more variables than the Hessian is made for', async () => {
    const n = 510;
    const model = new Model();
    const w = model.variable(n, { lower: 0, upper: 1, start: 0.5 });
    const id = Int32Array.from({ length: 2 * n }, (_, i) => i % n);
    const target = Float64Array.from({ length: 2 * n }, (_, i) => 2 * Math.sin(i % n) + (i < n ? 0.1 : -0.1));
    const rows = model.rows({ id, target });
    model.minimize(rows.mean(square(sub(pick(w, rows.id), rows.target))));
    const { status, x, phase } = await minimize(model);
    expect(status).toBe('solved');
    expect(phase).toBe('descent');
    x.forEach((value, j) => {
      expect(value).toBeCloseTo(Math.min(1, Math.max(0, 2 * Math.sin(j))), 6);
    });
  });

  it('of the rows of two tables', () => {
    const model = new Model();
    const w = model.variable({ start: 1 });
    const [a, b] = [model.rows({ x: [1, 2, 3] }), model.rows({ x: [10] })];
    model.minimize(add(a.mean(mul(w, a.x)), b.sum(mul(square(w), b.x))));
    expect(model.compile().objective([2])).toBe(4 + 40);
    expect(() => add(a.x, b.x)).toThrow(
      'add: expected expressions of the rows of one table, got two of different tables',
    );
  });

  it('are wanted where a number of all rows is', () => {
    const model = new Model();
    const w = model.variable(3);
    const rows = model.rows(data);
    const t = dot(w, rows.x);
    expect(() => model.minimize(t)).toThrow(
      'minimize: an expression of shape [] of one row: expected one of all rows, as rows.mean(...), rows.sum(...) or rows.max(...) give',
    );
    expect(() => model.atMost(t, 1)).toThrow('atMost: an expression of shape [] of one row');
    expect(() => rows.mean(sum(w))).toThrow('rows.mean: a formula that has nothing of its rows');
    model.minimize(rows.mean(mul(t, rows.mean(t))));
    expect(() => model.compile()).toThrow('a formula of a row has a mean, sum or maximum over rows in it');
  });
});

describe('data', () => {
  const fitted = (rows: { x: number[][]; y: number[] }) => {
    const model = new Model();
    const w = model.variable(2);
    const table = model.rows(rows);
    model.minimize(table.mean(square(sub(dot(w, table.x), table.y))));
    return { model, table };
  };

  it('may be replaced by others, of any number of rows', async () => {
    const { model, table } = fitted({
      x: [
        [1, 0],
        [0, 1],
      ],
      y: [3, 4],
    });
    expect(Array.from((await minimize(model)).x)).toEqual([expect.closeTo(3, 6), expect.closeTo(4, 6)]);
    const program = model.compile();
    table.replace({
      x: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      y: [1, 2, 3],
    });
    expect(table.count).toBe(3);
    expect(model.compile()).toBe(program);
    const { x } = await minimize(model);
    expect(Array.from(x)).toEqual([expect.closeTo(1, 6), expect.closeTo(2, 6)]);
    expect(() => table.replace({ x: [[1, 2, 3]], y: [1] })).toThrow(
      'rows.x: has 3 numbers in each row: expected 2, as before',
    );
    expect(() => table.replace({ x: [[1, 2]] })).toThrow("rows: no column 'y'");
  });

  it('that are wrong are refused by name', () => {
    const model = new Model();
    const w = model.variable(3);
    expect(() => model.rows({ x: [[1], [2]], y: [1] })).toThrow('rows.y: has 1 rows: expected 2, as rows.x has');
    expect(() => model.rows({ mean: [1] })).toThrow("rows: a column 'mean'");
    // @ts-expect-error: no column
    expect(() => model.rows({ x: 'no' })).toThrow("rows.x = 'no': expected a number for each row, or a matrix");
    const rows = model.rows({ x: { data: Float64Array.of(1, Number.NaN, 2), rows: 1, columns: 3 }, y: [1] });
    model.minimize(rows.mean(dot(w, rows.x)));
    expect(() => model.compile().objective(new Float64Array(3))).toThrow('x[0][1] = NaN: expected a finite number');
    const labelled = new Model();
    const t = labelled.variable(3);
    const table = labelled.rows({ label: [0, 1, 3] });
    labelled.minimize(table.mean(crossEntropy(mul(t, add(1, table.label)), table.label)));
    expect(() => labelled.compile().objective(new Float64Array(3))).toThrow(
      'label[2] = 3: expected an integer in [0, 2]',
    );
    expect(() => pick(t, sum(t))).toThrow(
      'pick: index = an expression of shape []: expected an integer, or a column of model.rows',
    );
  });

  it('of single precision are taken as they are', () => {
    const model = new Model();
    const w = model.variable(3);
    const single = { data: Float32Array.from(X.data), rows: N, columns: 3 };
    const rows = model.rows({ x: single, y: Float32Array.from(y) });
    model.minimize(rows.mean(square(sub(dot(w, rows.x), rows.y))));
    const x = [0.1, 0.2, 0.3];
    let total = 0;
    for (let i = 0; i < N; ++i) {
      total += (times(x, Array.from(single.data.subarray(3 * i, 3 * i + 3))) - Math.fround(y[i] as number)) ** 2;
    }
    expect(model.compile().objective(x)).toBeCloseTo(total / N, 12);
  });
});

describe('starts', () => {
  it('are drawn by a seed, within their bounds', () => {
    const model = new Model();
    const [a, b, c] = [glorot(), glorot(), he({ seed: 3 })].map(
      (start) => model.variable([20, 30], { start }).start.data,
    );
    const again = new Model().variable([20, 30], { start: glorot() }).start.data;
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    const spread = (numbers: Float64Array | Float32Array | undefined) =>
      (numbers as Float64Array).reduce((total, v) => total + v * v, 0) / 600;
    expect(Math.max(...(a as Float64Array).map(Math.abs))).toBeLessThan(Math.sqrt(6 / 50));
    expect(spread(a)).toBeCloseTo(2 / 50, 2);
    expect(spread(c)).toBeCloseTo(2 / 30, 2);
  });

  it('are drawn by the seed of the solve, unless they have their own', async () => {
    const model = new Model();
    const w = model.variable(3, { start: glorot() });
    const fixed = model.variable(3, { start: glorot({ seed: 5 }) });
    model.minimize(add(sumSquares(w), sumSquares(fixed)));
    const startOf = async (seed?: number) => (await minimize(model, { maxIterations: 0, ...(seed && { seed }) })).x;
    const [none, one, again, two] = [await startOf(), await startOf(1), await startOf(1), await startOf(2)];
    expect(w.valueIn({ x: none })).toEqual(w.start);
    expect(one).toEqual(again);
    expect(w.valueIn({ x: one })).not.toEqual(w.start);
    expect(w.valueIn({ x: one })).not.toEqual(w.valueIn({ x: two }));
    for (const x of [one, two]) expect(fixed.valueIn({ x })).toEqual(fixed.start);
    w.setStart(2);
    expect(Array.from(w.valueIn({ x: await startOf(1) }))).toEqual([2, 2, 2]);
  });
});

describe('minimize', () => {
  it('finds the solution of logistic regression', async () => {
    const labels = Array.from(label, (value) => (value > 0 ? 1 : 0));
    const model = new Model();
    const w = model.variable(3);
    const rows = model.rows({ x: X, y: labels });
    model.minimize(add(rows.mean(crossEntropy(dot(w, rows.x), rows.y)), mul(0.05, sumSquares(w))));
    const [found, known] = await Promise.all([
      minimize(model, { tolerance: 1e-10 }),
      minimize(logisticRegression({ x: X, y: labels, ridge: 0.1 }), { tolerance: 1e-10 }),
    ]);
    expect(found.status).toBe('solved');
    expect(found.inertia).toEqual({ positive: 3, negative: 0, zero: 0 });
    expect(found.objective).toBeCloseTo(known.objective, 9);
    for (let j = 0; j < 3; ++j) expect(found.x[j]).toBeCloseTo(known.x[j] as number, 8);
  });

  it('takes bounds, equations and maxima', async () => {
    const model = new Model();
    const w = model.variable(3, { lower: -0.1 });
    const rows = model.rows({ x: X, y });
    model.maximize(mul(-1, rows.mean(square(sub(dot(w, rows.x), rows.y)))));
    model.equal(sum(w), 0.3);
    const { status, x, objective } = await minimize(model);
    expect(status).toBe('solved');
    expect(x.reduce((a, b) => a + b)).toBeCloseTo(0.3, 8);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(-0.1 - 1e-9);
    const f = (at: ArrayLike<number>) => {
      let total = 0;
      for (let i = 0; i < N; ++i) total -= (times(Array.from(at), xOf(i)) - (y[i] as number)) ** 2;
      return total / N;
    };
    expect(objective).toBeCloseTo(f(x), 9);
    // No feasible point beside it is better.
    for (const [i, j] of [
      [0, 1],
      [1, 0],
      [0, 2],
      [2, 0],
      [1, 2],
      [2, 1],
    ] as const) {
      const other = x.slice();
      other[i] = (other[i] as number) + 1e-4;
      other[j] = (other[j] as number) - 1e-4;
      if (Math.min(...other) >= -0.1) expect(f(other)).toBeLessThan(objective + 1e-9);
    }
  });

  it('solves for many variables by products', async () => {
    const n = 600;
    const wide = { data: Float64Array.from({ length: 40 * n }, normal), rows: 40, columns: n };
    const target = Float64Array.from({ length: 40 }, normal);
    const model = new Model();
    const w = model.variable(n);
    const rows = model.rows({ x: wide, y: target });
    model.minimize(add(rows.mean(square(sub(dot(w, rows.x), rows.y))), mul(0.01, sumSquares(w))));
    for (const method of ['auto', 'lbfgs', 'saddleFree'] as const) {
      const result = await minimize(model, { method, tolerance: 1e-7 });
      expect(result.status).toBe('solved');
      expect(Math.max(...model.compile().gradient(result.x).map(Math.abs))).toBeLessThan(1e-6);
    }
    await expect(minimize(model, { method: 'gradientRegularized' })).rejects.toThrow(
      "method = 'gradientRegularized': expected 'auto', 'trustRegion'",
    );
  });

  it('refuses kinks unless they are allowed', async () => {
    const model = new Model();
    const w = model.variable(3, { start: 1 });
    const rows = model.rows(data);
    model.minimize(add(rows.mean(relu(dot(w, rows.x))), sumSquares(w)));
    await expect(minimize(model)).rejects.toThrow('problem: has a kink, of relu: expected a smooth function');
    const { objective } = await minimize(model, { nonsmooth: 'allow' });
    expect(objective).toBeLessThan(1e-6);
    const plain = new Model();
    plain.minimize(abs(plain.variable({ start: 1 })));
    await expect(minimize(plain)).rejects.toThrow('of abs');
    const smooth = new Model();
    const x = smooth.variable({ start: 1 });
    smooth.minimize(huber(x));
    expect((await minimize(smooth)).status).toBe('solved');
  });

  it('has no file of the format .nl', async () => {
    const model = new Model();
    const rows = model.rows({ y: [1, 2] });
    model.minimize(rows.mean(square(sub(model.variable(), rows.y))));
    await expect(writeNl(model, 'never.nl')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('evaluate', () => {
  it('gives the values of named expressions, of rows for each', async () => {
    const model = new Model();
    const W = model.variable([3, 3], { start: glorot() });
    const rows = model.rows(data);
    const logits = matvec(W, rows.x);
    model.minimize(rows.mean(crossEntropy(logits, rows.label)));
    model.output('logits', logits);
    model.output('largest', max(logits));
    model.output('size', sumSquares(W));
    model.output('W', transpose(W));
    const { data: w } = W.start;
    const x = Float64Array.from(w);
    const found = await evaluate(model, x);
    const expected = (i: number) => cut(Array.from(x), 3).map((v) => times(v, xOf(i)));
    expect(found.size).toBeCloseTo(
      x.reduce((total, v) => total + v * v, 0),
      12,
    );
    expect(found.W).toEqual({
      data: Float64Array.of(...[0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => x[k] as number)),
      rows: 3,
      columns: 3,
    });
    const [all, largest] = [
      found.logits as { data: Float64Array; rows: number; columns: number },
      found.largest as Float64Array,
    ];
    expect([all.rows, all.columns, largest.length]).toEqual([N, 3, N]);
    for (const i of [0, 17, N - 1]) {
      expect(Array.from(all.data.subarray(3 * i, 3 * i + 3))).toEqual(expected(i).map((v) => expect.closeTo(v, 12)));
      expect(largest[i]).toBeCloseTo(Math.max(...expected(i)), 12);
    }
    const other = await evaluate(model, { x }, { rows: { x: [xOf(5), xOf(6)] } });
    expect((other.largest as Float64Array)[1]).toBeCloseTo(Math.max(...expected(6)), 12);
    await expect(evaluate(model, x, { rows: { y: [1] } })).rejects.toThrow("rows: no column 'x'");
    await expect(evaluate(new Model(), [])).rejects.toThrow();
  });
});

describe('products of reshaped constants and transposes', () => {
  it('are those of the new shape', () => {
    const model = new Model();
    const x = model.variable(2);
    const rows = model.rows({ x: [[1, 2]] });
    const A = reshape(
      constant([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [3, 2],
    );
    model.minimize(sum(matvec(A, x)));
    expect(model.compile().objective([1, 10])).toBe(1 + 20 + 3 + 40 + 5 + 60);
    const V = reshape(transpose(model.variable([1, 4])), [2, 2]);
    model.minimize(rows.sum(sum(matvec(V, rows.x))));
    expect(model.compile().objective([0, 0, 1, 2, 3, 4])).toBe(1 + 4 + 3 + 8);
  });
});
