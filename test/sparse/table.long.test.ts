// The Cox model of a table beside glmnet's, where R has it (Debian: r-cran-glmnet).
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
  const settings = { lambda, family: cox({ ties: 'breslow' }), tolerance: 1e-10 };
  const { coefficients, support } = await sparseRegression({ ...table, impute: 'mean' }, settings);
  expect(support.length).toBeGreaterThan(2);
  coefficients.forEach((b, j) => {
    expect(Math.abs(b - (theirs[j] as number)), table.names[j]).toBeLessThan(1e-6);
  });
});
