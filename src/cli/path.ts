// `nonconvex path data.csv --target y`: models along lambdas or sizes, which of them cross-validation and criteria choose, and a page about them.
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { SettingSchema } from '../core/addon.js';
import type { Targets } from '../core/targets.js';
import { chosenOf } from '../report/pathRun.js';
import {
  crossValidate,
  type SparseCrossValidationSettings,
  type SparsePathSettings,
  sparsePath,
} from '../sparse/index.js';
import { categoriesOption, type DataOptions, headline, inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, outlevSetting, parseSettings, UsageError } from './keywords.js';
import { checkOutputs } from './outputs.js';
import { type FileRun, pathJson, pathText } from './pathText.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { reportOption, writeReport } from './reportFile.js';
import { givenSparse, imputeSetting, maxSizeSetting, sparseSettings } from './sparseSettings.js';

type Texts = Record<string, string | true | undefined>;

/** The program's own options, each a setting of one word in the schema's terms. */
const own: SettingSchema[] = [
  {
    name: 'folds',
    type: 'integer',
    lower: 0,
    doc: 'Parts of the rows for cross-validation, drawn by seed; 0: none. Default 10.',
  },
  {
    name: 'measure',
    type: ['deviance', 'squaredError', 'absoluteError', 'misclassification', 'auc'],
    doc: 'What is measured on the rows that were left out.',
    default: 'deviance',
  },
  maxSizeSetting,
  imputeSetting,
  maxColumnsSetting,
  outlevSetting,
];

/** Adds the command to the program; `ended` takes the exit status: 0 when the path is solved, 1 when it is not. */
export function addPath(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('path')
    .description('Fit a regression along lambdas with a penalty that selects columns, and cross-validate it.')
    .argument('<file>', '.csv or .tsv with names in the first line, .libsvm or .svm, or .mtx; plain or .gz')
    .option(
      '--target <name>',
      'the column with the responses; for .mtx the file with them, a .mtx vector or one a line',
    )
    .option('--event <name>', 'the column that says if the event came at the time in --target: a model of Cox')
    .option('--eventIs <value>', 'the value of that column with which the event came (default: 1 or true)')
    .option('--exclude <names>', 'columns of a .csv file that are left out, parted by commas')
    .option('--categorical <names>', 'columns of numbers that are categories, parted by commas')
    .addOption(categoriesOption())
    .option('--names <file>', 'the names of the columns, one a line, for files that have none')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and a table')
    .action(async (file: string, texts: Texts) => ended(await runPath(file, texts, signal)));
  addSettings(command, pathSettings());
}

function pathSettings(): SettingSchema[] {
  return [...own, ...sparseSettings({ times: true })];
}

async function runPath(file: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { target, event, eventIs, exclude, categories, categorical, names, report, json, ...rest } = texts as Record<
    string,
    string | undefined
  >;
  const values = parseSettings(pathSettings(), rest);
  const {
    folds = 10,
    outlev = 1,
    maxColumns,
    ...settings
  } = values as Record<string, unknown> & { folds?: number; outlev?: number; maxColumns?: number };
  await checkOutputs({ '--report': report }, inputsOf(file, { target, names }));
  const data = await readData(file, {
    ...{ target, event: eventOf(event, eventIs, settings), exclude, categorical, names, maxColumns, signal },
    ...{ categories: categories as 'oneHot', missing: settings.impute !== undefined },
  });
  const { x, y, times, groups } = data;
  if (!json) print(`${headline(file, data)}\n`);
  const log = json || outlev === 0 ? undefined : follow('sparse', settings, outlev);
  const { settings: given, ...more } = givenSparse({ ...settings, ...(times && { family: 'cox' }) });
  const options = { ...given, signal, onProgress: log?.report } as SparseCrossValidationSettings;
  const wanted = { x, y: times ?? y, names: data.names, groups, ...more };
  const path: FileRun['path'] =
    folds === 0
      ? await sparsePath(wanted, withoutFolds(options))
      : await crossValidate(wanted, { ...options, folds: Math.max(2, Math.min(folds, x.rows)) });
  log?.end(path.history);
  const run: FileRun = { names: data.names, x, data, settings, path, chosen: chosenOf(path) };
  await writeReport(report, path, {
    title: `${basename(file)}: ${data.target}`,
    settings: values,
    data: { x, y: y as Targets, name: 'the rows it was fitted to' },
    names: { columns: data.names },
  });
  print(json ? JSON.stringify(pathJson(run)) : `${log ? '\n' : ''}${pathText(run)}`);
  if (!json && report !== undefined) print(`\nThe report is in ${report}.`);
  return path.status === 'solved' ? 0 : 1;
}

/** The column of events with the value that is one, as `--event` and `--eventIs` say. */
function eventOf(
  column: string | undefined,
  is: string | undefined,
  { family }: Readonly<Record<string, unknown>>,
): DataOptions['event'] {
  if (column === undefined) {
    if (is !== undefined) throw new UsageError(`--eventIs ${is}: expected --event, the column that has this value`);
    if (family === 'cox') throw new UsageError('--family cox: expected --event, the column of events');
    return undefined;
  }
  if (family === undefined || family === 'cox') return { column, is };
  throw new UsageError(`--family ${family}: expected cox, as --event ${column} is for times until an event`);
}

function withoutFolds({ measure: _, relax: _relax, ...settings }: SparseCrossValidationSettings): SparsePathSettings {
  return settings;
}
