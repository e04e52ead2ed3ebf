// Operators of several operands, norms, and models that maximise.
import { describe, expect, it } from 'vitest';
import { add, at, Model, mul, norm2, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { lpNorm, norm1, norm2 as norm2Term } from '../../src/fractional/index.js';
import { type Progress, SolverError } from '../../src/index.js';
import { logisticRegression, minimize, quadraticProgram } from '../../src/nlp/index.js';

const point = (x: readonly number[]) => Float64Array.from(x);

describe('add and mul', () => {
  it('take several operands, of shapes that go together', () => {
    const model = new Model();
    const x = model.variable(2);
    const total = add(1, x, [10, 20], at(x, 0));
    expect(total.shape).toEqual([2]);
    model.minimize(sum(mul(x, total, 2)));
    expect(model.compile().objective(point([3, 5]))).toBe(2 * (3 * (1 + 3 + 10 + 3) + 5 * (1 + 5 + 20 + 3)));
  });

  it('say how to add up an array', () => {
    const model = new Model();
    const parts = [model.variable(), model.variable(), model.variable()];
    expect(add(...parts).shape).toEqual([]);
    // @ts-expect-error: the array would be an operand
    expect(() => parts.reduce(add)).toThrow(
      'add: got an array of expressions: write add(...parts), not parts.reduce(add)',
    );
    expect(() => mul()).toThrow('mul: expected two operands or more, got 0');
  });
});

describe('norms', () => {
  it('norm2 is the root of sumSquares, with exact derivatives', () => {
    const model = new Model();
    const x = model.variable(2);
    model.minimize(norm2(x));
    const program = model.compile();
    expect(program.objective(point([3, 4]))).toBe(5);
    expect(Array.from(program.gradient(point([3, 4])))).toEqual([expect.closeTo(0.6, 14), expect.closeTo(0.8, 14)]);
  });

  it('terms of ratios refuse expressions and say what to write', () => {
    const x = new Model().variable(2) as never;
    expect(() => norm1(x)).toThrow(
      'norm1: got an expression, but this is a term of a ratio: in a model, write sum(sqrt(',
    );
    expect(() => norm2Term(x)).toThrow('in a model, write norm2(x) of nonconvex/model');
    expect(() => lpNorm(x, 2)).toThrow('lpNorm: got an expression');
  });
});

describe('maximize', () => {
  const half = () => {
    const model = new Model();
    const x = model.variable(2, { start: [0.3, 0.2] });
    model.maximize(sub(3, sumSquares(sub(x, 1))));
    const line = model.equal(sum(x), 1);
    return { model, x, line };
  };

  it('gives objective and multipliers the sign of what is maximised', async () => {
    const { model, x, line } = half();
    const reports: Progress[] = [];
    const result = await minimize(model, { onProgress: (report) => void reports.push(report), reportIterates: true });
    expect(result.status).toBe('solved');
    expect(Array.from(x.valueIn(result))).toEqual([expect.closeTo(0.5, 8), expect.closeTo(0.5, 8)]);
    expect(result.objective).toBeCloseTo(2.5, 8);
    // The gradient of 3 - ||x - 1||^2 is (1, 1), so that of L vanishes with -1.
    expect(line.multipliersIn(result)).toBeCloseTo(-1, 7);
    expect(reports.at(-1)?.objective).toBe(result.objective);
    expect(result.history.at(-1)?.objective).toBe(result.objective);
  });

  it('begins with an earlier result, whose multipliers have that sign', async () => {
    const { model } = half();
    const first = await minimize(model);
    expect((await minimize(model, { warmStart: first })).iterations).toBe(0);
  });

  it('evaluates what is minimised, and can be changed', () => {
    const { model } = half();
    expect(model.compile().sense).toBe('maximize');
    expect(model.compile().objective(point([1, 1]))).toBe(-3);
    model.minimize(0);
    expect(model.compile().sense).toBe('minimize');
  });
});

it('a problem that is taken for a result says that it is to be passed to minimize', async () => {
  const problem = async () => await logisticRegression({ x: [[1], [2], [3]], y: [0, 1, 0] });
  await expect(problem().then(({ x }) => x)).rejects.toThrow(
    'a problem has no x: pass it to minimize, as in const { x }',
  );
  expect(() => quadraticProgram({ Q: [[1]] }).status).toThrow('a problem has no status: pass it to minimize');
  // Functions that are async may return problems.
  const result = await minimize(await problem());
  expect(result.status).toBe('solved');
  expect(result).not.toBeInstanceOf(SolverError);
});
