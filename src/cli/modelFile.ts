// A fitted model in a file, with the names of the columns that it was fitted to.
import { readFile } from 'node:fs/promises';
import { messageOf } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { replaceFile } from '../core/replaceFile.js';
import type { Label } from '../core/targets.js';
import { modelFromJson, modelToJson, type NetworkModel, type RegressionModel } from '../exchange/index.js';
import type { Levels } from '../readers/csv.js';
import type { DataFile } from './dataFile.js';
import { UsageError } from './keywords.js';

/** A model that the program has fitted: the column that it predicts, those that it is given, and the model in the form of nonconvex/exchange. */
export interface ModelFile {
  target: string;
  names: readonly string[];
  /** Texts of columns that became a column for each of them. */
  levels?: Levels;
  model: NetworkModel | RegressionModel;
}

export async function writeModelFile(path: string, { target, names, levels }: DataFile, model: object): Promise<void> {
  await replaceFile(
    path,
    `${JSON.stringify({ target, names, ...(Object.keys(levels ?? {}).length > 0 && { levels }), model: modelToJson(model) })}\n`,
  );
}

/** Reads a model of `nonconvex train`, or the JSON of a model alone, which has no names of columns. */
export async function readModelFile(path: string): Promise<Partial<ModelFile> & Pick<ModelFile, 'model'>> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw Object.assign(error, { path }); // that of reading a folder has none
  });
  try {
    const given = parseModel(text);
    const model = modelFromJson(given?.model ?? given) as ModelFile['model'];
    if (!['reluNetwork', 'sparseModel', 'regressionModel'].includes(model.kind))
      throw new UsageError(`a model of kind '${model.kind}' predicts from more than rows of numbers`);
    return given?.model ? { target: given.target, names: given.names, levels: given.levels, model } : { model };
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

/** How many columns a model takes. */
export function columnsOf(model: ModelFile['model']): number {
  return model.kind === 'reluNetwork' ? model.hiddenWeights.rows : model.coefficients.length / (model.responses ?? 1);
}

/** A label or number for each row: of classes the likeliest, otherwise the mean. */
export function predictions(model: ModelFile['model'], x: Matrix): readonly Label[] {
  if (model.kind === 'reluNetwork') return Array.from(model.predict(x) as ArrayLike<Label>);
  return model.classes ? model.predict(x, { type: 'class' }) : Array.from(model.predict(x));
}

/** How well predictions agree with responses: the share that is right, of classes, and otherwise R^2. */
export function agreement(
  predicted: readonly Label[],
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
