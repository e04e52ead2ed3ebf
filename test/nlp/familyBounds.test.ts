// Quadratic programs, regressions and control problems with bounds and inequalities: what they are, what is refused, known answers.
import { describe, expect, it } from 'vitest';
import { checkOptimality, minimize, type NlpResult } from '../../src/index.js';
import {
  generalizedLinearModel,
  logisticRegression,
  type Program,
  poissonControl,
  type QuadraticProblem,
  quadraticProgram,
} from '../../src/nlp/index.js';
import { long } from '../long.js';
import { inverse, square } from '../problems/dense.js';
import { instance, losses } from '../problems/regression.js';
import { normals } from '../problems/relu.js';
import { coefficients, oracle, type Request } from '../reference/regression.js';

const none = Number.POSITIVE_INFINITY;

async function solved(program: Program): Promise<NlpResult> {
  const result = await minimize(program);
  expect(result.status, result.message).toBe('solved');
  const { ok, message } = checkOptimality(program, result.x, result);
  expect(ok, message).toBe(true);
  return result;
}

function closeTo(found: ArrayLike<number>, expected: ArrayLike<number>, digits = 7): void {
  expect(found.length).toBe(expected.length);
  Array.from(found).forEach((value, k) => {
    expect(value, `entry ${k} of ${found}`).toBeCloseTo(expected[k] as number, digits);
  });
}

/** The least value of 1/2 x^T Q x + c^T x over a box, Q positive definite, by trying which variables are at which bound. */
function leastInBox(Q: number[][], c: number[], lower: number[], upper: number[]): number {
  const n = c.length;
  let least = none;
  for (let code = 0; code < 3 ** n; ++code) {
    const at = Array.from({ length: n }, (_, j) => Math.floor(code / 3 ** j) % 3);
    const free = at.flatMap((which, j) => (which === 0 ? [j] : []));
    const x = at.map((which, j) => (which === 0 ? 0 : ((which === 1 ? lower[j] : upper[j]) as number)));
    const right = Float64Array.from(free, (j) => {
      const fixed = x.reduce((sum, value, k) => sum + (Q[j]?.[k] as number) * value, 0);
      return -(c[j] as number) - fixed;
    });
    const matrix = square(free.length, (i, j) => Q[free[i] as number]?.[free[j] as number] as number);
    if (free.length > 0)
      inverse(matrix)(right).forEach((value, k) => {
        x[free[k] as number] = value;
      });
    if (x.some((value, j) => value < (lower[j] as number) - 1e-12 || value > (upper[j] as number) + 1e-12)) continue;
    const Qx = Q.map((row) => row.reduce((sum, value, k) => sum + value * (x[k] as number), 0));
    least = Math.min(
      least,
      x.reduce((sum, value, j) => sum + value * (0.5 * (Qx[j] as number) + (c[j] as number)), 0),
    );
  }
  return least;
}

describe('a quadratic program with bounds and inequalities', () => {
  it('has the rows of A and then those of G', () => {
    const problem = quadraticProgram({
      A: [[1, 2]],
      b: [3],
      G: [
        [4, 5],
        [0, 6],
      ],
      atMost: [7, none],
      atLeast: [-1, 2],
    });
    expect(problem).toMatchObject({ n: 2, m: 3 });
    expect(problem.constraints([1, 1])).toEqual(Float64Array.of(0, 9, 6));
    expect(problem.jacobian([1, 1]).values).toEqual(Float64Array.of(1, 2, 4, 5, 6));
    expect(problem.jacobianTransposedProduct([1, 1], [1, 1, 1])).toEqual(Float64Array.of(5, 13));
    expect(problem.bounds).toEqual({
      constraintsLower: Float64Array.of(0, -1, 2),
      constraintsUpper: Float64Array.of(0, 7, none),
    });
    expect(problem.objective([1, 2])).toBe(0);
    expect(problem.hessian([1, 1], [0, 0, 0]).values.length).toBe(0);
  });

  it('has bounds that do not change with arrays', () => {
    const lower = [0, -none];
    const problem = quadraticProgram({ c: [1, 1], lower, upper: 5 });
    lower[0] = 7;
    problem.bounds.upper?.fill(7);
    expect(problem.bounds).toEqual({ lower: Float64Array.of(0, -none), upper: Float64Array.of(5, 5) });
    expect(quadraticProgram({ lower: [0, 0, 0] }).n).toBe(3);
    expect(quadraticProgram({ Q: [[1]] }).bounds).toEqual({});
  });

  it.each<[string, QuadraticProblem]>([
    ['G = undefined: expected a matrix, as there is atMost', { c: [1], atMost: [1] }],
    ['G = undefined: expected a matrix, as there is atLeast', { c: [1], atLeast: 1 }],
    ['atMost = undefined: expected numbers, or atLeast, as there is G', { G: [[1]] }],
    ['G: expected 1 columns, one for each unknown, got 2', { c: [1], G: [[1, 2]], atMost: 1 }],
    ['atMost: expected 1 numbers, for shape [1], got 2', { G: [[1, 2]], atMost: [1, 2] }],
    ['atLeast[0] = 3: expected at most atMost[0] = 1', { G: [[1, 2]], atMost: 1, atLeast: [3] }],
    ['atMost[0] = NaN: expected a number', { G: [[1, 2]], atMost: [Number.NaN] }],
    ['lower[1] = 2: expected at most upper[1] = 1', { c: [1, 1], lower: [0, 2], upper: 1 }],
    ['upper: expected 2 numbers, for shape [2], got 1', { c: [1, 1], upper: [1] }],
    ['upper = -Infinity: expected a number below 1e19 in size, or Infinity for none', { c: [1], upper: -none }],
    ['Q = undefined: expected a matrix, or another member that shows how many unknowns there are', { lower: 0 }],
  ])('refuses %s', (message, problem) => {
    expect(() => quadraticProgram(problem)).toThrow(message);
  });

  it('keeps a point in a box', async () => {
    const Q = [
      [2, 0],
      [0, 2],
    ];
    const result = await solved(quadraticProgram({ Q, c: [-6, 2], lower: [-none, 0], upper: [2, 5] }));
    closeTo(result.x, [2, 0]);
    closeTo(result.lowerMultipliers, [0, 2]);
    closeTo(result.upperMultipliers, [2, 0]);
    expect(result.x[0]).toBeLessThanOrEqual(2);
    expect(result.x[1]).toBeGreaterThanOrEqual(0);
  });

  it('may be linear', async () => {
    const least = await solved(
      quadraticProgram({ c: [-1, -2], G: [[1, 1]], atMost: 4, lower: 0, upper: [3, 2], start: [9, -9] }),
    );
    closeTo(least.x, [2, 2]);
    closeTo(least.multipliers, [1]);
    closeTo(least.upperMultipliers, [0, 1]);
    const between = await solved(
      quadraticProgram({ c: [1, 0], A: [[0, 1]], b: [3], G: [[1, -1]], atMost: [1], atLeast: [-1] }),
    );
    closeTo(between.x, [2, 3]);
    closeTo(between.multipliers, [-1, -1]);
  });

  it('may be infeasible or unbounded', async () => {
    const G = [
      [1, 1],
      [1, 1],
    ];
    const contradictory = quadraticProgram({ c: [1, 2], G, atMost: [1, none], atLeast: [-none, 2] });
    expect((await minimize(contradictory)).status).toBe('infeasible');
    expect((await minimize(quadraticProgram({ c: [1, 1], upper: [0, none], lower: [-none, 0] }))).status).toBe(
      'unbounded',
    );
    expect((await minimize(quadraticProgram({ Q: [[-1]], lower: 0 }))).status).toBe('unbounded');
  });

  it('has minima where Q is indefinite', async () => {
    const problem = quadraticProgram({
      Q: [
        [-2, 0],
        [0, 2],
      ],
      lower: [-1, -5],
      upper: [2, 5],
      start: [0.4, 1],
    });
    const { x, objective } = await solved(problem);
    expect([-1, 2].some((end) => Math.abs((x[0] as number) - end) < 1e-7)).toBe(true);
    expect(objective).toBeCloseTo(-((x[0] as number) ** 2), 7);
  });

  it('has the least value in a box that there is', async () => {
    const draw = normals(5);
    for (let k = 0; k < 8; ++k) {
      const n = 1 + (k % 4);
      const factor = Array.from({ length: n }, () => Array.from({ length: n }, draw));
      const Q = factor.map((a, i) =>
        factor.map((b, j) => a.reduce((sum, value, r) => sum + value * (b[r] as number), i === j ? 0.1 : 0)),
      );
      const c = Array.from({ length: n }, () => 3 * draw());
      const [lower, upper] = [c.map(() => -Math.abs(draw())), c.map(() => Math.abs(draw()))];
      const { objective } = await solved(quadraticProgram({ Q, c, lower, upper }));
      expect(objective).toBeCloseTo(leastInBox(Q, c, lower, upper), 7);
    }
  });

  it('may have fixed variables and a point as its only one', async () => {
    const fixed = await solved(
      quadraticProgram({
        Q: [
          [2, 0],
          [0, 2],
        ],
        c: [-6, 2],
        lower: [1, -3],
        upper: [1, 3],
      }),
    );
    closeTo(fixed.x, [1, -1]);
    closeTo([(fixed.upperMultipliers[0] as number) - (fixed.lowerMultipliers[0] as number)], [4]);
    const only = await solved(
      quadraticProgram({
        c: [1, 1],
        G: [
          [1, 0],
          [1, 0],
          [0, 1],
        ],
        atMost: [0, none, 0],
        atLeast: [-none, 0, 0],
      }),
    );
    closeTo(only.x, [0, 0]);
  });
});

describe('a regression with bounds and inequalities', () => {
  const draw = normals(2);
  const x = Array.from({ length: 60 }, () => Array.from({ length: 3 }, draw));
  const y = x.map((row) => 2 * (row[0] as number) - (row[1] as number) + 0.1 * draw());
  const classes = x.map((row) => ((row[0] as number) - (row[1] as number) + draw() > 0 ? 'yes' : 'no'));

  it('has the constraints in the order that is documented', () => {
    const problem = generalizedLinearModel({
      loss: 'squared',
      x,
      y,
      intercept: true,
      A: [[1, 1, 1]],
      b: [2],
      atMost: {
        A: [
          [1, 0, 0],
          [0, 1, 0],
        ],
        b: [5, none],
      },
      atLeast: { A: [[0, 0, 1]], b: -1 },
      lower: 0,
      upper: [1, 2, 3],
    });
    expect(problem).toMatchObject({ n: 4, m: 4 });
    expect(problem.constraints([1, 2, 3, 9])).toEqual(Float64Array.of(4, 1, 2, 3));
    expect(problem.bounds).toEqual({
      lower: Float64Array.of(0, 0, 0, -none),
      upper: Float64Array.of(1, 2, 3, none),
      constraintsLower: Float64Array.of(0, -none, -none, -1),
      constraintsUpper: Float64Array.of(0, 5, none, none),
    });
    expect(problem.start).toEqual(new Float64Array(4));
    expect(logisticRegression({ x, y: classes }).bounds).toEqual({});
  });

  it.each<[string, object]>([
    ['lower[1] = 2: expected at most upper[1] = 1', { lower: [0, 2, 0], upper: 1 }],
    ['lower: expected 3 numbers, for shape [3], got 4', { lower: [0, 0, 0, 0], intercept: true }],
    ['atMost = 5: expected an object', { atMost: 5 }],
    ["unknown member 'c'", { atMost: { A: [[1, 1, 1]], c: 1 } }],
    ['atMost.A: expected 3 columns, one for each column of x, got 1', { atMost: { A: [[1]], b: 1 } }],
    ['atLeast.b = undefined: expected a number or an array of numbers', { atLeast: { A: [[1, 1, 1]] } }],
    ['atLeast.b: expected 1 numbers, for shape [1], got 2', { atLeast: { A: [[1, 1, 1]], b: [1, 2] } }],
    ['atMost.b[0] = NaN', { atMost: { A: [[1, 1, 1]], b: [Number.NaN] } }],
  ])('refuses %s', (message, more) => {
    expect(() => logisticRegression({ x, y: classes, ...more } as never)).toThrow(message);
  });

  it('of squares has coefficients that are no less than 0', async () => {
    const Q = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) => x.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0) / 60),
    );
    const c = [0, 1, 2].map((i) => -x.reduce((sum, row, k) => sum + (row[i] as number) * (y[k] as number), 0) / 60);
    const constant = y.reduce((sum, value) => sum + value * value, 0) / 120;
    const { objective, x: coefficients } = await solved(generalizedLinearModel({ loss: 'squared', x, y, lower: 0 }));
    expect(objective - constant).toBeCloseTo(leastInBox(Q, c, [0, 0, 0], [100, 100, 100]), 7);
    expect(coefficients[1]).toBe(0);
    expect(Math.min(...coefficients)).toBeGreaterThanOrEqual(0);
  });

  it.each(['logistic', 'poisson', 'gamma'] as const)('of %s holds its conditions', async (loss) => {
    const counts = x.map((row) => 1 + Math.round(Math.exp(row[0] as number)));
    const problem = generalizedLinearModel({
      loss,
      x,
      y: loss === 'logistic' ? classes : counts,
      intercept: true,
      lower: [-0.1, -0.1, -0.1],
      upper: 0.3,
      atMost: { A: [[1, 1, 1]], b: 0.25 },
      ridge: 1e-3,
    });
    const { x: found } = await solved(problem);
    expect((found[0] as number) + (found[1] as number) + (found[2] as number)).toBeLessThanOrEqual(0.25 + 1e-9);
  });

  it.runIf(long && oracle())("has scipy's coefficients", async () => {
    const given = losses.flatMap((loss) => {
      const plain = { ...instance(loss, { rows: 80, columns: 5, equations: 1 }), ridge: 0.05, intercept: false };
      const { A, b, ...free } = plain;
      const rows = {
        A: [
          [1, 1, 1, 1, 1],
          [1, -1, 0, 0, 0],
        ],
        b: [0.1, 0.05],
      };
      return [
        { ...free, lower: -0.05, upper: 0.1 },
        { ...free, atMost: rows },
        { ...plain, lower: -0.5, atMost: rows },
      ];
    });
    const found = await Promise.all(given.map((each) => solved(generalizedLinearModel(each))));
    const expected = coefficients(given.map((each) => ({ ...each, start: new Float64Array(5) })) as Request[]);
    found.forEach(({ x }, k) => {
      closeTo(x, expected[k] as number[], 5);
    });
  });

  it('takes equations beside them', async () => {
    const problem = logisticRegression({ x, y: classes, A: [[1, 1, 1]], b: [1], lower: 0, upper: 0.8 });
    const { x: found } = await solved(problem);
    closeTo([found.reduce((sum, value) => sum + value, 0)], [1]);
  });
});

describe('the control of an equation on a grid with bounds', () => {
  it('has bounds of u and then of z', () => {
    const problem = poissonControl(2, {
      stateUpper: 1,
      controlLower: [
        [-1, -2],
        [-3, -4],
      ],
    });
    expect(problem.bounds).toEqual({
      lower: Float64Array.of(-none, -none, -none, -none, -1, -2, -3, -4),
      upper: Float64Array.of(1, 1, 1, 1, none, none, none, none),
    });
    expect(poissonControl(2).bounds).toEqual({});
  });

  it.each<[string, object]>([
    ['stateLower[0,1] = 3: expected at most stateUpper[0,1] = 2', { stateLower: [0, 3, 0, 0], stateUpper: 2 }],
    ['controlUpper: expected 4 numbers, for shape [2, 2], got 1', { controlUpper: [1] }],
    ['controlLower: has shape [1, 2]: expected [2, 2]', { controlLower: [[1, 2]] }],
  ])('refuses %s', (message, options) => {
    expect(() => poissonControl(2, options)).toThrow(message);
  });

  it('has a known answer at one point', async () => {
    // h = 1: min 1/2 (u - 2)^2 + z^2 subject to -4 u + z = 1: without bounds u = -6/33, z = 1 + 4 u = 9/33.
    const one = (options: object) => poissonControl(1, { target: [[2]], weight: 2, source: [1], ...options });
    const high = one({ controlLower: 1 });
    const result = await solved(high);
    closeTo(high.stateIn(result).data, [0]);
    closeTo(high.controlIn(result).data, [1]);
    const low = one({ stateUpper: -0.5 });
    closeTo(low.controlIn(await solved(low)).data, [-1]);
  });

  it('keeps state and control inside of their bounds', async () => {
    const problem = poissonControl(6, { controlLower: -0.5, controlUpper: 0.5, stateUpper: 0.02 });
    const result = await solved(problem);
    expect(Math.max(...problem.stateIn(result).data)).toBeLessThanOrEqual(0.02);
    expect(Math.max(...problem.controlIn(result).data.map(Math.abs))).toBeLessThanOrEqual(0.5);
    const free = await solved(poissonControl(6));
    expect(free.objective).toBeLessThan(result.objective - 1e-6);
  });
});
