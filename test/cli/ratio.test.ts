// `nonconvex ratio`: the recipes, compared with the functions of the package.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fisherDiscriminant, maxSharpe, sparseRecovery, totalLeastSquares } from '../../src/fractional/index.js';
import { Draws } from '../sparse/values.js';
import { Folder } from './program.js';

const folder = new Folder();
const draws = new Draws(9);
const [rows, columns] = [30, 4];
const x = Array.from({ length: rows }, () => Array.from({ length: columns }, () => draws.normal()));
const y = x.map((row) => 2 * (row[1] as number) + 0.1 * draws.normal());
const classes = x.map((row) => ((row[2] as number) + 0.5 * draws.normal() > 0 ? 'up' : 'down'));
const names = ['a', 'b', 'c', 'd'];

beforeAll(() => {
  const lines = x.map((row, i) => [...row, y[i], classes[i]].join(','));
  folder.write('data.csv', `${[...names, 'y', 'class'].join(',')}\n${lines.join('\n')}\n`);
  folder.write(
    'returns.csv',
    `${names.join(',')}\n${x.map((row) => row.map((value) => value + 0.3).join(',')).join('\n')}\n`,
  );
});
afterAll(() => folder.remove());

type Found = Record<string, number> & { x: number[]; status: string; names: string[] };

async function ratio(...args: string[]): Promise<Found> {
  const { code, output, errors } = await folder.run(['ratio', ...args, '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output);
}

describe('nonconvex ratio', () => {
  it('gives what the functions of the package do', async () => {
    const ofValue = ['data.csv', '--target', 'y', '--exclude', 'class'];
    const recovered = await ratio(...ofValue, '--lambda', '0.5', '--k', '1');
    const wanted = await sparseRecovery({ A: x, b: y }, { lambda: 0.5, k: 1 });
    expect(recovered).toMatchObject({ status: 'solved', names, residualNorm: wanted.residualNorm });
    expect(recovered.x).toEqual([...wanted.x]);
    // Without a lambda it is a tenth of max |A^T b|, and said.
    const chosen = await ratio(...ofValue);
    const products = names.map((_, j) => x.reduce((sum, row, i) => sum + (row[j] as number) * (y[i] as number), 0));
    expect(chosen.lambda).toBeCloseTo(0.1 * Math.max(...products.map(Math.abs)), 12);
    expect(chosen.x).toEqual([...(await sparseRecovery({ A: x, b: y })).x]);

    const total = await ratio(...ofValue, '--recipe', 'totalLeastSquares');
    expect(total.distance).toBe((await totalLeastSquares({ A: x, b: y })).distance);

    const fisher = await ratio('data.csv', '--target', 'class', '--exclude', 'y', '--recipe=fisherDiscriminant');
    expect(fisher.threshold).toBe((await fisherDiscriminant({ x, y: classes })).threshold);
  });

  it('computes means and covariances of returns', async () => {
    const found = await ratio('returns.csv', '--recipe', 'maxSharpe', '--upper', '0.4');
    const column = (j: number): number[] => x.map((row) => (row[j] as number) + 0.3);
    const mean = names.map((_, j) => column(j).reduce((sum, value) => sum + value, 0) / rows);
    const covariance = names.map((_, j) =>
      names.map((_, k) => {
        const [a, b] = [column(j), column(k)];
        return (
          a.reduce(
            (sum, value, i) => sum + (value - (mean[j] as number)) * ((b[i] as number) - (mean[k] as number)),
            0,
          ) /
          (rows - 1)
        );
      }),
    );
    const wanted = await maxSharpe({ mu: mean, Sigma: covariance }, { bounds: { upper: 0.4 } });
    expect(found.ratio).toBeCloseTo(wanted.ratio, 10);
    expect(found.x.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
    expect(Math.max(...found.x)).toBeLessThanOrEqual(0.4 + 1e-12);
  });

  it('prints a log, numbers and entries by their names, and writes a page', async () => {
    const args = [
      'ratio',
      'data.csv',
      '--target',
      'y',
      '--exclude',
      'class',
      '--lambda',
      '0.5',
      '--report',
      'page.html',
    ];
    const { code, output } = await folder.run(args);
    expect(code).toBe(0);
    expect(output).toMatch(/^nonconvex .*: data\.csv, 30 rows, 4 columns, target y$/m);
    expect(output).toMatch(/^ iter +objective/m);
    expect(output).toMatch(/^certificate +(global|coordinateWise)$/m);
    expect(output).toMatch(/^b +\d\.\d+$/m);
    expect(output).toMatch(/The report is in page\.html\.\n$/);
    expect(folder.read('page.html')).toContain('data-series="response" data-points="30"');
  });

  it.each([
    [
      'classes for numbers',
      ['data.csv', '--target', 'class', '--lambda', '1'],
      /--target: response 1 is '(up|down)': expected a number/,
    ],
    ['an option of another recipe', ['returns.csv', '--recipe', 'maxSharpe', '--k', '2'], /unknown option '--k'/],
    ['another recipe', ['data.csv', '--recipe', 'sharpe'], /argument 'sharpe' is invalid. Allowed choices are/],
    ['no target', ['data.csv', '--lambda', '1'], /expected --target NAME/],
  ])('refuses %s', async (_, args, message) => {
    const { code, errors } = await folder.run(['ratio', ...args]);
    expect(errors).toMatch(message);
    expect(code).toBe(2);
  });

  it('has the status of a limit', async () => {
    const args = [
      'ratio',
      'data.csv',
      '--target',
      'y',
      '--exclude',
      'class',
      '--lambda',
      '0.5',
      '--maxIterations',
      '0',
    ];
    expect((await folder.run(args)).code).toBe(1);
  });
});
