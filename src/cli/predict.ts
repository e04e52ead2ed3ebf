// `nonconvex predict model.json data.csv`: what a model says of the rows of a file.
import type { Command } from 'commander';
import { toDense } from '../core/algebra.js';
import { show, visible } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { replaceFile } from '../core/replaceFile.js';
import { csvFormatRows } from '../readers/dsv.js';
import { type DataFile, readData } from './dataFile.js';
import { UsageError } from './keywords.js';
import { agreement, columnsOf, predictions, readModelFile } from './modelFile.js';
import { print } from './print.js';
import { checkWritable } from './reportFile.js';

type Options = Partial<Record<'target' | 'output', string>> & { probabilities?: true; json?: true };

/** Adds the command to the program; `ended` takes the exit status. */
export function addPredict(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  program
    .command('predict')
    .description('Print what a model says of the rows of a file, as .csv.')
    .argument('<model>', 'a file that train wrote, or the JSON of a model')
    .argument('<file>', 'data in the forms that train reads; columns of a .csv file are found by their names')
    .option('--target <name>', 'the responses, to compare with')
    .option('--probabilities', 'a column for each class with its probability')
    .option(
      '--output <file>',
      'write the .csv file instead of printing it, and print how well it agrees with the responses',
    )
    .option('--json', 'print one JSON object')
    .action(async (model: string, file: string, options: Options) =>
      ended(await predictFile(model, file, options, signal)),
    );
}

async function predictFile(modelPath: string, path: string, options: Options, signal: AbortSignal): Promise<number> {
  const { target, output, json } = options;
  await checkWritable('--output', output);
  const { model, names, levels } = await readModelFile(modelPath);
  const missing = 'means' in model && model.means !== undefined;
  const data = await readData(path, { target, missing, columns: { count: columnsOf(model), names, levels }, signal });
  if (!model.classes) checkNumbers(data);
  const x = toDense(data.x);
  const predicted = predictions(model, x);
  const probabilities = options.probabilities ? model.predictProbabilities(x) : undefined;
  const compared = data.y.length > 0 ? agreement(predicted, data.y, model.classes !== undefined) : undefined;
  if (json) {
    print(
      JSON.stringify({
        predictions: predicted,
        ...(probabilities && { classes: model.classes, probabilities: rowsOf(probabilities) }),
        ...compared,
      }),
    );
    return 0;
  }
  const head = [
    'prediction',
    ...(probabilities ? (model.classes ?? []).map((label) => `probability of ${label}`) : []),
  ];
  const shown = probabilities ? rowsOf(probabilities) : [];
  const table = csvFormatRows([head, ...predicted.map((value, i) => [value, ...(shown[i] ?? [])].map(String))]);
  const score = compared && `${compared.measure}: ${compared.score.toPrecision(4)}`;
  if (output === undefined) {
    print(table);
    // Standard output is a .csv file.
    if (score) console.error(score);
  } else {
    await replaceFile(output, `${table}\n`);
    if (score) print(score);
    print(`The predictions are in ${output}.`);
  }
  return 0;
}

/** Throws unless the responses are numbers, which a model without classes is compared with. */
function checkNumbers({ y, target }: DataFile): void {
  const word = y.find((value) => typeof value !== 'number');
  if (word === undefined) return;
  throw new UsageError(
    `column '${visible(target)}': ${show(visible(String(word)))} is no number; the model predicts numbers`,
  );
}

const rowsOf = ({ data, rows, columns }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
