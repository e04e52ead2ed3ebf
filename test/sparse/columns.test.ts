// Columns far from 0, whose fits are those of the same columns with their means taken away, and columns that rounding has made constant.
import { describe, expect, it } from 'vitest';
import {
  bestSubset,
  cox,
  elasticNet,
  fused,
  groupLasso,
  groupMcp,
  huber,
  lasso,
  lq,
  mcp,
  quantile,
  scad,
  slope,
  sparseGroupLasso,
} from '../../src/sparse/index.js';
import { crossValidate, sparsePath, sparseRegression } from '../flat.js';
import { chosen } from '../long.js';
import { columnClaims } from './columnClaims.js';
import { asSparse } from './values.js';

const rows = 40;
const round = (value: number) => Math.round(512 * value) / 512;
const z = Array.from({ length: rows }, (_, i) => [round(Math.sin(12.9898 * i)), round(Math.cos(3 * i * i))] as const);
const signal = z.map(([a, b], i) => a - 2 * b + 0.9 * Math.sin(78.233 * i * i));
const sampleWeight = z.map((_, i) => (i % 5 === 0 ? 1e-3 : 1 + (i % 3)));

const families = {
  gaussian: { family: 'gaussian', y: signal },
  binomial: { family: 'binomial', y: signal.map((value, i) => Number(value > 0) ^ Number(i % 7 === 0)) },
  poisson: { family: 'poisson', y: signal.map((value) => Math.round(Math.abs(value))) },
  gamma: { family: 'gamma', y: signal.map((value) => Math.abs(value) + 0.1) },
  huber: { family: huber({ huberDelta: 1 }), y: signal },
  quantile: { family: quantile({ level: 0.4 }), y: signal },
  multinomial: { family: 'multinomial', y: signal.map((value, i) => (i % 6 === 0 ? i % 3 : Math.sign(round(value)))) },
  cox: {
    family: cox(),
    y: { time: signal.map((value) => Math.round(4 * (value + 5))), event: signal.map((_, i) => i % 4 !== 0) },
  },
} as const;

const penalties = {
  lasso: { penalty: lasso() },
  'elastic net': { penalty: elasticNet(0.3) },
  ridge: { penalty: elasticNet(0) },
  mcp: { penalty: mcp() },
  scad: { penalty: scad() },
  lq: { penalty: lq() },
  'best subset': { penalty: bestSubset() },
  'best of a size': { penalty: bestSubset(), lambda: undefined, size: 1 },
  slope: { penalty: slope() },
  fused: { penalty: fused() },
  'group lasso': { penalty: groupLasso(), groups: [0, 0] },
  'group mcp': { penalty: groupMcp(), groups: [0, 0] },
  'sparse group lasso': { penalty: sparseGroupLasso(0.5), groups: [0, 1] },
  'products alone': { penalty: lasso(), method: 'acceleratedGradient' },
  'no penalty': { penalty: lasso(), lambda: 0 },
} as const;

/** A fit of z with 2^k added to its entries, and one of what rounding has left of z then. */
async function fits(
  k: number,
  family: keyof typeof families,
  penalty: keyof typeof penalties,
  more: { csc: boolean; standardize: boolean },
) {
  const { groups, ...settings } = { groups: undefined, ...penalties[penalty] };
  const { y, ...of } = families[family];
  const run = (shift: number) => {
    const data = Float64Array.from(z.flat(), (value) => value + 2 ** k - shift);
    const x = { data, rows, columns: 2 };
    return sparseRegression(
      { x: more.csc ? asSparse(x, 'csc') : x, y, sampleWeight, ...(groups && { groups }) } as never,
      { lambda: 0.05, ...of, ...settings, standardize: more.standardize, tolerance: 1e-9 } as never,
    );
  };
  return Promise.all([run(0), run(2 ** k)]);
}

const all = Object.keys(penalties) as (keyof typeof penalties)[];
/** Penalties that a family does not take. */
const refused: Partial<Record<keyof typeof families, RegExp>> = {
  binomial: /best/,
  poisson: /best|products/,
  gamma: /best|products/,
  huber: /best|products|slope|fused/,
  quantile: /best|products|slope|fused|mcp|scad|lq|group|net|ridge/,
  multinomial: /best|products|slope|fused|lq|no penalty/,
  cox: /best|products|slope|fused/,
};

describe.each(Object.keys(families) as (keyof typeof families)[])('%s', (family) => {
  const taken = all.filter((penalty) => !refused[family]?.test(penalty));
  const exponents = Array.from({ length: 46 }, (_, k) => k);

  it.each(taken)('%s: 2^k added to a column changes its fit by rounding alone', async (penalty) => {
    // Gradients alone are slow where the intercept depends on a column, as beside a sparse one, which is not centred when it is near 0.
    const formats = penalty === 'products alone' ? [false] : [true, false];
    const more = formats.flatMap((csc) => [true, false].map((standardize) => ({ csc, standardize })));
    for (const k of [...chosen(exponents, 5), 30]) {
      for (const of of more) {
        const [far, near] = await fits(k, family, penalty, of);
        const where = `2^${k}, ${JSON.stringify(of)}`;
        expect([where, far.status, far.certificate.kind]).toEqual([where, near.status, near.certificate.kind]);
        expect([...far.constantColumns], where).toEqual([]);
        expect(Math.abs(far.objective - near.objective), where).toBeLessThan(1e-6 * Math.abs(near.objective));
        far.coefficients.forEach((b, j) => {
          expect(Math.abs(b - (near.coefficients[j] as number)), `${where}, coefficient ${j}`).toBeLessThan(1e-4);
        });
      }
    }
  });
});

it('responses far from 0 change the intercept alone', async () => {
  const y = signal.map((value) => Math.round(512 * value) / 512);
  for (const family of ['gaussian', huber({ huberDelta: 1 }), quantile({ level: 0.4 })] as const) {
    const settings = { family, lambda: 0.05, tolerance: 1e-9 };
    const near = await sparseRegression({ x: z, y }, settings);
    for (const k of [20, 30, 40]) {
      const far = await sparseRegression({ x: z, y: y.map((value) => value + 2 ** k) }, settings);
      expect([k, far.status]).toEqual([k, 'solved']);
      expect(Math.abs(far.objective - near.objective)).toBeLessThan(1e-9);
      expect(Math.abs(far.intercept - 2 ** k - near.intercept)).toBeLessThan(1e-6 + 2 ** (k - 52));
      const again = await sparseRegression(
        { x: z, y: y.map((value) => value + 2 ** k) },
        { ...settings, warmStart: { coefficients: far.coefficients, intercept: far.intercept } },
      );
      expect(Math.abs(again.objective - near.objective)).toBeLessThan(1e-9);
    }
  }
});

it('relaxed paths and cross-validations of columns far from 0 are those of the same columns near 0', async () => {
  const far = z.map((row) => row.map((value) => value + 2 ** 30));
  const folds = z.map((_, i) => i % 4);
  const modelsOf = async (x: readonly (readonly number[])[]) => {
    const path = await sparsePath({ x, y: signal }, { relax: 0.5, lambdas: { count: 6 } });
    const cv = await crossValidate({ x, y: signal }, { folds, lambdas: { count: 6 } });
    return { status: [path.status, cv.status], numbers: [...path.deviance, ...cv.mean] };
  };
  const [a, b] = [await modelsOf(z), await modelsOf(far)];
  expect(b.status).toEqual(['solved', 'solved']);
  expect(b.numbers.length).toBe(a.numbers.length);
  a.numbers.forEach((value, k) => {
    expect(Math.abs((b.numbers[k] as number) - value)).toBeLessThan(1e-5 * value);
  });
});

describe('columns that are left out', () => {
  const y = signal;
  const nearly = (value: number) => z.map(([a, b], i) => [a, b, value * (1 + (i % 2) * Number.EPSILON)]);

  it('are named where they are not exactly constant, as what is known does not hold for them', async () => {
    for (const csc of [true, false]) {
      const data = Float64Array.from(nearly(1.5).flat());
      const x = { data, rows, columns: 3 };
      const fit = await sparseRegression({ x: csc ? asSparse(x, 'csc') : x, y }, { lambda: 0.01 });
      expect(fit.status).toBe('solved');
      expect([...fit.constantColumns]).toEqual([2]);
      expect(fit.message).toContain('Column 2 of x varies by no more than rounding beside its size');
      expect(fit).toMatchObject({ without: Int32Array.of(2), certificate: { kind: 'global', over: 'columns' } });
    }
  });

  it('are not where they are exactly constant, or left out by a factor', async () => {
    const constant = await sparseRegression({ x: z.map((row) => [...row, 0.1]), y }, { lambda: 0.01 });
    expect([...constant.constantColumns]).toEqual([2]);
    expect(constant).not.toHaveProperty('without');
    expect(constant.message).not.toContain('Column');
    const out = await sparseRegression(
      { x: nearly(1.5), y, groups: [0, 1, 2], penaltyFactor: [1, 1, Number.POSITIVE_INFINITY] },
      { lambda: 0.01, penalty: groupLasso() },
    );
    expect(out).not.toHaveProperty('without');
  });

  it('are named by models of paths, too, and where other rows than those that count vary', async () => {
    const path = await sparsePath({ x: nearly(1e9), y }, { lambdas: { count: 5 } });
    expect(path.message).toContain('Column 2 of x');
    expect(path.fit(0)).toMatchObject({ without: Int32Array.of(2) });
    const x = z.map((row, i) => [...row, i === 0 ? 7 : 3]);
    const weights = z.map((_, i) => (i === 0 ? 0 : 1));
    const fit = await sparseRegression({ x, y, sampleWeight: weights }, { lambda: 0.01 });
    expect([...fit.constantColumns]).toEqual([2]);
    expect(fit).not.toHaveProperty('without');
  });

  it('are not those of deviations from 1e-14 of the mean on', async () => {
    const x = z.map(([a, b], i) => [a, b, 1 + 64 * (i % 2) * 2 ** -44]);
    const fit = await sparseRegression({ x, y: y.map((value, i) => value + (i % 2)) }, { lambda: 0.01 });
    expect([...fit.constantColumns]).toEqual([]);
    expect(fit.support).toContain(2);
  });
});

describe('the squared loss', () => {
  it('is right where coefficients of 1e5 cancel', async () => {
    const { trial } = columnClaims['columns that arithmetic finds hard'] as (typeof columnClaims)[string];
    for (const seed of [101007, 101150]) expect(await trial(seed)).toMatchObject({ wrong: [] });
  });
});
