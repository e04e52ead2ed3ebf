// `nonconvex fit data.csv --y y --formula 'a*(1-exp(-k*x))' --start a=500,k=1e-4`: fits the parameters of a curve to a table.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { certificateText } from '../core/certificateText.js';
import { visible } from '../core/check.js';
import { parseFormula } from '../core/formula.js';
import type { Matrix } from '../core/matrix.js';
import { replaceFile } from '../core/replaceFile.js';
import { type CurveFit, fitCurve, type Interval } from '../fit/index.js';
import { modelToJson } from '../predict/models.js';
import { type CsvHints, readCsvWith } from '../readers/csv.js';
import { counted, figure } from '../report/text.js';
import { dataForm, fitHints } from './dataFile.js';
import { addSettings, parseSettings, UsageError } from './keywords.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { reportOption, writeReport } from './reportFile.js';
import { title } from './title.js';

type Texts = Record<string, string | true | undefined>;
type Numbers = Record<string, number>;

const intervalsSetting: SettingSchema = {
  name: 'intervals',
  type: ['linear', 'profile'],
  doc: 'The intervals of 95 %: by standard errors, or by profiles, which the report then shows. Default linear.',
};

const settingsOf = (): SettingSchema[] => [intervalsSetting, ...(addon().schema().solvers.fit?.settings ?? [])];

/** Adds the command to the program; `ended` takes the exit status: 0 when the fit is solved, 1 when it is not. */
export function addFit(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('fit')
    .description('Fit the parameters of a formula to a table, with their errors.')
    .argument('<file>', '.csv or .tsv with names in the first line; plain or .gz')
    .requiredOption('--y <name>', 'the column of the measured numbers')
    .requiredOption(
      '--formula <text>',
      'the curve: numbers, names of parameters and columns, + - * / ^, and functions such as exp',
    )
    .requiredOption('--start <list>', 'the parameters with numbers to begin at, such as a=500,k=1e-4')
    .option('--lower <list>', 'lower bounds of parameters, such as k=0')
    .option('--upper <list>', 'upper bounds of parameters')
    .option('--sigma <name>', 'the column of the standard deviations of the measured numbers')
    .option('--absoluteSigma', 'the deviations are known, not up to a factor')
    .option('--output <file>', 'write the fitted curve to a file, which predict reads')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and a table')
    .addHelpText(
      'after',
      "\nExample:\n  nonconvex fit data.csv --y y --formula 'a * (1 - exp(-k * x))' --start a=500,k=1e-4",
    )
    .action(async (file: string, texts: Texts) => ended(await runFit(file, texts, signal)));
  addSettings(command, settingsOf());
}

async function runFit(file: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { y: target = '', output, report, json } = texts as Record<string, string>;
  const { intervals = 'linear', ...settings } = parseSettings(settingsOf(), texts);
  const problem = await readProblem(file, texts as Record<string, string>, signal);
  if (!json) print(`${title}: ${basename(file)}, ${counted(problem.y.length, 'row')}, y ${visible(target)}\n`);
  const log = json ? undefined : follow('fit', settings);
  const fit = await fitCurve(problem as Parameters<typeof fitCurve>[0], {
    ...settings,
    signal,
    onProgress: log?.report,
  });
  log?.end(fit.history);
  const ends = await intervalsOf(fit, intervals as 'linear' | 'profile');
  if (output !== undefined) await replaceFile(output, modelText(target, fit));
  await writeReport(report, fit, {
    title: `${basename(file)}: ${target}`,
    settings: { formula: problem.curve, ...settings },
    ...(report && intervals === 'profile' && fit.standardErrors && { profiles: await fit.profiles() }),
  });
  print(json ? JSON.stringify(fitJson(fit, ends)) : fitText(fit, ends));
  if (!json && output !== undefined) print(`\nThe curve is in ${output}.`);
  if (!json && report !== undefined) print(`\nThe report is in ${report}.`);
  return fit.status === 'solved' ? 0 : 1;
}

/** The problem that the options and the file state. */
async function readProblem(file: string, options: Record<string, string | undefined>, signal: AbortSignal) {
  const { y: target = '', formula: curve = '', start: begin = '', lower, upper, sigma, output, report } = options;
  const start = numbersOf('start', begin);
  const { names } = parseFormula('--formula', curve);
  const left = Object.keys(start).find((name) => !names.has(name));
  if (left !== undefined) throw new UsageError(`--start ${visible(left)}: the formula has no ${visible(left)}`);
  await checkOutputs({ '--output': output, '--report': report }, [file]);
  const used = [...names.keys()].filter((name) => !(name in start) && name !== 'pi');
  const data = await readColumns(
    file,
    [...new Set([...used, target, ...(sigma === undefined ? [] : [sigma])])],
    signal,
  );
  const column = (name: string): Float64Array => data[name] as Float64Array;
  // A curve that depends on no column is a constant, of as many rows as there are.
  const columns = used.length > 0 ? used : [target];
  return {
    x: Object.fromEntries(columns.map((name) => [name, column(name)])),
    ...{ y: column(target), curve, start, absoluteSigma: options.absoluteSigma !== undefined },
    ...{ lower: lower && numbersOf('lower', lower), upper: upper && numbersOf('upper', upper) },
    ...(sigma !== undefined && { sigma: column(sigma) }),
  };
}

/** Names, in messages of the reader, of the options of this command. */
const hints: CsvHints = { ...fitHints, columns: 'column ', missing: 'a fit needs a number in each row' };

/** Columns of a table by their names. */
async function readColumns(
  file: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, Float64Array>> {
  const form = dataForm(file);
  if (form !== 'csv' && form !== 'tsv')
    throw new UsageError(`${file}: expected a file named .csv or .tsv, or one of these with .gz`);
  const { x } = await readCsvWith(file, { columns: names, signal }, hints);
  const { data, rows, columns }: Matrix = x;
  return Object.fromEntries(
    names.map((name, j) => [name, Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] as number)]),
  );
}

/** Numbers by names: 'a=500,k=1e-4'. */
function numbersOf(option: string, text: string): Numbers {
  return Object.fromEntries(
    text.split(',').map((each) => {
      const [, name, number = ''] = /^\s*([^=]+?)\s*=\s*(\S+)\s*$/.exec(each) ?? [];
      if (name !== undefined && !Number.isNaN(Number(number))) return [name, Number(number)];
      throw new UsageError(
        `--${option} '${visible(each)}': expected NAME=NUMBER, parted by commas, such as a=500,k=1e-4`,
      );
    }),
  );
}

/** The intervals of the parameters, where the fit has errors. */
async function intervalsOf(fit: CurveFit, method: 'linear' | 'profile'): Promise<Interval[] | undefined> {
  if (!fit.standardErrors) return undefined;
  const ends: Interval[] = [];
  for (const name of fit.names) ends.push(await fit.interval(name, { method }));
  return ends;
}

const modelText = (target: string, fit: CurveFit): string =>
  `${JSON.stringify({ target, names: fit.columns, model: modelToJson(fit) })}\n`;

function fitJson(fit: CurveFit, intervals: Interval[] | undefined): object {
  const { status, message, objective, certificate, parameters, iterations, seconds } = fit;
  const { residualSumOfSquares, residualDeviation, rSquared, degreesOfFreedom, names, standardErrors, covariance } =
    fit;
  const byName = <T>(of: ArrayLike<T> | undefined) => of && Object.fromEntries(names.map((name, j) => [name, of[j]]));
  return {
    ...{ status, message, objective, certificate, parameters },
    ...{ standardErrors: byName(standardErrors), intervals: byName(intervals) },
    ...(standardErrors && { covariance: rowsOf(covariance) }),
    undetermined: Array.from(fit.undetermined, (j) => names[j]),
    atBounds: Array.from(fit.atBounds, (j) => names[j]),
    ...{ residualSumOfSquares, residualDeviation, rSquared, degreesOfFreedom, iterations, seconds },
  };
}

const rowsOf = ({ data, rows, columns }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));

function fitText(fit: CurveFit, intervals: Interval[] | undefined): string {
  const { message, certificate, names, x, standardErrors, undetermined, atBounds } = fit;
  const facts: [string, string][] = [
    ['sum of squares', figure(fit.residualSumOfSquares, 10)],
    ['residual deviation', figure(fit.residualDeviation, 6)],
    ['R^2', figure(fit.rSquared, 6)],
    ['degrees of freedom', String(fit.degreesOfFreedom)],
    ['certificate', certificateText(certificate)],
  ];
  const rows = names.map((name, j) => {
    const ends = intervals?.[j];
    const remark = atBounds.includes(j) ? 'at a bound' : undetermined.includes(j) ? 'not determined by the data' : '';
    const shown = ends ? `${figure(ends.lower, 6)} to ${figure(ends.upper, 6)}` : '-';
    return [visible(name), figure(x[j], 8), figure(standardErrors?.[j], 4), remark || shown];
  });
  const head = ['parameter', 'estimate', 'standard error', 'interval of 95 %'];
  return [`\n${visible(message)}`, ...aligned(facts), '', ...aligned([head, ...rows])].join('\n');
}

/** Rows of texts in columns, each as wide as its longest text. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] as readonly string[]).map((_, c) =>
    Math.max(...rows.map((row) => (row[c] as string).length)),
  );
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c] as number))
      .join('  ')
      .trimEnd(),
  );
}
