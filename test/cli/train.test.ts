// `nonconvex train` and `nonconvex predict`: models in files, compared with the functions of the package and the data that made them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressText, shareDone } from '../../src/cli/progress.js';
import { modelFromJson } from '../../src/exchange/index.js';
import { Draws } from '../sparse/values.js';
import { Folder } from './program.js';

const folder = new Folder();
const draws = new Draws(3);
const rows = 40;
const points = Array.from({ length: rows }, () => [draws.normal(), draws.normal(), draws.normal()] as const);
const responseOf = ([a, b]: readonly number[]): number => 1 + 2 * (a as number) - (b as number);
const classOf = ([a, b]: readonly number[]): string =>
  Math.abs(a as number) > Math.abs(b as number) ? 'wide' : 'tall, "so"';
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

beforeAll(() => {
  const line = (point: readonly number[]) => [...point, responseOf(point), quoted(classOf(point))].join(',');
  folder.write('data.csv', `a,b,noise,value,class\n${points.map(line).join('\n')}\n`);
  // Other columns, in another order, and no responses.
  folder.write('new.csv', `other,noise,b,a\n${points.map(([a, b, noise]) => `x,${noise},${b},${a}`).join('\n')}\n`);
});
afterAll(() => folder.remove());

async function succeeds(...args: string[]): Promise<string> {
  const { code, output, errors } = await folder.run(args);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output;
}

describe('train and predict', () => {
  it('fit values by a regression, and predict them from columns that are found by name', async () => {
    const args = ['--model', 'regression', '--target', 'value', '--exclude', 'class', '--lambda', '1e-6'];
    const trained = JSON.parse(await succeeds('train', 'data.csv', ...args, '--output', 'line.json', '--json'));
    expect(trained).toMatchObject({ status: 'solved', model: 'regression', measure: 'R^2', output: 'line.json' });
    expect(trained.score).toBeGreaterThan(0.999999);
    const { predictions } = JSON.parse(await succeeds('predict', 'line.json', 'new.csv', '--json'));
    expect(predictions).toHaveLength(rows);
    predictions.forEach((value: number, i: number) => {
      expect(value).toBeCloseTo(responseOf(points[i] as readonly number[]), 4);
    });
  });

  it('impute values of networks that are missing, also of those to be predicted', async () => {
    const [head, first = '', ...rest] = folder.read('data.csv').trimEnd().split('\n');
    folder.write('holes.csv', `${[head, first.replace(/^[^,]*/, ''), ...rest].join('\n')}\n`);
    const args = ['--target', 'class', '--exclude', 'value', '--lambda', '0.1', '--output', 'holes.json', '--json'];
    const { errors } = await folder.run(['train', 'holes.csv', ...args]);
    expect(errors).toMatch(/holes\.csv, row 1: column 'a' has no value; --impute mean puts the mean/);
    await succeeds('train', 'holes.csv', ...args, '--impute', 'mean');
    expect(JSON.parse(folder.read('holes.json')).model.means).toHaveLength(3);
    expect(JSON.parse(await succeeds('predict', 'holes.json', 'holes.csv', '--json')).predictions).toHaveLength(rows);
  });

  it('have a log with whole numbers as they are, and none with --outlev 0', async () => {
    const args = ['--model', 'regression', '--target', 'value', '--exclude', 'class', '--output', 'path.json'];
    expect(await succeeds('train', 'data.csv', ...args)).toMatch(/^ +\d+ .* 2 +\S+ +\S+$/m);
    const output = await succeeds('train', 'data.csv', ...args, '--outlev', '0');
    expect(output.split('\n').map((line) => line.split(/[ :]/, 1)[0])).toEqual([
      ...['nonconvex', '', 'Solved', 'Chosen', 'R^2', ''],
    ]);
  });

  it('fit the best subset of a size, or of the size that cross-validation chooses', async () => {
    const args = ['--model', 'regression', '--target', 'value', '--exclude', 'class', '--output', 'size.json'];
    await succeeds('train', 'data.csv', ...args, '--size', '1');
    expect(JSON.parse(folder.read('size.json')).model.support).toHaveLength(1);
    const text = await succeeds('train', 'data.csv', ...args, '--maxSize', '2');
    expect(text).toMatch(/^Chosen by size\.1se, size \d/m);
  });

  it('say in their help what a command line can give, and of which model', async () => {
    const help = await succeeds('train', '--model', 'regression', '--help');
    expect(help).not.toMatch(/cox|--ties/);
    expect(help).toContain('groupLasso');
    expect(help).toContain('nonconvex train --model network --help');
    expect(await succeeds('path', '--help')).toMatch(/--event [\s\S]*cox[\s\S]*groupLasso[\s\S]*--ties/);
  });

  it('fit classes by a network, whose file the package reads', async () => {
    const args = [
      '--target',
      'class',
      '--exclude',
      'value',
      '--loss',
      'logistic',
      '--lambda',
      '0.01',
      '--output',
      'net.json',
    ];
    const log = await succeeds('train', 'data.csv', ...args);
    expect(log).toMatch(/^nonconvex .*: data\.csv, 40 rows, 3 columns, target class$/m);
    expect(log).toMatch(/accuracy on these rows: \S+\. The model is in net\.json\./);
    const { model, names, target } = JSON.parse(folder.read('net.json'));
    expect({ names, target }).toEqual({ names: ['a', 'b', 'noise'], target: 'class' });
    const exact = modelFromJson(model).predict(points as never) as string[];
    const text = await succeeds('predict', 'net.json', 'new.csv', '--probabilities');
    const [head, ...lines] = text.trimEnd().split('\n');
    expect(head).toBe('prediction,"probability of tall, ""so""",probability of wide');
    lines.forEach((line, i) => {
      expect(
        line.startsWith((exact[i] as string).includes('"') ? quoted(exact[i] as string) : (exact[i] as string)),
      ).toBe(true);
      const [low, high] = line.split(',').slice(-2).map(Number) as [number, number];
      expect(low + high).toBeCloseTo(1, 12);
    });
  });

  it('say first how networks, the affine function and the constant did on rows left out', async () => {
    const args = ['--target', 'value', '--exclude', 'class', '--output', 'open.json'];
    const log = await succeeds('train', 'data.csv', ...args, '--outlev', '0');
    // The responses are an affine function.
    expect(log).toMatch(/^R\^2 on rows left out: (0\.99\d\d|1\.000), affine \(network 0\.\d+, constant -?0\.\d+\)\.$/m);
    const lines = log.trimEnd().split('\n');
    expect(lines.slice(-3).map((line) => line.split(' ', 1)[0])).toEqual(['R^2', 'Solved', 'R^2']);
    const told = JSON.parse(await succeeds('train', 'data.csv', ...args, '--json'));
    expect(Object.keys(told.leftOut)).toEqual(['affine', 'network', 'constant']);
    const given = JSON.parse(await succeeds('train', 'data.csv', ...args, '--lambda', '0.1', '--json'));
    expect(given).not.toHaveProperty('leftOut');
  });

  it('write a page about the model, with its confusion matrix and its units as images', async () => {
    const args = ['--target', 'class', '--exclude', 'value,noise', '--loss', 'hinge', '--output', 'net2.json'];
    const log = await succeeds('train', 'data.csv', ...args, '--image', '2x1', '--report', 'net.html');
    expect(log).toMatch(/The report is in net\.html\.$/m);
    const page = folder.read('net.html');
    const cells = Array.from(page.matchAll(/<td class="cell[^>]*>(\d+)</g), ([, count]) => Number(count));
    expect(cells).toHaveLength(4);
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(rows);
    expect(page).toMatch(/<img src="data:image\/png;base64,[^"]+" width="2" height="1"/);
    expect(page).toMatch(/<td class="column"><bdi>loss<\/bdi><\/td><td class="text"><bdi>hinge/);
  });

  it('make a column of each text of a column, and the same of other rows', async () => {
    const lines = points.map((point) => `${quoted(classOf(point))},${classOf(point) === 'wide' ? 5 : -1}`);
    folder.write('kinds.csv', `kind,value\n${lines.join('\n')}\n`);
    const args = ['--target', 'value', '--model', 'regression', '--lambda', '1e-9', '--output', 'kinds.json'];
    expect((await folder.run(['train', 'kinds.csv', ...args])).errors).toMatch(
      /is no number; --exclude leaves a column out, --categories oneHot/,
    );
    await succeeds('train', 'kinds.csv', ...args, '--categories', 'oneHot');
    folder.write('kind.csv', 'kind\nwide\n"tall, ""so"""\nwide\n');
    const { predictions } = JSON.parse(await succeeds('predict', 'kinds.json', 'kind.csv', '--json'));
    expect(predictions).toEqual([5, -1, 5].map((value) => expect.closeTo(value, 4)));
    folder.write('other.csv', 'kind\nround\n');
    expect((await folder.run(['predict', 'kinds.json', 'other.csv'])).errors).toMatch(/'round' is none of its levels/);
  });

  it('say how well predictions agree with responses', async () => {
    const found = JSON.parse(await succeeds('predict', 'net.json', 'data.csv', '--target', 'class', '--json'));
    const right = found.predictions.filter(
      (label: string, i: number) => label === classOf(points[i] as readonly number[]),
    ).length;
    expect(found).toMatchObject({ measure: 'accuracy', score: right / rows });
    // Standard output is a table.
    const { code, output, errors } = await folder.run(['predict', 'line.json', 'data.csv', '--target', 'value']);
    expect({ code, errors }).toEqual({ code: 0, errors: 'R^2: 1.000\n' });
    expect(output.trimEnd().split('\n')).toHaveLength(rows + 1);
  });

  it('refuse what does not fit, before anything is solved', async () => {
    for (const [args, message] of [
      [
        ['train', 'data.csv', '--target', 'value', '--exclude', 'class', '--beta', '1'],
        /unknown option '--beta': 'beta' is now 'lambda'/,
      ],
      [['train', 'data.csv', '--target', 'value', '--exclude', 'class', '--alpha', '1'], /unknown option '--alpha'/],
      [
        ['train', 'data.csv', '--target', 'valu', '--exclude', 'class'],
        /there is no such column; did you mean 'value'\?; the columns are 'a', 'b'/,
      ],
      [
        ['train', 'data.csv', '--target', 'value', '--exclude', 'class', '--output', 'none/model.json'],
        /--output none\/model\.json: the folder none does not exist/,
      ],
      [
        ['train', 'data.csv', '--target', 'value', '--exclude', 'class', '--image', '28'],
        /image = '28': expected WIDTHxHEIGHT/,
      ],
      [['train', 'data.csv', '--target', 'value', '--exclude', 'class', '--output', '.'], /--output \.: is a folder/],
      [
        ['train', 'data.csv', '--model', 'regression', '--target', 'value', '--family', 'cox'],
        /family = 'cox': expected one of gaussian, binomial, /,
      ],
      [
        ['predict', 'data.csv', 'line.json'],
        /^nonconvex: data\.csv: is no model; expected nonconvex predict MODEL FILE/,
      ],
      [['predict', 'line.json', 'data.mtx'], /^nonconvex: there is no file data\.mtx$/m],
      [['predict', '.', 'data.csv'], /^nonconvex: \.: is a folder; expected a file$/m],
      [['predict', 'absent.json', 'data.csv'], /^nonconvex: there is no file absent\.json$/m],
      [['predict', 'line.json', 'data.csv', '--output', 'none/a.csv'], /the folder none does not exist/],
      [
        ['predict', 'line.json', 'data.csv', '--target', 'class'],
        /column 'class': '(wide|tall, "so")' is no number; the model predicts numbers/,
      ],
    ] as const) {
      const { code, errors } = await folder.run(args);
      expect(code).toBe(2);
      expect(errors).toMatch(message);
    }
  });
});

describe('the bar of a running solve', () => {
  const first = { iteration: 0, seconds: 0, residual: 1, message: '' };

  it('goes by the residual, the iterations or the time, whichever is further', () => {
    const at = (iteration: number, seconds: number, residual: number) => ({ ...first, iteration, seconds, residual });
    expect(shareDone(first, at(10, 1, 1e-2), { tolerance: 1e-4 })).toBeCloseTo(0.5, 12);
    expect(shareDone(first, at(80, 1, 1e-2), { tolerance: 1e-4, maxIterations: 100 })).toBeCloseTo(0.8, 12);
    expect(shareDone(first, at(80, 9, 1e-2), { tolerance: 1e-4, maxIterations: 100, timeLimit: 10 })).toBeCloseTo(
      0.9,
      12,
    );
    expect(shareDone(first, at(0, 0, 2), { tolerance: 1e-4 })).toBe(0);
  });

  it('has objective, bound, gap and the time that is left', () => {
    const now = { ...first, iteration: 10, seconds: 3, objective: 2, lowerBound: 1.5 };
    expect(progressText(now, 0.25)).toBe('objective 2.0000e+00, bound 1.5000e+00, gap 2.5e-01, 9 s left');
    expect(progressText({ ...now, lowerBound: undefined }, 1)).toBe('objective 2.0000e+00');
  });
});
