// `nonconvex ratio data.csv --target y`: minimises a ratio that data state, by the recipes of nonconvex/fractional.
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { toDense } from '../core/algebra.js';
import { certificateText } from '../core/certificateText.js';
import { visible } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { Label, Targets } from '../core/targets.js';
import {
  type FractionalResult,
  fisherDiscriminant,
  maxSharpe,
  sparseRecovery,
  totalLeastSquares,
} from '../fractional/index.js';
import type { ReportOptions } from '../report/index.js';
import { figure, shortened } from '../report/text.js';
import { categoriesOption, type DataFile, headline, inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, parseSettings, UsageError } from './keywords.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { reportOption, writeReport } from './reportFile.js';

type Texts = Record<string, string | true | undefined>;
type Settings = Record<string, number | boolean | string>;

/** A ratio that was minimised, in the terms of its recipe. */
interface Answer {
  result: FractionalResult;
  /** Numbers beside the objective. */
  numbers: Record<string, number>;
  /** The column that the rows of the file are compared with. */
  data?: ReportOptions['data'];
}

interface Recipe {
  about: string;
  /** True if there are responses. */
  target: boolean;
  own: SettingSchema[];
  solve(data: DataFile, settings: Settings): Promise<Answer>;
}

const { POSITIVE_INFINITY: infinity } = Number;
const lambda: SettingSchema = {
  name: 'lambda',
  type: 'number',
  lower: 0,
  doc: 'Weight of ||x||_1 in the numerator. Default 0.',
};

/** The recipes, the first one by default. */
const recipes: Record<string, Recipe> = {
  sparseRecovery: {
    about: 'few coefficients that explain the target, which are not shrunk',
    target: true,
    own: [
      {
        name: 'lambda',
        type: 'number',
        lower: 0,
        openLower: true,
        doc: 'Weight of ||x||_1. Default a tenth of max |A^T b|.',
      },
      { name: 'k', type: 'integer', lower: 1, doc: 'Entries that may be other than 0 for free.' },
      { name: 'penalty', type: ['topK', 'l1l2'], doc: 'What ||x||_1 is divided by. Default topK with k, else l1l2.' },
    ],
    async solve({ x, y }, settings) {
      const b = numbersOf(y);
      const result = await sparseRecovery({ A: x, b }, settings);
      const { lambda, residualNorm, support } = result;
      return { result, numbers: { lambda, residualNorm, entries: support.length }, data: fitted(x, b, result.x) };
    },
  },
  totalLeastSquares: {
    about: 'coefficients where columns and target have errors',
    target: true,
    own: [lambda],
    async solve({ x, y }, settings) {
      const b = numbersOf(y);
      const result = await totalLeastSquares({ A: x, b }, settings);
      return { result, numbers: { distance: result.distance }, data: fitted(x, b, result.x) };
    },
  },
  fisherDiscriminant: {
    about: 'the direction that parts two classes best',
    target: true,
    own: [
      { name: 'lambda', type: 'number', lower: 0, doc: 'Weight of ||w||_1^2, which leaves columns out. Default 0.' },
    ],
    async solve({ x, y }, settings) {
      const dense = toDense(x);
      const result = await fisherDiscriminant({ x: dense, y: y as string[] }, settings);
      const { direction, threshold, classes, withinScatter, betweenScatter } = result;
      const predictions = Array.from(products(dense, direction), (value) => String(classes[value > threshold ? 1 : 0]));
      const data = { y: y.map(String), predictions };
      return { result, numbers: { threshold, withinScatter, betweenScatter }, data };
    },
  },
  maxSharpe: {
    about: 'the portfolio with the largest Sharpe ratio, of a table of returns: a row a period, a column an asset',
    target: false,
    own: [
      { name: 'lower', type: 'number', upper: infinity, doc: 'Least weight of an asset; -inf: no bounds. Default 0.' },
      { name: 'upper', type: 'number', doc: 'Most weight of an asset. Default no bound.' },
      { name: 'riskFree', type: 'number', doc: 'Return of what has no risk, a period. Default 0.' },
      { ...lambda, doc: 'Weight of ||w||_1^2 against the variance. Default 0.' },
    ],
    async solve({ x }, { lower, upper, ...settings }) {
      const { mean, covariance } = moments(toDense(x));
      const bounds = { lower: lower as number | undefined, upper: upper as number | undefined };
      const result = await maxSharpe({ mu: mean, Sigma: covariance }, { ...settings, bounds });
      const { ratio, expectedReturn, volatility } = result;
      return { result, numbers: { ratio, expectedReturn, volatility } };
    },
  },
};

export const recipeNames: readonly string[] = Object.keys(recipes);

/** Adds the command to the program; `ended` takes the exit status: 0 when the ratio is minimised, 1 when it is not. The options are those of the recipe that `args` name. */
export function addRatio(
  program: Command,
  args: readonly string[],
  signal: AbortSignal,
  ended: (status: number) => void,
): void {
  const name = recipeIn(args);
  const list = Object.entries(recipes).map(([each, { about }]) => `  ${each}: ${about}`);
  const command = program
    .command('ratio')
    .description('Minimise a ratio that a file of data states.')
    .argument('<file>', '.csv or .tsv with names in the first line, .libsvm or .svm, or .mtx; plain or .gz')
    .addOption(
      new Option('--recipe <name>', 'the ratio; the options below are those of it')
        .choices(Object.keys(recipes))
        .default('sparseRecovery'),
    )
    .option('--target <name>', 'the column with the responses; for .mtx the file with them')
    .option('--exclude <names>', 'columns of a .csv file that are left out, parted by commas')
    .addOption(categoriesOption())
    .option('--names <file>', 'the names of the columns, one a line, for files that have none')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and a table')
    .addHelpText('after', `\nRecipes:\n${list.join('\n')}`)
    .action(async (file: string, texts: Texts) => ended(await runRatio(file, name, texts, signal)));
  addSettings(command, settingsOf(name));
}

/** The recipe that the arguments name; what is none is left to the library for command lines to refuse. */
function recipeIn(args: readonly string[]): string {
  const at = args.findIndex((each) => each === '--recipe' || each.startsWith('--recipe='));
  const text = at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
  return text !== undefined && text in recipes ? text : 'sparseRecovery';
}

function settingsOf(name: string): SettingSchema[] {
  return [
    ...(recipes[name] as Recipe).own,
    maxColumnsSetting,
    ...(addon().schema().solvers.fractional?.settings ?? []),
  ];
}

async function runRatio(file: string, name: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { target, exclude, categories, names, report, json } = texts as Record<string, string | undefined>;
  const recipe = recipes[name] as Recipe;
  const { maxColumns, ...settings } = parseSettings(settingsOf(name), texts);
  await checkOutputs({ '--report': report }, inputsOf(file, { target, names }));
  const data = await readData(file, {
    ...{ target, exclude, categories: categories as 'oneHot', names, signal },
    maxColumns: maxColumns as number | undefined,
    ...{ missing: false, withoutTarget: !recipe.target },
  });
  if (!json) print(`${headline(file, data)}\n`);
  const log = json ? undefined : follow('fractional', settings);
  const options = { ...settings, signal, onProgress: log?.report };
  const answer = await recipe.solve(data, options as unknown as Settings);
  const { result } = answer;
  log?.end(result.history);
  await writeReport(report, result, {
    title: `${basename(file)}: ${name}`,
    ...{ settings, data: answer.data, names: { variables: data.names, columns: data.names } },
  });
  print(json ? JSON.stringify(ratioJson(answer, data)) : ratioText(answer, data));
  if (!json && report !== undefined) print(`\nThe report is in ${report}.`);
  return result.status === 'solved' ? 0 : 1;
}

function ratioJson({ result, numbers }: Answer, { names }: DataFile): object {
  const { status, message, objective, certificate, iterations, seconds, x } = result;
  return { status, message, objective, certificate, ...numbers, iterations, seconds, names, x: Array.from(x) };
}

/** The message, the numbers, and the entries that are not 0, the largest first. */
function ratioText({ result, numbers }: Answer, { names }: DataFile): string {
  const most = 40;
  const { message, objective, certificate, x } = result;
  const all = [...x.keys()]
    .filter((j) => x[j] !== 0)
    .sort((a, b) => Math.abs(x[b] as number) - Math.abs(x[a] as number));
  const rows: [string, string][] = [
    ['objective', figure(objective, 10)],
    ['certificate', certificateText(certificate)],
    ...Object.entries(numbers).map(([name, value]): [string, string] => [name, figure(value, 6)]),
    ...all.slice(0, most).map((j): [string, string] => [shortened(names[j] as string, 50), figure(x[j], 6)]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const left = all.length > most ? [`and ${all.length - most} more; --json and --report have all`] : [];
  return [`\n${visible(message)}`, ...lines, ...left].join('\n');
}

/** Responses that must be numbers. */
function numbersOf(y: readonly Label[]): number[] {
  const at = y.findIndex((value) => typeof value !== 'number');
  if (at >= 0) throw new UsageError(`--target: response ${at + 1} is '${visible(String(y[at]))}': expected a number`);
  return y as number[];
}

const fitted = (x: Matrix | SparseMatrix, y: Targets, coefficients: Float64Array): ReportOptions['data'] => ({
  y,
  predictions: products(toDense(x), coefficients),
  name: 'the rows it was fitted to',
});

/** A x. */
function products({ data, rows, columns }: Matrix, x: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; ++j) sum += (data[i * columns + j] as number) * (x[j] as number);
    return sum;
  });
}

/** Means and covariances of columns, the latter over n - 1. */
function moments({ data, rows, columns }: Matrix): { mean: Float64Array; covariance: Matrix } {
  if (rows < 2) throw new UsageError(`expected at least 2 rows of returns, got ${rows}`);
  const at = (i: number, j: number): number => data[i * columns + j] as number;
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; ++i) for (let j = 0; j < columns; ++j) mean[j] = (mean[j] as number) + at(i, j) / rows;
  const covariance = new Float64Array(columns * columns);
  for (let j = 0; j < columns; ++j) {
    for (let k = 0; k <= j; ++k) {
      let sum = 0;
      for (let i = 0; i < rows; ++i) sum += (at(i, j) - (mean[j] as number)) * (at(i, k) - (mean[k] as number));
      covariance[j * columns + k] = sum / (rows - 1);
      covariance[k * columns + j] = sum / (rows - 1);
    }
  }
  return { mean, covariance: { data: covariance, rows: columns, columns } };
}
