// Relaxed fits and the adaptive lasso, by their definitions.
import { describe, expect, it } from 'vitest';
import { adaptiveFactors, elasticNet, groupLasso, lasso, mcp } from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { blockGradientAt, blockProblemOf, meanLossAt } from './blocks.js';
import { asSparse, Draws, drawn, gradientAt, problemOf } from './values.js';

const { x, y } = drawn(81, 'gaussian', 50, 12);
const lambdas = [0.3, 0.1, 0.03];

describe('relax', () => {
  it.each(['gaussian', 'binomial', 'poisson', 'gamma'] as const)(
    '%s: has no gradient on the columns of the model',
    async (family) => {
      const data = drawn(82, family, 50, 12);
      const settings = { family, lambdas, tolerance: 1e-10 };
      const [plain, path] = [await sparsePath(data, settings), await sparsePath(data, { ...settings, relax: true })];
      expect(path.status).toBe('solved');
      const problem = problemOf(data.x, data.y, { family, standardize: false });
      for (const [k, lambda] of path.lambda.entries()) {
        const [fit, penalised] = [path.fit(k), plain.fit(k)];
        expect(fit.lambda).toBe(lambda);
        expect([...fit.support]).toEqual([...penalised.support]);
        const { columns: gradient, intercept: ofIntercept } = gradientAt(problem, fit);
        for (const j of fit.support) expect(Math.abs(gradient[j] as number)).toBeLessThan(2e-5);
        expect(Math.abs(ofIntercept)).toBeLessThan(2e-5);
        expect(fit.deviance).toBeLessThanOrEqual(penalised.deviance * (1 + 1e-9));
        expect(fit.certificate).toEqual({ kind: 'none' });
      }
    },
  );

  it('mixes predictions by the share', async () => {
    const [plain, loose, half] = (await Promise.all(
      [1, 0, 0.3].map((relax) => sparsePath({ x, y }, { lambdas, relax, tolerance: 1e-10 })),
    )) as [
      Awaited<ReturnType<typeof sparsePath>>,
      Awaited<ReturnType<typeof sparsePath>>,
      Awaited<ReturnType<typeof sparsePath>>,
    ];
    const penalised = await sparsePath({ x, y }, { lambdas, tolerance: 1e-10 });
    expect(plain.coefficients).toEqual(penalised.coefficients);
    for (const k of lambdas.keys()) {
      const [a, b, c] = [plain.fit(k), loose.fit(k), half.fit(k)].map((fit) => fit.predict(x)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      c.forEach((value, i) => {
        expect(value).toBeCloseTo(0.3 * (a[i] as number) + 0.7 * (b[i] as number), 10);
      });
      const deviance = c.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0);
      expect(half.fit(k).deviance).toBeCloseTo(deviance, 8);
    }
  });

  it('is the same for sparse x, and ends where there are as many columns as rows', async () => {
    const sparse = await sparsePath({ x: asSparse(x, 'csr'), y }, { lambdas, relax: true });
    const dense = await sparsePath({ x, y }, { lambdas, relax: true });
    dense.coefficients.values.forEach((b, l) => {
      expect(sparse.coefficients.values[l]).toBeCloseTo(b, 9);
    });
    const wide = drawn(83, 'gaussian', 12, 60);
    const path = await sparsePath(wide, { relax: true, penalty: mcp(), lambdas: { ratio: 1e-4 } });
    expect(path.status).toBe('solved');
    expect(Math.max(...path.nonzeros)).toBeLessThan(11);
    expect(path.lambda.length + path.notFitted.length).toBeGreaterThan(path.lambda.length);
  });

  it('is refused where it is no share', async () => {
    await expect(sparsePath({ x, y }, { relax: 2 })).rejects.toThrow(
      'relax = 2: expected true or false, or a number in [0, 1]',
    );
    await expect(crossValidate({ x, y }, { relax: [0, 'a'] as never })).rejects.toThrow('relax[1] = NaN');
    await expect(crossValidate({ x, y }, { relax: [] })).rejects.toThrow('relax: expected at least one number');
  });
});

describe('relaxed fits of several responses', () => {
  const y2 = Array.from(y, (value, i) => [value, 2 - 0.5 * value + Math.sin(5 * i)]);
  const sampleWeight = Float64Array.from(y, (_, i) => (i % 3) + 0.5);
  const data = { x, y: y2, sampleWeight };
  const settings = { lambdas: [10, 0.3, 0.1, 0.03], tolerance: 1e-10 };

  it.each([lasso(), groupLasso()])('$kind: squares of each response with the columns that it has', async (penalty) => {
    const plain = await sparsePath(data, { ...settings, penalty });
    const path = await sparsePath(data, { ...settings, penalty, relax: true });
    expect(path.status).toBe('solved');
    expect(path.coefficients.indices).toEqual(plain.coefficients.indices);
    for (const k of path.lambda.keys()) {
      const fit = path.fit(k);
      const links = fit.predict(x, { type: 'link' });
      const of = (i: number, r: number): number => (links[2 * i + r] as number) - (y2[i]?.[r] as number);
      let deviance = 0;
      for (const r of [0, 1]) {
        const pull = (column: (i: number) => number): number =>
          y2.reduce((sum, _, i) => sum + (sampleWeight[i] as number) * of(i, r) * column(i), 0);
        expect(pull(() => 1)).toBeCloseTo(0, 4);
        for (const [j, value] of fit.coefficients.subarray(r * x.columns, (r + 1) * x.columns).entries()) {
          if (value !== 0) expect(pull((i) => x.data[i * x.columns + j] as number)).toBeCloseTo(0, 4);
        }
        deviance += pull((i) => of(i, r));
      }
      expect(fit.deviance / deviance).toBeCloseTo(1, 9);
    }
  });

  it('chooses the share, and mixes as it says', async () => {
    const cv = await crossValidate(data, { ...settings, folds: 4, seed: 2, relax: [0, 0.5] });
    expect(cv.status).toBe('solved');
    const share = cv.relaxMin as number;
    expect([0, 0.5]).toContain(share);
    const own = await sparsePath(data, { ...settings, relax: share });
    expect(cv.coefficients).toEqual(own.coefficients);
    expect(cv.deviance).toEqual(own.deviance);
    const none = cv.relaxed?.find((each) => each.share === 0)?.mean as Float64Array;
    expect(none.every((mean) => mean > 0)).toBe(true);
    const half = own.fit(2).predict(x, { type: 'link' });
    const squares = half.reduce((sum, t, at) => {
      const [i, r] = [Math.floor(at / 2), at % 2];
      return sum + (sampleWeight[i] as number) * (t - (y2[i]?.[r] as number)) ** 2;
    }, 0);
    expect(own.fit(2).deviance / squares).toBeCloseTo(1, 9);
  });
});

describe('relaxed fits of several classes', () => {
  const count = 3;
  const draws = new Draws(84);
  const classes = Array.from({ length: x.rows }, (_, i) => {
    const scores = [0, 1, 2].map((k) => (k - 1) * (x.data[i * x.columns] as number) + 1.5 * draws.normal());
    return scores.indexOf(Math.max(...scores));
  });
  const shares = [0, 1, 2].map((k) => Float64Array.from(classes, (of) => Number(of === k)));
  const sampleWeight = Float64Array.from(classes, (_, i) => (i % 3) + 0.5);
  const offset = { data: draws.normals(count * x.rows).map((t) => 0.3 * t), rows: x.rows, columns: count };
  const data = { x, y: classes, sampleWeight, offset };
  const settings = { family: 'multinomial', lambdas: [10, 0.1, 0.05, 0.03], tolerance: 1e-10 } as const;
  const own = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: x.rows }, (_, i) => offset.data[count * i + k] as number),
  );
  const problem = blockProblemOf(x, shares, {
    ...{ family: 'multinomial', kind: 'lasso', weights: sampleWeight, offset: own, standardize: false },
  });
  const total = sampleWeight.reduce((sum, weight) => sum + weight, 0);
  const deviance = (fit: { coefficients: Float64Array; intercepts?: Float64Array }): number =>
    2 * total * meanLossAt(problem, { coefficients: fit.coefficients, intercepts: fit.intercepts as Float64Array });

  it.each([lasso(), elasticNet(0.5), mcp(), groupLasso()])(
    '$kind: no gradient on the columns of each class',
    async (penalty) => {
      const plain = await sparsePath(data, { ...settings, penalty });
      const path = await sparsePath(data, { ...settings, penalty, relax: true });
      expect(path.status, path.message).toBe('solved');
      expect(path.coefficients.indices).toEqual(plain.coefficients.indices);
      expect(Math.max(...path.nonzeros)).toBeGreaterThan(3);
      for (const k of path.lambda.keys()) {
        const fit = path.fit(k);
        const { columns, intercepts } = blockGradientAt(problem, {
          coefficients: fit.coefficients,
          intercepts: fit.intercepts as Float64Array,
        });
        for (const [c, b] of fit.coefficients.entries()) if (b !== 0) expect(columns[c]).toBeCloseTo(0, 6);
        for (const pull of intercepts) expect(pull).toBeCloseTo(0, 6);
        expect(fit.deviance / deviance(fit)).toBeCloseTo(1, 9);
        expect(fit.deviance).toBeLessThanOrEqual(plain.fit(k).deviance * (1 + 1e-9));
        expect(fit.certificate).toEqual({ kind: 'none' });
      }
    },
  );

  it('is the same for sparse x, within bounds, and mixes links by the share', async () => {
    const bounds = { lowerBounds: -0.3, upperBounds: 0.4 };
    const of = (more: object) => sparsePath({ ...data, ...more }, { ...settings, ...bounds, relax: true });
    const [dense, sparse] = [await of({}), await of({ x: asSparse(x, 'csc') })];
    expect(dense.status).toBe('solved');
    dense.coefficients.values.forEach((b, l) => {
      expect(sparse.coefficients.values[l]).toBeCloseTo(b, 6);
    });
    expect(Math.max(...dense.coefficients.values)).toBe(0.4);
    const [plain, loose, half] = [
      await sparsePath(data, settings),
      await sparsePath(data, { ...settings, relax: true }),
      await sparsePath(data, { ...settings, relax: 0.3 }),
    ];
    const links = [plain, loose, half].map((path) => path.fit(2).predict(x, { type: 'link', offset })) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    links[2].forEach((t, i) => {
      expect(t).toBeCloseTo(0.3 * (links[0][i] as number) + 0.7 * (links[1][i] as number), 9);
    });
    expect(half.fit(2).deviance / deviance(half.fit(2))).toBeCloseTo(1, 9);
  });

  it('says so where columns tell the classes apart', async () => {
    const apart = Array.from({ length: x.rows }, (_, i) => {
      const first = x.data[i * x.columns] as number;
      return first < -0.5 ? 'low' : first > 0.5 ? 'high' : 'middle';
    });
    const path = await sparsePath({ x, y: apart }, { family: 'multinomial', lambdas: [0.2, 0.1], relax: true });
    expect(path.status).toBe('stalled');
    expect(path.message).toMatch(/^A relaxed fit: .* did not reach the tolerance/);
    const two = await sparsePath(
      { x, y: apart.map((of) => of === 'low') },
      { family: 'binomial', lambdas: [0.1], relax: true },
    );
    expect(two.status).toBe('stalled');
  });

  it('ends where the columns of all classes are as many as rows', async () => {
    const wide = drawn(85, 'gaussian', 20, 60);
    const three = Array.from(wide.y, (value) => (value < -0.3 ? 0 : value < 0.8 ? 1 : 2));
    const path = await sparsePath(
      { x: wide.x, y: three },
      { family: 'multinomial', relax: true, lambdas: { ratio: 0.02, count: 12 } },
    );
    const columns = (k: number) => new Set(path.fit(k).support.map((c) => c % 60)).size;
    expect(path.end).toBe('maxNonzeros');
    expect(Math.max(...Array.from(path.lambda.keys(), columns))).toBeLessThan(19);
  });

  it('crossValidate chooses the share', async () => {
    const cv = await crossValidate(data, { ...settings, folds: 4, seed: 2, relax: [0, 0.5, 1] });
    expect([0, 0.5, 1]).toContain(cv.relaxMin);
    const path = await sparsePath(data, { ...settings, relax: cv.relaxMin as number });
    expect(cv.coefficients).toEqual(path.coefficients);
    const plain = await crossValidate(data, { ...settings, folds: 4, seed: 2 });
    expect(cv.relaxed?.find(({ share }) => share === 1)?.mean).toEqual(plain.mean);
  });
});

describe('cross-validation of relaxed fits', () => {
  it('chooses the share and lambda with the best mean', async () => {
    const settings = {
      folds: 5,
      seed: 2,
      lambdas: Array.from({ length: 12 }, (_, k) => 0.6 * 0.75 ** k),
      tolerance: 1e-10,
    };
    const cv = await crossValidate({ x, y }, { ...settings, relax: true });
    expect(cv.relaxed?.map(({ share }) => share)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    const means = cv.relaxed?.map(({ mean }) => mean) as Float64Array[];
    const least = Math.min(...means.map((mean) => Math.min(...mean)));
    const best = cv.relaxed?.find(({ share }) => share === cv.relaxMin);
    expect(best?.mean[cv.lambda.indexOf(cv.lambdaMin as number)]).toBe(least);
    expect(cv.mean).toEqual(best?.mean);
    // The first is the lasso, the last one the mean over folds of fits without penalty.
    expect(means[0]).toEqual((await crossValidate({ x, y }, settings)).mean);
    const k = 5;
    const errors = await Promise.all(
      Array.from({ length: 5 }, async (_, fold) => {
        const sampleWeight = Float64Array.from(cv.foldOf, (of) => Number(of !== fold));
        const fit = (
          await sparsePath({ x, y, sampleWeight }, { lambdas: settings.lambdas, relax: true, tolerance: 1e-10 })
        ).fit(k);
        const left = [...y.keys()].filter((i) => cv.foldOf[i] === fold);
        const predicted = fit.predict(x);
        return left.reduce((sum, i) => sum + ((predicted[i] as number) - (y[i] as number)) ** 2, 0);
      }),
    );
    expect(means[4]?.[k]).toBeCloseTo(errors.reduce((sum, error) => sum + error) / y.length, 8);
    expect(cv.lambda1se).toBeGreaterThanOrEqual(cv.lambdaMin as number);
    const first = cv.best('1se');
    expect(first.lambda).toBe(cv.lambda1se);
    const own = await sparsePath({ x, y }, { lambdas: settings.lambdas, relax: cv.relax1se, tolerance: 1e-10 });
    expect(first.coefficients).toEqual(own.fit(cv.lambda.indexOf(first.lambda)).coefficients);
  });
});

describe('adaptiveFactors', () => {
  it('are the powers of coefficients, in units of the columns or not', async () => {
    expect([...adaptiveFactors({ coefficients: [2, -0.5, 0] })]).toEqual([0.5, 2, Number.POSITIVE_INFINITY]);
    expect([...adaptiveFactors({ coefficients: [2, -0.5] }, { nu: 2 })]).toEqual([0.25, 4]);
    const scaled = { ...x, data: x.data.map((value, k) => (k % 12 === 0 ? 1000 * value : value)) };
    const [fit, same] = [
      await sparseRegression({ x, y }, { lambda: 0.05 }),
      await sparseRegression({ x: scaled, y }, { lambda: 0.05 }),
    ];
    const factors = adaptiveFactors(fit, { x });
    adaptiveFactors(same, { x: scaled }).forEach((factor, j) => {
      if (Number.isFinite(factor)) expect(factor / (factors[j] as number)).toBeCloseTo(1, 6);
      else expect(factors[j]).toBe(factor);
    });
    expect(() => adaptiveFactors(fit, { nu: 0 })).toThrow('nu = 0');
    expect(() => adaptiveFactors({ coefficients: [1] }, { x })).toThrow('x: expected 1 columns');
  });

  it('give the lasso of columns divided by them', async () => {
    const ridge = await sparseRegression({ x, y }, { penalty: elasticNet(0), lambda: 0.1 });
    const penaltyFactor = adaptiveFactors(ridge);
    const plain = { lambda: 0.2, standardize: false, tolerance: 1e-12 };
    const fit = await sparseRegression({ x, y, penaltyFactor }, { ...plain });
    const divided = { ...x, data: x.data.map((value, k) => value / (penaltyFactor[k % 12] as number)) };
    const other = await sparseRegression({ x: divided, y }, plain);
    expect(fit.support.length).toBeGreaterThan(0);
    expect(fit.support.length).toBeLessThan(12);
    fit.coefficients.forEach((b, j) => {
      expect(b).toBeCloseTo((other.coefficients[j] as number) / (penaltyFactor[j] as number), 8);
    });
  });

  it('leave out columns that had no coefficient', async () => {
    const first = await sparseRegression({ x, y }, { lambda: 0.25 });
    const fit = await sparseRegression({ x, y, penaltyFactor: adaptiveFactors(first) }, { lambda: 1e-3 });
    expect([...fit.support]).toEqual([...first.support]);
    const bounded = { lambda: 1e-3, penaltyFactor: adaptiveFactors(first), lowerBounds: 0 };
    expect(Math.min(...(await sparseRegression({ x, y }, bounded)).coefficients)).toBe(0);
  });
});
