// Checks of the data of a verb, large ones in pieces between which other events are served.

import { types } from 'node:util';
import type { Problems, Solutions } from '../generated/problems.js';
import { rangeError } from './argumentError.js';
import { checkMembers, checkVector, isPromise } from './check.js';
import { hasManyRows, type Matrix, type MatrixLike, toMatrix, toMatrixInPieces } from './matrix.js';
import { requireMemory } from './memory.js';
import { type SolveOptions, type SolveResult, solve } from './solve.js';
import { type EncodedTargets, encodeInTurns, type Label } from './targets.js';

/**
 * A matrix argument, or a promise of it where it is so large that other events are served between its pieces. Without an await where
 * there is nothing to wait for: a solve has begun when the call returns.
 */
export function readMatrix(name: string, value: unknown): Matrix | Promise<Matrix> {
  return hasManyRows(value) ? toMatrixInPieces(name, value) : toMatrix(name, value);
}

/** Classes as -1 and 1, the second in order being 1. */
export interface Signs {
  values: Float64Array;
  classes: readonly [Label, Label];
}

/** Two classes, one label for each row of x; of many in pieces between which other events are served. */
export function readSigns(y: unknown, rows: number): Signs | Promise<Signs> {
  const encoded = encodeInTurns(y, rows, { classify: true });
  return isPromise(encoded) ? encoded.then(signsOf) : signsOf(encoded);
}

function signsOf({ matrix, classes = [] }: EncodedTargets): Signs {
  if (classes.length !== 2 || matrix.columns !== 1) {
    throw rangeError(`y: expected labels of two classes, one for each row of x, got ${classes.length} classes`);
  }
  return { values: matrix.data as Float64Array, classes: classes as unknown as readonly [Label, Label] };
}

/** Matrices of as many columns, one below the other; messages call part k by its name. */
export function stacked(parts: readonly Matrix[], nameOf: (k: number) => string): Matrix {
  const [{ columns }] = parts as readonly [Matrix];
  if (parts.length === 1 && types.isFloat64Array(parts[0]?.data)) return parts[0] as Matrix;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  requireMemory(
    8 * rows * columns,
    () => `${rows} rows of ${nameOf(0)} and those after it, of ${columns} columns, need`,
  );
  const data = new Float64Array(rows * columns);
  let at = 0;
  for (const [k, part] of parts.entries()) {
    if (part.columns !== columns) {
      throw rangeError(`columns of ${nameOf(k)} = ${part.columns}: expected as many as ${nameOf(0)} has: ${columns}`);
    }
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, rows, columns };
}

/** Data as an object with these members and no others. */
export function readData<T extends object>(data: T, members: readonly string[]): T {
  return checkMembers('data', data, members);
}

/** A vector of one number for each row of x. */
export const perRow = (name: string, value: unknown, rows: number): Float64Array =>
  checkVector(name, value, { length: rows, per: 'one for each row of x' });

/** Solves in the addon, on the CPU alone. A result that was cut short before its first evaluation has no objective. */
export async function solveOnCpu<Solver extends keyof Problems>(
  solver: Solver,
  problem: Problems[Solver],
  settings: SolveOptions,
): Promise<Solutions[Solver] & SolveResult> {
  return solve(solver, problem, settings, { cpuOnly: `problems of ${solver}` });
}

export type { Label, Matrix, MatrixLike, SolveOptions, SolveResult };
