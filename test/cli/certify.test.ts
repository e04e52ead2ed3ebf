// `nonconvex certify`, compared with the function of the package.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certifyNetwork } from '../../src/discrete/index.js';
import { modelToJson } from '../../src/exchange/index.js';
import { trainReluNetwork } from '../../src/relu/index.js';
import { normals, table } from '../algebra.js';
import { Folder } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());
const x = table(40, 2, normals(1));
const y = x.map(([a = 0, b = 0]) => (a * b > 0 ? 'same' : 'other'));
const data = { x, y };
let network: object;

beforeAll(async () => {
  network = (await trainReluNetwork(data, { lambda: 0.001, seed: 1 })).network;
  folder.write('model.json', JSON.stringify(modelToJson(network)));
  folder.write('data.csv', `a,b,class\n${x.map((row, i) => [...row, y[i]].join(',')).join('\n')}\n`);
});

describe('nonconvex certify', () => {
  it.each([
    [['--radius', '0.1'], { norm: 'inf', radius: 0.1 }],
    [['--radius', '0.3', '--norm', 'two', '--goal', 'margin'], { norm: 'two', radius: 0.3, goal: 'margin' }],
    [['--radius', '0.2', '--least', '-5', '--most', '5'], { norm: 'inf', radius: 0.2, range: [-5, 5] }],
  ] as const)('%j: gives what certifyNetwork does', async (more, settings) => {
    const args = ['certify', 'model.json', 'data.csv', '--target', 'class', ...more, '--json'];
    const { code, output, errors } = await folder.run(args);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const wanted = await certifyNetwork({ network, ...data } as never, settings as never);
    const rows = wanted.rows.map(({ verdict, margin, bound }) => ({ verdict, margin, bound }));
    const { certified, attacked, unknown } = wanted;
    expect(JSON.parse(output)).toMatchObject({ status: 'solved', certified, attacked, unknown, rows });
  });

  it('prints counts and writes a table', async () => {
    const args = ['certify', 'model.json', 'data.csv', '--target', 'class', '--radius', '0.1', '--output', 'rows.csv'];
    const { code, output, errors } = await folder.run(args);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/robust +\d+ of 40 rows, [\d.]+ %\nattacked +\d+ of 40 rows/);
    const [head, first] = folder.read('rows.csv').split('\n');
    expect(head).toBe('verdict,margin,bound,against');
    expect(first).toMatch(/^(robust|attacked),-?[\d.e-]+,-?[\d.e-]+,/);
  });

  it('takes networks of numbers, within an error', async () => {
    const numbers = x.map(([a = 0]) => Math.abs(a));
    const trained = await trainReluNetwork({ x, y: numbers }, { lambda: 0.001, seed: 1 });
    folder.write('numbers.json', JSON.stringify(modelToJson(trained.network)));
    folder.write('numbers.csv', `a,b,y\n${x.map((row, i) => [...row, numbers[i]].join(',')).join('\n')}\n`);
    const args = ['certify', 'numbers.json', 'numbers.csv', '--target', 'y', '--radius', '0.1'];
    const { code, output } = await folder.run([...args, '--within', '0.5', '--json']);
    expect(code).toBe(0);
    const wanted = { norm: 'inf', radius: 0.1, within: 0.5 } as const;
    const { certified } = await certifyNetwork({ network: trained.network, x, y: numbers }, wanted);
    expect(JSON.parse(output).certified).toBe(certified);
    expect((await folder.run(args)).errors).toContain('within = undefined: expected a number');
  });

  it('asks for a radius', async () => {
    const { code, errors } = await folder.run(['certify', 'model.json', 'data.csv', '--target', 'class']);
    expect(code).toBe(2);
    expect(errors).toContain('--radius: expected the most that is added to a row');
  });
});
