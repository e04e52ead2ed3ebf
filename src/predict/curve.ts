// Curves that were fitted by a formula: their values at new rows.
import { typeError } from '../core/argumentError.js';
import { checkVector, isList, show } from '../core/check.js';
import { foldTerm, onColumns, parseFormula } from '../core/formula.js';
import { looksLikeMatrix, type MatrixLike } from '../core/matrix.js';
import type { Kind } from './kind.js';
import { number, numbers, optional, strings, text } from './members.js';
import { newRows } from './products.js';

interface Curve {
  formula: string;
  columns: readonly string[];
  names: readonly string[];
  x: Float64Array;
}

/** Columns of x: rows of numbers, numbers of the only column, or columns by their names. */
export type CurveRows = MatrixLike | ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;

/** A curve, `fitCurve` with a formula. */
export interface CurveModel {
  readonly kind: 'curve';
  readonly formula: string;
  /** The columns of x. */
  readonly columns: readonly string[];
  /** The names of the parameters, and the parameters. */
  readonly names: readonly string[];
  readonly x: Float64Array;
  /** Values of the curve for rows of x, whose columns are `columns`, for numbers where that is one, or for columns by name. */
  predict(x: CurveRows): Float64Array;
}

export const curveKind: Kind<Curve> = {
  kind: 'curve',
  members: {
    formula: text(),
    columns: strings('columns'),
    names: strings('parameters'),
    x: numbers('parameters'),
    standardErrors: optional(numbers('parameters')),
    residualDeviation: optional(number()),
    degreesOfFreedom: number(),
    rSquared: number({ infinite: true }),
  },
  marks: ['formula', 'columns', 'names', 'x'],
  columns: ({ columns }) => columns.length,
  check: ({ formula, columns, names }) => {
    const unknown = [...parseFormula('formula', formula).names.keys()].find(
      (name) => name !== 'pi' && !columns.includes(name) && !names.includes(name),
    );
    if (unknown !== undefined) throw typeError(`formula: ${show(unknown)}: expected one of columns or names`);
  },
  functions: class CurveFunctions {
    get kind(): string {
      return 'curve';
    }
    predict(x: CurveRows): Float64Array {
      const { formula, columns: known, names, x: parameters } = this as unknown as Curve;
      const { columns, rows } = columnsOf(x, known);
      const values = Object.fromEntries(names.map((name, j) => [name, parameters[j] as number]));
      const named: Record<string, number | Float64Array> = { pi: Math.PI, ...columns, ...values };
      const value = foldTerm<number | Float64Array>(
        parseFormula('formula', formula).term,
        (name) => named[name] as number | Float64Array,
        onColumns,
      );
      return typeof value === 'number' ? new Float64Array(rows).fill(value) : value.slice();
    }
  }.prototype,
};

function columnsOf(x: CurveRows, known: readonly string[]): { columns: Record<string, Float64Array>; rows: number } {
  if (looksLikeMatrix(x)) {
    const { data, rows, columns } = newRows(x, known.length);
    const column = (j: number) => Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] as number);
    return { columns: Object.fromEntries(known.map((name, j) => [name, column(j)])), rows };
  }
  const given = isList(x) && known.length === 1 ? { [known[0] as string]: x } : (Object(x) as Record<string, unknown>);
  let rows: number | undefined;
  const columns: Record<string, Float64Array> = {};
  for (const name of known) {
    if (!Object.hasOwn(given, name))
      throw typeError(`x = ${show(x)}: expected rows of ${known.join(', ')}, or columns by these names`);
    const column = checkVector(
      `x.${name}`,
      given[name],
      rows === undefined ? {} : { length: rows, per: 'as in the first column' },
    );
    rows = column.length;
    columns[name] = column;
  }
  return { columns, rows: rows ?? 0 };
}
