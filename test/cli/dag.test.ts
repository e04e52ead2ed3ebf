// `nonconvex dag`, compared with the function of the package.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnDag } from '../../src/discrete/index.js';
import { numbers } from '../contract/problem.js';
import { Folder } from './program.js';

const folder = new Folder();
const names = ['age', 'dose', 'rate', 'risk'];
const noise = numbers(4 * 80, 7);
const x = Array.from({ length: 80 }, (_, i) => {
  const [a = 0, b = 0, c = 0, d = 0] = noise.slice(4 * i, 4 * i + 4);
  return [a, b, a + b + 0.3 * c, a + 0.5 * d];
});

beforeAll(() => folder.write('data.csv', `${names.join(',')}\n${x.map((row) => row.join(',')).join('\n')}\n`));
afterAll(() => folder.remove());

describe('nonconvex dag', () => {
  it('gives what learnDag does', async () => {
    const { edges, pattern, score, certificate } = await learnDag({ x, names });
    const { code, output, errors } = await folder.run(['dag', 'data.csv', '--json']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(JSON.parse(output)).toMatchObject({ edges, pattern, score, certificate });
  });

  it('takes edges and tiers', async () => {
    const conditions = ['--required', 'risk>age', '--forbidden', 'age>rate', '--tiers', 'dose,risk;age;rate'];
    const { output } = await folder.run(['dag', 'data.csv', ...conditions, '--gamma', '0', '--json']);
    const settings = { required: [['risk', 'age']], forbidden: [['age', 'rate']], tiers: [1, 0, 2, 0] } as const;
    const { edges } = await learnDag({ x, names }, { ...settings, gamma: 0 });
    expect(JSON.parse(output).edges).toEqual(edges);
  });

  it('prints edges, and writes a page and the text of other programs', async () => {
    const files = ['--dot', 'g.dot', '--mermaid', 'g.mmd', '--report', 'r.html'];
    const { code, output, errors } = await folder.run(['dag', 'data.csv', ...files]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/from +to +weight +gain +direction is told\n/);
    expect(folder.read('g.dot')).toMatch(/^digraph dag \{\n {2}"age";/);
    expect(folder.read('g.mmd')).toMatch(/^flowchart TD\n {2}n0\["age"\]/);
    expect(folder.read('r.html')).toContain('Learned graph');
  });

  it('refuses edges and tiers of columns that are not there', async () => {
    for (const [option, value, what] of [
      ['--required', 'sex>age', 'there is no such column'],
      ['--forbidden', 'age', 'expected an edge such as a>b'],
      ['--tiers', 'age;dose', 'rate is missing'],
    ] as const) {
      const { code, errors } = await folder.run(['dag', 'data.csv', option, value]);
      expect(code).toBe(2);
      expect(errors).toContain(what);
    }
  });
});
