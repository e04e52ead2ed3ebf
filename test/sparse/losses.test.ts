// Huber's loss, quantiles and Cox's proportional hazards: conditions of optimality from definitions, edges, and what is refused.
import { describe, expect, it } from 'vitest';
import * as sparse from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression, stabilitySelection } from '../flat.js';
import { asSparse, Draws, drawn } from './values.js';

const { cox, elasticNet, huber, mcp, quantile } = sparse;
const [n, p] = [60, 5];
const { x, y: plain } = drawn(81, 'gaussian', n, p);
const y = Array.from(plain, (value, i) => (i % 9 === 0 ? 20 * value : value));
const noise = new Draws(82).normals(n);
const time = Array.from(noise, (value, i) => Math.ceil(3 * Math.exp(value - (x.data[i * p] as number))));
const event = Array.from(time, (_, i) => i % 3 > 0);
const at = (i: number, j: number): number => x.data[i * p + j] as number;
const sum = (count: number, term: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => term(k)).reduce((all, each) => all + each, 0);
const raw = { standardize: false, tolerance: 1e-12 };

/** The largest distance of gradients of the mean loss from those of a lasso at its minimum. */
function violation(coefficients: Float64Array, lambda: number, slopes: ArrayLike<number>): number {
  const each = Array.from(coefficients, (b, j) => {
    const gradient = sum(n, (i) => at(i, j) * (slopes[i] as number)) / n;
    return b === 0 ? Math.max(0, Math.abs(gradient) - lambda) : Math.abs(gradient + lambda * Math.sign(b));
  });
  return Math.max(...each);
}

describe('huber', () => {
  it.each([217, 405])('a model whose gap is proved is solved, near interpolation too, draw %i', async (seed) => {
    const [rows, columns] = [20, 60];
    const draws = new Draws(seed);
    const wide = { data: draws.normals(rows * columns), rows, columns };
    const responses = Float64Array.from({ length: rows }, (_, i) => {
      const outlier = draws.uniform() < 0.2 ? 10 * draws.normal() : 0;
      return sum(3, (k) => wide.data[i * columns + 20 * k] as number) + draws.normal() + outlier;
    });
    const lambdas = Array.from({ length: 30 }, (_, k) => 1e-5 ** (k / 29));
    const path = await sparsePath({ x: wide, y: responses }, { family: huber({ huberDelta: 0.5 }), lambdas });
    expect(Math.max(...path.gap)).toBeLessThanOrEqual(1e-6);
    expect(path.status).toBe('solved');
  });

  it('meets the conditions of a minimum', async () => {
    const [delta, lambda] = [0.8, 0.05];
    const fit = await sparseRegression({ x, y }, { ...raw, lambda, family: huber({ huberDelta: delta }) });
    const slopes = fit.predict(x).map((t, i) => Math.max(-delta, Math.min(delta, t - (y[i] as number))));
    expect(violation(fit.coefficients, lambda, slopes)).toBeLessThan(1e-6);
    expect(Math.abs(sum(n, (i) => slopes[i] as number))).toBeLessThan(1e-6 * n);
    expect(fit).toMatchObject({ status: 'solved', family: 'huber', huberDelta: delta });
  });
  it('is least squares where delta is large', async () => {
    const [a, b] = await Promise.all([
      sparseRegression({ x, y }, { ...raw, lambda: 0.1, family: huber({ huberDelta: 1e4 }) }),
      sparseRegression({ x, y }, { ...raw, lambda: 0.1 }),
    ]);
    a.coefficients.forEach((value, j) => {
      expect(value).toBeCloseTo(b.coefficients[j] as number, 5);
    });
  });
  it('takes mcp, bounds, factors and offsets', async () => {
    const settings = {
      family: huber({ huberDelta: 1 }),
      penalty: mcp(),
      lowerBounds: -1,
      penaltyFactor: [0, 1, 1, 2, 1],
      nLambda: 12,
    };
    const path = await sparsePath({ x, y, offset: noise }, settings);
    expect(path.status).toBe('solved');
  });
});

/** Breslow's loss, over pairs of rows. */
const coxLoss = (t: ArrayLike<number>): number =>
  sum(n, (i) => {
    if (!event[i]) return 0;
    const risk = sum(n, (j) => ((time[j] as number) >= (time[i] as number) ? Math.exp(t[j] as number) / n : 0));
    return Math.log(risk) - (t[i] as number);
  }) / n;
const huberLoss = (t: ArrayLike<number>): number =>
  sum(n, (i) => {
    const r = Math.abs((y[i] as number) - (t[i] as number));
    return r <= 1 ? r ** 2 / 2 : r - 0.5;
  }) / n;

/** The last column is much like the first, so that both together leave no curvature. */
const alike = {
  ...x,
  data: x.data.map((value, k) => (k % p === p - 1 ? at(Math.floor(k / p), 0) + 0.02 * value : value)),
};

// Along steps of the coefficients that are not 0 and the intercept.
describe.each([
  ['cox', { time, event }, cox({ ties: 'breslow' }), coxLoss, 0],
  ['huber', y, huber({ huberDelta: 1 }), huberLoss, 1],
] as const)(
  'mcp of %s: where the path says that the objective is locally convex',
  (_, response, family, lossOf, ofIntercept) => {
    it.each([1.5, 40])('gamma = %d', async (gamma) => {
      const settings = {
        family,
        penalty: mcp({ gamma }),
        standardize: false,
        nLambda: 8,
        minRatio: 0.02,
        tolerance: 1e-9,
      };
      const path = await sparsePath({ x: alike, y: response as never }, settings);
      const draws = new Draws(83);
      const kinds = new Set<boolean>();
      for (const [k, lambda] of path.lambda.entries()) {
        const { coefficients, intercept, support } = path.fit(k);
        const penaltyOf = (b: number): number =>
          Math.abs(b) <= gamma * lambda ? lambda * Math.abs(b) - b ** 2 / (2 * gamma) : (gamma * lambda ** 2) / 2;
        const objectiveAt = (b: ArrayLike<number>, b0: number): number =>
          lossOf(
            Array.from(
              { length: n },
              (_, i) => b0 + sum(p, (j) => (alike.data[i * p + j] as number) * (b[j] as number)),
            ),
          ) + sum(p, (j) => penaltyOf(b[j] as number));
        let least = Number.POSITIVE_INFINITY;
        const h = 1e-4;
        for (let trial = 0; trial < 8; ++trial) {
          const step = coefficients.map((_, j) => (support.includes(j) ? draws.normal() : 0));
          const to = ofIntercept * draws.normal();
          const moved = (by: number) =>
            objectiveAt(
              coefficients.map((b, j) => b + by * (step[j] as number)),
              intercept + by * to,
            );
          if (support.length > 0) least = Math.min(least, (moved(h) - 2 * moved(0) + moved(-h)) / h ** 2);
        }
        kinds.add(path.locallyConvex[k] as boolean);
        if (path.locallyConvex[k]) expect(least, `at ${lambda}`).toBeGreaterThan(-1e-6);
      }
      expect(kinds.has(true)).toBe(true);
    });
  },
);

describe('quantile', () => {
  it('leaves a share of the responses below', async () => {
    const fit = await sparseRegression({ x, y }, { lambda: 0.01, family: quantile({ level: 0.8 }) });
    const below = sum(n, (i) => Number((y[i] as number) < (fit.predict(x)[i] as number) - 1e-6));
    expect(below).toBeLessThanOrEqual(0.8 * n);
    expect(below).toBeGreaterThanOrEqual(0.8 * n - p - 1);
    expect(fit.certificate).toMatchObject({ kind: 'global' });
  });
  it('is the median of responses without columns', async () => {
    const fit = await sparseRegression(
      { x: { data: new Float64Array(3).fill(1), rows: 3, columns: 1 }, y: [4, 9, 5] },
      { lambda: 1, family: quantile({ level: 0.5 }) },
    );
    expect(fit.intercept).toBeCloseTo(5, 6);
  });
  it('is cross-validated', async () => {
    const cv = await crossValidate(
      { x, y },
      { family: quantile({ level: 0.5 }), folds: 3, measure: 'absoluteError', lambdas: { count: 8 } },
    );
    expect(cv.lambda1se).toBeGreaterThanOrEqual(cv.lambdaMin as number);
  });
});

describe('cox', () => {
  const always = time.map(() => Number.NEGATIVE_INFINITY);
  /** Derivatives of minus the logarithm of the partial likelihood of Breslow, over pairs of rows. */
  const slopesOf = (links: Float64Array, start: readonly number[] = always): number[] => {
    const atRisk = (i: number, of: number) => (start[i] as number) < of && of <= (time[i] as number);
    const risk = time.map((of) => sum(n, (j) => (atRisk(j, of) ? Math.exp(links[j] as number) : 0)));
    return time.map((_, i) => {
      const share = sum(n, (k) => (event[k] && atRisk(i, time[k] as number) ? 1 / (risk[k] as number) : 0));
      return Math.exp(links[i] as number) * share - Number(event[i]);
    });
  };

  it('meets the conditions of a minimum', async () => {
    const settings = { ...raw, lambda: 0.04, family: cox({ ties: 'breslow' }) };
    const fit = await sparseRegression({ x, y: { time, event } }, settings);
    const links = fit.predict(x, { type: 'link' });
    expect(violation(fit.coefficients, 0.04, slopesOf(links))).toBeLessThan(1e-6);
    expect(fit.intercept).toBe(0);
    expect(fit.predict(x, { type: 'risk' })[3]).toBeCloseTo(Math.exp(links[3] as number), 12);
  });
  it('meets them with late entry', async () => {
    const start = time.map((of, i) => (i % 4 === 0 ? Number.NEGATIVE_INFINITY : Math.floor((of * (i % 7)) / 7 - 0.01)));
    const settings = { ...raw, lambda: 0.02, family: cox({ ties: 'breslow' }) };
    const fit = await sparseRegression({ x, y: { time, event, start } }, settings);
    expect(fit.status).toBe('solved');
    expect(fit.support.length).toBeGreaterThan(1);
    const links = fit.predict(x, { type: 'link' });
    expect(violation(fit.coefficients, 0.02, slopesOf(links, start))).toBeLessThan(1e-6);
    expect(violation(fit.coefficients, 0.02, slopesOf(links))).toBeGreaterThan(1e-3);
  });
  it.each(['efron', 'breslow'] as const)('is the same with rows cut into spans (%s)', async (ties) => {
    const settings = { ...raw, family: cox({ ties }) };
    const whole = await sparseRegression({ x, y: { time, event } }, { ...settings, lambda: 0.03 });
    // The mean is over twice as many rows.
    const cut = time.map((of, i) => of * (0.2 + (i % 5) / 8));
    const twice = {
      data: Float64Array.from({ length: 2 * n * p }, (_, k) => x.data[k % (n * p)] as number),
      rows: 2 * n,
      columns: p,
    };
    const spans = {
      time: [...cut, ...time],
      event: [...event.map(() => false), ...event],
      start: [...always, ...cut],
    };
    const fit = await sparseRegression({ x: twice, y: spans }, { ...settings, lambda: 0.015 });
    fit.coefficients.forEach((b, j) => {
      expect(b).toBeCloseTo(whole.coefficients[j] as number, 6);
    });
    const [[ours], [theirs]] = [fit.baselineHazard ?? [], whole.baselineHazard ?? []];
    expect(ours?.hazard.length).toBe(theirs?.hazard.length);
    ours?.hazard.forEach((value, k) => {
      expect(value / (theirs?.hazard[k] as number)).toBeCloseTo(1, 5);
    });
  });
  it('is cross-validated with late entry, where pairs are those at risk together', async () => {
    const start = time.map((of) => of - 2);
    const settings = { family: cox(), folds: 3, nLambda: 6 };
    const [late, plain] = await Promise.all([
      crossValidate({ x, y: { time, event, start } }, { ...settings, measure: 'concordance' }),
      crossValidate({ x, y: { time, event, start: always } }, { ...settings, measure: 'deviance' }),
    ]);
    expect(late.mean.every((each) => each >= 0 && each <= 1)).toBe(true);
    const without = await crossValidate({ x, y: { time, event } }, { ...settings, measure: 'deviance' });
    expect(Array.from(plain.mean)).toEqual(Array.from(without.mean));
  });
  it.each(['lasso', 'mcp'] as const)('takes sparse x, which gives what dense x gives (%s)', async (penalty) => {
    const holes = { ...x, data: x.data.map((value) => (Math.abs(value) < 0.7 ? 0 : value)) };
    const settings = { family: cox(), penalty, nLambda: 12, minRatio: 0.05, tolerance: 1e-10 };
    const [dense, sparse] = await Promise.all([
      sparsePath({ x: holes, y: { time, event } }, settings),
      sparsePath({ x: asSparse(holes, 'csc'), y: { time, event } }, settings),
    ]);
    expect(sparse.status).toBe('solved');
    expect(sparse.lambda.length).toBe(dense.lambda.length);
    expect(Array.from(sparse.locallyConvex)).toEqual(Array.from(dense.locallyConvex));
    for (const k of dense.lambda.keys()) {
      const [ours, theirs] = [sparse.fit(k).coefficients, dense.fit(k).coefficients];
      for (let j = 0; j < p; ++j) expect(ours[j]).toBeCloseTo(theirs[j] as number, 6);
    }
  });
  it('is the same with a column shifted, repeated rows as weights, and a stratum far away', async () => {
    const settings = { lambda: 0.03, tolerance: 1e-12, family: cox({ ties: 'breslow' }) };
    const fit = await sparseRegression({ x, y: { time, event } }, settings);
    const shifted = { ...x, data: x.data.map((value, k) => value + (k % p === 0 ? 1000 : 0)) };
    const twice = {
      data: Float64Array.from({ length: 2 * n * p }, (_, k) => x.data[k % (n * p)] as number),
      rows: 2 * n,
      columns: p,
    };
    const strata = Array.from({ length: 2 * n }, (_, i) => Math.floor(i / n));
    const both = { time: [...time, ...time.map((t) => t + 100)], event: [...event, ...event], strata };
    const others = await Promise.all([
      sparseRegression({ x: shifted, y: { time, event } }, settings),
      sparseRegression({ x, y: { time, event }, sampleWeight: time.map(() => 2) }, settings),
      sparseRegression({ x: twice, y: both }, settings),
    ]);
    for (const { coefficients } of others) {
      coefficients.forEach((b, j) => {
        expect(b).toBeCloseTo(fit.coefficients[j] as number, 5);
      });
    }
  });
  it('takes one event, ties everywhere, mcp, bounds, imputed entries', async () => {
    const one = { time, event: time.map((_, i) => i === 7) };
    const tied = { time: time.map(() => 1), event };
    const holes = { ...x, data: x.data.map((value, k) => (k === 11 ? Number.NaN : value)) };
    const family = cox();
    const all = await Promise.all([
      sparsePath({ x, y: one }, { family, lambdas: { count: 5, ratio: 0.3 } }),
      sparsePath({ x, y: tied }, { family, lambdas: { count: 10 } }),
      sparsePath({ x, y: { time, event } }, { family, penalty: mcp(), lambdas: { count: 10 } }),
      sparsePath(
        { x, y: { time, event }, upperBounds: 0.2 },
        { family, penalty: elasticNet(0.5), lambdas: { count: 10 } },
      ),
      sparsePath({ x: holes, y: { time, event }, impute: 'mean' }, { family, lambdas: { count: 10 } }),
      sparsePath({ x, y: { time, event }, penaltyFactor: [0, 1, 1, 1, 1] }, { family, lambdas: { count: 10 } }),
    ]);
    for (const { status, gap } of all) {
      expect(status).toBe('solved');
      for (const each of gap) expect(each > 1e-6).toBe(false);
    }
  });
  it('is cross-validated by concordance, and selected', async () => {
    const data = { x, y: { time, event } };
    const cv = await crossValidate(data, { family: cox(), folds: 3, measure: 'concordance', lambdas: { count: 8 } });
    expect(Math.max(...cv.mean)).toBeGreaterThan(0.6);
    const { frequencies } = await stabilitySelection(data, { family: cox(), subsamples: 6 });
    expect(frequencies[0]).toBeGreaterThanOrEqual(0.5);
  });
});

describe('refuses', () => {
  const settings = { lambda: 0.1, family: cox() };
  it.each([
    ['delta of 0', () => huber({ huberDelta: 0 }), /^huberDelta = 0: expected/],
    ['a level of 1', () => quantile({ level: 1 }), /^level = 1: expected a number in \(0, 1\)$/],
    ['unknown ties', () => cox({ ties: 'exact' as never }), /^ties = 'exact': expected one of/],
    [
      'huberDelta beside the family',
      () => sparse.sparseRegression({ x, y }, { lambda: 1, family: huber({ huberDelta: 1 }), huberDelta: 1 } as never),
      /^'huberDelta' belongs to a family: family: huber\({ huberDelta: 1 }\)$/,
    ],
    [
      'a start at the time',
      () => sparseRegression({ x, y: { start: time, time, event } }, settings),
      /^y\.start\[0\] = .*: expected less/,
    ],
    ['no events', () => sparseRegression({ x, y: { time, event: time.map(() => 0) } }, settings), /at least one event/],
    ['an event of 2', () => sparseRegression({ x, y: { time, event: time.map(() => 2) } }, settings), /^y\.event\[0\]/],
    ['an intercept', () => sparseRegression({ x, y: { time, event } }, { ...settings, intercept: true }), /^intercept/],
    ['numbers for cox', () => sparseRegression({ x, y }, settings), /^y = .*expected \{ time, event \}/],
    [
      'a measure of rows',
      () => crossValidate({ x, y: { time, event } }, { family: cox(), measure: 'auc' }),
      /^measure/,
    ],
  ])('%s', async (_, run, message) => {
    await expect(async () => run()).rejects.toThrow(message);
  });
});
