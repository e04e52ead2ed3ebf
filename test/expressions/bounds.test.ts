// Bounds of variables and sides of constraints of models: what a program says of them, and what is refused where it is written.
import { describe, expect, it } from 'vitest';
import type { Solvers } from '../../src/core/addon.js';
import { rangeError } from '../../src/core/argumentError.js';
import { add, at, dot, mul, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { checkDerivatives } from '../../src/nlp/index.js';

const Inf = Number.POSITIVE_INFINITY;

/** Arguments that types do not allow. */
const any = (value: unknown) => value as never;

describe('bounds of variables', () => {
  it('are numbers, arrays or matrices, in the order of the variables', () => {
    const model = new Model();
    model.variable(2, { lower: 0, upper: [1, Inf] });
    model.variable();
    model.variable({ upper: 1e19, lower: -2 });
    model.variable([2, 2], {
      lower: [
        [1, 2],
        [3, 4],
      ],
      start: 9,
    });
    expect(model.compile().bounds).toEqual({
      lower: Float64Array.of(0, 0, -Inf, -2, 1, 2, 3, 4),
      upper: Float64Array.of(1, Inf, Inf, Inf, Inf, Inf, Inf, Inf),
    });
  });

  it('may be parameters, of which new values compile nothing', () => {
    const model = new Model();
    const low = model.parameter({ value: 1 });
    const high = model.parameter(3, { value: [2, 3, 4] });
    model.variable(3, { lower: low, upper: high });
    const program = model.compile();
    expect(program.bounds).toEqual({ lower: Float64Array.of(1, 1, 1), upper: Float64Array.of(2, 3, 4) });
    low.set(-1e20);
    high.set([5, 1e20, 7]);
    expect(program.bounds).toEqual({ lower: Float64Array.of(-Inf, -Inf, -Inf), upper: Float64Array.of(5, Inf, 7) });
    expect(model.compile()).toBe(program);
  });

  it('are left out where there are none', () => {
    const model = new Model();
    const limit = model.parameter({ value: 1e20 });
    model.variable(2, { lower: -Inf, upper: limit });
    expect(model.compile().bounds).toEqual({});
    limit.set(3);
    expect(model.compile().bounds).toEqual({ lower: Float64Array.of(-Inf, -Inf), upper: Float64Array.of(3, 3) });
  });

  it('are copies of what was given', () => {
    const lower = Float64Array.of(0, 1);
    const model = new Model();
    model.variable(2, { lower });
    lower[0] = 7;
    expect(model.compile().bounds.lower).toEqual(Float64Array.of(0, 1));
    (model.compile().bounds.lower as Float64Array)[1] = 8;
    expect(model.compile().bounds.lower).toEqual(Float64Array.of(0, 1));
  });

  const model = new Model();
  const p = model.parameter(2, { name: 'p' });
  const x = model.variable(2);
  const foreign = new Model().parameter();
  const wrong: [string, () => unknown, string][] = [
    ['NaN', () => model.variable({ lower: Number.NaN }), 'lower = NaN: expected a number'],
    ['NaN in an array', () => model.variable(2, { upper: [0, Number.NaN] }), 'upper[1] = NaN: expected a number'],
    ['another length', () => model.variable(2, { lower: [1] }), 'lower: expected 2 numbers, for shape [2], got 1'],
    ['another shape', () => model.variable([1, 2], { lower: [[1], [2]] }), 'lower: has shape [2, 1]: expected [1, 2]'],
    ['crossed', () => model.variable(2, { lower: [0, 2], upper: 1 }), 'lower[1] = 2: expected at most upper[1] = 1'],
    ['crossed scalars', () => model.variable({ lower: 2, upper: 1 }), 'lower = 2: expected at most upper = 1'],
    ['Infinity below', () => model.variable({ lower: Inf }), 'lower = Infinity: expected a number below 1e19 in size'],
    [
      '-Infinity above',
      () => model.variable({ upper: -Inf }),
      'upper = -Infinity: expected a number below 1e19 in size',
    ],
    ['text', () => model.variable({ lower: any('0') }), "lower = '0': expected an array of numbers"],
    [
      'a parameter of another length',
      () => model.variable(3, { upper: p }),
      'upper: has shape [2]: expected [3] or a scalar',
    ],
    [
      'an expression',
      () => model.variable(2, { lower: any(mul(2, p)) }),
      'lower = expression of shape [2]: expected numbers or a parameter; of an expression e write atLeast(x, e)',
    ],
    ['a variable', () => model.variable(2, { upper: any(x) }), 'of an expression e write atMost(x, e)'],
    [
      'a parameter of another model',
      () => model.variable({ lower: foreign }),
      'variable: expected an expression of this model, got one of another model',
    ],
    ['another name', () => model.variable({ lowr: 1 } as never), "unknown option 'lowr': did you mean 'lower'?"],
  ];
  it.each(wrong)('refuse %s', (_, make, message) => {
    const before = model.n;
    expect(make).toThrow(message);
    expect(model.n).toBe(before);
  });

  it('that are parameters are looked at when they are needed', () => {
    const model = new Model();
    const low = model.parameter(2, { value: [0, 3] });
    const high = model.parameter({ value: 2 });
    model.variable(2, { lower: low, upper: high, name: 'w' });
    expect(() => model.compile().bounds).toThrow(rangeError('w.lower[1] = 3: expected at most w.upper[1] = 2'));
    high.set(3);
    expect(model.compile().bounds).toEqual({ lower: Float64Array.of(0, 3), upper: Float64Array.of(3, 3) });
    low.set(1e19);
    expect(() => model.compile().bounds).toThrow(
      'w.lower[0] = 10000000000000000000: expected a number below 1e19 in size',
    );
  });
});

describe('sides of constraints', () => {
  it('are data where they are numbers or parameters', () => {
    const model = new Model();
    const x = model.variable(2);
    const p = model.parameter({ value: 5 });
    model.atMost(sum(x), 10);
    model.atLeast(x, [1, -Inf]);
    model.between(x, p, [6, 7]);
    model.atMost(x, p);
    const program = model.compile();
    expect(program.m).toBe(7);
    expect(program.constraints([3, 4])).toEqual(Float64Array.of(7, 3, 4, 3, 4, 3, 4));
    expect(program.bounds).toEqual({
      constraintsLower: Float64Array.of(-Inf, 1, -Inf, 5, 5, -Inf, -Inf),
      constraintsUpper: Float64Array.of(10, Inf, Inf, 6, 7, 5, 5),
    });
    p.set(6);
    expect(model.compile()).toBe(program);
    expect(program.bounds.constraintsLower).toEqual(Float64Array.of(-Inf, 1, -Inf, 6, 6, -Inf, -Inf));
    expect(program.constraints([3, 4])).toEqual(Float64Array.of(7, 3, 4, 3, 4, 3, 4));
  });

  it('are 0 for a difference where they are expressions', () => {
    const model = new Model();
    const x = model.variable(2);
    const p = model.parameter({ value: 5 });
    model.atMost(sumSquares(x), x);
    model.atLeast(3, sum(x));
    model.atMost(x, mul(2, p));
    const program = model.compile();
    expect(program.constraints([1, 4])).toEqual(Float64Array.of(16, 13, -2, -9, -6));
    expect(program.bounds).toEqual({
      constraintsLower: Float64Array.of(-Inf, -Inf, 0, -Inf, -Inf),
      constraintsUpper: Float64Array.of(0, 0, Inf, 0, 0),
    });
  });

  it('make as many rows as the larger of both sides', () => {
    const model = new Model();
    const x = model.variable(2);
    const rows = model.atMost(sum(x), [1, 2, 3]);
    const table = model.atLeast(dot(x, x), [[1, 2]]);
    const middle = model.between(sum(x), 0, [4, Inf]);
    expect([rows.shape, table.shape, middle.shape]).toEqual([[3], [1, 2], [2]]);
    expect([rows.offset, table.offset, middle.offset, model.m]).toEqual([0, 3, 5, 7]);
    const program = model.compile();
    expect(program.constraints([3, 4])).toEqual(Float64Array.of(7, 7, 7, 25, 25, 7, 7));
    expect(program.bounds.constraintsUpper).toEqual(Float64Array.of(1, 2, 3, Inf, Inf, 4, Inf));
    expect(program.bounds.constraintsLower).toEqual(Float64Array.of(-Inf, -Inf, -Inf, 1, 2, 0, 0));
  });

  it('stand beside equations, whose sides are 0', () => {
    const model = new Model();
    const x = model.variable(2);
    model.equal(x, 3);
    model.atMost(sum(x), 9);
    const program = model.compile();
    expect(program.constraints([1, 1])).toEqual(Float64Array.of(-2, -2, 2));
    expect(program.bounds).toEqual({
      constraintsLower: Float64Array.of(0, 0, -Inf),
      constraintsUpper: Float64Array.of(0, 0, 9),
    });
  });

  it('that are the same make an equation', () => {
    const make = (state: (model: Model) => void) => {
      const model = new Model();
      model.variable(2);
      model.parameter({ value: 4 });
      state(model);
      return model.compile();
    };
    const x = (model: Model) => model.variables[0] as ReturnType<Model['variable']>;
    const between = make((model) => {
      model.between(x(model), [1, 2], [1, 2]);
      model.between(sum(x(model)), model.parameters[0] as never, model.parameters[0] as never);
    });
    const equal = make((model) => {
      model.equal(x(model), [1, 2]);
      model.equal(sum(x(model)), model.parameters[0] as never);
    });
    expect(between.bounds).toEqual({});
    expect(between.constraints([5, 7])).toEqual(equal.constraints([5, 7]));
    expect(between.constraints([5, 7])).toEqual(Float64Array.of(4, 5, 8));
  });

  it('leave a model of equations as it was', () => {
    const model = new Model();
    const x = model.variable(2, { start: 1 });
    model.minimize(sum(x));
    model.equal(sumSquares(x), 2);
    const program = model.compile();
    expect(program.bounds).toEqual({});
    expect(model.m).toBe(1);
    // sum(x), and norm2Squared(x) minus a constant 2: native/expressions/graph.hpp.
    const compile = (graph: object) => graph as never;
    expect(program.parts.handle({ compile } as unknown as Solvers)).toMatchObject({
      n: 2,
      code: Int32Array.of(1, 2, 0, 80, 0, 2, 0, 1, 0, 82, 0, 2, 61, 3, 2),
      numbers: Float64Array.of(2),
      objective: 1,
      constraints: Int32Array.of(4),
    });
  });

  const model = new Model();
  const x = model.variable(3);
  const p = model.parameter(2);
  const other = new Model();
  const y = other.variable(3);
  const q = other.parameter();
  const wrong: [string, () => unknown, string][] = [
    ['NaN', () => model.atMost(x, Number.NaN), 'rhs = NaN: expected a number'],
    ['NaN in an array', () => model.atLeast(x, [0, Number.NaN, 1]), 'rhs[1] = NaN: expected a number'],
    [
      'another shape',
      () => model.atMost(x, [1, 2]),
      'atMost: shapes [3] and [2]: expected the same shape twice, or a scalar',
    ],
    ['a parameter of another shape', () => model.atLeast(x, p), 'atLeast: shapes [3] and [2]: expected the same shape'],
    ['an expression of another shape', () => model.atMost(x, mul(2, p)), 'atMost: shapes [3] and [2]'],
    ['a matrix of another shape', () => model.between(x, [[1, 2, 3]], 4), 'between: shapes [3] and [1, 3]: expected'],
    ['sides of two shapes', () => model.between(sum(x), [1, 2], [3, 4, 5]), 'between: shapes [2] and [3]: expected'],
    ['crossed sides', () => model.between(x, [0, 5, 0], [1, 2, 3]), 'low[1] = 5: expected at most high[1] = 2'],
    ['crossed scalars', () => model.between(sum(x), 2, 1), 'low = 2: expected at most high = 1'],
    [
      '-Infinity above',
      () => model.atMost(x, -Inf),
      'rhs = -Infinity: expected a number below 1e19 in size, or Infinity',
    ],
    ['Infinity below', () => model.atLeast(x, [0, Inf, 0]), 'rhs[1] = Infinity: expected a number below 1e19 in size'],
    ['text', () => model.atMost(x, any('1')), "rhs = '1': expected an expression, a number, an array or a matrix"],
    ['no side', () => model.atMost(x, any(undefined)), 'rhs = undefined: expected an expression, a number, an array'],
    ['no expression', () => model.between(any('x'), 0, 1), "e = 'x': expected an expression, a number, an array"],
    [
      'an expression between',
      () => model.between(x, any(mul(2, x)), 4),
      'low = expression of shape [3]: expected numbers or a parameter; of an expression write atLeast(e, low)',
    ],
    ['an expression above', () => model.between(x, 0, any(sum(x))), 'of an expression write atMost(e, high)'],
    [
      'another model',
      () => model.atMost(y, 1),
      'atMost: expected an expression of this model, got one of another model',
    ],
    [
      'a side of another model',
      () => model.atMost(x, q),
      'atMost: expected an expression of this model, got one of another',
    ],
    ['two models', () => model.atLeast(x, add(y, 1)), 'sub: expected expressions of one model, got two of different'],
    ['another option', () => model.atMost(x, 1, any({ nam: 'c' })), "unknown option 'nam': did you mean 'name'?"],
    [
      'an array of expressions',
      () => model.atMost(x, any([x, x, x])),
      'rhs[0] = an expression of shape [3]: expected a row of numbers',
    ],
  ];
  it.each(wrong)('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
    expect(model.m).toBe(0);
  });

  it('that are parameters are looked at when they are needed', () => {
    const model = new Model();
    const x = model.variable(2);
    const low = model.parameter({ value: 1 });
    const high = model.parameter(2, { value: [2, 0] });
    model.between(x, low, high, { name: 'range' });
    model.atMost(sum(x), 3);
    const program = model.compile();
    expect(() => program.bounds).toThrow(rangeError('range.lower[1] = 1: expected at most range.upper[1] = 0'));
    low.set(0);
    expect(program.bounds.constraintsLower).toEqual(Float64Array.of(0, 0, -Inf));
  });
});

describe('a model with bounds', () => {
  const model = new Model();
  const x = model.variable(2, { lower: 0, upper: 4 });
  model.minimize(sumSquares(x));
  model.atMost(mul(at(x, 0), at(x, 1)), 1);

  it('has its derivatives checked, outside of them, too', () => {
    for (const point of [
      [1, 2],
      [-3, 7],
    ]) {
      expect(checkDerivatives(model, point)).toMatchObject({ ok: true, compared: 7 });
    }
  });

  it('is for the CPU', async () => {
    await expect(minimize(model, { device: 'cuda' })).rejects.toThrow('models with bounds or inequalities');
  });
});

describe('parts of a result', () => {
  it('has multipliers of bounds in the shapes of the variables', () => {
    const model = new Model();
    const s = model.variable({ lower: 0 });
    const A = model.variable([2, 2]);
    const result = {
      lowerMultipliers: Float64Array.of(1, 2, 3, 4, 5),
      upperMultipliers: [6, 7, 8, 9, 10],
    };
    expect(s.lowerMultipliersIn(result)).toBe(1);
    expect(s.upperMultipliersIn(result)).toBe(6);
    expect(A.lowerMultipliersIn(result)).toEqual({ data: Float64Array.of(2, 3, 4, 5), rows: 2, columns: 2 });
    expect(A.upperMultipliersIn(result).data).toEqual(Float64Array.of(7, 8, 9, 10));
    expect(() => A.lowerMultipliersIn({ lowerMultipliers: [1] })).toThrow(
      'result.lowerMultipliers: expected at least 5 numbers, got 1',
    );
    expect(() => s.upperMultipliersIn(any({}))).toThrow('result.upperMultipliers = undefined: expected an array');
    expect(() => s.upperMultipliersIn(any(1))).toThrow('result = 1: expected an object');
  });

  it('says which entries of constraints are active', () => {
    const model = new Model();
    const x = model.variable(2);
    const cap = model.atMost(sum(x), 1);
    const tie = model.equal(x, 2);
    const table = model.atLeast(sum(x), [
      [1, 2],
      [3, 4],
    ]);
    const range = model.between(x, [0, 1], [2, 1]);
    const result = { activeConstraints: Int32Array.of(0, 4, 5), multipliers: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    expect(cap.activeIn(result)).toBe(true);
    expect(tie.activeIn(result)).toEqual([true, true]);
    expect(table.activeIn(result)).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(range.activeIn(result)).toEqual([false, true]);
    expect(cap.activeIn({ activeConstraints: [] })).toBe(false);
    expect(range.multipliersIn(result)).toEqual(Float64Array.of(8, 9));
    expect(() => cap.activeIn(any({}))).toThrow('result.activeConstraints = undefined: expected an array of numbers');
  });
});
