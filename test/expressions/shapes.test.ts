// Shapes: what fits, and errors that name both where it does not, raised where the expression is written.
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  column,
  concat,
  dot,
  Expression,
  exp,
  gather,
  logSumExp,
  matmul,
  matvec,
  mul,
  neg,
  reshape,
  row,
  slice,
  sub,
  sum,
  sumSquares,
  transpose,
} from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';

const model = new Model();
const s = model.variable();
const x = model.variable(3);
const y = model.variable(4);
const X = model.variable([2, 3]);
const rows = [
  [1, 2, 3],
  [4, 5, 6],
];
const sparse = {
  format: 'csr' as const,
  rows: 2,
  columns: 3,
  offsets: Int32Array.of(0, 1, 1),
  indices: Int32Array.of(2),
  values: Float64Array.of(1),
};
// biome-ignore lint/suspicious/noExplicitAny: what TypeScript refuses is refused at run time as well
const any = (value: unknown): any => value;

describe('shapes that do not fit', () => {
  const cases: [string, () => unknown, string][] = [
    ['add', () => add(x, y), 'add: shapes [3] and [4]: expected the same shape twice, or a scalar'],
    ['sub', () => sub(x, X), 'sub: shapes [3] and [2, 3]: expected'],
    ['mul', () => mul(X, reshape(X, [3, 2])), 'mul: shapes [2, 3] and [3, 2]: expected'],
    ['a constant', () => add([1, 2], x), 'add: shapes [2] and [3]: expected'],
    ['dot', () => dot(x, y), 'dot: shapes [3] and [4]: expected'],
    ['equal', () => model.equal(x, y), 'equal: shapes [3] and [4]: expected'],
    ['minimize', () => model.minimize(x), 'minimize: shape [3]: expected a scalar'],
    ['sum per row', () => sum(x, { per: 'row' }), "sum: per = 'row' of shape [3]: expected a matrix"],
    ['dot per column', () => dot(x, x, { per: 'column' }), "dot: per = 'column' of shape [3]: expected a matrix"],
    ['matvec', () => matvec(rows, y), 'matvec: A has shape [2, 3], x [4]: expected a vector of 3'],
    ['matvec with a matrix', () => matvec(rows, X), 'matvec: A has shape [2, 3], x [2, 3]: expected a vector of 3'],
    ['matvec without one', () => matvec(any(x), x), 'matvec: A has shape [3]: expected a matrix'],
    ['sparse matvec', () => matvec(sparse, y), 'matvec: A has shape [2, 3], x [4]: expected a vector of 3'],
    [
      'matmul',
      () => matmul(rows, X),
      'matmul: A has shape [2, 3], B [2, 3]: expected as many rows of B as A has columns',
    ],
    [
      'sparse entries',
      () => add(any(sparse), X),
      'a: a sparse matrix of shape [2, 3]: expected only in matvec and matmul',
    ],
    ['transpose', () => transpose(x), 'transpose: shape [3]: expected a matrix'],
    ['row', () => row(x, 0), 'row: shape [3]: expected a matrix'],
    ['column', () => column(s, 0), 'column: shape []: expected a matrix'],
    ['at', () => at(X, 0), 'at: shape [2, 3] and one index: expected an index for each dimension'],
    ['at of a vector', () => at(x, 0, 1), 'at: shape [3] and two indices: expected an index for each dimension'],
    ['slice', () => slice(s, 0), 'slice: shape []: expected a vector or a matrix'],
    ['empty slices', () => slice(x, 2, 1), 'slice: begin = 2, end = 1 of shape [3]: expected begin before end'],
    ['gather', () => gather(s, [0]), 'gather: shape []: expected a vector or a matrix'],
    ['reshape', () => reshape(x, [2, 2]), 'reshape: from [3] to [2, 2]: expected as many numbers'],
    [
      'concat',
      () => concat(any([x, X])),
      'concat: parts[0] has shape [3], parts[1] [2, 3]: expected scalars and vectors',
    ],
    ['concat rows', () => concat([X, transpose(X)]), 'concat: parts[0] has shape [2, 3], parts[1] [3, 2]: expected'],
    ['a start', () => model.variable(3, { start: [1, 2] }), 'start: expected 3 numbers, for shape [3], got 2'],
    ['a matrix start', () => model.variable([2, 2], { start: rows }), 'start: has shape [2, 3]: expected [2, 2]'],
    ['a value', () => model.parameter(2, { value: [1, 2, 3] }), 'value: expected 2 numbers, for shape [2], got 3'],
    [
      'too much',
      () => model.variable([1e5, 1e5]),
      'shape: has shape [100000, 100000]: expected at most 2147483647 numbers',
    ],
    [
      'too many',
      () => matmul(reshape(model.variable(1e5), [1e5, 1]), any(reshape(model.variable(1e5), [1, 1e5]))),
      'matmul',
    ],
  ];
  it.each(cases)('%s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

describe('arguments', () => {
  const range: [string, () => unknown, string][] = [
    ['numbers', () => add(x, Number.NaN), 'b = NaN: expected a finite number'],
    ['vectors', () => add([1, Number.POSITIVE_INFINITY, 2], x), 'a[1] = Infinity: expected a finite number'],
    ['empty vectors', () => add([], x), 'a: expected at least one number'],
    ['matrices', () => matvec([[1, Number.NaN]], [1, 2]), 'A[0][1] = NaN: expected a finite number'],
    ['indices', () => at(x, 3), 'i = 3: expected an integer in [-3, 2]'],
    ['fractions', () => at(x, 0.5), 'i = 0.5: expected an integer in [-3, 2]'],
    ['column indices', () => at(X, 0, -4), 'j = -4: expected an integer in [-3, 2]'],
    ['rows', () => row(X, 2), 'i = 2: expected an integer in [-2, 1]'],
    ['borders', () => slice(x, 0, 4), 'end = 4: expected an integer in [-3, 3]'],
    ['steps', () => slice(x, 0, 3, 0), 'step = 0: expected an integer >= 1'],
    ['lists', () => gather(x, [0, -1]), 'indices[1] = -1: expected an integer in [0, 2]'],
    ['typed lists', () => gather(x, Int32Array.of(3)), 'indices[0] = 3: expected an integer in [0, 2]'],
    ['empty lists', () => gather(x, []), 'indices: expected at least one index'],
    ['lengths', () => model.variable(0), 'shape = 0: expected an integer >= 1'],
    [
      'values of parameters',
      () => model.parameter(0.08),
      'shape = 0.08: expected an integer >= 1: did you mean { value: 0.08 }?',
    ],
    ['starts in place of lengths', () => model.variable(1.5), 'did you mean { start: 1.5 }?'],
    [
      'products',
      () => matmul(X, any(x)),
      'matmul: B has shape [3]: expected a matrix; of a vector x it is matvec(A, x)',
    ],
    ['shapes', () => model.variable([2, 1.5]), 'shape[1] = 1.5: expected an integer >= 1'],
    ['dimensions', () => model.variable(any([1, 2, 3])), 'shape: has 3 dimensions: expected'],
    ['per', () => sum(X, any({ per: 'rows' })), "per = 'rows': expected 'row' or 'column'"],
    ['names', () => model.variable({ name: 'a b' }), "name = 'a b': expected characters without blanks between them"],
    ['starts', () => model.variable({ start: Number.NaN }), 'start = NaN: expected a finite number'],
    ['empty models', () => new Model().compile(), 'model: expected at least one variable'],
  ];
  it.each(range)('%s out of range', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  const type: [string, () => unknown, string][] = [
    ['operands', () => exp(any('x')), "a = 'x': expected an expression, a number, an array or a matrix"],
    ['nothing', () => add(any(undefined), x), 'a = undefined: expected an expression'],
    ['entries', () => add(any(['1']), x), "a[0] = '1': expected a number"],
    ['indices', () => at(x, any('0')), "i = '0': expected a number"],
    ['lists', () => gather(x, any(5)), 'indices = 5: expected an array of integers'],
    ['parts', () => concat(any('x')), "parts[0] = 'x': expected an expression, a number, an array or a matrix"],
    ['shapes', () => model.variable(any('3')), "shape = '3': expected a length or [rows, columns]"],
    [
      'options',
      () => model.variable(any({ strat: 1 })),
      "unknown option 'strat': did you mean 'start'? Known options: start, lower, upper, name",
    ],
    ['options of sums', () => sum(X, any({ axis: 0 })), "unknown option 'axis'. Known options: per"],
    ['names', () => model.variable({ name: any(5) }), 'name = 5: expected a string'],
    ['results', () => x.valueIn(any({})), 'result.x = undefined: expected an array of numbers'],
  ];
  it.each(type)('%s of another type', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it('of two models do not mix', () => {
    const other = new Model();
    const z = other.variable(3);
    expect(() => add(x, z)).toThrow('add: expected expressions of one model, got two of different models');
    expect(() => matvec([[1, 2, 3]], concat([at(x, 0), at(z, 0), 1]))).toThrow(
      'concat: expected expressions of one model',
    );
    expect(() => other.minimize(sum(x))).toThrow('minimize: expected an expression of this model, got one of another');
    expect(() => other.equal(neg(x), 0)).toThrow('equal: expected an expression of this model, got one of another');
  });

  it('are no numbers for JavaScript', () => {
    expect(() => any(x) + 1).toThrow('an expression is no number: write add(a, b)');
    expect(() => any(x) * 2).toThrow(TypeError);
    expect(`${any(X)}`).toBe('expression of shape [2, 3]');
  });

  it('may be constants alone', () => {
    const plain = new Model();
    plain.variable();
    plain.minimize(sumSquares(add([1, 2], 1)));
    plain.equal(logSumExp([0, 0]), Math.log(2));
    const program = plain.compile();
    expect(program.objective([0])).toBe(13);
    expect(program.gradient([0])).toEqual(Float64Array.of(0));
    expect(program.constraints([0])[0]).toBeCloseTo(0);
  });
});

it('is an expression that a model makes', () => {
  for (const made of [s, x, X, model.parameter(2), neg(x)]) expect(made).toBeInstanceOf(Expression);
  expect([s.size, x.size, X.size]).toEqual([1, 3, 6]);
});
