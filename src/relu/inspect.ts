// How the outputs of a trained network depend on a column.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkVector, show } from '../core/check.js';
import { type Matrix, type MatrixLike, matrix, toMatrix } from '../core/matrix.js';
import { imputed } from '../predict/products.js';
import { checkNetwork, decisionFunction, type NetworkOrResult, type ReluNetwork } from './network.js';

export interface PartialDependenceOptions {
  /** The values that the column takes. Default: 50 from the 5th to the 95th percentile of those in x, at equal distances. */
  grid?: ArrayLike<number> | undefined;
}

export interface PartialDependence {
  /** The values that the column took. */
  grid: Float64Array;
  /** A row for each of them, a column for each output: the mean of f over the rows of x. */
  values: Matrix;
}

/**
 * How the outputs of a network depend on one column of x, the others as they are: for each value v of the grid the mean over the rows
 * of f(x with its column set to v), f as {@link decisionFunction} has it. A column is its number, or its name in `featureNames`.
 *
 * J. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29(5), 2001, section 8.2.
 *
 * @throws RangeError when there is no such column, or x has no rows.
 */
export function partialDependence(
  given: NetworkOrResult,
  x: MatrixLike,
  feature: number | string,
  options: PartialDependenceOptions = {},
): PartialDependence {
  const network = checkNetwork(given);
  const inputs = imputed(toMatrix('x', x), network.means);
  const { rows, columns } = inputs;
  const column = typeof feature === 'string' ? columnNamed(network, feature) : feature;
  if (!Number.isInteger(column) || column < 0 || column >= columns) {
    throw rangeError(`column = ${show(column)}: expected an integer in [0, ${columns - 1}]`);
  }
  if (rows === 0) throw rangeError('x: expected at least one row');
  const { grid: wanted } = checkMembers('options', options, ['grid'], 'option');
  const grid = wanted === undefined ? percentiles(inputs, column) : checkVector('grid', wanted);
  const changed = { data: Float64Array.from(inputs.data), rows, columns };
  const means = Array.from(grid, (value) => {
    for (let i = 0; i < rows; ++i) changed.data[i * columns + column] = value;
    const f = decisionFunction(network, changed);
    return Array.from({ length: f.columns }, (_, k) => {
      let total = 0;
      for (let i = 0; i < rows; ++i) total += f.data[i * f.columns + k] as number;
      return total / rows;
    });
  });
  return { grid, values: matrix(grid.length, network.outputWeights.columns, means.flat()) };
}

function columnNamed({ featureNames }: ReluNetwork, name: string): number {
  const column = featureNames?.indexOf(name) ?? -1;
  if (column >= 0) return column;
  const known = featureNames
    ? `one of ${featureNames.map(show).join(', ')}`
    : 'a number, as the network has no featureNames';
  throw rangeError(`column = ${show(name)}: expected ${known}`);
}

/** 50 numbers from the 5th to the 95th percentile of a column. */
function percentiles({ data, rows, columns }: Matrix, column: number): Float64Array {
  const sorted = Float64Array.from({ length: rows }, (_, i) => data[i * columns + column] as number).sort();
  const at = (share: number): number => sorted[Math.round(share * (rows - 1))] as number;
  const [low, high] = [at(0.05), at(0.95)];
  return Float64Array.from({ length: 50 }, (_, i) => low + ((high - low) * i) / 49);
}
