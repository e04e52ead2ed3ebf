// The Cox model of a table beside glmnet's, where R has it (Debian: r-cran-glmnet, r-cran-jsonlite).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { columnMeans, filled, readMatrix } from '../../src/core/missing.js';
import { readCsv } from '../../src/data/index.js';
import type { Matrix } from '../../src/index.js';
import { cox, sparseRegression } from '../../src/sparse/index.js';
import { sharedData, temporaryFolder } from '../readers/files.js';
import { patients } from '../readers/patients.js';

const { write } = temporaryFolder();

it('glmnet has the same coefficients', async ({ skip }) => {
  const table = await readCsv(sharedData('pbc.csv') ?? write('patients.csv', patients()), {
    ...{ target: { time: 'time', event: 'status', eventIs: 2 }, exclude: ['id'], categorical: ['trt', 'stage'] },
    ...{ categories: 'oneHot', missing: 'nan', dropFirst: true },
  });
  const read = readMatrix('x', table.x, { impute: true });
  const { data, columns } = filled(read, columnMeans(read, undefined)) as Matrix;
  const rows = Array.from({ length: table.x.rows }, (_, i) =>
    Array.from(data.subarray(i * columns, (i + 1) * columns)),
  );
  const lambda = 0.05;
  const ask = { x: rows, time: [...table.y.time], event: [...table.y.event], lambda };
  const run = spawnSync('Rscript', ['--vanilla', join(import.meta.dirname, 'table.R')], {
    input: `${JSON.stringify(ask)}\n`,
  });
  if (run.status !== 0) skip(`Rscript with glmnet is not there: ${run.error?.message ?? run.stderr}`);
  const theirs = JSON.parse(run.stdout.toString()).coefficients as number[];
  const settings = { lambda, family: cox({ ties: 'breslow' }), tolerance: 1e-12 };
  const { coefficients, support } = await sparseRegression({ ...table, impute: 'mean' }, settings);
  expect(support.length).toBeGreaterThan(2);
  coefficients.forEach((b, j) => {
    expect(Math.abs(b - (theirs[j] as number)), table.names[j]).toBeLessThan(1e-2);
  });
  // The smaller of two objectives says which of the two are more exact.
  const objective = (b: ArrayLike<number>): number => lassoOfTimes(rows, table.y, b, lambda);
  expect(objective(coefficients)).toBeLessThanOrEqual(objective(theirs) + 1e-12);
  expect(objective(coefficients)).toBeGreaterThan(objective(theirs) - 1e-7);
});

/** The partial likelihood by Breslow's ties, 1/n of its negative logarithm, and lambda times the sum of |coefficients of columns of deviation 1|. */
function lassoOfTimes(
  x: number[][],
  y: { time: ArrayLike<number>; event: ArrayLike<number> },
  b: ArrayLike<number>,
  lambda: number,
): number {
  const n = x.length;
  const eta = x.map((row) => row.reduce((sum, value, j) => sum + value * (b[j] as number), 0));
  const loss = eta.reduce((sum, of, i) => {
    if (!y.event[i]) return sum;
    const atRisk = eta.filter((_, k) => (y.time[k] as number) >= (y.time[i] as number));
    return sum + Math.log(atRisk.reduce((all, value) => all + Math.exp(value), 0)) - of;
  }, 0);
  const deviation = (j: number): number => {
    const mean = x.reduce((sum, row) => sum + (row[j] as number), 0) / n;
    return Math.sqrt(x.reduce((sum, row) => sum + ((row[j] as number) - mean) ** 2, 0) / n);
  };
  return loss / n + lambda * Array.from(b).reduce((sum, value, j) => sum + Math.abs(value) * deviation(j), 0);
}
