// `nonconvex fit`: a formula through the columns of a table, compared with the function of the package.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitCurve } from '../../src/fit/index.js';
import { Folder } from './program.js';

const folder = new Folder();
const x = Array.from({ length: 25 }, (_, i) => i / 3);
const y = x.map((t, i) => 5 * (1 - Math.exp(-0.4 * t)) + 0.1 * Math.sin(13 * i));
const sigma = x.map((_, i) => 0.1 + 0.02 * (i % 3));
const curve = 'a*(1-exp(-k*x))';
const start = { a: 1, k: 1 };
const asked = ['fit', 'data.csv', '--y', 'y', '--formula', curve, '--start', 'a=1,k=1'];

beforeAll(() => {
  const lines = x.map((t, i) => [t, y[i], 'text', sigma[i], 2].join(','));
  folder.write('data.csv', `x,y,remark,the sigma,two\n${lines.join('\n')}\n`);
});
afterAll(() => folder.remove());

async function fitted(...more: string[]) {
  const { code, output, errors } = await folder.run([...asked, ...more, '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output);
}

describe('nonconvex fit', () => {
  it('gives what fitCurve does', async () => {
    const wanted = await fitCurve({ x, y, start, curve });
    const found = await fitted();
    expect(found).toMatchObject({ status: 'solved', parameters: wanted.parameters, degreesOfFreedom: 23 });
    expect(found.standardErrors).toEqual({ a: wanted.standardErrors?.[0], k: wanted.standardErrors?.[1] });
    expect(found.intervals.k).toEqual(await wanted.interval('k'));
    const profiled = await fitted('--intervals', 'profile');
    expect(profiled.intervals.k).toEqual(await wanted.interval('k', { method: 'profile' }));
  });

  it('takes deviations, bounds and settings', async () => {
    const weighted = await fitted('--sigma', 'the sigma', '--absoluteSigma', '--upper', 'a=4.5', '--loss', 'huber');
    const wanted = await fitCurve(
      { x, y, start, curve, sigma, absoluteSigma: true, upper: { a: 4.5 } },
      { loss: 'huber' },
    );
    expect(weighted.parameters).toEqual(wanted.parameters);
    expect(weighted.atBounds).toEqual(['a']);
  });

  it('prints a table, and writes a page and a model that predict reads', async () => {
    const { code, output, errors } = await folder.run([
      ...asked,
      '--report',
      'r.html',
      '--output',
      'm.json',
      '--intervals',
      'profile',
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(
      /parameter +estimate +standard error +interval of 95 %\na +4\.9\d+ +0\.0\d+ +4\.\d+ to 5\.\d+\n/,
    );
    expect(output).toContain('The curve is in m.json.');
    expect(folder.read('r.html')).toContain('aria-label="Profile of k"');
    const predicted = await folder.run(['predict', 'm.json', 'data.csv', '--json']);
    const { predictions } = JSON.parse(predicted.output);
    const wanted = await (await fitCurve({ x, y, start, curve })).predict(x);
    expect(predictions).toHaveLength(25);
    for (const [i, value] of wanted.values.entries()) expect(predictions[i]).toBeCloseTo(value, 12);
  });

  it.each([
    [
      ['--formula', 'a*(1-exp(-k*x)'],
      "--formula: column 15: expected ')', got the end\n  a*(1-exp(-k*x)\n                ^",
    ],
    [['--formula', 'a*exp(k*z)'], "column z: there is no such column; the columns are 'x', 'y', 'remark'"],
    [['--start', 'a=1,k'], "--start 'k': expected NAME=NUMBER, parted by commas, such as a=500,k=1e-4"],
    [['--start', 'a=1,k=1,b=2'], '--start b: the formula has no b'],
    [['--y', 'nothing'], 'column nothing: there is no such column'],
    [['--y', 'remark'], /remark/],
    [['--loss', 'cubic'], "loss = 'cubic': expected one of squared"],
    [['--report', 'data.csv'], '--report data.csv: is the same file as data.csv, which is read'],
  ])('says what is wrong with %j', async (more, message) => {
    const { code, output, errors } = await folder.run([...asked, ...more]);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(message);
  });
});
