// Functions, families and penalties together on a few rows: each combination gives numbers, or is refused by the name of an argument.
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adaptiveFactors,
  bestSubset,
  cox,
  debiasedIntervals,
  elasticNet,
  fused,
  groupLasso,
  huber,
  lasso,
  mcp,
  quantile,
  type SparseData,
  type SparseModel,
  type SparsePenalty,
  type SparseSettings,
  slope,
} from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { Draws, drawn, lowerBoundAt, nullScale, problemOf } from './values.js';

const [n, p, classes] = [30, 4, 3];
const rows = drawn(31, 'gaussian', n, p).x;
const draws = new Draws(32);
const t = Array.from({ length: n }, (_, i) => (rows.data[i * p] as number) - (rows.data[i * p + 1] as number));
const noisy = t.map((link) => link + draws.normal() / 2);

const families: Record<string, [SparseSettings['family'], SparseData['y']]> = {
  gaussian: ['gaussian', noisy],
  binomial: ['binomial', noisy.map((value) => value > 0)],
  poisson: ['poisson', noisy.map((value) => Math.round(Math.exp(value / 2)))],
  gamma: ['gamma', noisy.map((value) => Math.exp(value / 2))],
  huber: [huber({ huberDelta: 1 }), noisy],
  quantile: [quantile({ level: 0.4 }), noisy],
  cox: [cox(), { time: noisy.map((value) => Math.round(5 * Math.exp(-value / 2))), event: t.map((_, i) => i % 4 > 0) }],
  multinomial: ['multinomial', noisy.map((value) => Math.min(classes - 1, Math.max(0, Math.round(value + 1))))],
};
const penalties: Record<string, SparsePenalty> = {
  lasso: lasso(),
  ridge: elasticNet(0),
  mcp: mcp(),
  groupLasso: groupLasso(),
  bestSubset: bestSubset(),
  slope: slope(),
  fused: fused(),
};
const groups = [0, 0, 1, 1];
const all = Object.keys(families).flatMap((family) => Object.keys(penalties).map((penalty) => ({ family, penalty })));

/** The parts of an error that refuses an argument: its name, perhaps its value, and what is expected. */
const named = /^(family|penalty|relax|lambda|y|groups|criterion|type)\b.*: .*expected /;

/** The value of a promise, or the message of the error that it rejects with. */
async function outcome<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => {
    if (error instanceof RangeError || error instanceof TypeError) return error.message;
    throw error;
  });
}

function expectPredictions(model: SparseModel): void {
  const { responses = 1 } = model;
  const predicted = model.predict(rows);
  expect(predicted).toHaveLength(n * responses);
  expect([...predicted].every(Number.isFinite)).toBe(true);
}

describe.each(all)('$family with $penalty', ({ family: name, penalty: kind }) => {
  const [family, y] = families[name] as (typeof families)[string];
  const data = { x: rows, y, groups };
  const settings = { family, penalty: penalties[kind] as SparsePenalty };
  it('gives paths, or says which argument does not go with the others', async () => {
    const path = await outcome(sparsePath(data, { ...settings, lambdas: { count: 4 } }));
    if (typeof path === 'string') return expect(path).toMatch(named);
    expect(path.status).toBe('solved');
    expectPredictions(path.at(((path.lambda[0] as number) + (path.lambda[1] as number)) / 2));
    const chosen = await outcome(Promise.resolve().then(() => path.select('bic')));
    if (typeof chosen === 'string') expect(chosen).toMatch(named);
    else expectPredictions(chosen);
  });
  it('cross-validates with relaxed fits, or says what these do not go with', async () => {
    const relaxed = { ...settings, nLambda: 4, folds: 3, relax: true };
    const cv = await outcome(crossValidate(data, relaxed));
    if (typeof cv === 'string') return expect(cv).toMatch(named);
    expect([...cv.mean, ...cv.standardError].every(Number.isFinite)).toBe(true);
    expectPredictions(cv.best('min'));
    expectPredictions(cv.best('1se'));
  });
});

describe('ridge regression where the penalty is much steeper than the loss is curved', () => {
  it.each(['binomial', 'poisson', 'gamma'] as const)(
    '%s: all lambdas of a path reach the tolerance',
    async (family) => {
      const { x, y } = drawn(33, family, 40, 5);
      const path = await sparsePath({ x, y }, { family, penalty: elasticNet(0), lambdas: { count: 6 } });
      expect(path.status).toBe('solved');
      const problem = problemOf(x, y, { family, alpha: 0 });
      for (const [k, lambda] of path.lambda.entries()) {
        const { objective, coefficients, intercept, nullDeviance } = path.fit(k);
        const gap = objective - lowerBoundAt(problem, lambda, { coefficients, intercept });
        expect(gap / nullScale(problem, nullDeviance)).toBeLessThan(1e-6);
      }
    },
  );
});

describe('what is refused', () => {
  const [, y] = families.gaussian as [unknown, number[]];
  let three: SparseModel;
  beforeAll(async () => {
    const [family, labels] = families.multinomial as (typeof families)[string];
    three = await sparseRegression({ x: rows, y: labels }, { family, lambda: 0.05 });
  });
  it.each([
    [
      'intervals with groups',
      () => debiasedIntervals({ x: rows, y, groups }, { penalty: groupLasso() }),
      "penalty = 'groupLasso': expected lasso()",
    ],
    [
      'intervals of several responses',
      () => debiasedIntervals({ x: rows, y: y.map((v) => [v, -v]) }),
      'y: expected one number for each row',
    ],
    [
      'sorted penalties of huber',
      () => sparsePath({ x: rows, y }, { family: huber(), penalty: slope() }),
      "penalty = 'slope': expected a penalty of single coefficients or of groups, such as lasso() or groupLasso(), for family 'huber'",
    ],
    [
      'other methods of huber',
      () => sparsePath({ x: rows, y }, { family: huber(), method: 'acceleratedGradient' }),
      "method = 'acceleratedGradient': expected 'coordinateDescent' for family 'huber'",
    ],
  ] as const)('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
  it('adaptive factors of several classes', () => {
    expect(() => adaptiveFactors(three, { x: rows })).toThrow('fit.responses = 3: expected a model of one response');
  });
  it('criteria where no model is known to be near a convex region', async () => {
    // Two columns that are nearly one, of which the first has just come in.
    const x = { data: new Float64Array(2 * n), rows: n, columns: 2 };
    const signal = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    x.data.forEach((_, k) => {
      x.data[k] = (signal[k >> 1] as number) + (k % 2) * 1e-3 * Math.cos(3 * k);
    });
    const { lambdaMax } = await sparseRegression({ x, y: signal }, { lambda: 1, penalty: mcp() });
    const path = await sparsePath({ x, y: signal }, { penalty: mcp(), lambdas: [0.999 * lambdaMax] });
    expect(() => path.select('bic')).toThrow(
      "of family 'gaussian': expected a penalty that is convex, or crossValidate",
    );
  });
});
