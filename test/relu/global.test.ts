// Bounds for networks of any width, which no local run may end below.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { trainReluNetwork } from '../../src/index.js';
import { chosen, long } from '../long.js';
import { dot, normals, table, withOnes } from '../problems/relu.js';
import { hasModules, python } from '../reference/python.js';

const found = hasModules('scipy');
if (!found) console.warn(`skipped: local runs by SciPy, as ${python} with python3-scipy is not installed`);

/** The best of some runs of SciPy's L-BFGS, twenty in a long run. */
function bestOfLocalRuns(problem: object): number {
  const script = fileURLToPath(new URL('../reference/local_runs.py', import.meta.url));
  const run = spawnSync(python, [script], {
    input: JSON.stringify({ ...problem, runs: long ? 20 : 5, seed: 1 }),
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return (JSON.parse(run.stdout.trim().split('\n').at(-1) as string) as { best: number }).best;
}

describe.skipIf(!found)('a bound for all networks', () => {
  it.each(
    chosen(
      [2, 3].flatMap((d) => [0.01, 0.001].map((perRow) => [d, perRow] as const)),
      4,
    ),
  )('of %d columns, lambda of a row %d, is not above the best of some local runs', async (d, perRow) => {
    const draw = normals(100 * d + 1e4 * perRow);
    const x = table(60, d - 1, draw);
    const hidden = table(5, d, draw);
    const y = withOnes(x).map((row) =>
      hidden.reduce((sum, u, j) => sum + (j % 2 === 0 ? 1 : -1) * Math.max(0, dot(row, u)), 0.1 * draw()),
    );
    const lambda = 60 * perRow;
    const { certificate, objective, lowerBound, gap, estimate } = await trainReluNetwork(
      { x, y },
      { task: 'regression', lambda, patterns: 'refine' },
    );
    expect(certificate.over).toBeUndefined();
    expect(certificate).toMatchObject({ lowerBound, gap, gapScale: objective });
    expect(gap).toBeLessThanOrEqual(1e-4);
    expect(estimate?.nodes).toBeGreaterThan(0);
    const best = bestOfLocalRuns({ x: withOnes(x), y, lambda });
    expect(best).toBeGreaterThanOrEqual(lowerBound);
    expect(best).toBeLessThanOrEqual(1.05 * objective);
  });
});
