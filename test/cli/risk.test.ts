// `nonconvex risk`, compared with the function of the package.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { riskScore } from '../../src/discrete/index.js';
import { Folder } from './program.js';

const folder = new Folder();
const names = ['a', 'b', 'c', 'd'];
const x = Array.from({ length: 60 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1, (i * 7) % 5]);
const y = x.map(([a = 0, b = 0, c = 0], i) => (a + b + c >= 2 === (i % 11 !== 0) ? 'ill' : 'well'));

beforeAll(() => {
  const lines = x.map((row, i) => [...row, y[i]].join(','));
  folder.write('data.csv', `${[...names, 'class'].join(',')}\n${lines.join('\n')}\n`);
});
afterAll(() => folder.remove());

async function found(...more: string[]) {
  const { code, output, errors } = await folder.run(['risk', 'data.csv', '--target', 'class', ...more, '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output);
}

describe('nonconvex risk', () => {
  it('gives what riskScore does', async () => {
    const wanted = await riskScore({ x, y, names }, { maxSize: 2 });
    const { card, intercept, scale, table, certificate, objective } = wanted;
    expect(await found('--maxSize', '2')).toMatchObject({ card, intercept, scale, table, certificate, objective });
  });

  it('takes scales, points, conditions and thresholds', async () => {
    const one = await found('--scale', 'one', '--maxPoints', '2', '--required', 'd', '--negative', 'a');
    const features = { d: { required: true }, a: { sign: -1 } } as const;
    const wanted = await riskScore({ x, y, names }, { scale: 1, points: { max: 2 }, features });
    expect(one.card).toEqual(wanted.card);
    const cut = await found('--binarize', 'yes');
    expect(cut.objective).toBe((await riskScore({ x, y, names }, { binarize: true })).objective);
  });

  it('prints a card, and writes a page and a model that predict reads', async () => {
    const run = await folder.run(['risk', 'data.csv', '--target', 'class', '--output', 'm.json', '--report', 'r.html']);
    expect({ code: run.code, errors: run.errors }).toEqual({ code: 0, errors: '' });
    expect(run.output).toMatch(/feature +points\n/);
    expect(run.output).toMatch(/total +risk of well +rows +observed\n/);
    expect(folder.read('r.html')).toContain('Score card');
    const predicted = await folder.run(['predict', 'm.json', 'data.csv', '--target', 'class']);
    expect(predicted.output.split('\n').slice(0, 2)[1]).toMatch(/^(ill|well)$/);
  });

  it('refuses a feature that is none', async () => {
    const { code, errors } = await folder.run(['risk', 'data.csv', '--target', 'class', '--required', 'z']);
    expect(code).toBe(2);
    expect(errors).toContain('--required z: there is no such column');
  });
});
