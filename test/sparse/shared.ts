// The checks of the problems with known optima, of which `npm test` tries two and `npm run test:long` the others.
import { expect } from 'vitest';
import { elasticNet, groupLasso, mcp, scad } from '../../src/sparse/index.js';
import { sparsePath } from '../flat.js';
import { certified, certifiedGroups, type GroupProblem, type LargeProblem, lambdasOf } from '../problems/sparse.js';
import { penaltyOf } from './values.js';

/** Every model has a gap of 1e-6 at most, and none an objective above that of the reference, or below it by more than its gap. */
export async function checkConvex(problem: LargeProblem): Promise<void> {
  const { x, y, family, alpha, reference } = problem;
  const lambdas = lambdasOf(reference);
  const path = await sparsePath({ x, y }, { family, lambdas, penalty: elasticNet(alpha), standardize: false });
  expect(path.status, path.message).toBe('solved');
  expect(path.lambdaMax / reference.lambdaMax).toBeCloseTo(1, 10);
  expect(path.nullDeviance / 2 / y.length / reference.nullDeviance).toBeCloseTo(1, 10);
  expect(Math.max(...path.gap)).toBeLessThanOrEqual(1e-6);
  const { offsets, indices, values } = path.coefficients;
  for (const { k, objective, gap } of reference.points) {
    const [from, to] = [offsets[k], offsets[k + 1]];
    const own = certified(problem, lambdas[k] as number, {
      intercept: path.intercepts[k] as number,
      support: indices.subarray(from, to),
      values: values.subarray(from, to),
    });
    expect(own.gap, `gap at lambda ${k}`).toBeLessThanOrEqual(1e-6);
    expect(own.objective, `objective at lambda ${k}`).toBeLessThanOrEqual(objective + 1e-9 * Math.abs(objective));
    const below = (gap + 1e-9) * reference.nullDeviance;
    expect(own.objective, `objective at lambda ${k}`).toBeGreaterThanOrEqual(objective - below);
    expect(Math.abs(own.objective - (path.objectives[k] as number))).toBeLessThanOrEqual(1e-9 * Math.abs(objective));
  }
}

/** The models of groups have the objectives and the groups of the reference, and gaps of 1e-6 at most. */
export async function checkGroups(problem: GroupProblem): Promise<void> {
  const { x, y, groups, reference } = problem;
  const lambdas = reference.points.map(({ lam }) => lam);
  const path = await sparsePath({ x, y, groups }, { lambdas, penalty: groupLasso(), standardize: false });
  expect(path.status, path.message).toBe('solved');
  expect(path.lambdaMax / reference.lambdaMax).toBeCloseTo(1, 10);
  const scale = path.nullDeviance / 2 / y.length;
  for (const [k, { lam, objective, gap, groups: count }] of reference.points.entries()) {
    const fit = path.fit(k);
    const own = certifiedGroups(problem, lam, fit);
    expect((own.objective - own.bound) / scale, `gap at lambda ${k}`).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(own.objective - fit.objective)).toBeLessThanOrEqual(1e-9 * objective);
    expect(own.objective, `objective at lambda ${k}`).toBeLessThanOrEqual(objective + 1e-6 * scale);
    expect(own.objective, `objective at lambda ${k}`).toBeGreaterThanOrEqual(objective - (gap + 1e-9) * scale);
    const found = new Set(Array.from(groups).filter((_, j) => fit.coefficients[j] !== 0));
    expect(found.size, `groups at lambda ${k}`).toBe(count);
  }
}

/** No model of MCP or SCAD has an objective above the values to reach, those of a path down from the largest lambda. */
export async function checkNonConvex(problem: LargeProblem): Promise<void> {
  const { x, y, columns, reference } = problem;
  const deviations = Float64Array.from({ length: columns.count }, (_, j) => columns.deviation(j));
  for (const [penalty, points] of [
    [mcp({ gamma: 3 }), reference.nonConvex?.mcp3 ?? []],
    [scad({ gamma: 3.7 }), reference.nonConvex?.scad3_7 ?? []],
  ] as const) {
    const first = points[0]?.lambda as number;
    const ratio = (points.at(-1)?.lambda as number) / first;
    const lambdas = Float64Array.from({ length: 100 }, (_, k) => first * ratio ** (k / 99));
    const path = await sparsePath({ x, y }, { lambdas, penalty });
    expect(path.status, path.message).toBe('solved');
    for (const { k, lambda, objective } of points) {
      const { coefficients, support, intercept } = path.fit(k);
      const residual = y.map((value) => intercept - value);
      let own = 0;
      for (const j of support) {
        const b = coefficients[j] as number;
        columns.addTo(residual, j, b);
        own += penaltyOf(
          { kind: penalty.kind as 'mcp', alpha: 1, gamma: penalty.gamma as number },
          b * (deviations[j] as number),
          lambda,
        );
      }
      own += residual.reduce((sum, value) => sum + value ** 2, 0) / 2 / y.length;
      expect(own, `${penalty.kind} at lambda ${k}`).toBeLessThanOrEqual(objective * (1 + 1e-9));
    }
  }
}
