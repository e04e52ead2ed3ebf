// Fits that can be read: tables of coefficients with names, and lines on the console.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RegressionModel } from '../../src/exchange/index.js';
import { modelFromJson, modelToJson } from '../../src/index.js';
import { trainReluNetwork, trainReluPath } from '../../src/relu/index.js';
import { crossValidate, debiasedIntervals, sparsePath, sparseRegression } from '../../src/sparse/index.js';
import { Draws } from './values.js';

const [n, p] = [80, 5];
const draws = new Draws(11);
const scales = [1, 100, 0.01, 1, 1];
const x = { data: draws.normals(n * p).map((value, k) => value * (scales[k % p] as number)), rows: n, columns: p };
const at = (i: number, j: number): number => x.data[i * p + j] as number;
const y = Float64Array.from({ length: n }, (_, i) => 3 * at(i, 0) + 0.02 * at(i, 1) - 500 * at(i, 2) + draws.normal());
const names = ['age', 'platelet', 'bili', 'noise', 'more'];

const rounded = (terms: readonly object[]) =>
  JSON.parse(JSON.stringify(terms), (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value));

describe('table()', () => {
  it('has the coefficients that are not 0 with their names, the largest effect first', async () => {
    const fit = await sparseRegression({ x, y, names }, { lambda: 0.3 });
    const table = fit.table();
    expect(table.map(({ name }) => name)).toEqual(['bili', 'age', 'platelet']);
    for (const { name, coefficient, standardized } of table) {
      const j = names.indexOf(name);
      const mean = Array.from(y, (_, i) => at(i, j)).reduce((a, b) => a + b) / n;
      const deviation = Math.sqrt(Array.from(y, (_, i) => (at(i, j) - mean) ** 2).reduce((a, b) => a + b) / n);
      expect(coefficient).toBe(fit.coefficients[j]);
      expect((standardized as number) / (coefficient * deviation)).toBeCloseTo(1, 9);
    }
    expect(rounded(table)).toMatchInlineSnapshot(`
      [
        {
          "coefficient": -468.2,
          "name": "bili",
          "standardized": -5.222,
        },
        {
          "coefficient": 2.681,
          "name": "age",
          "standardized": 2.884,
        },
        {
          "coefficient": 0.01639,
          "name": "platelet",
          "standardized": 1.693,
        },
      ]
    `);
    const path = await sparsePath({ x, y, names });
    expect(path.fit(30).table()[0]).toHaveProperty('standardized');
    expect(path.at((path.lambda[3] as number) * 0.99).table()[0]).toHaveProperty('standardized');
  });

  it('has no standardised coefficients where columns were taken as they are, or a file has the model', async () => {
    const fit = await sparseRegression({ x, y }, { lambda: 0.3, standardize: false });
    expect(fit.table()[0]).toEqual({ name: 'x1', coefficient: fit.coefficients[0] });
    const whole = await sparseRegression({ x, y, names }, { lambda: 0.3 });
    const { table } = modelFromJson(modelToJson(whole)) as RegressionModel;
    expect(table().map(({ name }) => name)).toEqual(['bili', 'age', 'platelet']);
    expect(table()[0]).not.toHaveProperty('standardized');
  });

  it('names the class of each coefficient', async () => {
    const classes = Array.from(y, (value) => ['low', 'middle', 'high'][value < -3 ? 0 : value < 3 ? 1 : 2] as string);
    const fit = await sparseRegression({ x, y: classes, names }, { family: 'multinomial', lambda: 0.1 });
    expect(fit.table().map(({ name, response }) => `${response}: ${name}`)).toMatchInlineSnapshot(`
      [
        "high: bili",
        "low: bili",
        "high: age",
        "low: age",
        "low: platelet",
      ]
    `);
  });

  it('has intervals and p-values where these were asked for', async () => {
    const intervals = await debiasedIntervals({ x, y, names }, { columns: ['noise', 'age'], lambda: 0.3 });
    const [age, noise] = intervals.table();
    expect([age?.name, noise?.name]).toEqual(['age', 'noise']);
    expect(age?.interval).toEqual([intervals.lower[1], intervals.upper[1]]);
    expect(noise?.pValue).toBe(intervals.pValues[0]);
    expect(Object.keys(age ?? {})).toEqual(['name', 'coefficient', 'standardized', 'interval', 'pValue']);
  });
});

describe('on the console', () => {
  const labels = Array.from(y, (value) => (value > 0 ? 'yes' : 'no'));
  it('models and paths are a line', async () => {
    const fit = await sparseRegression({ x, y: labels, names }, { family: 'binomial', lambda: 0.0502 });
    const path = await sparsePath({ x, y, names }, { penalty: 'mcp', lambdas: { count: 5 } });
    const sizes = await sparsePath({ x, y }, { sizes: { max: 3 } });
    const cv = await crossValidate({ x, y }, { folds: 4, seed: 1, lambdas: { count: 20 } });
    const ended = await sparsePath({ x, y }, { signal: AbortSignal.abort() });
    const of = (object: object): string => inspect(object).replace(/gap \d+e-\d+/, 'gap small');
    expect([fit, path, path.fit(2), sizes, sizes.fit(2), cv, cv.best('1se'), ended].map(of)).toMatchInlineSnapshot(`
      [
        "binomial, 3 of 5 columns, lambda 0.0502, gap small",
        "gaussian, 5 lambdas from 5.21 to 0.00521, at most 5 of 5 columns",
        "gaussian, 4 of 5 columns, lambda 0.165, certificate local",
        "gaussian, 4 sizes from 0 to 3, at most 3 of 5 columns, gap 0",
        "gaussian, 2 of 5 columns, size 2, gap 0",
        "gaussian, 15 lambdas from 5.21 to 0.00588, at most 5 of 5 columns, gap small, deviance: lambda.min 0.0252, lambda.1se 0.108",
        "gaussian, 4 of 5 columns, lambda 0.108, gap small",
        "aborted: gaussian, 0 lambdas, at most 0 of 5 columns",
      ]
    `);
    expect(inspect(fit)).toMatch(/gap \d(\.\d)?e-\d+$/);
    expect(inspect(modelFromJson(modelToJson(fit)))).toBe('binomial, 3 of 5 coefficients');
    expect(inspect({ fit })).toContain('{ fit: binomial, ');
    // The members are there still.
    expect(inspect({ ...fit })).toContain('coefficients: Float64Array');
    expect(inspect(fit, { customInspect: false })).toContain('coefficients: Float64Array');
  });

  it('networks and the results of their training are a line', async () => {
    const settings = { loss: 'logistic', lambda: 1, patterns: { sample: 5 } } as const;
    const result = await trainReluNetwork({ x, y: labels }, settings);
    const path = await trainReluPath(
      { x, y: labels },
      { loss: 'logistic', patterns: { sample: 5 }, lambdas: { count: 2 } },
    );
    const of = (object: object): string => inspect(object).replace(/neurons \d+|gap .*/g, '...');
    expect([result, result.network, ...path.results].map(of)).toMatchInlineSnapshot(`
      [
        "relu, columns 5, ..., outputs 1, logistic, lambda 1, ...",
        "relu, columns 5, ..., outputs 1, logistic",
        "relu, columns 5, ..., outputs 1, logistic, lambda 11.8, ...",
        "relu, columns 5, ..., outputs 1, logistic, lambda 0.00707, ...",
      ]
    `);
    expect(Object.keys(result)).toContain('network');
    expect(structuredClone({ ...result, network: { ...result.network } })).toHaveProperty('objective');
  });
});
