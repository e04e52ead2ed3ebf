// Models within bounds: conditions of optimality from the gradient alone, and certificates beside points that proximal gradients find.
import { expect } from 'vitest';
import type { SparseData, SparsePathSettings } from '../../src/sparse/index.js';
import { sparsePath } from '../flat.js';
import { long } from '../long.js';
import { type BlockProblem, blockObjectiveAt, blockViolationAt, proximalGradients } from './blocks.js';

/**
 * Fits a path and checks every model: within bounds, conditions of a minimum up to `sharp` times lambdaMax, and that no point that was found
 * is below its bound.
 */
export async function checkWithin(
  data: SparseData,
  problem: BlockProblem,
  settings: SparsePathSettings,
  { sharp = 1e-3, steps = long ? 400 : 60 } = {},
): Promise<void> {
  const path = await sparsePath(data, settings);
  expect(path.status, path.message).toBe('solved');
  const scale = path.nullDeviance / 2 / problem.weights.reduce((sum, weight) => sum + weight, 0);
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const point = { coefficients: fit.coefficients, intercepts: fit.intercepts ?? [fit.intercept] };
    for (const [c, b] of fit.coefficients.entries()) {
      expect(b).toBeGreaterThanOrEqual(problem.lower[c] as number);
      expect(b).toBeLessThanOrEqual(problem.upper[c] as number);
    }
    const objective = blockObjectiveAt(problem, lambda, point);
    expect(Math.abs(objective - fit.objective)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(objective)));
    expect(blockViolationAt(problem, lambda, point), `violation at ${lambda}`).toBeLessThanOrEqual(
      sharp * (path.lambdaMax || 1),
    );
    if (problem.kind === 'mcp' || problem.kind === 'scad') {
      expect(['coordinateWise', 'local']).toContain(fit.certificate.kind);
      continue;
    }
    expect(fit.certificate.kind).toBe('global');
    expect(path.gap[k]).toBeLessThanOrEqual(1e-6);
    if (!long && lambda !== path.lambda[1]) continue;
    const other = blockObjectiveAt(problem, lambda, proximalGradients(problem, lambda, steps));
    expect((other - fit.objective) / scale, `${lambda}`).toBeGreaterThanOrEqual(-1.1e-6);
    expect((other - fit.objective) / scale, `${lambda}`).toBeLessThanOrEqual(long ? 1e-3 : 1e-2);
    const bound = fit.lowerBound as number;
    expect((other - bound) / scale).toBeGreaterThanOrEqual(-1e-12);
  }
}
