// From a table to a model in ten lines: a cross-validated Cox model, and a network scored on rows that were left out.
import { describe, expect, it } from 'vitest';
import { readCsv, splitRows } from '../../src/data/index.js';
import { score, trainReluNetwork } from '../../src/relu/index.js';
import { cox, crossValidate, groupLasso, sparseRegression } from '../../src/sparse/index.js';
import { sharedData, temporaryFolder } from '../readers/files.js';
import { patients } from '../readers/patients.js';

const { write } = temporaryFolder();

/** A Cox model of the groups of columns, chosen by the concordance of rows that were left out. */
async function coxModel(path: string) {
  const table = await readCsv(path, {
    target: { time: 'time', event: 'status', eventIs: 2 },
    exclude: ['id'],
    categorical: ['trt', 'stage'],
    categories: 'oneHot',
    missing: 'nan',
  });
  const data = { ...table, impute: 'mean' } as const;
  const settings = { family: cox(), penalty: groupLasso(), measure: 'concordance', seed: 1 } as const;
  const cv = await crossValidate(data, settings);
  return { cv, best: cv.best('1se'), table };
}

/** A network for what became of each patient, and the share of the rows that were left out for which it is right. */
async function networkModel(path: string) {
  const target = 'status';
  const table = await readCsv(path, { target, exclude: ['id', 'time'], categories: 'oneHot', missing: 'nan' });
  const { train, test } = splitRows(table, { test: 0.25, seed: 1, stratify: true });
  const { network, status } = await trainReluNetwork(
    { ...train, impute: 'mean' },
    { loss: 'softmax', patterns: { sample: 20 } },
  );
  const most = Math.max(...[0, 1, 2].map((k) => (test.y as Float64Array).filter((y) => y === k).length));
  return { network, status, accuracy: score(network, test.x, test.y), guess: most / test.x.rows };
}

const made = write('patients.csv', patients());
const real = sharedData('pbc.csv');
const files = [['made up', made] as const, ...(real ? [['PBC', real] as const] : [])];

describe.each(files)('the table that is %s', (_, path) => {
  it('becomes a Cox model of whole columns', async () => {
    const { cv, best, table } = await coxModel(path);
    expect([table.x.rows, table.x.columns, cv.status]).toEqual([418, table.names.length, 'solved']);
    expect(table.names).toContain('stage=4');
    expect(Math.max(...cv.mean)).toBeGreaterThan(0.7);
    expect(best.supportNames).toContain('bili');
    // All columns of a factor are in, or none.
    const on = new Set(Array.from(best.support, (j) => table.groups[j]));
    expect(best.support.length).toBe(table.groups.filter((group) => on.has(group)).length);
    expect(best.certificate.kind).toBe('global');
  });

  it('becomes a network that says more of other rows than a guess', async () => {
    const { network, status, accuracy, guess } = await networkModel(path);
    expect(status).toBe('solved');
    expect(network.classes).toEqual([0, 1, 2]);
    expect(network.means?.length).toBe(network.featureNames?.length);
    expect(accuracy).toBeGreaterThan(guess);
  });
});

it('is fitted without a penalty where dropFirst leaves no column to be the sum of others', async () => {
  const categorical = {
    categorical: ['stage'],
    columns: ['stage', 'age'],
    target: 'bili',
    missing: 'dropRows',
  } as const;
  const table = await readCsv(made, { ...categorical, dropFirst: true });
  const fit = await sparseRegression(table, { lambda: 0, tolerance: 1e-10 });
  const residuals = fit.predict(table.x).map((f, i) => ((table.y as Float64Array)[i] as number) - f);
  for (let j = 0; j < table.x.columns; ++j) {
    const product = residuals.reduce((sum, r, i) => sum + r * (table.x.data[i * table.x.columns + j] as number), 0);
    expect(Math.abs(product) / table.x.rows).toBeLessThan(1e-6);
  }
  expect(fit.supportNames).toEqual(['stage=2', 'stage=3', 'stage=4', 'age']);
});
