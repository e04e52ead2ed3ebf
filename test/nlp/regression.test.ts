// Regressions by kernels of their own: held to the expression model of the same problem, to Ipopt and to known answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { at, square, sub } from '../../src/expressions/index.js';
import { matrix } from '../../src/index.js';
import {
  checkDerivatives,
  generalizedLinearModel,
  logisticRegression,
  type Program,
  writeNl,
} from '../../src/nlp/index.js';
import { minimize } from '../flat.js';
import { long } from '../long.js';
import { type Instance, instance, losses, modelOf, toCsr } from '../problems/regression.js';
import { ipopt, oracle } from '../reference/ipopt.js';
import { coefficients, oracle as pythonOracle } from '../reference/regression.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-regression-'));
afterAll(() => rmSync(folder, { recursive: true }));

const dense = (rows: readonly number[][]) => matrix(rows.length, rows[0]?.length ?? 0, rows.flat());
const dense32 = (rows: readonly number[][]) => ({ ...dense(rows), data: Float32Array.from(rows.flat()) });
const closeTo = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 10) => {
  expect(found.length).toBe(expected.length);
  for (let k = 0; k < found.length; ++k) expect(found[k]).toBeCloseTo(expected[k] as number, digits);
};

const everything = (loss: Instance['loss']): Instance => {
  const given = instance(loss, { rows: 60, columns: 5, equations: 2 });
  return {
    ...given,
    sampleWeight: given.y.map((_, i) => 1 + (i % 3)),
    offset: given.y.map((_, i) => 0.2 * Math.sin(i)),
    ridge: [0.1, 0.2, 0, 0.3, 0.1],
    intercept: true,
    squaredNorm: 2,
  };
};

function same(program: Program, model: Program): void {
  expect([program.n, program.m]).toEqual([model.n, model.m]);
  const x = Float64Array.from({ length: program.n }, (_, j) => 0.4 * Math.cos(3 * j));
  const lambda = Float64Array.from({ length: program.m }, (_, i) => 1 + i);
  expect(program.objective(x)).toBeCloseTo(model.objective(x), 11);
  closeTo(program.gradient(x), model.gradient(x));
  closeTo(program.constraints(x), model.constraints(x));
  closeTo(program.hessianProduct(x, lambda, x, 0.5), model.hessianProduct(x, lambda, x, 0.5));
  closeTo(program.hessian(x, lambda, 0.5).values, model.hessian(x, lambda, 0.5).values);
  closeTo(program.jacobian(x).values, model.jacobian(x).values);
  closeTo(program.jacobianProduct(x, x), model.jacobianProduct(x, x));
  closeTo(program.jacobianTransposedProduct(x, lambda), model.jacobianTransposedProduct(x, lambda));
}

describe('a regression', () => {
  it.each(losses)('has the values and derivatives of its expression model: %s', (loss) => {
    const given = everything(loss);
    const model = modelOf(given).compile();
    same(generalizedLinearModel(given), model);
    same(generalizedLinearModel({ ...given, x: dense(given.x) }), model);
    same(generalizedLinearModel({ ...given, x: toCsr(given.x) }), model);
  });

  it('takes numbers of single precision', () => {
    const given = everything('logistic');
    const x = given.x.map((row) => Array.from(Float32Array.from(row)));
    same(generalizedLinearModel({ ...given, x: dense32(x) }), modelOf({ ...given, x }).compile());
  });

  it('keeps responses, weights and offsets as they were given', () => {
    const given = everything('poisson');
    const [y, sampleWeight, offset, ridge] = [given.y, given.sampleWeight, given.offset, given.ridge].map((values) =>
      Float64Array.from(values as number[]),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (const x of [dense(given.x), toCsr(given.x)]) {
      const mine = { y: y.slice(), sampleWeight: sampleWeight.slice(), offset: offset.slice(), ridge: ridge.slice() };
      const program = generalizedLinearModel({ ...given, x, ...mine });
      for (const values of Object.values(mine)) values.fill(7);
      same(program, generalizedLinearModel({ ...given, x }));
    }
  });

  it('has derivatives that differences confirm', () => {
    const problem = generalizedLinearModel(everything('gamma'));
    expect(checkDerivatives(problem, problem.start).ok).toBe(true);
  });

  it.each(losses)('has the minimum of its expression model: %s', async (loss) => {
    const given: Instance = {
      ...instance(loss, { rows: 200, columns: 8, density: 0.4, equations: 2 }),
      squaredNorm: 1,
    };
    const expected = await minimize(modelOf(given), { tolerance: 1e-10 });
    for (const x of [toCsr(given.x), dense(given.x)]) {
      const found = await minimize(generalizedLinearModel({ ...given, x }), { tolerance: 1e-10 });
      expect(found.status).toBe('solved');
      expect(found.objective).toBeCloseTo(expected.objective, 9);
      closeTo(found.x, expected.x, 6);
      closeTo(found.multipliers, expected.multipliers, 6);
    }
  });

  it('computes f where steps do not fail by their constraints', async () => {
    const given = { ...instance('logistic', { rows: 300, columns: 20, equations: 3 }), squaredNorm: 1 };
    const { counts, status } = await minimize(generalizedLinearModel(given));
    expect(status).toBe('solved');
    expect(counts.constraints).toBeGreaterThan(2 * counts.objective);
    expect(counts.objective).toBeLessThan(counts.gradient + 3);
  });

  it.skipIf(!oracle()).each(losses)("has Ipopt's minimum: %s", async (loss) => {
    const given = { ...instance(loss, { rows: 100, columns: 6, equations: 1 }), squaredNorm: 1 };
    const path = join(folder, `${loss}.nl`);
    await writeNl(modelOf(given), path);
    const expected = await ipopt(path);
    expect(expected.solved).toBe(true);
    const problem = generalizedLinearModel(given);
    const found = await minimize(problem);
    expect(found.status).toBe('solved');
    closeTo(found.x, expected.x, 6);
    closeTo(found.multipliers, expected.multipliers, 6);
  });

  it.runIf(long && pythonOracle())("has scikit-learn's coefficients, and scipy's under equations", async () => {
    const free = losses.flatMap((loss) =>
      [false, true].map((intercept) => {
        const given = instance(loss, { rows: 80, columns: 4 });
        return { ...given, sampleWeight: given.y.map((_, i) => 1 + (i % 3)), ridge: 0.05, intercept };
      }),
    );
    const constrained = losses.map((loss) => ({
      ...instance(loss, { rows: 80, columns: 6, equations: 2 }),
      squaredNorm: 1,
      ridge: 0.05,
      intercept: false,
    }));
    const given = [...free, ...constrained];
    const found = await Promise.all(given.map((each) => minimize(generalizedLinearModel(each))));
    // Of several minima on the sphere scipy is to find the same one.
    const near = found.map(({ x }) => x.map((value, j) => value + 0.02 * Math.cos(j)));
    const expected = coefficients(
      given.map((each, k) => ({ ...each, start: near[k] })) as Parameters<typeof coefficients>[0],
    );
    found.forEach(({ status, x }, k) => {
      expect(status).toBe('solved');
      closeTo(x, expected[k] as number[], k < free.length ? 6 : 4);
    });
  });

  it('of squares, with a ridge and equations, is a linear system', async () => {
    // mean of one column each: (2, 4, 6) -> x0 = 4 / (1 + ridge) where nothing else holds
    const ridge = await minimize(
      generalizedLinearModel({ loss: 'squared', x: [[1], [1], [1]], y: [2, 4, 6], ridge: 1 }),
    );
    expect(ridge.x[0]).toBeCloseTo(2, 10);
    // min 1/2 mean (x_i - y_i)^2 with x0 + x1 = 1: both move by the same
    const x = [
      [1, 0],
      [0, 1],
    ];
    const equal = await minimize(generalizedLinearModel({ loss: 'squared', x, y: [3, 2], A: [[1, 1]], b: [1] }));
    closeTo(equal.x, [1, 0], 10);
    expect(equal.multipliers[0]).toBeCloseTo(1, 10);
  });

  it('has an intercept with the log odds, or the log of the mean', async () => {
    const x = [[0], [0], [0], [0]];
    const shares = await minimize(logisticRegression({ x, y: [1, 1, 1, 0], intercept: true, ridge: 1 }));
    closeTo(shares.x, [0, Math.log(3)], 8);
    const counts = generalizedLinearModel({ loss: 'poisson', x, y: [1, 2, 3, 6], intercept: true, ridge: 1 });
    closeTo((await minimize(counts)).x, [0, Math.log(3)], 8);
  });

  it('is solved to the accuracy of its responses, however large predictions are at the start', async () => {
    const given = instance('poisson', { rows: 40, columns: 3 });
    const exposed = generalizedLinearModel({ ...given, offset: given.y.map(() => Math.log(1e9)), intercept: true });
    const { status, x, unscaledResidual } = await minimize(exposed);
    expect(status).toBe('solved');
    expect(unscaledResidual).toBeLessThanOrEqual(1e-7);
    const plain = await minimize(generalizedLinearModel({ ...given, intercept: true }));
    closeTo(x.subarray(0, 3), plain.x.subarray(0, 3), 6);
    for (const loss of ['poisson', 'gamma'] as const) {
      const far = { ...instance(loss, { rows: 40, columns: 3 }), start: loss === 'poisson' ? [9, 9, 9] : [-9, -9, -9] };
      const result = await minimize(generalizedLinearModel(far));
      expect(result.status).toBe('solved');
      expect(result.unscaledResidual).toBeLessThanOrEqual(1e-7);
    }
  });

  it('weighs observations as if they came several times', async () => {
    const given = instance('poisson', { rows: 30, columns: 3 });
    const sampleWeight = given.y.map((_, i) => i % 3);
    const several = given.y.flatMap((_, i) => Array.from({ length: i % 3 }, () => i));
    const repeated = {
      ...given,
      x: several.map((i) => given.x[i] as number[]),
      y: several.map((i) => given.y[i] as number),
    };
    const one = await minimize(generalizedLinearModel({ ...given, sampleWeight }));
    const other = await minimize(generalizedLinearModel(repeated));
    closeTo(one.x, other.x, 8);
  });

  it('begins where the equations hold', () => {
    const given: Instance = { ...instance('logistic', { rows: 20, columns: 8, equations: 3 }), squaredNorm: 1 };
    for (const start of [undefined, new Float64Array(8).fill(1)]) {
      const problem = generalizedLinearModel({ ...given, start });
      for (const value of problem.constraints(problem.start)) expect(Math.abs(value)).toBeLessThan(1e-9);
    }
    const free = logisticRegression({ x: given.x, y: given.y, start: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(Array.from(free.start)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('has the start of its first solve, whoever asks for it first', async () => {
    const given: Instance = { ...instance('logistic', { rows: 20, columns: 8, equations: 3 }), squaredNorm: 1 };
    for (const x of [given.x, toCsr(given.x)]) {
      const [read, solved] = [generalizedLinearModel({ ...given, x }), generalizedLinearModel({ ...given, x })];
      read.start.fill(0); // a copy
      const { start } = read;
      const results = await Promise.all([read, solved, solved].map((each) => minimize(each, { maxIterations: 0 })));
      for (const result of results) expect(result.x).toEqual(start);
      expect(solved.start).toEqual(start);
    }
  });

  it('names what is not finite at the start that its solve has computed', async () => {
    const given = instance('poisson', { rows: 20, columns: 4, equations: 1 });
    const [x, start] = [given.x.map((row) => row.map(() => 1)), new Float64Array(4).fill(1e4)];
    const result = await minimize(generalizedLinearModel({ ...given, x, start }));
    expect(result.status).toBe('numericalError');
    expect(result.message).toBe('Not finite at the start: objective = Infinity.');
  });

  it('takes further equations', async () => {
    const given = instance('logistic', { rows: 80, columns: 4 });
    const problem = logisticRegression({
      x: given.x,
      y: given.y,
      squaredNorm: 1,
      constraints: (x) => [sub(at(x, 0), at(x, 1)), sub(square(at(x, 2)), 0.09)],
    });
    expect(problem.m).toBe(3);
    const { status, x } = await minimize(problem);
    expect(status).toBe('solved');
    expect(x[0]).toBeCloseTo(x[1] as number, 8);
    expect(Math.abs(x[2] as number)).toBeCloseTo(0.3, 8);
  });

  it('takes labels of two classes', () => {
    const x = [[1], [2], [3]];
    const at0 = (y: (string | number | boolean)[]) => {
      const program = logisticRegression({ x, y });
      return { classes: program.classes, gradient: program.gradient([0])[0] };
    };
    const expected = (1 * 0.5 - 2 * 0.5 + 3 * 0.5) / 3;
    for (const [no, yes] of [
      [-1, 1],
      [0, 1],
      [1, 2],
      ['no', 'yes'],
      [false, true],
    ] as const) {
      const found = at0([no, yes, no]);
      expect(found.classes).toEqual([no, yes]);
      expect(found.gradient).toBeCloseTo(expected, 12);
    }
    expect(logisticRegression({ x, y: [0, 0.5, 1] }).classes).toBeUndefined();
  });

  it('gives the same numbers for any number of threads', async () => {
    const given = instance('logistic', { rows: 20000, columns: 30, density: 0.2 });
    const problem = logisticRegression({ x: toCsr(given.x), y: given.y, squaredNorm: 1 });
    const [one, two] = [await minimize(problem, { threads: 1 }), await minimize(problem, { threads: 2 })];
    expect(one.x).toEqual(two.x);
    expect(one.history.map(({ objective }) => objective)).toEqual(two.history.map(({ objective }) => objective));
  });

  it.runIf(long)('of many rows begins on a sample of them, and computes fewer Hessians', async () => {
    const { x, y } = instance('logistic', { rows: 12000, columns: 40 });
    const signs = x.map((row, i) => ((row[0] as number) - (row[1] as number) + (y[i] as number) > 0.5 ? 1 : 0));
    const A = [Array.from({ length: 40 }, (_, j) => 1 + (j % 3))];
    for (const data of [dense(x), dense32(x), toCsr(x)]) {
      const problem = logisticRegression({ x: data, y: signs, A, b: [1], squaredNorm: 1 });
      const frugal = await minimize(problem);
      const plain = await minimize(problem, { sampleStart: false, reuseHessian: false });
      expect([frugal.status, plain.status]).toEqual(['solved', 'solved']);
      closeTo(frugal.x, plain.x, 7);
      expect(frugal.inertia).toEqual({ positive: 38, negative: 0, zero: 0 });
      expect(frugal.counts.sampled).toBeGreaterThan(0);
      expect(plain.counts.sampled).toBe(0);
      expect(frugal.counts.hessian).toBeLessThan(plain.counts.hessian);
      expect(frugal.counts.objective).toBeLessThan(plain.counts.objective);
      const again = await minimize(problem, { threads: 1 });
      expect(again.x).toEqual(frugal.x);
      const warm = await minimize(problem, { warmStart: frugal });
      expect(warm.counts.sampled).toBe(0);
      expect(warm.iterations).toBe(0);
      expect((await minimize(problem, { maxIterations: 0 })).x).toEqual(problem.start);
    }
  });

  it('is solved several times at once', async () => {
    const given = instance('squared', { rows: 50, columns: 3 });
    const problem = generalizedLinearModel(given);
    const results = await Promise.all([minimize(problem), minimize(problem), minimize(problem)]);
    for (const { x } of results) expect(x).toEqual(results[0]?.x);
  });

  it('does not outlive data that were transferred', async () => {
    const x = dense([[1], [2]]);
    const problem = logisticRegression({ x, y: [0, 1], ridge: 1 });
    structuredClone(x.data, { transfer: [x.data.buffer as ArrayBuffer] });
    await expect(minimize(problem)).rejects.toThrow(/data/);
  });

  it('has no formulas for an .nl file', async () => {
    const problem = logisticRegression({ x: [[1], [2]], y: [0, 1] });
    await expect(writeNl(problem, join(folder, 'none.nl'))).rejects.toThrow('model = an object: expected a Model');
  });
});

describe('what a regression refuses', () => {
  const x = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const y = [0, 1, 1];
  const sparse = toCsr(x);
  it.each<[object, string]>([
    [{ x: [], y: [] }, 'x: expected at least one row and one column, got 0 x 0'],
    [{ x: 5, y }, 'x = 5: expected a matrix'],
    [{ x: [[1, Number.NaN], ...x.slice(1)], y }, 'x[0][1] = NaN: expected a finite number'],
    [
      { x: { ...sparse, values: sparse.values.map(() => Number.NaN) }, y },
      'x.values[0] = NaN: expected a finite number',
    ],
    [{ x, y: [0, 1] }, 'y: expected 3 values, one for each row of x, got 2'],
    [{ x, y: [0, 1, Number.NaN] }, 'y[2] = NaN: expected a finite number'],
    [{ x, y: [1, 1, 1] }, 'y: expected two classes, got only 1'],
    [{ x, y: ['a', 'a', 'a'] }, "y: expected two classes, got only 'a'"],
    [{ x, y: ['a', 'b', 'c'] }, 'y: expected two classes, got 3'],
    [{ x, y: [0, 1, 2] }, 'y[2] = 2: expected one of two classes, or a share from 0 to 1'],
    [{ x, y, sampleWeight: [1, -1, 1] }, 'sampleWeight[1] = -1: expected a finite number >= 0'],
    [{ x, y, sampleWeight: [0, 0, 0] }, 'sampleWeight: expected a number > 0'],
    [{ x, y, offset: [1] }, 'offset: expected 3 numbers, one for each row of x, got 1'],
    [{ x, y, ridge: -1 }, 'ridge = -1: expected a finite number >= 0'],
    [{ x, y, ridge: [1] }, 'ridge: expected 2 numbers, one for each column of x, got 1'],
    [{ x, y, intercept: 1 }, 'intercept = 1: expected a boolean'],
    [{ x, y, A: [[1, 1, 1]], b: [1] }, 'A: expected 2 columns, one for each unknown, got 3'],
    [{ x, y, A: [[1, 1]] }, 'b = undefined: expected an array of numbers'],
    [{ x, y, b: [1] }, 'A = undefined: expected a matrix, as there is b'],
    [{ x, y, A: [[1, 1]], b: [1, 2] }, 'b: expected 1 numbers, one for each row of A, got 2'],
    [{ x: { ...sparse, offsets: Int32Array.of(0, 9, 4, 6) }, y }, 'x.offsets[1] = 9: expected at most 6'],
    [{ x, y, squaredNorm: 0 }, 'squaredNorm = 0: expected a finite number > 0'],
    [{ x, y, constraints: 1 }, 'constraints = 1: expected a function'],
    [{ x, y, constraints: () => 1 }, 'constraints returned 1: expected an expression'],
    [{ x, y, start: [1] }, 'start: expected 2 numbers, one for each unknown, got 1'],
    [{ x, y, C: 1 }, "unknown member 'C'"],
  ])('%#', (data, message) => {
    expect(() => logisticRegression(data as never)).toThrow(message);
  });

  it.each<[object, string]>([
    [
      {
        x,
        y,
        A: [
          [1, 1],
          [2, 2],
        ],
        b: [1, 3],
      },
      'b[1] = 3: row 1 of A depends on those before it, which make it 2',
    ],
    [
      {
        x,
        y,
        A: [
          [1e-200, 1e-200],
          [2e-200, 2e-200],
        ],
        b: [1e-200, 3e-200],
      },
      'b[1] = 3e-200: row 1 of A depends on those before it, which make it 2e-200',
    ],
    [{ x, y, A: [[1, 1]], b: [4], squaredNorm: 1 }, 'squaredNorm = 1: expected at least 8'],
  ])('equations that contradict one another, when it is solved: %#', async (data, message) => {
    for (const sparse of [false, true]) {
      const { A, ...others } = data as { A: number[][] };
      const problem = logisticRegression({ ...others, A: sparse ? toCsr(A) : A } as never);
      for (let time = 0; time < 2; ++time) {
        const error: unknown = await minimize(problem).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(RangeError);
        expect((error as Error).message).toContain(message);
      }
    }
  });

  it('contradictions of the equations that were given, whatever becomes of their arrays', async () => {
    const A = { data: Float64Array.of(1, 1, 2, 2), rows: 2, columns: 2 };
    const problem = logisticRegression({ x, y, A, b: [1, 2] });
    A.data[3] = 5;
    expect((await minimize(problem)).status).toBe('solved');
  });

  it('what the loss does not allow', () => {
    const of = (loss: string, y: number[]) => () => generalizedLinearModel({ loss, x, y } as never);
    expect(of('hinge', y)).toThrow("loss = 'hinge': expected one of 'logistic', 'squared', 'poisson', 'gamma'");
    expect(of('poisson', [1, -1, 2])).toThrow('y[1] = -1: expected a number >= 0');
    expect(of('poisson', [0, 0, 0])).toThrow('y: expected a number that is not 0');
    expect(of('gamma', [1, 0, 2])).toThrow('y[1] = 0: expected a number > 0');
  });

  it('more equations than unknowns', async () => {
    const A = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    expect(() => logisticRegression({ x, y, A, b: [0, 0, 0] })).toThrow(
      'A: expected no more rows than the 2 unknowns, got 3',
    );
    const problem = logisticRegression({ x, y, A: A.slice(0, 2), b: [0.6, 0.8], squaredNorm: 1 });
    await expect(minimize(problem, { method: 'exactAugmentedLagrangian' })).rejects.toThrow(
      'm = 3: expected no more constraints than the n = 2 variables',
    );
  });
});
