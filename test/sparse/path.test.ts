// Offers of a path: models between its lambdas, criteria, reasons to end early, reports, predictions, missing entries.
import { describe, expect, it } from 'vitest';
import { groupLasso, lasso, mcp, type SparseProgress } from '../../src/sparse/index.js';
import { countingTurns, withCountedClock } from '../clock.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { asSparse, drawn, linksOf, problemOf } from './values.js';

const { x, y } = drawn(51, 'gaussian', 60, 20);
const names = Array.from({ length: 20 }, (_, j) => `column ${j}`);

it('falls evenly in the logarithm, from lambdaMax', async () => {
  const path = await sparsePath({ x, y }, { lambdas: { count: 5, ratio: 1e-2 } });
  expect(path.end).toBe('complete');
  expect(path.notFitted).toHaveLength(0);
  for (const [k, ratio] of [1, 10 ** -0.5, 0.1, 10 ** -1.5, 0.01].entries()) {
    expect((path.lambda[k] as number) / path.lambdaMax).toBeCloseTo(ratio, 12);
  }
});

it('takes lambdas in any order, and leaves out what the model of its data cannot have', async () => {
  const { lambda } = await sparsePath({ x, y }, { lambdas: [0.1, 0.3, 0.2] });
  expect(Array.from(lambda)).toEqual([0.3, 0.2, 0.1]);
});

it('has models between its lambdas on the line', async () => {
  const path = await sparsePath({ x, y, names }, { lambdas: { count: 20 } });
  const [above, below] = [path.fit(5), path.fit(6)];
  const lambda = 0.25 * above.lambda + 0.75 * below.lambda;
  const between = path.at(lambda);
  between.coefficients.forEach((b, j) => {
    expect(b).toBeCloseTo(0.25 * (above.coefficients[j] as number) + 0.75 * (below.coefficients[j] as number), 12);
  });
  expect(between.lambda).toBe(lambda);
  expect(between.supportNames).toEqual(Array.from(between.support, (j) => names[j]));
  expect(path.at(above.lambda)).toEqual(above);
  expect(path.at(2 * path.lambdaMax).support).toHaveLength(0);
  expect(path.at(2 * path.lambdaMax).predict(x)).toHaveLength(60);
});

it('criteria are those of the definitions', async () => {
  const path = await sparsePath({ x, y });
  const fits = Array.from(path.lambda, (_, k) => path.fit(k));
  for (const { deviance, support, aic, bic, ebic } of fits) {
    const df = support.length + 1;
    const likelihood = 60 * Math.log(deviance / 60);
    expect(aic).toBeCloseTo(likelihood + 2 * df, 9);
    expect(bic).toBeCloseTo(likelihood + Math.log(60) * df, 9);
    let ways = 0;
    for (let i = 0; i < support.length; ++i) ways += Math.log((20 - i) / (i + 1));
    expect(ebic).toBeCloseTo(bic + 2 * ways, 9);
  }
  for (const criterion of ['aic', 'bic', 'ebic'] as const) {
    expect(path.select(criterion)[criterion]).toBe(Math.min(...fits.map((fit) => fit[criterion])));
  }
  const counts = drawn(52, 'poisson', 60, 5);
  const { aic, deviance, df } = await sparseRegression(counts, { family: 'poisson', lambda: 0.05 });
  expect(aic).toBeCloseTo(deviance + 2 * (df + 1), 9);
});

it('criteria choose no model of more than n / 2 columns, nor one beyond the convex region', async () => {
  const wide = drawn(59, 'gaussian', 30, 200);
  const path = await sparsePath(wide, { penalty: mcp() });
  expect(path.locallyConvex).toContain(false);
  expect(path.locallyConvexFrom).toBe(path.lambda[path.locallyConvex.indexOf(false) - 1]);
  for (const criterion of ['aic', 'bic', 'ebic'] as const) {
    expect(path.select(criterion).lambda).toBeGreaterThanOrEqual(path.locallyConvexFrom);
  }
  const lasso = await sparsePath(wide, { lambdas: { ratio: 1e-4 } });
  expect(Math.max(...lasso.nonzeros)).toBeGreaterThan(15);
  expect(lasso.select('aic').support.length).toBeLessThanOrEqual(15);
});

describe('ends early', () => {
  it('at maxNonzeros, and says which lambdas are left', async () => {
    const path = await sparsePath({ x, y }, { maxNonzeros: 3 });
    expect(path.end).toBe('maxNonzeros');
    expect(path.status).toBe('solved');
    expect(path.lambda.length + path.notFitted.length).toBe(100);
    const all = await sparsePath({ x, y }, { lambdas: [...path.lambda, ...path.notFitted] });
    expect(all.lambda).toHaveLength(100);
    expect(all.end).toBe('complete');
    path.notFitted.forEach((lambda, k) => {
      expect(lambda / path.lambdaMax).toBeCloseTo(1e-4 ** ((path.lambda.length + k) / 99), 9);
    });
  });

  it('where the deviance is explained', async () => {
    const exact = Array.from({ length: 60 }, (_, i) => 3 * (x.data[20 * i] as number));
    expect((await sparsePath({ x, y: exact })).end).toBe('devianceExplained');
  });

  it('by an abort while many labels are read, the rest of which are left', async () => {
    const rows = 100_000;
    const x = { data: Float64Array.from({ length: rows }, (_, i) => i % 7), rows, columns: 1 };
    const y = Array.from({ length: rows }, (_, i) => i % 3);
    const settings = { family: 'multinomial', signal: AbortSignal.abort() } as const;
    expect(await sparsePath({ x, y }, settings)).toMatchObject({ status: 'aborted', end: 'interrupted' });
  });

  it('by an abort in the middle, with the path so far', async () => {
    const wide = drawn(54, 'gaussian', 100, 300);
    const controller = new AbortController();
    const reports: SparseProgress[] = [];
    const path = await sparsePath(wide, {
      ...{ lambdas: Float64Array.from({ length: 20_000 }, (_, k) => 0.5 * 0.9998 ** k), signal: controller.signal },
      onProgress: (report) => {
        reports.push(report);
        if (report.iteration > 50) controller.abort();
      },
    });
    expect(path).toMatchObject({ status: 'aborted', end: 'interrupted' });
    expect(path.lambda.length).toBeGreaterThan(20);
    expect(path.lambda.length + path.notFitted.length).toBe(20_000);
    expect(path.fit(path.lambda.length - 1).certificate).toMatchObject({ kind: 'global' });
    expect(reports.at(-1)?.lambda).toBe(path.lambda.at(-1));
    const last = await sparseRegression(wide, { lambda: 0.1, signal: AbortSignal.abort() });
    expect(last).toMatchObject({ status: 'aborted', certificate: { kind: 'none' } });
    expect(last.support).toHaveLength(0);
  });
});

describe('predictions', () => {
  it('are those of intercept, coefficients and offset, for dense and sparse rows', async () => {
    for (const family of ['gaussian', 'binomial', 'poisson', 'gamma'] as const) {
      const { x, y } = drawn(55, family, 40, 5);
      const offset = y.map((_, i) => (i % 3) / 10);
      const fit = await sparseRegression({ x, y, offset }, { family, lambda: 0.01 });
      const expected = linksOf(problemOf(x, y, { offset }), fit);
      for (const rows of [x, asSparse(x, 'csc'), asSparse(x, 'csr')]) {
        fit.predict(rows, { type: 'link', offset }).forEach((t, i) => {
          expect(t).toBeCloseTo(expected[i] as number, 12);
        });
      }
      fit.predict(x, { offset }).forEach((mean, i) => {
        const t = expected[i] as number;
        expect(mean).toBeCloseTo(
          family === 'gaussian' ? t : family === 'binomial' ? 1 / (1 + Math.exp(-t)) : Math.exp(t),
          12,
        );
      });
    }
  });

  it('are labels where y were, the second in order for positive links', async () => {
    const { x, y } = drawn(56, 'binomial', 60, 4);
    const labels = Array.from(y, (value) => (value === 1 ? 'spam' : 'ham'));
    const fit = await sparseRegression({ x, y: labels }, { family: 'binomial', lambda: 0.01 });
    const numbers = await sparseRegression({ x, y }, { family: 'binomial', lambda: 0.01 });
    expect(fit.coefficients).toEqual(numbers.coefficients);
    expect(fit.classes).toEqual(['ham', 'spam']);
    const links = fit.predict(x, { type: 'link' });
    expect(fit.predict(x, { type: 'class' })).toEqual(Array.from(links, (t) => (t > 0 ? 'spam' : 'ham')));
    expect(numbers.predict(x, { type: 'class' })).toEqual(Array.from(links, (t) => (t > 0 ? 1 : 0)));
  });
});

it('imputes the means of what is there', async () => {
  const missing = { ...x, data: x.data.slice() };
  for (let k = 0; k < 1200; k += 7) missing.data[k] = Number.NaN;
  const sampleWeight = y.map((_, i) => 1 + (i % 3));
  const full = { ...x, data: missing.data.slice() };
  const means = Array.from({ length: 20 }, (_, j) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < 60; ++i) {
      const value = missing.data[20 * i + j] as number;
      if (Number.isNaN(value)) continue;
      sum += (sampleWeight[i] as number) * value;
      count += sampleWeight[i] as number;
    }
    for (let i = 0; i < 60; ++i) if (Number.isNaN(full.data[20 * i + j])) full.data[20 * i + j] = sum / count;
    return sum / count;
  });
  const settings = { lambda: 0.1 };
  const expected = await sparseRegression({ x: full, y, sampleWeight }, settings);
  for (const given of [missing, asSparse(missing, 'csc'), asSparse(missing, 'csr')]) {
    const fit = await sparseRegression({ x: given, y, sampleWeight, impute: 'mean' }, { ...settings });
    fit.coefficients.forEach((b, j) => {
      expect(b).toBeCloseTo(expected.coefficients[j] as number, 8);
    });
    fit.means?.forEach((mean, j) => {
      expect(mean).toBeCloseTo(means[j] as number, 10);
    });
    const [one] = fit.predict([Array.from({ length: 20 }, () => Number.NaN)]);
    const [other] = expected.predict([means]);
    expect(one).toBeCloseTo(other as number, 8);
  }
  await expect(sparseRegression({ x: missing, y }, settings)).rejects.toThrow(
    'x[0][0] = NaN: row 1: expected a finite number',
  );
});

it('results can be copied and written as JSON, without their functions', async () => {
  const path = await sparsePath({ x, y, names }, { lambdas: { count: 5 } });
  expect(structuredClone(path).lambda).toEqual(path.lambda);
  expect(JSON.parse(JSON.stringify(path.fit(2))).supportNames).toEqual(path.fit(2).supportNames);
});

it('copies many rows in pieces, while other events are served', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => Array.from({ length: 10 }, (_, j) => Math.sin(i * 10 + j)));
  const response = rows.map(([a = 0]) => a);
  let turnsOfCopies = 0;
  const last = rows.at(-1) as number[];
  const solve = (turns: () => number) => {
    const entry = last[9] as number;
    Object.defineProperty(last, 9, {
      get: () => {
        turnsOfCopies = turns();
        return entry;
      },
    });
    return sparsePath({ x: rows, y: response }, { lambdas: { count: 5, ratio: 0.1 } });
  };
  // By a clock that finds each row to have taken a millisecond: every tenth or so is followed by a turn, before the last number is read.
  const { result: path } = await withCountedClock(1, () => countingTurns(solve));
  expect(turnsOfCopies).toBeGreaterThan(1000);
  expect(Array.from(path.fit(4).support)).toEqual([0]);
});

describe.each(['poisson', 'gamma'] as const)('%s', (family) => {
  it.each([
    ['lasso', lasso(), undefined],
    ['groupLasso', groupLasso(), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]],
  ] as const)('%s: a start far above the null model is left for that', async (_, penalty, groups) => {
    const { x, y } = drawn(71, family, 60, 10);
    const data = { x, y, ...(groups && { groups: [...groups] }) };
    const warmStart = { coefficients: Float64Array.from({ length: 10 }, (_each, j) => 0.9 * (j - 4)), intercept: 0 };
    const [far, plain] = await Promise.all(
      [{ warmStart }, {}].map((start) => sparseRegression(data, { family, penalty, lambda: 0.02, ...start })),
    );
    expect(far?.status).toBe('solved');
    expect(far?.objective).toBeCloseTo(plain?.objective as number, 6);
  });
});
