// A fitted model in a file, with the names of the columns that it was fitted to.
import { readFile } from 'node:fs/promises';
import { messageOf } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { type FittedModel, modelFromJson, modelToJson } from '../exchange/index.js';
import { columnsOf } from '../predict/models.js';
import type { Levels } from '../readers/csv.js';
import { decoded } from '../readers/file.js';
import type { DataFile } from './dataFile.js';
import { UsageError } from './keywords.js';

/** A model that the program has fitted: the column that it predicts, those that it is given, and the model in the form of nonconvex/exchange. */
export interface ModelFile {
  target: string;
  names: readonly string[];
  /** Texts of columns that became a column for each of them. */
  levels?: Levels;
  model: RowModel;
}

/** A model that predicts from rows of numbers. */
export type RowModel = FittedModel & {
  classes?: readonly Label[];
  means?: Float64Array;
  responses?: number;
  predictProbabilities?(x: Matrix): Matrix;
};

/** A prediction for a row: a label, a number, or several of these. */
export type RowPrediction = Label | readonly number[];

/** The contents of a file of a model. */
export function modelText({ target, names, levels }: DataFile, model: object): string {
  const known = Object.keys(levels ?? {}).length > 0 && { levels };
  return `${JSON.stringify({ target, names, ...known, model: modelToJson(model) })}\n`;
}

/** Reads a model of `nonconvex train`, or the JSON of a model alone, which has no names of columns. */
export async function readModelFile(path: string): Promise<ReadModel> {
  const bytes = await readFile(path).catch((error) => {
    throw Object.assign(error, { path }); // the error of reading a folder has no path
  });
  return parseModelFile(path, decoded(bytes));
}

type ReadModel = Partial<ModelFile> & Pick<ModelFile, 'model'> & { columns: number };

export function parseModelFile(path: string, text: string): ReadModel {
  try {
    const given = parseModel(text);
    const model = modelFromJson(given?.model ?? given) as RowModel;
    const columns = columnsOf(model);
    if (columns === undefined)
      throw new UsageError(`a model of kind '${model.kind}' predicts from more than rows of numbers`);
    const { target, names, levels } = given?.model ? (given as ModelFile) : ({} as Partial<ModelFile>);
    return { target, names, levels, model, columns };
  } catch (error) {
    throw new UsageError(`${path}: ${messageOf(error)}`, { cause: error });
  }
}

function parseModel(text: string) {
  try {
    return JSON.parse(text);
  } catch (error) {
    const expected = 'is no model; expected nonconvex predict MODEL FILE, where MODEL is a file that train has written';
    throw new UsageError(`${expected} (${messageOf(error)})`, { cause: error });
  }
}

/** The predictions for the rows: of classes the likeliest, otherwise the mean. */
export function predictions(model: RowModel, x: Matrix): readonly RowPrediction[] {
  const said = model.predict(x as never) as Matrix | Float64Array | readonly Label[];
  if (Array.isArray(said)) return said;
  if ('rows' in said) return rowsOf(said);
  const { classes, predictProbabilities, responses: columns = 1 } = model;
  // A network's numbers are its labels where it has some; those of others are probabilities of the second class.
  if (!classes || !predictProbabilities || model.kind === 'reluNetwork')
    return rowsOf({ data: said as Float64Array, rows: x.rows, columns });
  return rowsOf(predictProbabilities.call(model, x)).map((row) => {
    const chances = row as readonly number[];
    return classes[chances.indexOf(Math.max(...chances))] as Label;
  });
}

/** The rows of a matrix; of one column its numbers. */
export function rowsOf({ data, rows, columns }: Matrix): readonly (number | readonly number[])[] {
  if (columns === 1) return Array.from(data);
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
}

/** How well predictions agree with responses: the share that is right, of classes, and otherwise R^2. */
export function agreement(
  predicted: readonly RowPrediction[],
  y: readonly Label[],
  classes: boolean,
): { measure: 'accuracy' | 'R^2'; score: number } {
  if (classes) {
    const right = predicted.filter((label, i) => String(label) === String(y[i])).length;
    return { measure: 'accuracy', score: right / y.length };
  }
  const numbers = y.map(Number);
  const mean = numbers.reduce((total, value) => total + value, 0) / numbers.length;
  const squares = (of: (value: number, i: number) => number): number =>
    numbers.reduce((total, value, i) => total + of(value, i) ** 2, 0);
  const left = squares((value, i) => value - Number(predicted[i]));
  return { measure: 'R^2', score: 1 - left / squares((value) => value - mean) };
}
