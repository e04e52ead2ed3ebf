// `nonconvex train data.csv --target y`: fits a network or a regression, and writes the model to a file.
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { toDense } from '../core/algebra.js';
import { rangeError } from '../core/argumentError.js';
import { withChoices } from '../core/choices.js';
import type { Matrix } from '../core/matrix.js';
import { replaceFile } from '../core/replaceFile.js';
import type { Targets } from '../core/targets.js';
import type { ReluComparison } from '../relu/problem.js';
import { trainReluNetwork } from '../relu/solver.js';
import { alongOf, chosenOf, parameterOf, preferred } from '../report/pathRun.js';
import { crossValidate, sparseRegression } from '../sparse/index.js';
import { categoriesOption, type DataFile, headline, inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, outlevSetting, parseSettings, UsageError } from './keywords.js';
import { agreement, modelText, parseModelFile, predictions } from './modelFile.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { parseImage, reportOption, writeReport } from './reportFile.js';
import { givenSparse, imputeSetting, maxSizeSetting, sparseSettings } from './sparseSettings.js';

type Texts = Record<string, string | true | undefined>;

/** A model that was fitted, and how the solve ended. */
interface Fitted {
  model: object;
  /** The result that a page is about. */
  result: object;
  status: string;
  message: string;
  /** Which of several models it is. */
  chosen?: string;
  /** Scores of the candidates on rows left out, by name, that of the model first. */
  leftOut?: Record<string, number>;
}

interface Trainer {
  /** Settings that the addon declares. */
  settings(): SettingSchema[];
  /** Others. */
  own: SettingSchema[];
  fit(
    data: DataFile & { x: Matrix },
    settings: Record<string, unknown>,
    signal: AbortSignal,
    outlev: number,
  ): Promise<Fitted>;
}

const trainers: Record<string, Trainer> = {
  network: {
    settings: networkSettings,
    own: [
      {
        name: 'task',
        type: ['classification', 'regression'],
        doc: 'What integers as responses stand for: classes or values.',
      },
      imputeSetting,
    ],
    async fit({ x, y, names }, { standardize, bias, impute, ...settings }, signal, outlev) {
      const log = outlev === 0 ? undefined : follow('relu', settings, outlev);
      const options = {
        ...withChoices('relu', settings),
        standardize: flagOr('norm', standardize),
        bias: flagOr('light', bias),
        signal,
        onProgress: log?.report,
      };
      const data = { x, y: y as string[], names, impute: impute as 'mean' | undefined };
      const result = await trainReluNetwork(data, options);
      log?.end(result.history);
      const { network: model, status, message, crossValidation } = result;
      return { model, result, status, message, ...(crossValidation && { leftOut: scoresOf(crossValidation) }) };
    },
  },
  regression: {
    settings: () => sparseSettings(),
    own: [
      {
        name: 'lambda',
        type: 'number',
        lower: 0,
        doc: 'Weight of the penalty. Default: lambda.1se of cross-validation.',
      },
      { name: 'size', type: 'integer', lower: 0, doc: 'The most columns of the best subset, in place of lambda.' },
      maxSizeSetting,
      { name: 'folds', type: 'integer', lower: 2, doc: 'Parts of the rows for cross-validation. Default 10.' },
      imputeSetting,
    ],
    async fit({ x, y, names, groups }, { lambda, size, folds = 10, ...settings }, signal, outlev) {
      const log = outlev === 0 ? undefined : follow('sparse', settings, outlev);
      const { settings: chosen, ...more } = givenSparse(settings);
      const data = { x, y, names, groups, ...more };
      const options = { ...chosen, signal, onProgress: log?.report };
      if (lambda !== undefined || size !== undefined) {
        const asked = { lambda: lambda as number | undefined, size: size as number | undefined };
        const result = await sparseRegression(data, { ...options, ...asked });
        log?.end(result.history);
        return { model: result, result, status: result.status, message: result.message };
      }
      const path = await crossValidate(data, { ...options, folds: Math.min(folds as number, x.rows) });
      log?.end(path.history);
      const best = preferred(chosenOf(path))[0];
      if (!best) throw rangeError(`${path.status}: ${path.message}`);
      return {
        model: best.fit,
        result: path,
        status: path.status,
        message: path.message,
        chosen: `${best.by}, ${parameterOf(path)} ${alongOf(best.fit)}`,
      };
    },
  },
};

/** Scores of the candidates on rows left out, that of the model first. */
function scoresOf({ model, scores, chosen, affine, constant }: ReluComparison): Record<string, number> {
  const candidates = { network: scores[chosen], affine, constant };
  const order = [model, ...(['network', 'affine', 'constant'] as const).filter((name) => name !== model)];
  const known = order.map((name) => [name, candidates[name]?.score]).filter(([, score]) => score !== undefined);
  return Object.fromEntries(known);
}

/** The settings of networks, `bias` with a third value. */
function networkSettings(): SettingSchema[] {
  const settings = addon().schema().solvers.relu?.settings ?? [];
  const third = "'light' counts a bias as a hundredth of a weight.";
  return settings
    .filter(({ name }) => name !== 'regularizeBias')
    .map((setting) =>
      setting.name === 'bias'
        ? { ...setting, type: ['true', 'false', 'light'], default: 'true', doc: `${setting.doc} ${third}` }
        : setting,
    );
}

/** A value of three: true, false or a name. */
const flagOr = <Name extends string>(name: Name, value: unknown): boolean | Name | undefined =>
  value === undefined ? undefined : value === name ? name : value === 'true';

export const modelNames: readonly string[] = Object.keys(trainers);

/** Adds the command to the program; `ended` takes the exit status: 0 when the solve is solved, 1 when it is not. The options are those of the model that `args` name. */
export function addTrain(
  program: Command,
  args: readonly string[],
  signal: AbortSignal,
  ended: (status: number) => void,
): void {
  const kind = kindOf(args);
  const others = modelNames.filter((name) => name !== kind);
  const command = program
    .command('train')
    .description('Fit a model to a file of data and write it to a file, which predict reads.')
    .argument('<file>', '.csv or .tsv with names in the first line, .libsvm or .svm, or .mtx; plain or .gz')
    .addOption(
      new Option('--model <kind>', 'what is fitted; the options below are those of it')
        .choices(Object.keys(trainers))
        .default('network'),
    )
    .option('--target <name>', 'the column with the responses; for .mtx the file with them')
    .option('--exclude <names>', 'columns of a .csv file that are left out, parted by commas')
    .addOption(categoriesOption())
    .option('--names <file>', 'the names of the columns, one a line, for files that have none')
    .option('--output <file>', 'the file of the model', 'model.json')
    .addOption(reportOption())
    .option('--image <size>', 'columns are the pixels of an image of this size, such as 28x28; for --report')
    .option('--json', 'print one JSON object instead of a log and a summary')
    .addHelpText(
      'after',
      others
        .map(
          (name) => `\nThe options are those of --model ${kind}; of the other: nonconvex train --model ${name} --help`,
        )
        .join(''),
    )
    .action(async (file: string, texts: Texts) => ended(await train(file, kind, texts, signal)));
  addSettings(command, settingsOf(kind));
}

/** The model that the arguments name; what is none is left to the library for command lines to refuse. */
function kindOf(args: readonly string[]): string {
  const at = args.findIndex((each) => each === '--model' || each.startsWith('--model='));
  const text = at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
  return text !== undefined && text in trainers ? text : 'network';
}

function settingsOf(kind: string): SettingSchema[] {
  const { own, settings } = trainers[kind] as Trainer;
  return [...own, maxColumnsSetting, outlevSetting, ...settings()];
}

/** The options of the command, checked before there is any work. */
async function readOptions(file: string, kind: string, texts: Texts) {
  const {
    target,
    exclude,
    categories,
    names,
    output = 'model.json',
    report,
    image,
    json,
    ...rest
  } = texts as Partial<Record<string, string>>;
  const { outlev = 1, maxColumns, ...settings } = parseSettings(settingsOf(kind), rest);
  await checkOutputs({ '--output': output, '--report': report }, inputsOf(file, { target, names }));
  const columns = {
    target,
    exclude,
    categories: categories as 'oneHot',
    names,
    missing: settings.impute !== undefined,
    maxColumns: maxColumns as number | undefined,
  };
  return {
    columns,
    settings,
    outlev: json ? 0 : Number(outlev),
    output,
    report,
    image: parseImage(image),
    json: json !== undefined,
  };
}

async function train(file: string, kind: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { columns, settings, outlev, output, report, image, json } = await readOptions(file, kind, texts);
  const read = await readData(file, { ...columns, signal });
  if (read.x.rows === 0) throw new UsageError(`${file}: expected at least one row of data`);
  const data = { ...read, x: toDense(read.x) };
  const { x, y, target, names } = data;
  if (!json) print(`${headline(file, data)}\n`);
  const fitted = await (trainers[kind] as Trainer).fit(data, settings, signal, outlev);
  const text = modelText(data, fitted.model);
  const { model } = parseModelFile(output, text);
  await replaceFile(output, text);
  const { status, message, chosen, leftOut, result } = fitted;
  const rows = { x, y: y as Targets, name: 'the rows it was fitted to' };
  const about = { title: `${basename(file)}: ${target}`, settings, data: rows, names: { columns: names }, image };
  await writeReport(report, result, about);
  const { measure, score } = agreement(predictions(model, x), y, model.classes !== undefined);
  const told = { status, message, model: kind, ...(chosen && { chosen }), ...(leftOut && { leftOut }) };
  if (json) print(JSON.stringify({ ...told, output, measure, score }));
  else {
    if (outlev > 0) print('');
    if (leftOut) print(`${measure} on rows left out: ${leftOutText(leftOut)}.`);
    print(`${message}${chosen ? `\nChosen by ${chosen}.` : ''}`);
    print(`${measure} on these rows: ${score.toPrecision(4)}. The model is in ${output}.`);
    if (report !== undefined) print(`The report is in ${report}.`);
  }
  return status === 'solved' ? 0 : 1;
}

/** The score of the model, and those of the other candidates in brackets. */
function leftOutText(leftOut: Record<string, number>): string {
  const [[name, score], ...others] = Object.entries(leftOut) as [[string, number], ...[string, number][]];
  const texts = others.map(([other, value]) => `${other} ${value.toPrecision(4)}`);
  return `${score.toPrecision(4)}, ${name}${texts.length > 0 ? ` (${texts.join(', ')})` : ''}`;
}
