// `nonconvex predict model.json data.csv`: what a model says of the rows of a file.
import type { Command } from 'commander';
import { csvFormatRows } from 'd3-dsv';
import { toDense } from '../core/algebra.js';
import { show, visible } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { replaceFile } from '../core/replaceFile.js';
import type { Label } from '../core/targets.js';
import { type DataFile, inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { describe, parseSettings, UsageError } from './keywords.js';
import { agreement, predictions, type RowModel, type RowPrediction, readModelFile, rowsOf } from './modelFile.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';

type Options = Partial<Record<'target' | 'output' | 'maxColumns', string>> & { probabilities?: true; json?: true };

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
    .option('--maxColumns <value>', describe(maxColumnsSetting))
    .option('--json', 'print one JSON object')
    .action(async (model: string, file: string, options: Options) =>
      ended(await predictFile(model, file, options, signal)),
    );
}

async function predictFile(modelPath: string, path: string, options: Options, signal: AbortSignal): Promise<number> {
  const { target, output, json } = options;
  const { maxColumns } = parseSettings([maxColumnsSetting], options) as { maxColumns?: number };
  await checkOutputs({ '--output': output }, [modelPath, ...inputsOf(path, { target })]);
  const { model, columns: count, names, levels } = await readModelFile(modelPath);
  const missing = model.means !== undefined;
  const data = await readData(path, { target, missing, columns: { count, names, levels }, maxColumns, signal });
  const x = toDense(data.x);
  const predicted = predictions(model, x);
  const compared = compare(model, predicted, data, target);
  const probabilities = options.probabilities ? probabilitiesOf(model, x) : undefined;
  if (json) {
    print(
      JSON.stringify({
        predictions: predicted,
        ...(probabilities && { classes: model.classes, probabilities }),
        ...compared,
      }),
    );
    return 0;
  }
  const table = csvFormatRows([
    headOf(predicted, probabilities && model.classes),
    ...predicted.map((said, i) => [said, probabilities?.[i] ?? []].flat().map(String)),
  ]);
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

/** How many numbers or labels a model says of a row. */
const lengthOf = (said: RowPrediction | undefined): number => (Array.isArray(said) ? said.length : 1);

/** The names of the columns of a table of predictions, and of probabilities of `classes`. */
function headOf(predicted: readonly RowPrediction[], classes: readonly Label[] = []): string[] {
  const width = lengthOf(predicted[0]);
  const numbered = Array.from({ length: width }, (_, k) => `prediction ${k + 1}`);
  return [...(width === 1 ? ['prediction'] : numbered), ...classes.map((label) => `probability of ${label}`)];
}

function probabilitiesOf(model: RowModel, x: Matrix): readonly RowPrediction[] {
  if (model.classes && model.predictProbabilities) return rowsOf(model.predictProbabilities(x));
  throw new UsageError(
    `--probabilities: a model of kind '${model.kind}' ${model.classes ? 'has none' : 'without classes has none'}`,
  );
}

/** How well predictions agree with the responses, where there are some to compare with. */
function compare(
  { classes }: RowModel,
  predicted: readonly RowPrediction[],
  { y, target }: DataFile,
  named: string | undefined,
): ReturnType<typeof agreement> | undefined {
  const width = lengthOf(predicted[0]);
  if (width > 1 && named !== undefined)
    throw new UsageError(`--target ${visible(named)}: the model predicts ${width} numbers for a row, not one`);
  if (y.length === 0 || width > 1) return undefined;
  const labels = classes !== undefined || typeof predicted[0] === 'boolean';
  const word = labels ? undefined : y.find((value) => typeof value !== 'number');
  if (word === undefined) return agreement(predicted, y, labels);
  throw new UsageError(
    `column '${visible(target)}': ${show(visible(String(word)))} is no number; the model predicts numbers`,
  );
}
