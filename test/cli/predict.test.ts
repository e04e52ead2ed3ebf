// `nonconvex predict` with the JSON of a model alone, of every kind: what it prints is what the family says of the rows.
import { afterAll, expect, it } from 'vitest';
import { type MatrixLike, toMatrix } from '../../src/core/matrix.js';
import type { Label } from '../../src/core/targets.js';
import { modelToJson } from '../../src/exchange/index.js';
import { expectClose, flat } from '../exchange/compare.js';
import { allCases, xNew } from '../exchange/models.js';
import { Folder } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());

const cases = await allCases();
const fromRows = cases.filter(
  ({ name, options = {} }) => !/robustMixedModel|completedMatrix/.test(name) && !('offset' in options),
);

/** The rows as a .csv file, with nothing where a number is missing. */
function csvOf(x: MatrixLike): string {
  const { data, rows, columns } = toMatrix('x', x);
  const line = (i: number) =>
    Array.from(data.subarray(i * columns, (i + 1) * columns), (value) => (Number.isNaN(value) ? '' : value)).join(',');
  return ['a,b,c', ...Array.from({ length: rows }, (_, i) => line(i)), ''].join('\n');
}

async function predictions(model: object, x: MatrixLike): Promise<unknown[]> {
  folder.write('model.json', JSON.stringify(modelToJson(model)));
  folder.write('new.csv', csvOf(x));
  const { code, output, errors } = await folder.run(['predict', 'model.json', 'new.csv', '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output).predictions;
}

it.each(fromRows)('$name', async ({ model, x, prediction }) => {
  const said = await predictions(model, x);
  expect(said).toHaveLength(7);
  const { classes } = model as { classes?: readonly [Label, Label] };
  const expected = flat(prediction);
  const means = classes !== undefined && !classes.includes(expected[0] as Label);
  expectClose(
    said.flat(),
    means ? expected.map((chance) => classes[Number((chance as number) > 0.5)]) : expected,
    1e-12,
  );
});

const caseOf = (name: string) => cases.find((each) => each.name === name) as (typeof cases)[0];

it('a model of several numbers has a column for each of them, and is compared with no single one', async () => {
  const { model, x, prediction } = caseOf('linearNetwork');
  expect(await predictions(model, x)).toHaveLength(7);
  const { output } = await folder.run(['predict', 'model.json', 'new.csv']);
  const [head, first] = output.split('\n');
  expect(head).toBe('prediction 1,prediction 2');
  expectClose((first as string).split(',').map(Number), flat(prediction).slice(0, 2), 1e-12);
  folder.write(
    'more.csv',
    csvOf(x)
      .replaceAll(/\n(?=.)/g, '\n1,')
      .replace('a', 'y,a'),
  );
  const { code, errors } = await folder.run(['predict', 'model.json', 'more.csv', '--target', 'y']);
  expect({ code, errors }).toEqual({
    code: 2,
    errors: 'nonconvex: --target y: the model predicts 2 numbers for a row, not one\n',
  });
});

it('says what the model was fitted to where the rows are others', async () => {
  const { model } = caseOf('leastSquares');
  const json = modelToJson(model);
  const errorsOf = async (of: object, text: string): Promise<string> => {
    folder.write('model.json', JSON.stringify(of));
    folder.write('new.csv', text);
    return (await folder.run(['predict', 'model.json', 'new.csv'])).errors;
  };
  expect(await errorsOf(json, 'a,b,c\n1,2,Rome\n')).toMatch(
    /the model has no names of columns, and takes 3 columns of numbers$/m,
  );
  const named = { target: 'y', names: ['a', 'b', 'c'], model: json };
  expect(await errorsOf(named, 'c,b,a\n1,2,Rome\n')).toMatch(
    /column 'a': 'Rome' is no number; the model was fitted to numbers there$/m,
  );
  expect(await errorsOf(named, 'c,b,a\n1,,3\n')).toMatch(
    /column 'b' has no value; the model was fitted without missing values$/m,
  );
});

it('what a model has not is refused by name', async () => {
  folder.write('new.csv', csvOf(xNew));
  for (const [name, args, message] of [
    ['robustMixedModel', [], "model.json: a model of kind 'robustMixedModel' predicts from more than rows of numbers"],
    ['completedMatrix', [], "model.json: a model of kind 'completedMatrix' predicts from more than rows of numbers"],
    ['sequentialMaxMargin', ['--probabilities'], "--probabilities: a model of kind 'sequentialMaxMargin' has none"],
    [
      'leastSquares',
      ['--probabilities'],
      "--probabilities: a model of kind 'regressionModel' without classes has none",
    ],
    [
      'network: two classes by the hinge, integers',
      ['--probabilities'],
      "network.loss = 'hinge': expected 'logistic' or 'softmax', which give probabilities, or a network with a temperature",
    ],
  ] as const) {
    folder.write('model.json', JSON.stringify(modelToJson(caseOf(name).model)));
    const { code, errors } = await folder.run(['predict', 'model.json', 'new.csv', ...args]);
    expect({ code, errors }).toEqual({ code: 2, errors: `nonconvex: ${message}\n` });
  }
});
