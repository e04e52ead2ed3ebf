// `nonconvex path`: files of data, the table, one JSON object, and the page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../src/data/index.js';
import * as sparse from '../../src/sparse/index.js';
import { patients } from '../readers/patients.js';
import { Draws } from '../sparse/values.js';
import { Folder } from './program.js';

const { crossValidate, mcp, sparsePath } = sparse;

const [rows, columns] = [60, 8];
const hostile = '<script>alert("1")</script> & \'more\'';
const names = ['age', 'a "b", c', hostile, 'x4', 'x5', 'x6', 'x7', 'red\u001b[31m'];
const draws = new Draws(5);
const x = { data: draws.normals(rows * columns), rows, columns };
const at = (i: number, j: number): number => x.data[i * columns + j] as number;
const y = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * at(i, 0) - at(i, 2) + 0.5 * at(i, 7) + draws.normal());
const classes = Array.from(y, (value) => (value > 3 ? 'yes' : 'no'));

const folder = new Folder();
const path = (...args: string[]) => folder.run(['path', ...args]);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const lines = (line: (i: number) => string, head: string[] = []): string =>
  `${[...head, ...Array.from({ length: rows }, (_, i) => line(i))].join('\n')}\n`;
const row = (i: number): number[] => Array.from(x.data.subarray(i * columns, (i + 1) * columns));

beforeAll(() => {
  const head = [[...names, 'value', 'class'].map(quoted).join(',')];
  folder.write(
    'data.csv',
    lines((i) => [...row(i), y[i], classes[i]].join(','), head),
  );
  folder.write(
    'data.libsvm',
    lines((i) => [y[i], ...row(i).map((value, j) => `${j + 1}:${value}`)].join(' ')),
  );
  const array = ['%%MatrixMarket matrix array real general', `${rows} ${columns}`];
  folder.write(
    'data.mtx',
    `${[...array, ...Array.from({ length: columns }, (_, j) => Array.from({ length: rows }, (_, i) => at(i, j)).join('\n'))].join('\n')}\n`,
  );
  folder.write(
    'y.mtx',
    lines((i) => String(y[i]), ['%%MatrixMarket matrix array real general', `${rows} 1`]),
  );
  folder.write(
    'classes.txt',
    lines((i) => classes[i] as string),
  );
  folder.write('names.txt', `${names.join('\n')}\n`);
});
afterAll(() => folder.remove());

const ofValue = ['--target', 'value', '--exclude', 'class'];

type Json = Record<string, unknown> & Record<'lambda' | 'explained' | 'mean', number[]>;

async function json(...args: string[]): Promise<Json> {
  const { code, output, errors } = await path(...args, '--json');
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(output.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(output);
}

describe('--json', () => {
  it('has what the functions of the package give', async () => {
    const cv = await crossValidate({ x, y }, { penalty: mcp(), folds: 5, seed: 3 });
    const found = await json('data.csv', ...ofValue, '--penalty', 'mcp', '--folds', '5', '--seed', '3');
    expect(found).toMatchObject({
      status: 'solved',
      rows,
      columns,
      target: 'value',
      family: 'gaussian',
      penalty: 'mcp',
    });
    expect(found.lambda).toEqual([...cv.lambda]);
    expect(found.mean).toEqual([...cv.mean]);
    expect([found.lambdaMin, found.lambda1se]).toEqual([cv.lambdaMin, cv.lambda1se]);
    const fits = [cv.best('min'), cv.best('1se'), cv.select('aic'), cv.select('bic'), cv.select('ebic')];
    expect(found.chosen).toMatchObject(
      fits.map((fit, k) => ({
        by: ['lambda.min', 'lambda.1se', 'AIC', 'BIC', 'EBIC'][k],
        lambda: fit.lambda,
        intercept: fit.intercept,
        coefficients: [...fit.support].map((j) => ({ column: j, name: names[j], coefficient: fit.coefficients[j] })),
      })),
    );
  });

  it('is the same for every form of file', async () => {
    const { lambda, deviance, nullDeviance } = await sparsePath({ x, y }, { lambdas: { count: 10 } });
    for (const args of [
      ['data.csv', ...ofValue],
      ['data.libsvm', '--names', 'names.txt'],
      ['data.mtx', '--target', 'y.mtx'],
    ]) {
      const found = await json(...args, '--folds', '0', '--nLambda', '10');
      expect(found.mean).toBeUndefined();
      found.lambda.forEach((value: number, k: number) => {
        expect(value).toBeCloseTo(lambda[k] as number, 12);
      });
      found.explained.forEach((share: number, k: number) => {
        expect(share).toBeCloseTo(1 - (deviance[k] as number) / nullDeviance, 10);
      });
    }
  });

  it('has classes, from a file beside a matrix, too', async () => {
    const settings = ['--family', 'binomial', '--measure', 'auc', '--folds', '4', '--nLambda', '15'];
    const ofTable = await json('data.csv', '--target', 'class', '--exclude', 'value', ...settings);
    expect(ofTable.classes).toEqual(['no', 'yes']);
    expect(Math.max(...ofTable.mean)).toBeGreaterThan(0.9);
    const ofMatrix = await json('data.mtx', '--target', 'classes.txt', ...settings);
    expect(ofMatrix.mean).toEqual(ofTable.mean);
  });

  it('imputes what is missing on request', async () => {
    const holes = lines((i) => [i === 2 ? 'NA' : at(i, 0), at(i, 1), y[i]].join(';'), ['a;b;y']);
    folder.write('holes.csv', holes);
    const { errors, code } = await path('holes.csv', '--target', 'y');
    expect(errors).toMatch(/holes\.csv, row 3: column 'a' has no value; --impute mean/);
    expect(code).toBe(2);
    expect(await json('holes.csv', '--target', 'y', '--impute', 'mean', '--folds', '3')).toMatchObject({ columns: 2 });
  });
});

describe('the table', () => {
  it('has the lambdas, what is chosen, and the coefficients', async () => {
    const { code, output } = await path('data.csv', ...ofValue, '--folds', '5', '--seed', '3');
    expect(code).toBe(0);
    expect(output).toMatch(/^nonconvex .*: data\.csv, 60 rows, 8 columns, target value\n/);
    // The log, whose lambdas are counted, and the table.
    expect(output).toMatch(/^ iter +objective +lower bound +residual +lambda +nonzeros +explained +seconds$/m);
    expect(output).toMatch(/^ +lambda +df +explained +gap +deviance +s\.e\.$/m);
    expect(output).toMatch(/^ *\d+ .* lambda\.1se/m);
    expect(output).toMatch(
      /^lambda\.min +0\.\d+ +\d +0\.\d+ {2,}(global, gap \S+|bounded, gap \S+|local|coordinateWise)$/m,
    );
    expect(output).toMatch(/^age +1\.\d+$/m);
    expect(output).not.toContain('\u001b');
    expect(output).toContain('red\\x1b[31m');
  });

  it('says where a penalty that is not convex is so, and nothing but it with --outlev 0', async () => {
    const { output } = await path('data.csv', ...ofValue, '--penalty', 'scad', '--folds', '0', '--outlev', '0');
    expect(output).toMatch(/^ +lambda +df +explained +violation +convex$/m);
    expect(output).not.toContain(' iter ');
    expect(output).not.toContain('lambda.min');
  });
});

describe('--maxSize', () => {
  it('gives the best subsets of each size, in the table, the object and the page', async () => {
    const result = await json('data.csv', ...ofValue, '--maxSize', '5', '--seed', '2');
    const expected = await crossValidate({ x, y, names }, { sizes: { max: 5 }, seed: 2 });
    expect(result).toMatchObject({ penalty: 'bestSubset', sizes: [0, 1, 2, 3, 4, 5] });
    expect(result).toMatchObject({ sizeMin: expected.sizeMin, size1se: expected.size1se });
    expect(result.chosen).toContainEqual(expect.objectContaining({ by: 'size.1se', size: expected.size1se }));
    expect(result.mean).toEqual(Array.from(expected.mean));
    const { output } = await path('data.csv', ...ofValue, '--maxSize', '5', '--seed', '2', '--report', 'sizes.html');
    expect(output).toMatch(/^ +size +df +explained +gap +deviance/m);
    expect(output).toMatch(new RegExp(`^size\\.1se +${expected.size1se} +${expected.size1se} `, 'm'));
    const page = folder.read('sizes.html');
    expect(page).toContain('aria-label="Coefficients against size"');
    expect(page.match(/<g class="point">/g)).toHaveLength(6);
    const places = [...page.matchAll(/<g class="point">.*?<circle cx="([\d.]+)"/g)].map(([, at]) => Number(at));
    const steps = places.slice(1).map((at, k) => at - (places[k] as number));
    for (const step of steps) expect(step).toBeCloseTo(steps[0] as number, 0);
    expect(steps[0]).toBeGreaterThan(0);
  });
});

describe('--family multinomial', () => {
  const levels = Array.from(y, (value) => (value < 2 ? 'low' : value < 4 ? 'mid' : 'high'));
  const ofLevel = ['--target', 'level', '--family', 'multinomial', '--folds', '0', '--nLambda', '5'];
  beforeAll(() => {
    const head = [[...names, 'level'].map(quoted).join(',')];
    folder.write(
      'levels.csv',
      lines((i) => [...row(i), levels[i]].join(','), head),
    );
  });

  it('gives the coefficients of each class, as the function does', async () => {
    const { output } = await path('levels.csv', ...ofLevel, '--json');
    const { classes: labels, chosen } = JSON.parse(output);
    expect(labels).toEqual(['high', 'low', 'mid']);
    const fit = (await sparsePath({ x, y: levels }, { family: 'multinomial', lambdas: { count: 5 } })).select('bic');
    const { intercepts, coefficients } = chosen.find(({ by }: { by: string }) => by === 'BIC');
    expect(intercepts).toEqual([...(fit.intercepts as Float64Array)]);
    const dense = new Array(columns * 3).fill(0);
    for (const each of coefficients) dense[columns * labels.indexOf(each.class) + each.column] = each.coefficient;
    expect(dense).toEqual([...fit.coefficients]);
  });

  it('names the classes in the table and in the report', async () => {
    const { code, output } = await path('levels.csv', ...ofLevel, '--report', 'levels.html');
    expect(code).toBe(0);
    expect(output).toMatch(/\(intercept: mid\) +-?[\d.]+/);
    expect(folder.read('levels.html')).toContain('age: high');
  });
});

describe('--report', () => {
  it('is a page that needs nothing and runs nothing of what is in the file', async () => {
    const { code, output } = await path('data.csv', ...ofValue, '--folds', '5', '--report', 'page.html');
    expect(code).toBe(0);
    expect(output).toMatch(/The report is in page\.html\.\n$/);
    const page = folder.read('page.html');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).not.toMatch(/<script|https?:|<link|<img|url\(/i);
    expect(page).not.toContain('\u001b');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;');
    // Coefficients, cross-validation, observed against predicted, residuals.
    expect(page.match(/<svg /g)).toHaveLength(4);
    // A point for each lambda, and a line for each column that comes in.
    const { lambda, coefficients } = await sparsePath({ x, y });
    expect(page.match(/class="point"/g)).toHaveLength(lambda.length);
    expect(page.match(/<g class="series/g)).toHaveLength(new Set(coefficients.indices).size);
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('class="convex"');
  });

  it('shades where the objective is convex', async () => {
    await path('data.csv', ...ofValue, '--penalty', 'mcp', '--gamma', '1.5', '--folds', '0', '--report', 'mcp.html');
    const page = folder.read('mcp.html');
    expect(page).toContain('class="convex"');
    expect(page.match(/<svg /g)).toHaveLength(3);
  });

  it('has charts where nothing is selected', async () => {
    folder.write('flat.csv', 'a,b,y\n1,2,0\n2,1,0\n3,5,0\n4,1,0\n');
    const { code, errors } = await path('flat.csv', '--target', 'y', '--folds', '2', '--report', 'flat.html');
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(folder.read('flat.html')).not.toContain('NaN');
  });
});

describe('the exit status', () => {
  it('is 1 for a path that meets a limit', async () => {
    const { code, output } = await path('data.csv', ...ofValue, '--maxIterations', '2', '--report', 'short.html');
    expect(code).toBe(1);
    expect(output).toMatch(/^iterationLimit: /m);
    expect(folder.read('short.html')).toContain('iterationLimit');
  });

  it.each([
    ['no file', [], /missing required argument 'file'/],
    ['a file that is not there', ['absent.csv', '--target', 'y'], /absent\.csv/],
    ['a name without a form', ['data.txt'], /data\.txt: expected a file named \.csv/],
    ['no target', ['data.csv'], /expected --target NAME.*'age', 'a "b", c'/],
    ['another target', ['data.csv', '--target', 'values'], /--target values: there is no such column/],
    ['no responses', ['data.mtx'], /data\.mtx: expected --target FILE/],
    ['responses of another length', ['data.mtx', '--target', 'names.txt'], /names\.txt: expected 60 responses/],
    ['a target too many', ['data.libsvm', '--target', 'y'], /--target y: expected none/],
    ['a word for a number', ['data.csv', '--target', 'value'], /row 1: column 'class': '\w+' is no number; --exclude/],
    [
      'another penalty',
      ['data.csv', ...ofValue, '--penalty', 'l1'],
      /penalty = 'l1': expected one of lasso, mcp, scad/,
    ],
    ['names too few', ['data.libsvm', '--names', 'y.mtx'], /y\.mtx: expected 8 names/],
    ['a folder that is not there', ['data.csv', ...ofValue, '--report', 'absent/page.html'], /absent/],
  ])('is 2 for %s', async (_, args, message) => {
    const { code, output, errors } = await path(...args);
    expect(errors).toMatch(message);
    expect(output).toBe('');
    expect(code).toBe(2);
  });
});

describe('times until an event', () => {
  const cox = ['patients.csv', '--target', 'time', '--event', 'status', '--exclude', 'id', '--impute', 'mean'];
  const categories = ['--categories', 'oneHot', '--categorical', 'trt,stage'];
  beforeAll(() => folder.write('patients.csv', patients()));

  it('give a model of Cox, with groups of the columns of a category', async () => {
    const found = await json(
      ...cox,
      '--eventIs',
      '2',
      ...categories,
      '--penalty',
      'groupLasso',
      '--ties',
      'breslow',
      '--folds',
      '3',
    );
    expect(found).toMatchObject({ status: 'solved', rows: 418, target: 'time', family: 'cox', penalty: 'groupLasso' });
    const table = await readCsv(folder.file('patients.csv'), {
      ...{ target: { time: 'time', event: 'status', eventIs: 2 }, exclude: ['id'], categorical: ['trt', 'stage'] },
      ...{ categories: 'oneHot', missing: 'nan' },
    });
    const settings = { family: sparse.cox({ ties: 'breslow' }), penalty: sparse.groupLasso(), folds: 3 };
    const cv = await crossValidate({ ...table, impute: 'mean' }, settings);
    expect(found.mean).toEqual([...cv.mean]);
  });

  it('have a page and a table', async () => {
    const { code, output } = await path(
      ...cox,
      '--eventIs',
      '2',
      ...categories,
      '--folds',
      '3',
      '--outlev',
      '0',
      '--report',
      'cox.html',
    );
    expect(output).toContain('patients.csv, 418 rows, 22 columns, target time');
    expect(code).toBe(0);
    expect(folder.read('cox.html')).toContain('bili');
  });

  it.each([
    [[...cox, ...categories], /row 1: column 'status': '2': expected 0, 1, false or true/],
    [
      ['patients.csv', '--target', 'time', '--eventIs', '2'],
      /--eventIs 2: expected --event, the column that has this value/,
    ],
    [['patients.csv', '--target', 'time', '--family', 'cox'], /--family cox: expected --event, the column of events/],
    [[...cox, '--family', 'poisson'], /--family poisson: expected cox, as --event status is for times until an event/],
    [['data.libsvm', '--event', 'status'], /--event: only a \.csv file has columns with names/],
  ])('are refused by name: %j', async (args, message) => {
    const { code, errors } = await path(...args);
    expect(errors).toMatch(message);
    expect(code).toBe(2);
  });
});
