// Wrong and odd input of ratios: refused with the argument, the value and what was expected, or solved sensibly.
import { describe, expect, it } from 'vitest';
import {
  affine,
  box,
  elasticNet,
  l1,
  leastSquares,
  logistic,
  lpNorm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  quadratic,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
} from '../../src/fractional/index.js';
import {
  type FractionalProblem,
  type FractionalResult,
  type Matrix,
  matrix,
  minimizeRatio,
  type SparseMatrix,
} from '../../src/index.js';
import { minimize } from './checked.js';
import { Draw, entry, gram, ratioAt, vector } from './values.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const draw = new Draw(31);
const [m, n] = [8, 5];
const A = draw.matrix(m, n);
const b = draw.normals(m);
const ones = new Float64Array(n).fill(1);
const fit = leastSquares(A, b);
const zero = matrix(m, n, new Float64Array(m * n));

function sparse({ rows, columns, ...A }: Matrix, format: 'csc' | 'csr'): SparseMatrix {
  const byColumn = format === 'csc';
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let o = 0; o < (byColumn ? columns : rows); ++o) {
    for (let k = 0; k < (byColumn ? rows : columns); ++k) {
      const value = byColumn ? entry({ rows, columns, ...A }, k, o) : entry({ rows, columns, ...A }, o, k);
      if (value === 0) continue;
      indices.push(k);
      values.push(value);
    }
    offsets.push(values.length);
  }
  return {
    format,
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

async function refusal(problem: FractionalProblem): Promise<string> {
  const error: unknown = await minimizeRatio(problem).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RangeError);
  return (error as Error).message;
}

const withZeros = (columns: readonly number[], of = A): Matrix => ({
  ...of,
  data: of.data.map((value, at) => (columns.includes(at % n) ? 0 : value)) as Float64Array,
});

const denominators = {
  norm1: norm1(),
  norm2: norm2(),
  normInf: normInf(),
  topK: topK(2),
  'lpNorm 1': lpNorm(A, 1),
  'lpNorm 2': lpNorm(A, 2),
  'lpNorm 4': lpNorm(A, 4),
  'lpNorm inf': lpNorm(A, infinity),
  'lpNorm 1 squared': lpNorm(A, 1, { squared: true }),
  'lpNorm 2 squared': lpNorm(A, 2, { squared: true }),
  'lpNorm 4 squared': lpNorm(A, 4, { squared: true }),
  'lpNorm inf squared': lpNorm(A, infinity, { squared: true }),
  sumSquares: sumSquares({ constant: 1 }),
  quadratic: quadratic(gram(A), { constant: 1 }),
  linear: affine(ones, 10),
};

describe.each(Object.entries(denominators))('over %s', (name, denominator) => {
  const more = name === 'linear' ? [nonNegative()] : [];
  it.each([
    ['one', [2]],
    ['several', [0, 3, 4]],
  ])('%s empty columns', async (_, columns) => {
    const problem = { numerator: [leastSquares(withZeros(columns), b), l1(0.1), ...more], denominator };
    const { status } = await minimize(problem);
    expect(['solved', 'unbounded']).toContain(status);
    if (name.startsWith('lpNorm')) return;
    // Without a penalty nothing holds those x back.
    const free = await minimize({ numerator: [leastSquares(withZeros(columns), b), ...more], denominator });
    expect(['solved', 'unbounded']).toContain(free.status);
  });

  it('a matrix of zeros', async () => {
    const problem = { numerator: [leastSquares(zero, b), l1(0.1), ...more], denominator };
    expect(['solved', 'unbounded']).toContain((await minimize(problem)).status);
    // 0 over anything: 0, anywhere.
    const nothing = await minimize({ numerator: [leastSquares(zero, new Float64Array(m)), ...more], denominator });
    expect(nothing).toMatchObject({ status: 'solved', objective: 0 });
  });

  it.each([
    ['least squares', leastSquares(zero, new Float64Array(m))],
    ['a quadratic', quadratic(matrix(n, n, new Float64Array(n * n)))],
  ] as const)('%s of zeros beside a penalty, which says nothing', async (_, term) => {
    for (const denominator of [topK(2), norm2(), norm1(), topK(1)]) {
      for (const method of ['auto', 'fcd', 'pcd'] as const) {
        const { status, objective } = await minimize({ numerator: [term, l1(0.1)], denominator }, { method });
        expect(status).toBe('solved');
        expect(objective).toBeCloseTo(0.1, 12);
      }
    }
  });

  it('columns twice', async () => {
    const twice = { ...A, data: vector(m * n, (at) => entry(A, Math.floor(at / n), (at % n) % 3)) };
    const { status } = await minimize({ numerator: [leastSquares(twice, b), l1(0.1), ...more], denominator });
    expect(status).toBe('solved');
  });

  it.each([
    ['least squares', leastSquares(A, b)],
    ['a quadratic', quadratic(gram(A), { constant: 1 })],
  ] as const)('%s of single precision and sparse', async (_, term) => {
    const as = (f: (A: Matrix) => Matrix | SparseMatrix): FractionalProblem => {
      const data = f(term.matrix as Matrix);
      const terms = [
        term.kind === 'quadratic' ? quadratic(data, { constant: 1 }) : { ...term, matrix: data },
        sumSquares({ weight: 0.1 }),
        ...more,
      ];
      return { numerator: terms, denominator, start: ones };
    };
    const expected = await minimize(as((dense) => dense));
    for (const format of ['csc', 'csr'] as const) {
      const result = await minimizeRatio(as((dense) => sparse(dense, format)));
      expect(result.objective / expected.objective).toBeCloseTo(1, 9);
    }
    const single = await minimizeRatio(as((dense) => ({ ...dense, data: Float32Array.from(dense.data) })));
    expect(single.objective / expected.objective).toBeCloseTo(1, 4);
  });
});

describe('small shapes', () => {
  const one: [string, FractionalProblem][] = Object.entries({
    norm1: norm1(),
    norm2: norm2({ shift: 1 }),
    normInf: normInf(),
    topK: topK(1),
    ...Object.fromEntries([1, 2, 4, infinity].map((p) => [`lpNorm ${p}`, lpNorm([[2]], p)])),
    ...Object.fromEntries(
      [1, 2, 4, infinity].map((p) => [`lpNorm ${p} squared`, lpNorm([[2]], p, { squared: true, shift: 1 })]),
    ),
    sumSquares: sumSquares({ constant: 1 }),
    quadratic: quadratic([[2]], { constant: 1 }),
    linear: affine([1], 3),
    sumSqrt: sumSqrt({ epsilon: 0.1 }),
    sumLog: sumLog([2], { shift: 1 }),
  }).map(([name, denominator]) => [name, { numerator: [leastSquares([[1]], [-1.5]), box(-2, 3)], denominator }]);
  it.each(one)('1 x 1 over %s, against a grid', async (name, problem) => {
    const nonNegative = ['sumSqrt', 'sumLog'].includes(name);
    const bounded = nonNegative ? { ...problem, numerator: [...problem.numerator, box(0, 3)] } : problem;
    const { x, objective, status } = await minimize(bounded);
    expect(status).toBe('solved');
    expect(x).toHaveLength(1);
    const grid = vector(5001, (k) => ratioAt(bounded, [-2 + k / 1000]));
    expect(objective).toBeLessThan(Math.min(...grid.filter(Number.isFinite)) + 1e-9);
  });

  it('one row, many columns', async () => {
    const row = draw.matrix(1, 30);
    for (const denominator of [norm2(), topK(3), lpNorm(row, 1, { shift: 1 }), sumSquares({ constant: 1 })]) {
      await minimize({ numerator: [leastSquares(row, [2]), l1(0.1)], denominator }); // may end at any limit
    }
  });

  it('one column, many rows', async () => {
    const column = draw.matrix(40, 1);
    const c = draw.normals(40);
    for (const denominator of [norm2({ shift: 1 }), topK(1), lpNorm(column, 4), sumSquares({ constant: 1 })]) {
      const problem = { numerator: [leastSquares(column, c), l1(0.1), box(-5, 5)], denominator };
      const { objective, status } = await minimize(problem);
      expect(status).toBe('solved');
      const grid = vector(10001, (k) => ratioAt(problem, [-5 + k / 1000]));
      expect(objective).toBeLessThan(Math.min(...grid) + 1e-9);
    }
  });
});

describe('refuses', () => {
  const bad = [nan, infinity, -infinity];
  it('NaN and infinity in any place of a sparse matrix, vector or option', () => {
    const inEach = (values: Float64Array, value: number, k: number) => values.map((v, i) => (i === k ? value : v));
    for (const value of bad) {
      for (let k = 0; k < m * n; ++k) {
        const wrong = { ...A, data: inEach(A.data as Float64Array, value, k) };
        const place = `[${Math.floor(k / n)}][${k % n}] = ${value}: expected a finite number`;
        expect(() => leastSquares(wrong, b)).toThrow(`A${place}`);
        expect(() => lpNorm(wrong, 1)).toThrow(`A${place}`);
        const values = sparse(A, 'csr');
        expect(() => squaredHinge({ ...values, values: inEach(values.values, value, k) }, b)).toThrow(
          `A.values[${k}] = ${value}: expected a finite number`,
        );
        const single = { ...A, data: Float32Array.from(wrong.data) };
        expect(() => lpNorm(single, 4)).toThrow(`A${place}`);
      }
      for (let k = 0; k < n; ++k) {
        const wrong = inEach(ones, value, k);
        const message = `[${k}] = ${value}: expected a finite number`;
        for (const make of [affine, l1, sumLog]) expect(() => make(wrong)).toThrow(message);
        expect(() => elasticNet(0, wrong)).toThrow(`l2${message}`);
        expect(() => quadratic(gram(A), { linear: wrong })).toThrow(`linear${message}`);
        expect(() => sumSqrt({ epsilon: wrong })).toThrow(`epsilon${message}`);
        expect(() => sumSqrt({ weights: wrong })).toThrow(`weights${message}`);
        expect(() => sumLog(ones, { weights: wrong })).toThrow(`weights${message}`);
      }
      for (const make of [norm1, norm2, normInf]) {
        expect(() => make({ scale: value })).toThrow(`scale = ${value}: expected a finite number`);
        expect(() => make({ shift: value })).toThrow(`shift = ${value}: expected a finite number`);
      }
      expect(() => sumSquares({ constant: value })).toThrow(`constant = ${value}: expected a finite number`);
      expect(() => topK(value)).toThrow(`k = ${value}: expected an integer >= 1`);
      if (value !== infinity) expect(() => lpNorm(A, value)).toThrow(`p = ${value}: expected 1, 2, 4 or Infinity`);
    }
  });

  it('NaN and infinity in any place of the start', async () => {
    for (const value of bad) {
      for (let k = 0; k < n; ++k) {
        const start = ones.map((v, i) => (i === k ? value : v));
        expect(await refusal({ numerator: [fit], denominator: norm2(), start })).toBe(
          `start[${k}] = ${value}: expected a finite number`,
        );
      }
    }
  });

  it.each([0, 1, n - 1, n + 1])('a start of %i numbers', async (length) => {
    const start = new Float64Array(length).fill(1);
    expect(await refusal({ numerator: [fit], denominator: norm2(), start })).toMatch(
      length === 0 ? /^start: expected at least one number/ : new RegExp(`^start: has ${length} unknowns`),
    );
  });

  it('every p but the four', () => {
    for (const p of [0, -1, 0.5, 1.5, 3, 5, 1e300]) {
      expect(() => lpNorm(A, p)).toThrow(`p = ${p}: expected 1, 2, 4 or Infinity`);
    }
  });

  it('a negative weight in any place', () => {
    for (let k = 0; k < n; ++k) {
      const wrong = ones.map((v, i) => (i === k ? -1e-300 : v));
      const message = `[${k}] = -1e-300: expected a finite number >= 0`;
      for (const make of [l1, sumLog]) expect(() => make(wrong)).toThrow(message);
      expect(() => elasticNet(wrong, 0)).toThrow(`l1${message}`);
      expect(() => sumSqrt({ weights: wrong })).toThrow(`weights${message}`);
    }
  });

  it('a box that excludes the start, on either side of any entry', async () => {
    for (let k = 0; k < n; ++k) {
      for (const side of [-1, 1]) {
        const start = ones.map((v, i) => (i === k ? v + 2 * side : v));
        expect(await refusal({ numerator: [fit, box(0, 2)], denominator: norm2(), start })).toBe(
          `start[${k}] = ${1 + 2 * side}: expected a number within the bounds, from 0 to 2`,
        );
      }
    }
  });

  it('k > n, through each term that says n', async () => {
    const terms = [fit, logistic(A, b.map(Math.sign)), quadratic(gram(A)), affine(ones, 9), l1(ones)];
    for (const term of terms) {
      expect(await refusal({ numerator: [term], denominator: topK(n + 1) })).toContain(
        `k = ${n + 1}: expected at most the number of unknowns, ${n}`,
      );
    }
  });

  it('a matrix of zeros under a penalty, whose infimum lies at infinity', async () => {
    const { status } = await minimize({ numerator: [leastSquares(zero, b), l1(0.1)], denominator: topK(2) });
    expect(status).toBe('unbounded');
  });

  it.each([1e-160, 1e160])('entries of size %d, whose squares are lost', async (scale) => {
    const scaled = { ...A, data: A.data.map((value) => scale * value) };
    const [small, large] = [
      leastSquares(scaled, b),
      leastSquares(
        A,
        b.map((value) => scale * value),
      ),
    ];
    expect(await refusal({ numerator: [small], denominator: norm1() })).toMatch(
      /^numerator\[0\]: squared length of the longest column = .* expected .*: rescale the data$/,
    );
    expect(await refusal({ numerator: [large], denominator: norm1() })).toMatch(
      /^numerator\[0\]: squared length of b = .* expected .*: rescale the data$/,
    );
    expect(await refusal({ numerator: [sumSquares()], denominator: lpNorm(scaled, 2) })).toMatch(/longest column/);
  });

  it('a ratio with no point where the denominator is positive', async () => {
    const numerator = [fit];
    expect(await refusal({ numerator, denominator: lpNorm(zero, 2) })).toMatch(
      /^start = '?none'?: expected a start with/,
    );
    expect(await refusal({ numerator: [fit, box(0, 0)], denominator: norm1() })).toMatch(/: expected a start with/);
    expect(await refusal({ numerator, denominator: lpNorm(zero, 2), start: ones })).toMatch(
      /^denominator at the start = 0: expected a number > 0/,
    );
    expect(
      await refusal({ numerator: [fit, nonNegative()], denominator: affine(ones, -1), start: [0, 0, 0, 0, 0] }),
    ).toMatch(/^denominator at the start = -1: expected a number > 0/);
  });
});

describe('a box of one point', () => {
  it.each(Object.entries(denominators))('over %s', async (_, denominator) => {
    const problem = { numerator: [fit, box(ones, ones)], denominator };
    const { x, status, updates } = await minimize(problem);
    expect({ status, updates }).toEqual({ status: 'solved', updates: 0 });
    expect(x).toEqual(ones);
  });
});

describe('scales', () => {
  /** One ratio, with A, b and the penalty in other units. */
  const scaled = (numerator: number, x: number): FractionalProblem => ({
    numerator: [
      leastSquares(
        { ...A, data: A.data.map((v) => (v * Math.sqrt(numerator)) / x) as Float64Array },
        b.map((v) => v * Math.sqrt(numerator)),
      ),
      l1((0.1 * numerator) / x),
    ],
    denominator: norm2(),
  });

  it.each([1e-30, 1e-20, 1e-12, 1e-6, 1e6, 1e12, 1e20, 1e30])('a numerator times %f', async (factor) => {
    const expected = await minimize(scaled(1, 1), { tolerance: 1e-8 });
    const { x, objective, status } = await minimize(scaled(factor, 1), { tolerance: 1e-8 });
    expect(status).toBe('solved');
    expect(objective / factor / expected.objective).toBeCloseTo(1, 9);
    x.forEach((value, i) => void expect(value).toBeCloseTo(expected.x[i] as number, 5));
  });

  it.each([1e-30, 1e-20, 1e-12, 1e-6, 1e6, 1e12, 1e20, 1e30])('x times %f', async (factor) => {
    const expected = await minimize(scaled(1, 1), { tolerance: 1e-8 });
    const { x, objective, status } = await minimize(scaled(1, factor), { tolerance: 1e-8 });
    expect(status).toBe('solved');
    expect((objective * factor) / expected.objective).toBeCloseTo(1, 9);
    x.forEach((value, i) => void expect(value / factor).toBeCloseTo(expected.x[i] as number, 5));
  });

  const extreme = [1e-200, 1e200];
  it.each(extreme)('of %f: an error or a finite result', async (factor) => {
    const times = (of: Matrix): Matrix => ({ ...of, data: of.data.map((v) => v * factor) as Float64Array });
    let [solved, refused] = [0, 0];
    const attempt = async (problem: FractionalProblem) => {
      const result: FractionalResult | Error = await minimizeRatio(problem).catch((error: Error) => error);
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(RangeError);
        expect(result.message).toMatch(/expected/);
        ++refused;
        return;
      }
      expect(result.x.every(Number.isFinite)).toBe(true);
      if (result.status === 'solved') {
        expect(Number.isFinite(result.objective)).toBe(true);
        expect(result.denominator).toBeGreaterThan(0);
      }
      ++solved;
    };
    for (const denominator of Object.values(denominators)) {
      for (const start of [undefined, ones]) {
        for (const more of [[], [l1(0.1)], [box(-1, 1)]]) {
          await attempt({ numerator: [leastSquares(times(A), b), ...more], denominator, start });
          await attempt({
            numerator: [
              leastSquares(
                A,
                b.map((v) => v * factor),
              ),
              ...more,
            ],
            denominator,
            start,
          });
          await attempt({
            numerator: [sumSquares({ weight: factor, constant: 1 }), ...more],
            denominator,
            start: ones,
          });
        }
      }
    }
    for (const p of [1, 2, 4, infinity]) {
      for (const squared of [false, true]) {
        await attempt({ numerator: [sumSquares()], denominator: lpNorm(times(A), p, { squared }) });
        await attempt({ numerator: [sumSquares()], denominator: lpNorm(A, p, { squared, scale: factor }) });
      }
    }
    expect(solved + refused).toBeGreaterThan(100);
    expect(solved).toBeGreaterThan(20);
  });
});

it('says which member is meant by a misspelt one', async () => {
  await expect(minimizeRatio({ numerator: [fit], denominatr: norm1() } as never)).rejects.toThrow(
    "unknown member 'denominatr': did you mean 'denominator'? Known members: numerator, denominator, start",
  );
});

describe('a term that no function made', () => {
  it('is refused by the name of what is wrong with its matrix', async () => {
    const term = lpNorm(A, 4);
    const solve = (columns: unknown) =>
      minimizeRatio({
        numerator: [sumSquares()],
        denominator: { ...term, matrix: { ...term.matrix, columns } } as never,
        start: ones,
      });
    for (const columns of [Symbol('columns'), Object.create(null), 'five', undefined]) {
      await expect(solve(columns)).rejects.toThrow(/^denominator\.matrix\.columns = .*: expected a number$/);
    }
    await expect(solve(0)).rejects.toThrow('denominator.matrix.columns = 0: expected an integer >= 1');
  });
});
