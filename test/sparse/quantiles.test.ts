// Quantiles with penalties of groups and with penalties that are not convex, against minima that are found here.
import { describe, expect, it } from 'vitest';
import { groupLasso, groupMcp, groupScad, lq, mcp, quantile, scad, sparseGroupLasso } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { chosen } from '../long.js';
import { Draws } from './values.js';

const rows = 24;
const level = 0.35;
const lossOf = (r: number): number => (r > 0 ? level * r : (level - 1) * r);

/** Rows of x, and responses of the first two columns with outliers. */
function problem(seed: number, columns = 3) {
  const draws = new Draws(seed);
  const x = Array.from({ length: rows }, () => draws.normals(columns));
  const y = x.map(([a = 0, b = 0], i) => a - 0.7 * b + 0.3 * draws.normal() + (i % 8 === 0 ? 5 : 0));
  return { x, y };
}

/** The mean loss of coefficients with the best intercept, which is a quantile of what they leave. */
function meanLoss({ x, y }: ReturnType<typeof problem>, b: readonly number[]): number {
  const left = x.map((row, i) => (y[i] as number) - row.reduce((sum, v, j) => sum + v * (b[j] as number), 0));
  const sorted = [...left].sort((p, q) => p - q);
  const intercept = sorted[Math.min(rows - 1, Math.ceil(level * rows) - 1)] as number;
  return left.reduce((sum, r) => sum + lossOf(r - intercept), 0) / rows;
}

const golden = (Math.sqrt(5) - 1) / 2;

/** The least value of a convex function of a number in [-3, 3], by golden sections. */
function least(f: (v: number) => number): number {
  let [low, high] = [-3, 3];
  let [p, q] = [high - golden * (high - low), low + golden * (high - low)];
  let [fp, fq] = [f(p), f(q)];
  for (let k = 0; k < 36; ++k) {
    if (fp < fq) {
      [high, q, fq] = [q, p, fp];
      p = high - golden * (high - low);
      fp = f(p);
    } else {
      [low, p, fp] = [p, q, fq];
      q = low + golden * (high - low);
      fq = f(q);
    }
  }
  return Math.min(fp, fq);
}

describe.each(chosen([1, 2, 3, 4], 2))('penalties of groups, problem %i', (seed) => {
  const given = problem(seed);
  const norm = (b: readonly number[]) =>
    Math.SQRT2 * Math.hypot(b[0] as number, b[1] as number) + Math.abs(b[2] as number);
  const penalties = {
    groupLasso: { penalty: groupLasso(), of: norm },
    sparseGroupLasso: {
      penalty: sparseGroupLasso(0.4),
      of: (b: readonly number[]) => 0.6 * norm(b) + 0.4 * b.reduce((sum, v) => sum + Math.abs(v), 0),
    },
  };
  it.each(Object.entries(penalties))('%s has the least objective of all points', async (_, { penalty, of }) => {
    for (const lambda of [0.03, 0.1]) {
      const settings = { family: quantile({ level }), penalty, lambda, standardize: false, tolerance: 1e-7 };
      const fit = await sparseRegression({ ...given, groups: [0, 0, 1] }, settings);
      const objective = (b: readonly number[]) => meanLoss(given, b) + lambda * of(b);
      const best = least((p) => least((q) => least((r) => objective([p, q, r]))));
      expect(fit.objective).toBeCloseTo(objective([...fit.coefficients]), 7);
      expect(fit.objective).toBeLessThan(best + 1e-6);
      expect(fit.certificate.kind).toBe('global');
      expect(fit.certificate.lowerBound).toBeLessThan(best + 1e-9);
    }
  });
});

describe.each(chosen([5, 6, 7, 8], 2))('penalties that are not convex, problem %i', (seed) => {
  const given = problem(seed);
  const mcpOf = (gamma: number, lambda: number) => (s: number) =>
    s <= gamma * lambda ? lambda * s - s ** 2 / (2 * gamma) : (gamma * lambda ** 2) / 2;
  const scadOf = (gamma: number, lambda: number) => (s: number) => {
    if (s <= lambda) return lambda * s;
    const between = (2 * gamma * lambda * s - s ** 2 - lambda ** 2) / (2 * (gamma - 1));
    return s <= gamma * lambda ? between : (lambda ** 2 * (gamma + 1)) / 2;
  };
  const single = (of: (s: number) => number) => (b: readonly number[]) =>
    b.reduce((sum, v) => sum + of(Math.abs(v)), 0);
  const penalties = {
    mcp: { penalty: mcp({ gamma: 3 }), of: (lambda: number) => single(mcpOf(3, lambda)), concavity: 1 / 3 },
    scad: { penalty: scad({ gamma: 3.7 }), of: (lambda: number) => single(scadOf(3.7, lambda)), concavity: 1 / 2.7 },
    groupMcp: {
      penalty: groupMcp({ gamma: 3 }),
      of: (lambda: number) => (b: readonly number[]) =>
        mcpOf(3, Math.SQRT2 * lambda)(Math.hypot(b[0] as number, b[1] as number)) +
        mcpOf(3, lambda)(Math.abs(b[2] as number)),
      concavity: 1 / 3,
    },
  };
  it.each(Object.entries(penalties))('%s falls in no direction', async (name, { penalty, of, concavity }) => {
    const settings = { family: quantile({ level }), penalty, standardize: false, nLambda: 8, minRatio: 0.05 };
    const data = name === 'groupMcp' ? { ...given, groups: [0, 0, 1] } : given;
    const path = await sparsePath(data, { ...settings, tolerance: 1e-7 });
    expect(path.status).toBe('solved');
    expect(path.nonzeros.at(-1)).toBeGreaterThan(0);
    const draws = new Draws(seed + 100);
    for (const [k, lambda] of path.lambda.entries()) {
      const fit = path.fit(k);
      expect(fit).toMatchObject({ certificate: { kind: 'stationary' }, locallyConvex: false });
      const objective = (b: readonly number[]) => meanLoss(given, b) + of(lambda)(b);
      const here = [...fit.coefficients];
      expect(fit.objective).toBeCloseTo(objective(here), 7);
      // Along a direction the objective is at least its slope times the way, less the concavity times the way squared.
      for (let trial = 0; trial < 300; ++trial) {
        const way = 10 ** (-1 - 3 * draws.uniform());
        const direction = draws.normals(3).map((v) => (draws.uniform() < 0.3 ? 0 : v));
        const size = Math.hypot(...direction) || 1;
        const there = here.map((b, j) => b + (way * (direction[j] as number)) / size);
        expect(objective(there) - fit.objective).toBeGreaterThan(-(concavity / 2) * way ** 2 - 1e-6 * way - 3e-8);
      }
    }
  });
});

describe.each([8, 36])('penalties that are not convex on %i columns', (columns) => {
  const given = { ...problem(20, columns), groups: Array.from({ length: columns }, (_, j) => j >> 1) };
  const penalties = { mcp: mcp(), scad: scad(), groupMcp: groupMcp(), groupScad: groupScad() };
  it.each(Object.entries(penalties))('%s: all lambdas of a path reach the tolerance', async (name, penalty) => {
    const settings = { family: quantile({ level }), penalty, nLambda: 8, minRatio: 0.02 };
    const { groups, ...single } = given;
    const path = await sparsePath(name.startsWith('group') ? given : single, settings);
    expect(path.status).toBe('solved');
    expect(path.certificate.map(({ kind }) => kind)).toEqual(Array.from(path.lambda, () => 'stationary'));
    expect(path.nonzeros.at(-1)).toBeGreaterThan(2);
    // The lasso takes some 1500 and 3000 here.
    expect(path.evaluations).toBeLessThan(40000);
  });
});

it('refuses a penalty that is infinitely steep at 0, with the reason', async () => {
  const run = sparseRegression(problem(9), { lambda: 0.1, family: quantile({ level }), penalty: lq() });
  await expect(run).rejects.toThrow(
    /^penalty = 'lq': expected a penalty with a finite slope at 0 for family 'quantile': beside an infinite one any/,
  );
});
