// Data of which each rank of an MPI job has other rows, and what is not solved over them.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkObject, isList, show } from '../core/check.js';
import type { Matrix } from '../core/matrix.js';
import { checkRanks } from '../core/ranks.js';
import { isRefined, type ReluData, type ReluSettings } from './problem.js';

/** Data without their ranks, and what the addon calls these. */
export interface OfRank<Data> {
  data: Data;
  ranks?: object;
}

/**
 * Takes `ranks` out of data that have them. Which classes there are no rank knows by itself, so numbers y are taken as they are.
 * @throws TypeError or RangeError that names what is not solved over ranks
 */
export function ofRank<Data extends ReluData>(given: Data, settings: ReluSettings): OfRank<Data> {
  if (typeof given !== 'object' || given === null || given.ranks === undefined) return { data: given };
  const { ranks, ...data } = given;
  const handle = checkRanks('ranks', ranks) as object;
  refuseOthers(checkObject('settings', settings), data);
  return { data: { ...data, y: asTheyAre(data.y) } as unknown as Data, ranks: handle };
}

function refuseOthers(settings: ReluSettings, { classWeights, impute }: Omit<ReluData, 'ranks'>): void {
  const { patterns, lambda, adversary, standardizeTargets } = settings;
  const refuse = (name: string, value: unknown, expected: string) => {
    throw rangeError(`${name} = ${show(value)}: expected ${expected} over ranks`);
  };
  if (typeof lambda !== 'number') refuse('lambda', lambda ?? 'auto', 'a number');
  if (patterns !== undefined && (isRefined(patterns) || 'exact' in Object(patterns))) {
    refuse('patterns', patterns, '{ sample } or { gates }');
  }
  if (adversary !== undefined) refuse('adversary', adversary, 'none');
  if (impute !== undefined) refuse('impute', impute, 'none');
  if (classWeights !== undefined) refuse('classWeights', classWeights, 'sampleWeights');
  if (standardizeTargets) refuse('standardizeTargets', standardizeTargets, 'false');
}

/** Numbers as a matrix of one column; a matrix is one. */
function asTheyAre(y: unknown): unknown {
  if (!isList(y) || isList(y[0])) return y;
  const values = Float64Array.from({ length: y.length }, (_, i) => {
    const value = y[i];
    if (typeof value === 'number') return value;
    throw typeError(`y[${i}] = ${show(value)}: expected a number over ranks: a value, or -1 or 1 for classes`);
  });
  return { data: values, rows: values.length, columns: 1 } satisfies Matrix;
}
