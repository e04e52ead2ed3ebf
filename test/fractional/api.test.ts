// The typed functions around fractional programs: arguments, what is refused, shapes of results, recipes. Kernels and known
// answers of the solver itself are tested elsewhere.
import { describe, expect, it } from 'vitest';
import {
  affine,
  affineSquared,
  box,
  type DenominatorTerm,
  elasticNet,
  energyEfficiency,
  fisherDiscriminant,
  independentComponent,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  lpPca,
  maxSharpe,
  minimizeDifference,
  type NumeratorTerm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  type Penalty,
  quadratic,
  separableConcave,
  sparseGeneralizedEigen,
  sparseRecovery,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
  totalLeastSquares,
} from '../../src/fractional/index.js';
import {
  type FractionalProblem,
  type Matrix,
  matrix,
  minimizeRatio,
  SolverError,
  type SparseMatrix,
} from '../../src/index.js';
import { long } from '../long.js';
import { normals } from '../problems/relu.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

function randomMatrix(rows: number, columns: number, seed: number): Matrix & { data: Float64Array } {
  const draw = normals(seed);
  return { data: Float64Array.from({ length: rows * columns }, draw), rows, columns };
}

const entry = ({ data, columns }: Matrix, i: number, j: number) => data[i * columns + j] as number;
const indices = (n: number) => Array.from({ length: n }, (_, i) => i);
const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, i) => sum + value * (y[i] as number), 0);
const times = (A: Matrix, x: ArrayLike<number>) =>
  indices(A.rows).map((i) => indices(A.columns).reduce((sum, j) => sum + entry(A, i, j) * (x[j] as number), 0));
const gram = (A: Matrix) =>
  matrix(
    A.columns,
    A.columns,
    indices(A.columns ** 2).map((at) => {
      const [i, j] = [Math.floor(at / A.columns), at % A.columns];
      return indices(A.rows).reduce((sum, r) => sum + entry(A, r, i) * entry(A, r, j), 0);
    }),
  );

function toSparse(A: Matrix, format: 'csc' | 'csr'): SparseMatrix {
  const [outer, inner] = format === 'csc' ? [A.columns, A.rows] : [A.rows, A.columns];
  const [offsets, rows, values]: [number[], number[], number[]] = [[0], [], []];
  for (let j = 0; j < outer; ++j) {
    for (let i = 0; i < inner; ++i) {
      const value = format === 'csc' ? entry(A, i, j) : entry(A, j, i);
      if (value === 0) continue;
      rows.push(i);
      values.push(value);
    }
    offsets.push(rows.length);
  }
  const { rows: m, columns } = A;
  return {
    format,
    rows: m,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(rows),
    values: Float64Array.from(values),
  };
}

/** Singular values of A, squared, from the smallest: Jacobi's method on A^T A. */
function eigenvalues(S: Matrix): number[] {
  const n = S.rows;
  const a = Float64Array.from(S.data);
  const get = (i: number, j: number) => a[i * n + j] as number;
  const rotate = (line: (k: number, of: number) => number, p: number, q: number, c: number, s: number) => {
    for (let k = 0; k < n; ++k) {
      const [x, y] = [a[line(k, p)] as number, a[line(k, q)] as number];
      a[line(k, p)] = c * x - s * y;
      a[line(k, q)] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < 30; ++sweep) {
    for (let p = 0; p < n; ++p) {
      for (let q = p + 1; q < n; ++q) {
        if (get(p, q) === 0) continue;
        const angle = 0.5 * Math.atan2(2 * get(p, q), get(q, q) - get(p, p));
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        rotate((k, j) => k * n + j, p, q, c, s);
        rotate((k, i) => i * n + k, p, q, c, s);
      }
    }
  }
  return indices(n)
    .map((i) => get(i, i))
    .sort((x, y) => x - y);
}

const A = randomMatrix(12, 5, 1);
const b = Float64Array.from({ length: 12 }, normals(2));
const c = [1, 2, 3];

describe('terms', () => {
  it('are small frozen objects that keep their arrays', () => {
    const term = leastSquares(A, b);
    expect(Object.isFrozen(term)).toBe(true);
    expect(term.kind).toBe('leastSquares');
    expect(term.matrix).toBe(A);
    expect(term.b).toBe(b);
    expect(leastSquares([[1, 2]], [3]).matrix).toEqual(matrix(1, 2, [1, 2]));
    expect(nonNegative()).toMatchObject({ lower: 0, upper: infinity });
    expect(lpNorm(A, infinity, { squared: true })).toMatchObject({ p: infinity, squared: true, scale: 1, shift: 0 });
  });

  const sparse = toSparse(A, 'csc');
  const wrongSparse = (change: object) => () => lpNorm({ ...sparse, ...change } as SparseMatrix, 2);
  const anyOf = (value: unknown) => value as never;
  const refused: [string, () => unknown, typeof TypeError | typeof RangeError, string | RegExp][] = [
    ['no matrix', () => leastSquares(anyOf(null), b), TypeError, 'A = null: expected a matrix'],
    ['a vector for a matrix', () => leastSquares(anyOf([1, 2]), b), TypeError, 'A[0] = 1: expected a row of numbers'],
    [
      'an empty matrix',
      () => leastSquares([], []),
      RangeError,
      'A: expected at least one row and one column, got 0 x 0',
    ],
    ['a matrix without columns', () => squaredHinge([[]], [1]), RangeError, 'got 1 x 0'],
    ['rows that differ', () => lpNorm([[1, 2], [3]], 2), RangeError, 'A[1]: expected 2 numbers as in A[0], got 1'],
    ['NaN in a matrix', () => logistic([[1, 2, nan]], [1]), RangeError, 'A[0][2] = NaN: expected a finite number'],
    ['infinity in a matrix', () => lpNorm([[1], [-infinity]], 1), RangeError, 'A[1][0] = -Infinity: expected a finite'],
    ['text in a matrix', () => lpNorm(anyOf([[1, 'x']]), 1), TypeError, "A[0][1] = 'x': expected a number"],
    ['no b', () => leastSquares(A, anyOf(undefined)), TypeError, 'b = undefined: expected an array of numbers'],
    ['too few numbers', () => leastSquares(A, [1]), RangeError, 'b: expected 12 numbers, one for each row of A, got 1'],
    ['NaN in b', () => squaredHinge([[1]], [nan]), RangeError, 'b[0] = NaN: expected a finite number'],
    ['text in b', () => leastSquares([[1]], anyOf(['1'])), TypeError, "b[0] = '1': expected a number"],
    ['other labels', () => logistic([[1], [2]], [1, 0]), RangeError, 'y[1] = 0: expected -1 or 1'],
    ['infinity in c', () => affine([1, infinity]), RangeError, 'c[1] = Infinity: expected a finite number'],
    ['no numbers', () => affine([]), RangeError, 'c: expected at least one number'],
    ['a constant NaN', () => affine(c, nan), RangeError, 'constant = NaN: expected a finite number'],
    ['a constant of text', () => affine(c, anyOf('1')), TypeError, "constant = '1': expected a number"],
    ['c = 0, squared', () => affineSquared([0]), RangeError, 'c: expected a number that is not 0'],
    ['Q that is not square', () => quadratic([[1, 2]]), RangeError, 'Q: expected a square matrix, got 1 x 2'],
    [
      'Q that is not symmetric',
      () =>
        quadratic([
          [1, 2],
          [3, 4],
        ]),
      RangeError,
      'Q[1][0] = 3, Q[0][1] = 2: expected a symmetric matrix',
    ],
    [
      'sparse Q that is not symmetric',
      () => quadratic(toSparse(matrix(2, 2, [1, 0, 3, 4]), 'csr')),
      RangeError,
      'Q[0][1] = 0, Q[1][0] = 3: expected a symmetric matrix',
    ],
    [
      'another linear part',
      () => quadratic([[1]], { linear: c }),
      RangeError,
      'linear: expected 1 numbers, one for each',
    ],
    [
      'an unknown option',
      () => quadratic([[1]], anyOf({ lin: c })),
      TypeError,
      "unknown option 'lin'. Known options: linear",
    ],
    ['options that are none', () => norm2(anyOf(3)), TypeError, 'options = 3: expected an object'],
    ['weight 0', () => sumSquares({ weight: 0 }), RangeError, 'weight = 0: expected a finite number > 0'],
    ['a negative lambda', () => l1(-1), RangeError, 'lambda = -1: expected a finite number >= 0'],
    ['one negative lambda', () => l1([1, -1]), RangeError, 'lambda[1] = -1: expected a finite number >= 0'],
    ['lambda NaN', () => l1Squared(nan), RangeError, 'lambda = NaN: expected a finite number >= 0'],
    ['lambda that is no number', () => l1(anyOf('x')), TypeError, "lambda = 'x': expected an array of numbers"],
    ['a negative l2', () => elasticNet(0, -1), RangeError, 'l2 = -1: expected a finite number >= 0'],
    ['lengths that differ', () => elasticNet([1, 2], c), RangeError, 'l2: expected 2 numbers as in l1, got 3'],
    ['an empty box', () => box(1, 0), RangeError, 'lower = 1: expected at most upper, which is 0'],
    ['an empty side', () => box([0, 3], 2), RangeError, 'lower[1] = 3: expected at most upper, which is 2'],
    ['a box at infinity', () => box(infinity, infinity), RangeError, 'lower = Infinity: expected at most upper'],
    ['a box of NaN', () => box(nan, 1), RangeError, 'lower = NaN: expected a finite number'],
    ['k = 0', () => topK(0), RangeError, 'k = 0: expected an integer >= 1'],
    ['half a k', () => topK(1.5), RangeError, 'k = 1.5: expected an integer >= 1'],
    ['k of text', () => topK(anyOf('3')), TypeError, "k = '3': expected a number"],
    ['scale 0', () => norm1({ scale: 0 }), RangeError, 'scale = 0: expected a finite number > 0'],
    ['a negative scale', () => topK(1, { scale: -1 }), RangeError, 'scale = -1: expected a finite number > 0'],
    ['a negative shift', () => normInf({ shift: -1 }), RangeError, 'shift = -1: expected a finite number >= 0'],
    ['p = 3', () => lpNorm(A, 3), RangeError, 'p = 3: expected 1, 2, 4 or Infinity'],
    ['p of text', () => lpNorm(A, anyOf('1')), TypeError, "p = '1': expected a number"],
    [
      'squared that is a number',
      () => lpNorm(A, 1, { squared: anyOf(1) }),
      TypeError,
      'squared = 1: expected a boolean',
    ],
    ['a negative epsilon', () => sumSqrt({ epsilon: -1 }), RangeError, 'epsilon = -1: expected a finite number >= 0'],
    [
      'negative weights',
      () => sumSqrt({ weights: [1, -2] }),
      RangeError,
      'weights[1] = -2: expected a finite number >= 0',
    ],
    ['other weights', () => sumLog(c, { weights: [1] }), RangeError, 'weights: expected 3 numbers as in h, got 1'],
    ['a negative gain', () => sumLog([-1]), RangeError, 'h[0] = -1: expected a finite number >= 0'],
    ['no derivative', () => separableConcave((u) => u, anyOf(1)), TypeError, 'derivative = 1: expected a function'],
    ['another format', wrongSparse({ format: 'coo' }), RangeError, "A.format = 'coo': expected 'csc' or 'csr'"],
    [
      'offsets of another kind',
      wrongSparse({ offsets: [0] }),
      TypeError,
      'A.offsets = an array: expected an Int32Array',
    ],
    ['values of another kind', wrongSparse({ values: [] }), TypeError, 'A.values = an array: expected a Float64Array'],
    [
      'too few offsets',
      wrongSparse({ offsets: Int32Array.of(0) }),
      RangeError,
      'A.offsets: expected 6 numbers for 12 x 5',
    ],
    [
      'too few indices',
      wrongSparse({ indices: Int32Array.of(0) }),
      RangeError,
      'A.indices: expected 60 numbers, as many',
    ],
    [
      'offsets that do not end',
      wrongSparse({ offsets: Int32Array.of(0, 1, 2, 3, 4, 5) }),
      RangeError,
      'A.offsets: expected to go from 0 to 60',
    ],
    [
      'offsets that decrease',
      wrongSparse({ offsets: Int32Array.of(0, 24, 12, 36, 48, 60) }),
      RangeError,
      /A\.(offsets\[2\] = 12: expected at least 24|indices\[12\] = 0: expected once)/,
    ],
    ['an index beyond', wrongSparse({ rows: 11 }), RangeError, 'A.indices[11] = 11: expected an integer in [0, 10]'],
    [
      'an entry twice',
      wrongSparse({ indices: sparse.indices.map((i) => (i === 1 ? 0 : i)) }),
      RangeError,
      'A.indices[1] = 0: expected once in column 0',
    ],
    [
      'NaN in values',
      wrongSparse({ values: sparse.values.map((value, k) => (k === 7 ? nan : value)) }),
      RangeError,
      'A.values[7] = NaN: expected a finite number',
    ],
  ];
  it.each(refused)('refuse %s', (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });

  it('take symmetric matrices of every kind', () => {
    const Q = gram(A);
    expect(quadratic(Q).matrix).toBe(Q);
    for (const format of ['csc', 'csr'] as const) quadratic(toSparse(Q, format));
    const unsorted = toSparse(matrix(2, 2, [1, 2, 2, 5]), 'csc');
    unsorted.indices.set([1, 0]);
    unsorted.values.set([2, 1]);
    expect(() => quadratic(unsorted)).not.toThrow();
  });
});

describe('problems', () => {
  const fit = leastSquares(A, b);
  const five = { numerator: [fit], denominator: norm2() };
  const refused: [string, unknown, typeof TypeError | typeof RangeError, string][] = [
    ['nothing', undefined, TypeError, 'problem = undefined: expected an object'],
    ['no numerator', { denominator: norm2() }, TypeError, 'numerator = undefined: expected an array of terms'],
    ['an empty numerator', { ...five, numerator: [] }, RangeError, 'numerator: expected at least one term'],
    ['a numerator of numbers', { ...five, numerator: [1] }, TypeError, 'numerator[0] = 1: expected a term made by'],
    ['a denominator above', { ...five, numerator: [fit, norm1()] }, TypeError, 'numerator[1] = norm1: expected a term'],
    ['a penalty below', { ...five, denominator: l1(1) }, TypeError, 'denominator = l1: expected a term made by norm1'],
    ['no denominator', { numerator: [fit] }, TypeError, 'denominator = undefined: expected a term made by'],
    ['bounds alone', { ...five, numerator: [box(0, 1)], start: [1] }, RangeError, 'numerator: expected a smooth term'],
    ['no n', { numerator: [l1(1)], denominator: norm1() }, RangeError, 'start = undefined: expected a start, since'],
    [
      'terms of different sizes',
      { numerator: [fit, sumSquares(), l1(c)], denominator: norm2() },
      RangeError,
      'numerator[2] (l1): has 3 unknowns, but numerator[0] (leastSquares) has 5',
    ],
    [
      'a denominator of another size',
      { ...five, denominator: affine(c) },
      RangeError,
      'denominator (affine): has 3 unknowns, but numerator[0] (leastSquares) has 5',
    ],
    ['a start of another size', { ...five, start: c }, RangeError, 'start: has 3 unknowns, but numerator[0]'],
    ['a start of NaN', { ...five, start: [0, 0, nan, 0, 0] }, RangeError, 'start[2] = NaN: expected a finite number'],
    ['a start of text', { ...five, start: 'x' }, TypeError, "start = 'x': expected an array of numbers"],
    [
      'k > n',
      { ...five, denominator: topK(6) },
      RangeError,
      'denominator (topK): k = 6: expected at most the number of',
    ],
    [
      'a box that excludes the start',
      { numerator: [fit, box(-1, [1, 1, 1, 1, 2])], denominator: norm2(), start: [1, 1, 1, 1, 3] },
      RangeError,
      'start[4] = 3: expected a number within the bounds, from -1 to 2',
    ],
    [
      'bounds that leave nothing',
      { numerator: [fit, nonNegative(), box(-2, -1)], denominator: norm2() },
      RangeError,
      'numerator[2] (box): leaves no x[0], from 0 to -1',
    ],
    // These only the solver finds.
    [
      'a start with a zero denominator',
      { ...five, start: new Float64Array(5) },
      RangeError,
      'denominator at the start = 0: expected a number > 0',
    ],
    [
      'a denominator that is constant',
      { ...five, denominator: affine([0, 0, 0, 0, 0], 1) },
      RangeError,
      'denominator (affine): c: expected a number that is not 0',
    ],
    [
      'a linear denominator below zero',
      { ...five, denominator: affine([1, 1, 1, 1, 1]), start: [-1, 0, 0, 0, 0] },
      RangeError,
      'denominator at the start = -1: expected a number > 0',
    ],
    [
      'a numerator that can be negative',
      { numerator: [affine(c, 1)], denominator: norm2(), start: c },
      RangeError,
      'numerator: its affine and quadratic terms can be negative',
    ],
    [
      'a numerator that is not convex',
      {
        numerator: [
          quadratic([
            [1, 2],
            [2, 1],
          ]),
        ],
        denominator: norm2(),
      },
      RangeError,
      "numerator[0] = 'quadratic': expected a positive semidefinite matrix",
    ],
    [
      'a shifted 4-norm',
      { numerator: [fit], denominator: lpNorm(A, 4, { shift: 1 }) },
      RangeError,
      'denominator.shift = 1: expected 0 for p = 4, or squared: true',
    ],
  ];
  it.each(refused)('refuse %s', async (_, problem, type, message) => {
    const error: unknown = await minimizeRatio(problem as FractionalProblem).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
  });

  it('refuse methods that have no minimisers', async () => {
    const pcd = { method: 'pcd' } as const;
    const squared = minimizeRatio({ numerator: [fit], denominator: sumSquares({ constant: 1 }) }, pcd);
    await expect(squared).rejects.toThrow(
      /method = 'pcd': .* grows like a square; expected 'fcd' or 'auto', or bounds/,
    );
    const bounded = { numerator: [fit, box(-1, 1)], denominator: sumSquares({ constant: 1 }) };
    expect((await minimizeRatio(bounded, pcd)).method).toBe('pcd');
    await expect(minimizeDifference({ convex: [fit] }, { method: 'fcd' })).rejects.toThrow(/^method = 'fcd': expected/);
    await expect(minimizeDifference({ convex: [fit], minus: lpNorm(A, 4) })).rejects.toThrow(
      /^minus = 'lpNorm': expected a term whose difference can be minimised exactly/,
    );
    await expect(minimizeDifference({ convex: [quadratic([[-1]])] })).rejects.toThrow(
      /^convex\[0\] = 'quadratic': expected a positive/,
    );
    await expect(minimizeDifference({ convex: [] })).rejects.toThrow('convex: expected at least one term');
    await expect(minimizeDifference({ convex: [fit], minus: nonNegative() as never })).rejects.toThrow(
      'minus = nonNegative: expected a term made by',
    );
  });

  const sum = (x: ArrayLike<number>, f: (u: number, i: number) => number) =>
    Array.from(x).reduce((total, u, i) => total + f(u, i), 0);
  const norm = (x: ArrayLike<number>) => Math.sqrt(dot(x, x));
  const Q = gram(A);
  const labels = b.map(Math.sign);
  const h = [1, 0.5, 2, 0, 3];
  const ones = [1, 1, 1, 1, 1];
  const residuals = (x: Float64Array) => times(A, x).map((value, i) => value - (b[i] as number));
  const largest = (x: Float64Array, k: number) =>
    sum(
      Array.from(x, Math.abs)
        .sort((p, q) => q - p)
        .slice(0, k),
      (u) => u,
    );

  const numerators: [string, NumeratorTerm | Penalty, (x: Float64Array) => number][] = [
    ['leastSquares', leastSquares(A, b), (x) => sum(residuals(x), (r) => r ** 2) / 2],
    ['squaredHinge', squaredHinge(A, b), (x) => sum(residuals(x), (r) => Math.max(0, r) ** 2) / 2],
    [
      'logistic',
      logistic(A, labels),
      (x) => sum(times(A, x), (z, i) => Math.log1p(Math.exp(-z * (labels[i] as number)))),
    ],
    ['affine', affine(h, 4), (x) => dot(h, x) + 4],
    ['quadratic', quadratic(Q, { linear: h, constant: 9 }), (x) => dot(x, times(Q, x)) / 2 + dot(h, x) + 9],
    ['sumSquares', sumSquares({ weight: 2, constant: 1 }), (x) => 2 * dot(x, x) + 1],
    ['l1', l1(h), (x) => sum(x, (u, i) => (h[i] as number) * Math.abs(u))],
    ['elasticNet', elasticNet(0.3, h), (x) => sum(x, (u, i) => 0.3 * Math.abs(u) + ((h[i] as number) * u * u) / 2)],
    ['l1Squared', l1Squared(0.2), (x) => 0.2 * sum(x, Math.abs) ** 2],
  ];
  const bounds = box(0, 2);
  it.each(numerators)('have the numerator of the documentation: %s', async (_, term, value) => {
    const both = { numerator: [sumSquares({ constant: 1 }), term, bounds], denominator: affine(ones), start: ones };
    const result = await minimizeRatio(both);
    expect(result.status).toBe('solved');
    expect(result.numerator).toBeCloseTo(dot(result.x, result.x) + 1 + value(result.x), 9);
    expect(result.denominator).toBeCloseTo(
      sum(result.x, (u) => u),
      9,
    );
    expect(result.objective).toBeCloseTo(result.numerator / result.denominator, 12);
    for (const u of result.x) expect(u >= 0 && u <= 2).toBe(true);
  });

  const denominators: [string, DenominatorTerm, (x: Float64Array) => number, 'global' | 'coordinateWise'][] = [
    ['norm1', norm1({ scale: 2, shift: 1 }), (x) => 2 * sum(x, Math.abs) + 1, 'coordinateWise'],
    ['norm2', norm2({ scale: 2, shift: 1 }), (x) => 2 * norm(x) + 1, 'coordinateWise'],
    ['normInf', normInf({ scale: 2, shift: 1 }), (x) => 2 * largest(x, 1) + 1, 'coordinateWise'],
    ['topK', topK(3, { scale: 2, shift: 1 }), (x) => 2 * largest(x, 3) + 1, 'coordinateWise'],
    ['lpNorm 1', lpNorm(A, 1), (x) => sum(times(A, x), Math.abs), 'coordinateWise'],
    ['lpNorm 2', lpNorm(A, 2, { shift: 1 }), (x) => norm(times(A, x)) + 1, 'coordinateWise'],
    ['lpNorm 4', lpNorm(A, 4), (x) => sum(times(A, x), (u) => u ** 4) ** 0.25, 'coordinateWise'],
    ['lpNorm inf', lpNorm(A, infinity), (x) => Math.max(...times(A, x).map(Math.abs)), 'coordinateWise'],
    [
      'lpNorm 1, squared',
      lpNorm(A, 1, { squared: true, scale: 0.5, shift: 1 }),
      (x) => 0.5 * sum(times(A, x), Math.abs) ** 2 + 1,
      'coordinateWise',
    ],
    [
      'lpNorm 4, squared',
      lpNorm(A, 4, { squared: true, scale: 0.5, shift: 1 }),
      (x) => 0.5 * sum(times(A, x), (u) => u ** 4) ** 0.5 + 1,
      'coordinateWise',
    ],
    ['sumSquares', sumSquares({ weight: 2, constant: 1 }), (x) => 2 * dot(x, x) + 1, 'coordinateWise'],
    ['quadratic', quadratic(Q, { constant: 1 }), (x) => dot(x, times(Q, x)) / 2 + 1, 'coordinateWise'],
    ['linear', affine(h, 1), (x) => dot(h, x) + 1, 'global'],
    ['affineSquared', affineSquared(h, 1), (x) => (dot(h, x) + 1) ** 2, 'global'],
    [
      'sumSqrt',
      sumSqrt({ epsilon: 0.1, weights: h, shift: 1 }),
      (x) => sum(x, (u, i) => (h[i] as number) * Math.sqrt(u + 0.1)) + 1,
      'global',
    ],
    [
      'sumLog',
      sumLog(h, { weights: 2, shift: 1 }),
      (x) => 2 * sum(x, (u, i) => Math.log1p((h[i] as number) * u)) + 1,
      'global',
    ],
    [
      'separableConcave',
      separableConcave(
        (u, i) => Math.log1p((h[i] as number) * u),
        (u, i) => (h[i] as number) / (1 + (h[i] as number) * u),
        { shift: 1 },
      ),
      (x) => sum(x, (u, i) => Math.log1p((h[i] as number) * u)) + 1,
      'global',
    ],
  ];
  it.each(denominators)('have the denominator of the documentation: %s', async (_, denominator, value, certificate) => {
    const result = await minimizeRatio({ numerator: [fit, sumSquares(), bounds], denominator, start: ones });
    expect(result).toMatchObject({ status: 'solved', certificate: { kind: certificate } });
    expect(result.denominator / value(result.x)).toBeCloseTo(1, 9);
    expect(result.numerator).toBeCloseTo(sum(residuals(result.x), (r) => r ** 2) / 2 + dot(result.x, result.x), 9);
    // No single coordinate does better, however far it goes.
    const F = (x: Float64Array) => (sum(residuals(x), (r) => r ** 2) / 2 + dot(x, x)) / value(x);
    for (let i = 0; i < 5; ++i) {
      for (let step = 0; step <= 200; ++step) {
        const moved = result.x.slice();
        moved[i] = step / 100;
        expect(F(moved)).toBeGreaterThan(result.objective * (1 - 1e-6));
      }
    }
  });

  it('add penalties up', async () => {
    const many = [
      fit,
      l1(0.1),
      l1([0.1, 0.2, 0.3, 0.4, 0.5]),
      elasticNet(0.1, 1),
      elasticNet(0, 1),
      box(-1, 1),
      box(0, 3),
    ];
    const one = [fit, elasticNet([0.3, 0.4, 0.5, 0.6, 0.7], 2), box(0, 1)];
    const [first, second] = await Promise.all([many, one].map((convex) => minimizeDifference({ convex })));
    first?.x.forEach((u, i) => void expect(u).toBeCloseTo(second?.x[i] as number, 12));
  });

  it('take sparse matrices and single precision', async () => {
    const expected = await minimizeRatio(five);
    for (const format of ['csc', 'csr'] as const) {
      const result = await minimizeRatio({ ...five, numerator: [leastSquares(toSparse(A, format), b)] });
      expect(result.objective / expected.objective).toBeCloseTo(1, 9);
    }
    const single = leastSquares({ ...A, data: Float32Array.from(A.data) }, b);
    const result = await minimizeRatio({ ...five, numerator: [single] });
    expect(result.objective / expected.objective).toBeCloseTo(1, 5);
  });

  it('give results with every member', async () => {
    const problem = { numerator: [fit, l1(0.1)], denominator: topK(2) };
    const result = await minimizeRatio(problem, { restarts: 2, seed: 5 });
    expect(result).toMatchObject({
      status: 'solved',
      method: 'pcd',
      device: 'cpu',
      certificate: { kind: 'coordinateWise' },
    });
    expect(result.message).toMatch(/^Solved after \d+ iterations?: /);
    expect(result.x).toBeInstanceOf(Float64Array);
    expect(result.x).toHaveLength(5);
    expect(result.sweeps).toBe(result.iterations);
    expect(result.starts).toHaveLength(3);
    expect(result.objective).toBe(Math.min(...result.starts.map(({ objective }) => objective)));
    expect(result.updates).toBe(
      sum(
        result.starts.map(({ updates }) => updates),
        (each) => each,
      ),
    );
    for (const start of result.starts) {
      expect(start.sweeps).toBeGreaterThan(0);
      expect(start.residual).toBeLessThanOrEqual(1e-6);
    }
    expect(result).not.toHaveProperty('startObjective');
  });

  it('of convex functions alone are solved globally', async () => {
    const result = await minimizeDifference({ convex: [fit, l1(0.5)] }, { tolerance: 1e-10 });
    expect(result).toMatchObject({ status: 'solved', certificate: { kind: 'global' }, denominator: 0 });
    // The lasso's optimality conditions.
    const gradient = times(
      matrix(
        5,
        12,
        indices(60).map((at) => entry(A, at % 12, Math.floor(at / 12))),
      ),
      residuals(result.x),
    );
    result.x.forEach((u, i) => {
      const g = gradient[i] as number;
      if (u === 0) expect(Math.abs(g)).toBeLessThanOrEqual(0.5);
      else expect(g).toBeCloseTo(-0.5 * Math.sign(u), 6);
    });
  });
});

describe('recipes', () => {
  it('sparseRecovery finds a sparse vector', async () => {
    const [m, n, k] = [60, 150, 6];
    const G = randomMatrix(m, n, 11);
    const truth = new Float64Array(n);
    for (let j = 0; j < k; ++j) truth[25 * j + 3] = j % 2 === 0 ? 1 + j / 5 : -1;
    const y = times(G, truth);
    const found = await sparseRecovery({ A: G, b: y }, { k, lambda: 0.1 });
    expect(found.status).toBe('solved');
    expect(found.objective).toBeCloseTo(1, 6);
    expect(found.residualNorm).toBeLessThan(1e-4);
    expect([...found.support]).toEqual(indices(n).filter((i) => truth[i] !== 0));
    found.x.forEach((u, i) => void expect(u).toBeCloseTo(truth[i] as number, 4));
    const byNorm = await sparseRecovery({ A: toSparse(G, 'csc'), b: y }, { lambda: 0.1 });
    expect([...byNorm.support]).toEqual([...found.support]);
    expect(byNorm.objective).toBeCloseTo(byNorm.numerator / byNorm.denominator, 12);
    await expect(sparseRecovery({ A: G, b: y }, { k, lambda: 0 })).rejects.toThrow(
      'lambda = 0: expected a finite number > 0',
    );
    const nothing = { ...G, data: new Float64Array(G.data.length) };
    await expect(sparseRecovery({ A: nothing, b: y }, { k, lambda: 1 })).rejects.toThrow(
      'A: expected an entry that is not 0',
    );
    const largest = Math.max(
      ...indices(n).map((j) => Math.abs(y.reduce((sum, v, i) => sum + v * (G.data[i * n + j] as number), 0))),
    );
    for (const A of [G, toSparse(G, 'csc'), toSparse(G, 'csr')]) {
      const byDefault = await sparseRecovery({ A, b: y }, { k });
      expect([...byDefault.support]).toEqual([...found.support]);
      const same = await sparseRecovery({ A, b: y }, { k, lambda: 0.1 * largest });
      expect(byDefault.objective).toBeCloseTo(same.objective, 9);
    }
    await expect(sparseRecovery({ A: G, b: y }, null as never)).rejects.toThrow('options = null: expected an object');
    await expect(sparseRecovery({ A: G, b: y }, { lambda: 1, k: 151 })).rejects.toThrow('k = 151: expected at most');
    await expect(sparseRecovery({ A: G, b: y }, { lambda: 1, k: 2, penalty: 'l1l2' })).rejects.toThrow(
      'k = 2: expected none',
    );
    await expect(sparseRecovery({ A: G, b: y }, { lambda: 1, penalty: 'topK' })).rejects.toThrow(
      'k = undefined: expected a number',
    );
    await expect(sparseRecovery({ A: G, b: y }, { lambda: 1, penalty: 'l0' as never })).rejects.toThrow(
      "penalty = 'l0': expected",
    );
    await expect(sparseRecovery({ A: G, b: new Float64Array(m) }, { lambda: 1 })).rejects.toThrow(
      'b: expected a number that is not 0',
    );
    await expect(sparseRecovery({ A: G, b: y }, { lambda: 1, lamda: 1 } as never)).rejects.toThrow(
      "unknown setting 'lamda'",
    );
  });

  it.each([1, 2, 4, infinity])('lpPca gives a normalised direction (p = %f)', async (p) => {
    const G = randomMatrix(30, 6, 21);
    const H = gram(randomMatrix(12, 6, 22));
    const values = [];
    for (const squared of [true, false]) {
      const { v, value, objective, certificate } = await lpPca({ G, p }, { Q: H, squared, tolerance: 1e-9 });
      expect(dot(v, times(H, v))).toBeCloseTo(1, 9);
      const entries = times(G, v).map(Math.abs);
      const norm = p === infinity ? Math.max(...entries) : entries.reduce((sum, u) => sum + u ** p, 0) ** (1 / p);
      expect(value).toBeCloseTo(norm, 9);
      expect(objective).toBeCloseTo(squared ? 1 / value ** 2 : 2 / value, 6);
      expect(certificate.kind).toBe(p === infinity ? 'global' : 'coordinateWise');
      values.push(value);
      if (p !== infinity) continue;
      for (let i = 0; i < 30; ++i) {
        const g = G.data.subarray(6 * i, 6 * i + 6);
        const start = await lpPca({ G, p }, { Q: H, squared, warmStart: { x: g } });
        expect(start.value).toBeLessThanOrEqual(value * (1 + 1e-9));
        expect(start.certificate.kind).toBe('coordinateWise');
      }
    }
    const plain = await lpPca({ G: toSparse(G, 'csr'), p });
    expect(dot(plain.v, plain.v)).toBeCloseTo(1, 9);
  });

  it('lpPca refuses what it cannot do', async () => {
    await expect(lpPca({ G: [[0, 0]], p: 1 })).rejects.toThrow('G: expected an entry that is not 0');
    await expect(lpPca({ G: [[1, 2]], p: 3 })).rejects.toThrow('p = 3: expected 1, 2, 4 or Infinity');
    await expect(lpPca({ G: [[1, 2]], p: 2 }, { Q: [[1]] })).rejects.toThrow(
      'Q: expected 2 x 2 as G has 2 columns, got 1',
    );
    const Q = [
      [1, 2],
      [2, 1],
    ];
    await expect(lpPca({ G: [[1, 2]], p: 4 }, { Q })).rejects.toThrow(/^Q: expected a positive semidefinite matrix/);
    await expect(lpPca({ G: [[1, 2]], p: infinity }, { Q })).rejects.toThrow(/^Q: expected a positive definite matrix/);
    const singular = [
      [1, 1],
      [1, 1],
    ];
    await expect(lpPca({ G: [[1, 2]], p: 4 }, { Q: singular })).rejects.toThrow(
      'Q: expected a positive definite matrix',
    );
    await expect(lpPca({ G: [[1, 2]], p: 4 }, { squared: 1 as never })).rejects.toThrow(
      'squared = 1: expected a boolean',
    );
  });

  it('independentComponent finds what is least normal', async () => {
    const [m, n] = [3000, 4];
    const sources = randomMatrix(m, n, 31);
    for (let i = 0; i < m; ++i) sources.data[i * n] = entry(sources, i, 0) ** 3;
    const mixing = randomMatrix(n, n, 32);
    const mixed = indices(m).map((i) => times(mixing, sources.data.subarray(i * n, i * n + n)).map((u) => u + 7));
    const { component, kurtosis, v, value } = await independentComponent({ x: mixed });
    const source = indices(m).map((i) => entry(sources, i, 0));
    const mean = source.reduce((a, u) => a + u, 0) / m;
    const centred = source.map((u) => u - mean);
    expect(
      Math.abs(dot(component, centred)) / Math.sqrt(dot(component, component) * dot(centred, centred)),
    ).toBeGreaterThan(0.99);
    expect(dot(component, component)).toBeCloseTo(m, 6);
    expect(kurtosis).toBeGreaterThan(10);
    expect(value ** 4 / m - 3).toBeCloseTo(kurtosis, 6);
    expect(v).toHaveLength(n);
    const identity = matrix(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const axis = await independentComponent({ x: identity }, { whitened: true });
    expect(Array.from(axis.v, Math.abs).sort()).toEqual([0, 0, 1]);
    await expect(independentComponent({ x: toSparse(identity, 'csc') })).rejects.toThrow(
      'x: expected a dense matrix, or whitened',
    );
    await expect(independentComponent({ x: toSparse(identity, 'csc') }, { whitened: true })).resolves.toMatchObject({
      status: 'solved',
    });
  });

  it('totalLeastSquares is the smallest singular value', async () => {
    for (let seed = 0; seed < 20; ++seed) {
      const [m, n] = [40, 8];
      const draw = normals(100 + seed);
      const truth = Float64Array.from({ length: n }, draw);
      const clean = randomMatrix(m, n, 200 + seed);
      const y = Float64Array.from(times(clean, truth), (value) => value + 0.3 * draw());
      // Columns of very different size, and errors in them.
      const noisy = { ...clean, data: clean.data.map((value, k) => (value + 0.3 * draw()) * 10 ** -((k % n) / 4)) };
      const joined = matrix(
        m,
        n + 1,
        indices(m).flatMap((i) => [...noisy.data.subarray(i * n, i * n + n), y[i] as number]),
      );
      const { x, objective, distance, status, numerator, denominator } = await totalLeastSquares({ A: noisy, b: y });
      expect(status).toBe('solved');
      expect(objective / (eigenvalues(gram(joined))[0] as number)).toBeCloseTo(1, 6);
      expect(distance ** 2).toBeCloseTo(objective, 9);
      expect(denominator).toBeCloseTo(dot(x, x) + 1, 9);
      const left = times(noisy, x).map((value, i) => value - (y[i] as number));
      expect(numerator / dot(left, left)).toBeCloseTo(1, 9);
      if (seed > 2) continue;
      const sparse = await totalLeastSquares({ A: toSparse(noisy, 'csr'), b: y });
      sparse.x.forEach((u, j) => void expect(u / (x[j] as number)).toBeCloseTo(1, 4));
      const warm = await totalLeastSquares({ A: noisy, b: y }, { warmStart: { x } });
      expect(warm.sweeps).toBeLessThanOrEqual(3);
    }
  });

  it('totalLeastSquares with l1 is sparser, and says when there is no solution', async () => {
    const y = times(A, [1, 0, 0, -2, 0]).map((value, i) => value + 0.1 * (b[i] as number));
    const { x, status, numerator, denominator } = await totalLeastSquares({ A, b: y }, { lambda: 2 });
    expect(status).toBe('solved');
    expect(indices(5).filter((j) => x[j] !== 0)).toEqual([0, 3]);
    const left = times(A, x).map((value, i) => value - (y[i] as number));
    expect(numerator).toBeCloseTo(dot(left, left) + 2 * x.reduce((sum, u) => sum + Math.abs(u), 0), 9);
    expect(denominator).toBeCloseTo(dot(x, x) + 1, 9);
    // b is orthogonal to a column smaller than all that b has: no finite x attains the infimum.
    const none = await totalLeastSquares({ A: [[0.1], [0]], b: [0, 1] });
    expect(none.objective).toBeCloseTo(0.01, 9);
    expect(none).toMatchObject({ status: 'unbounded' });
    await expect(totalLeastSquares({ A, b }, { lambda: -1 })).rejects.toThrow(
      'lambda = -1: expected a finite number >= 0',
    );
    await expect(totalLeastSquares({ A, b }, { warmStart: { x: [1] } })).rejects.toThrow(
      'warmStart.x: expected 5 numbers, one for each column',
    );
  });

  it('sparseGeneralizedEigen has the eigenvalue without a penalty, and few entries with one', async () => {
    const n = 8;
    const W = gram(randomMatrix(30, n, 51));
    const identity = matrix(
      n,
      n,
      indices(n * n).map((at) => Number(at % (n + 1) === 0)),
    );
    const plain = await sparseGeneralizedEigen({ W, B: identity }, { lambda: 0, tolerance: 1e-9 });
    expect(plain.eigenvalue / (eigenvalues(W)[0] as number)).toBeCloseTo(1, 8);
    expect(dot(plain.x, plain.x)).toBeCloseTo(1, 9);
    const B = gram(randomMatrix(9, n, 52));
    const sparse = await sparseGeneralizedEigen({ W, B: toSparse(B, 'csc') }, { lambda: 5 });
    expect(dot(sparse.x, times(B, sparse.x))).toBeCloseTo(1, 9);
    expect(sparse.denominator).toBeCloseTo(1, 9);
    expect(sparse.eigenvalue).toBeCloseTo(dot(sparse.x, times(W, sparse.x)), 9);
    const gross = sparse.x.reduce((sum, u) => sum + Math.abs(u), 0);
    expect(sparse.objective).toBeCloseTo(sparse.eigenvalue + 5 * gross ** 2, 6);
    expect(sparse.support.length).toBeLessThan(n);
    await expect(sparseGeneralizedEigen({ W, B: [[1]] }, { lambda: 0 })).rejects.toThrow(
      'B: expected 8 x 8 as W is, got 1 x 1',
    );
    const zero = [
      [0, 0],
      [0, 0],
    ];
    const saddle = [
      [1, 2],
      [2, 1],
    ];
    await expect(sparseGeneralizedEigen({ W: matrix(2, 2, [1, 0, 0, 1]), B: zero }, { lambda: 0 })).rejects.toThrow(
      'B: expected an entry > 0',
    );
    await expect(sparseGeneralizedEigen({ W: matrix(2, 2, [1, 0, 0, 1]), B: saddle }, { lambda: 1 })).rejects.toThrow(
      /^B: expected a positive semidef/,
    );
    await expect(sparseGeneralizedEigen({ W, B: identity }, {} as never)).rejects.toThrow(
      'lambda = undefined: expected a number',
    );
  });

  it('fisherDiscriminant solves S w = mean_2 - mean_1, and keeps what tells the classes apart', async () => {
    const [m, n] = [200, 12];
    const X = randomMatrix(m, n, 61);
    const labels = indices(m).map((i) => (i % 2 === 0 ? 'b' : 'a'));
    for (let i = 0; i < m; i += 2) for (let j = 0; j < 3; ++j) X.data[i * n + j] = entry(X, i, j) + 1.5;
    const result = await fisherDiscriminant({ x: X, y: labels }, { tolerance: 1e-9 });
    expect(result).toMatchObject({ status: 'solved', certificate: { kind: 'global' }, classes: ['a', 'b'] });
    const { direction, threshold, means, withinScatter, betweenScatter } = result;
    const difference = means[1].map((value, j) => value - (means[0][j] as number));
    expect(dot(direction, direction)).toBeCloseTo(1, 9);
    expect(dot(direction, difference)).toBeGreaterThan(0);
    expect(betweenScatter).toBeCloseTo(dot(direction, difference) ** 2, 9);
    expect(result.objective).toBeCloseTo(withinScatter / betweenScatter, 9);
    expect(threshold).toBeCloseTo((dot(direction, means[0]) + dot(direction, means[1])) / 2, 12);
    const centred = matrix(
      m,
      n,
      X.data.map((value, k) => value - (means[labels[Math.floor(k / n)] === 'a' ? 0 : 1][k % n] as number)),
    );
    const S = gram(centred);
    const Sw = times(S, direction);
    const scale = dot(Sw, difference) / dot(difference, difference);
    Sw.forEach((value, j) => void expect(value / scale).toBeCloseTo(difference[j] as number, 5));
    const right = indices(m).filter(
      (i) => (dot(X.data.subarray(i * n, i * n + n), direction) > threshold ? 'b' : 'a') === labels[i],
    );
    expect(right.length / m).toBeGreaterThan(0.85);

    const sparse = await fisherDiscriminant({ x: X, y: labels }, { lambda: 0.3 });
    expect([...sparse.support]).toEqual([0, 1, 2]);
    expect(sparse.certificate.kind).toBe('global');
    const fewer = X.data.subarray(0, 6 * n);
    await expect(fisherDiscriminant({ x: matrix(6, n, fewer), y: labels.slice(0, 6) })).rejects.toThrow(
      'lambda = 0: expected a number > 0',
    );
    expect((await fisherDiscriminant({ x: matrix(6, n, fewer), y: labels.slice(0, 6) }, { lambda: 0.1 })).status).toBe(
      'solved',
    );
    await expect(fisherDiscriminant({ x: X, y: labels.slice(1) })).rejects.toThrow(
      'y: expected 200 values, one for each row of x',
    );
    await expect(fisherDiscriminant({ x: X, y: labels.map(() => 'a') })).rejects.toThrow(
      'y: expected two classes, got 1',
    );
    await expect(fisherDiscriminant({ x: [[1], [1], [1]], y: [1, 2, 1] }, { lambda: 1 })).rejects.toThrow(
      'x: expected classes with different means',
    );
    await expect(fisherDiscriminant({ x: [[1], [2]], y: [1, 2] }, { lambda: 1 })).rejects.toThrow(
      'x: expected at least 3 rows',
    );
  });

  it('energyEfficiency fills the channels like water', async () => {
    const gains = [0.2, 1, 5, 0, 3];
    const result = await energyEfficiency({ gains }, { circuitPower: 2, maxPower: [1, 1, 1, 1, 0.5] });
    expect(result).toMatchObject({ status: 'solved', certificate: { kind: 'global' } });
    const { power, totalPower, rate, efficiency } = result;
    expect(totalPower).toBeCloseTo(2 + power.reduce((sum, p) => sum + p, 0), 12);
    expect(rate).toBeCloseTo(
      gains.reduce((sum, gain, i) => sum + Math.log1p(gain * (power[i] as number)), 0),
      12,
    );
    expect(efficiency).toBeCloseTo(rate / totalPower, 12);
    // p_i = clip(1 / efficiency - 1 / gain_i)
    [1, 1, 1, 1, 0.5].forEach((most, i) => {
      expect(power[i]).toBeCloseTo(Math.min(most, Math.max(0, 1 / efficiency - 1 / (gains[i] as number))), 6);
    });
    expect((await energyEfficiency({ gains: [1, 2] }, { circuitPower: 1 })).status).toBe('solved');
    await expect(energyEfficiency({ gains: [0, 0] }, { circuitPower: 1 })).rejects.toThrow(
      'gains: expected a number that is not 0',
    );
    await expect(energyEfficiency({ gains: [-1] }, { circuitPower: 1 })).rejects.toThrow(
      'gains[0] = -1: expected a finite number >= 0',
    );
    await expect(energyEfficiency({ gains: [1] }, { circuitPower: 0 })).rejects.toThrow(
      'circuitPower = 0: expected a finite number > 0',
    );
    await expect(energyEfficiency({ gains: [1, 1] }, { circuitPower: 1, maxPower: [1, 0] })).rejects.toThrow(
      'maxPower[1] = 0: expected',
    );
    await expect(energyEfficiency({ gains: [1, 1] }, { circuitPower: 1, maxPower: [1] })).rejects.toThrow(
      'maxPower: expected 2 numbers',
    );
  });
});

describe('maxSharpe', () => {
  /** Returns and covariance of n assets with two common factors. */
  function market(n: number, seed: number): { mu: Float64Array; Sigma: Matrix } {
    const draw = normals(seed);
    const factors = randomMatrix(n, 2, seed + 1000);
    const own = indices(n).map(() => (0.02 + 0.03 * Math.abs(draw())) ** 2);
    const Sigma = matrix(
      n,
      n,
      indices(n * n).map((at) => {
        const [i, j] = [Math.max(Math.floor(at / n), at % n), Math.min(Math.floor(at / n), at % n)];
        const common = entry(factors, i, 0) * entry(factors, j, 0) + entry(factors, i, 1) * entry(factors, j, 1);
        return 9e-4 * common + (i === j ? (own[i] as number) : 0);
      }),
    );
    return { mu: Float64Array.from({ length: n }, () => 0.004 + 0.006 * draw()), Sigma };
  }

  /** The optimality conditions: weight moved from j to i, where both bounds allow it, must not lower risk / return. */
  function violation(
    w: Float64Array,
    mu: Float64Array,
    Sigma: Matrix,
    lower: number[],
    upper: number[],
    l1 = 0,
  ): number {
    const pull = times(Sigma, w).map((value) => value + l1);
    const slope = pull.map((value, i) => value / dot(w, pull) - (mu[i] as number) / dot(w, mu));
    const up = slope.filter((_, i) => (w[i] as number) < (upper[i] as number) - 1e-9);
    const down = slope.filter((_, i) => (w[i] as number) > (lower[i] as number) + 1e-9);
    return Math.max(0, Math.max(...down) - Math.min(...up));
  }

  const tight = { tolerance: 1e-10 };

  it('without bounds has the closed form', async () => {
    const { mu, Sigma } = market(6, 3);
    const { weights, ratio, expectedReturn, volatility, status, certificate, objective, x } = await maxSharpe(
      { mu, Sigma },
      {
        bounds: { lower: -infinity },
        ...tight,
      },
    );
    expect({ status, certificate }).toEqual({ status: 'solved', certificate: { kind: 'global' } });
    const pulled = times(Sigma, weights);
    pulled.forEach(
      (value, i) => void expect(value / (mu[i] as number)).toBeCloseTo((pulled[0] as number) / (mu[0] as number), 6),
    );
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    expect(expectedReturn).toBeCloseTo(dot(mu, weights), 12);
    expect(volatility).toBeCloseTo(Math.sqrt(dot(weights, pulled)), 12);
    expect(ratio).toBeCloseTo(expectedReturn / volatility, 12);
    expect(objective).toBeCloseTo(1 / ratio ** 2, 9);
    expect(x).toBe(weights);
  });

  it.runIf(long)('is optimal within every kind of bounds', async () => {
    let solved = 0;
    for (let seed = 0; seed < 300; ++seed) {
      const draw = normals(7000 + seed);
      const n = 2 + (seed % 11);
      const { mu, Sigma } = market(n, seed);
      const width = indices(n).map(() => (seed % 7 === 0 && draw() > 1 ? 0 : (3 * Math.abs(draw())) / n));
      const kind = seed % 5;
      let lower = indices(n).map(() => (kind === 1 ? -Math.abs(draw()) / n : 0));
      let upper = lower.map((low, i) => (kind === 0 ? infinity : Math.max(low, 0) + (width[i] as number)));
      if (kind === 3) upper = upper.map((high) => (draw() > 0 ? infinity : high));
      if (kind === 4) lower = upper.map((high) => (draw() > 0 ? -infinity : high - 1));
      const l1 = kind < 4 && kind !== 1 && seed % 2 === 0 ? 1e-4 : 0;
      const call = maxSharpe({ mu, Sigma }, { bounds: { lower, upper }, lambda: l1, ...tight });
      const most = upper.reduce((sum, high) => sum + high, 0);
      if (most < 1) {
        await expect(call).rejects.toThrow(/^bounds: no weights within them sum to 1: /);
        continue;
      }
      const result = await call.catch((error: Error) => error);
      if (result instanceof Error) {
        expect(result.message).toMatch(/^mu: expected a portfolio with a return above riskFree/);
        continue;
      }
      ++solved;
      expect(result).toMatchObject({ status: 'solved', certificate: { kind: 'global' } });
      result.weights.forEach((w, i) => void expect(w >= (lower[i] as number) && w <= (upper[i] as number)).toBe(true));
      expect(result.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
      expect(violation(result.weights, mu, Sigma, lower, upper, l1), `seed ${seed}`).toBeLessThan(2e-6);
    }
    expect(solved).toBeGreaterThan(150);
  });

  it('holds many weights at their caps', async () => {
    const { mu, Sigma } = market(100, 12);
    const reports: number[] = [];
    const result = await maxSharpe(
      { mu, Sigma },
      {
        bounds: { upper: 0.02 },
        onProgress: ({ iteration }) => reports.push(iteration),
        ...tight,
      },
    );
    expect(result.status).toBe('solved');
    expect(result.weights.filter((w) => w === 0.02).length).toBeGreaterThan(20);
    expect(result.message).toMatch(/^Solved after \d+ iterations: \d+ weights at their upper bounds/);
    const [lower, upper] = [new Array<number>(100).fill(0), new Array<number>(100).fill(0.02)];
    expect(violation(result.weights, mu, Sigma, lower, upper)).toBeLessThan(2e-6);
    expect(result.history.map(({ iteration }) => iteration)).toEqual(
      [...result.history].map(({ iteration }) => iteration).sort((p, q) => p - q),
    );
    expect(reports.at(-1)).toBe(result.iterations);
    const stopped = await maxSharpe({ mu, Sigma }, { bounds: { upper: 0.02 }, maxIterations: 3 });
    expect(stopped).toMatchObject({ status: 'iterationLimit', iterations: 3 });
    expect(Math.max(...stopped.weights)).toBeLessThanOrEqual(0.02);
    expect(stopped.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
    const aborted = await maxSharpe({ mu, Sigma }, { bounds: { upper: 0.02 }, signal: AbortSignal.abort() });
    expect(aborted.status).toBe('aborted');
  });

  it('counts from the risk-free return', async () => {
    const { mu, Sigma } = market(8, 5);
    const riskFree = 0.002;
    const { ratio, weights, volatility } = await maxSharpe({ mu, Sigma }, { riskFree });
    expect(ratio).toBeCloseTo((dot(mu, weights) - riskFree) / volatility, 12);
    const shifted = await maxSharpe({ mu: mu.map((value) => value - riskFree), Sigma });
    expect(shifted.ratio).toBeCloseTo(ratio, 12);
  });

  it('says when no weights attain the largest ratio', async () => {
    const Sigma = [
      [1, 0.9],
      [0.9, 1],
    ];
    const result = await maxSharpe({ mu: [-1, -0.2], Sigma }, { bounds: { lower: -infinity } });
    expect(result.status).toBe('unbounded');
    expect(result.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(-1, 9);
  });

  it('refuses what it cannot do', async () => {
    const Sigma = [
      [1, 0],
      [0, 1],
    ];
    const refused: [ArrayLike<number>, number[][], object, string][] = [
      [[1, 2, 3], Sigma, {}, 'Sigma: expected 3 x 3 for 3 numbers mu, got 2 x 2'],
      [[1, nan], Sigma, {}, 'mu[1] = NaN: expected a finite number'],
      [[1e120, 2e120], Sigma, {}, 'mu: its largest entry is 2e+120, expected between 1e-75 and 1e75'],
      [
        [1, 2],
        [
          [1e-90, 0],
          [0, 1e-90],
        ],
        {},
        'Sigma: its largest entry is 1e-90, expected between 1e-75 and 1e75',
      ],
      [
        [-1, 0],
        Sigma,
        {},
        'mu: expected a portfolio with a return above riskFree; within the bounds the best is 0 above',
      ],
      [[1, 2], Sigma, { riskFree: 5 }, 'mu: expected a portfolio with a return above riskFree'],
      [[1, 2], Sigma, { bounds: { lower: 0.6 } }, 'bounds: no weights within them sum to 1: lower ones sum to 1.2'],
      [[1, 2], Sigma, { bounds: { upper: 0.4 } }, 'bounds: no weights within them sum to 1: lower ones sum to 0'],
      [
        [1, 2],
        Sigma,
        { bounds: { lower: [0, 1], upper: [1, 0] } },
        'bounds.lower[1] = 1: expected at most bounds.upper[1], 0',
      ],
      [[1, 2], Sigma, { bounds: { lower: [0] } }, 'bounds.lower: expected 2 numbers, as many as mu, got 1'],
      [[1, 2], Sigma, { bounds: { upper: nan } }, 'bounds.upper = NaN: expected a finite number'],
      [[1, 2], Sigma, { bounds: { max: 1 } }, "unknown member 'max'. Known members: lower, upper"],
      [
        [1, 2],
        Sigma,
        { bounds: { lower: [0, -infinity] } },
        'bounds: expected all lower ones to be finite, or all upper',
      ],
      [[1, 2], Sigma, { lambda: 1, bounds: { lower: -0.5 } }, 'lambda = 1: expected 0 with lower bounds below 0'],
      [[1, 2], Sigma, { maxIterations: -1 }, 'maxIterations = -1: expected'],
      [[1, 2], Sigma, { maxIterations: 'x' }, "maxIterations = 'x': expected a number"],
      [
        [1, 2],
        [
          [1, 2],
          [2, 1],
        ],
        { bounds: { lower: -infinity } },
        'Sigma: expected a positive semidefinite matrix',
      ],
      [
        [1, 2],
        [
          [1, 2],
          [2, 1],
        ],
        {},
        'Sigma: expected a positive semidefinite matrix',
      ],
    ];
    for (const [mu, covariance, options, message] of refused) {
      const error: unknown = await maxSharpe({ mu, Sigma: covariance }, options).catch((reason: unknown) => reason);
      expect(error, message).toBeInstanceOf(Error);
      expect((error as Error).message).toContain(message);
    }
  });
});

describe('functions of the user', () => {
  const problem = (value: (u: number) => number, derivative: (u: number) => number = () => 1) => ({
    numerator: [sumSquares({ constant: 1 }), nonNegative()],
    denominator: separableConcave(value, derivative, { shift: 0.1 }),
    start: [1, 2],
  });
  const thrown = new Error('boom');
  const throwing = (after: number) => {
    let calls = 0;
    return (u: number) => {
      if (calls++ >= after) throw thrown;
      return Math.log1p(u);
    };
  };

  it.each([0, 1, 20, 50])('that throw, after %i calls: rejects with what they threw', async (after) => {
    const error: unknown = await minimizeRatio(problem(throwing(after))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({
      code: 'CALLBACK_FAILED',
      message: 'separableConcave: value threw: boom',
      cause: thrown,
    });
  });

  it('that give no number: rejects and says what they gave', async () => {
    await expect(minimizeRatio(problem(Math.log1p, () => 'x' as unknown as number))).rejects.toThrow(
      "separableConcave: derivative = 'x': expected a number",
    );
  });

  it.each([0, 1])(
    'whose derivative is NaN, after %i calls: rejects, as no point would be better than another',
    async (after) => {
      let calls = 0;
      const derivative = (u: number) => (calls++ >= after ? Number.NaN : 1 / (1 + u));
      const denominator = separableConcave((u) => Math.log1p(u) + 1, derivative);
      const error: unknown = await minimizeRatio({
        numerator: [affine([1, 2], 1), nonNegative()],
        denominator,
        start: [1, 1],
      }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'SolverError', code: 'CALLBACK_FAILED' });
      expect((error as Error).message).toMatch(/^denominator\.derivative\(.*\) = NaN: expected a number/);
    },
  );
});

describe('numerators of penalties alone', () => {
  it.each([
    ['l1', l1(0.2), norm2(), 0.2],
    ['l1Squared', l1Squared(0.2), sumSquares(), 0.2],
    ['elasticNet', elasticNet(0, 0.5), sumSquares(), 0.25],
  ])('%s: the least ratio is that of one coordinate', async (_, numerator, denominator, least) => {
    const { status, objective } = await minimizeRatio({ numerator: [numerator], denominator, start: [1, 2, 3] });
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(least, 12);
  });
});

it.each([{ timeLimit: 0 }, { signal: AbortSignal.abort() }])(
  'looks for one start where it is to end: %j',
  async (settings) => {
    const problem = { numerator: [sumSquares()], denominator: lpNorm(randomMatrix(60, 20, 1), 4, { squared: true }) };
    const { status, starts, objective } = await minimizeRatio(problem, { restarts: 100_000, ...settings });
    expect(status).toBe('signal' in settings ? 'aborted' : 'timeLimit');
    expect(starts.length).toBeLessThan(20);
    expect(objective).toBe(Math.min(...starts.map((each) => each.objective)));
  },
);

it('has no residual before the first sweep', async () => {
  const seen: object[] = [];
  const result = await minimizeRatio(
    { numerator: [sumSquares({ constant: 1 })], denominator: norm1(), start: [1, 2] },
    { maxIterations: 0, onProgress: (report) => seen.push(report) },
  );
  expect(result.message).toBe('Stopped at maxIterations after 0 iterations.');
  expect(result).not.toHaveProperty('residual');
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toHaveProperty('residual');
});
