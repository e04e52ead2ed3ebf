// The data of a curve and its parameters, checked, and the programs whose constraints are its residuals or its values.
import { rangeError, typeError } from '../core/argumentError.js';
import {
  checkBoolean,
  checkFunction,
  checkMembers,
  checkNumber,
  checkObject,
  checkVector,
  closest,
  isList,
  show,
} from '../core/check.js';
import { type Formula, formulaError, parseFormula } from '../core/formula.js';
import { Expression, type Operand } from '../expressions/expression.js';
import { Model } from '../expressions/model.js';
import { div, sub } from '../expressions/operators.js';
import type { Program } from '../expressions/program.js';
import type { Variable } from '../expressions/variable.js';
import { CallbackProgram } from '../problems/callbacks.js';
import { curveOf } from './formulaCurve.js';
import type { FitSettings } from './solver.js';

/** Columns of data: the numbers of one, or several by their names. */
export type CurveColumns = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;

/** Numbers by the names of parameters, or lists of numbers for parameters that are vectors. */
export type CurveParameters = Readonly<Record<string, number | ArrayLike<number>>>;

/** Data, and the parameters of a curve through them. */
export interface CurveData<X extends CurveColumns = CurveColumns, Start extends CurveParameters = CurveParameters> {
  /** The places where y was measured: a number for each row, or named columns of such. */
  x: X;
  /** The measured numbers. */
  y: ArrayLike<number>;
  /** Standard deviations of y, one for all or one for each row, up to a factor unless `absoluteSigma`. Default 1. */
  sigma?: number | ArrayLike<number> | undefined;
  /** True: `sigma` are the deviations themselves, and errors are not scaled by the residuals. Default false. */
  absoluteSigma?: boolean | undefined;
  /** Parameters to begin at, by name. */
  start: Start;
  /** Lower bounds of parameters, by name; -Infinity for none. Default: none. */
  lower?: { readonly [Name in keyof Start]?: number | ArrayLike<number> } | undefined;
  /** Upper bounds of parameters, by name; Infinity for none. Default: none. */
  upper?: { readonly [Name in keyof Start]?: number | ArrayLike<number> } | undefined;
}

/** A problem of {@link fitCurve} whose curve is a formula, or made of the operators of nonconvex/model: exact derivatives. */
export interface FormulaProblem<X extends CurveColumns, Start extends CurveParameters> extends CurveData<X, Start> {
  rowwise?: false | undefined;
  /**
   * The curve at all rows: an expression of variables and columns of x; or a text such as `'a * (1 - exp(-k * x))'` of numbers, + - * / ^,
   * functions of entries, the names of parameters, `pi`, and those of columns of x, or `x` where it has one without a name.
   */
  curve:
    | string
    | ((
        parameters: {
          [Name in keyof Start]: Start[Name] extends number ? Variable<readonly []> : Variable<readonly [number]>;
        },
        x: X extends ArrayLike<number> ? Float64Array : { [Name in keyof X]: Float64Array },
      ) => Operand);
}

/** A problem of {@link fitCurve} whose curve is a function of numbers: derivatives are differences. */
export interface RowwiseProblem<X extends CurveColumns, Start extends CurveParameters> extends CurveData<X, Start> {
  rowwise: true;
  /** The curve at one row, of the numbers of the parameters and of x there. */
  curve: (
    parameters: CurveValues<Start>,
    row: X extends ArrayLike<number> ? number : { [Name in keyof X]: number },
  ) => number;
}

export type CurveValues<Start> = { [Name in keyof Start]: Start[Name] extends number ? number : Float64Array };

const members = ['x', 'y', 'sigma', 'absoluteSigma', 'start', 'lower', 'upper', 'rowwise', 'curve'] as const;

export interface Problem {
  x: Columns;
  y: Float64Array;
  sigma: Float64Array | undefined;
  curve: (parameters: never, x: never) => unknown;
  formula: Formula | undefined;
  parts: Part[];
  names: string[];
  rowwise: boolean;
  absoluteSigma: boolean;
}

/** A parameter: a number, or `size` of them. */
interface Part {
  name: string;
  offset: number;
  size: number | undefined;
  start: Float64Array;
  lower: Float64Array | undefined;
  upper: Float64Array | undefined;
}

export interface Columns {
  rows: number;
  /** One column, or columns by name. */
  values: Float64Array | Record<string, Float64Array>;
}

export function checkProblem(problem: object): Problem {
  const data = checkMembers('problem', problem as CurveData & { curve: unknown; rowwise: unknown }, members);
  const { x, y, sigma, start, lower, upper, rowwise = false, absoluteSigma = false, curve } = data;
  const columns = checkColumns('x', x);
  const measured = checkVector('y', y, { length: columns.rows, per: 'one for each row of x' });
  const parts = checkParts(start, lower, upper);
  const formula = typeof curve === 'string' ? checkFormula(curve, parts, columns, rowwise) : undefined;
  if (!formula) checkFunction('curve', curve);
  const names = parts.flatMap(({ name, size }) =>
    size === undefined ? [name] : Array.from({ length: size }, (_, k) => `${name}[${k}]`),
  );
  return {
    x: columns,
    y: measured,
    sigma: checkSigma(sigma, columns.rows),
    curve: formula ? curveOf(formula) : (curve as Problem['curve']),
    formula,
    parts,
    names,
    rowwise: checkBoolean('rowwise', rowwise),
    absoluteSigma: checkBoolean('absoluteSigma', absoluteSigma),
  };
}

/** A formula whose names are those of parameters and columns, and of each parameter. */
function checkFormula(text: string, parts: readonly Part[], columns: Columns, rowwise: unknown): Formula {
  if (rowwise) throw typeError(`curve = ${show(text)}: expected a function, as rowwise = ${show(rowwise)}`);
  const formula = parseFormula('curve', text);
  const known = columnNames(columns);
  for (const { name, size } of parts) {
    if (!formula.names.has(name)) throw rangeError(`start.${name}: the formula has no ${name}`);
    if (size !== undefined) throw typeError(`start.${name}: expected a number, as curve is a formula`);
    if (known.includes(name)) throw rangeError(`start.${name}: expected another name than that of a column`);
  }
  const all = [...parts.map(({ name }) => name), ...known];
  for (const [name, at] of formula.names) {
    if (all.includes(name) || name === 'pi') continue;
    const near = closest(name, all);
    const hint = near === undefined ? `there are ${all.join(', ')}` : `did you mean ${near}?`;
    throw formulaError(formula, at, `${show(name)} is no parameter and no column: ${hint}`);
  }
  return formula;
}

/** The names of columns in formulas. */
export const columnNames = ({ values }: Columns): string[] => (isList(values) ? ['x'] : Object.keys(values));

function checkSigma(sigma: CurveData['sigma'], rows: number): Float64Array | undefined {
  if (sigma === undefined) return undefined;
  if (typeof sigma === 'number')
    return new Float64Array(rows).fill(checkNumber('sigma', sigma, { lower: 0, open: true }));
  const given = checkVector('sigma', sigma, { length: rows, per: 'one for each row of x' });
  for (const [i, value] of given.entries()) checkNumber(`sigma[${i}]`, value, { lower: 0, open: true });
  return given;
}

export function checkColumns(name: string, x: unknown): Columns {
  if (isList(x)) {
    if (isList(x[0])) throw typeError(`${name}[0] = ${show(x[0])}: expected a number; give several columns by name`);
    const values = checkVector(name, x);
    return { rows: values.length, values };
  }
  const values: Record<string, Float64Array> = {};
  let rows: number | undefined;
  for (const [column, given] of Object.entries(checkObject(name, x as object))) {
    const read = checkVector(
      `${name}.${column}`,
      given,
      rows === undefined ? {} : { length: rows, per: 'as in the first column' },
    );
    rows = read.length;
    values[column] = read;
  }
  if (rows === undefined) throw typeError(`${name}: expected at least one column`);
  return { rows, values };
}

function checkParts(start: CurveParameters, lower: CurveData['lower'], upper: CurveData['upper']): Part[] {
  const names = Object.keys(checkObject('start', start));
  if (names.length === 0) throw typeError('start: expected at least one parameter');
  for (const [side, bounds] of [
    ['lower', lower],
    ['upper', upper],
  ] as const) {
    if (bounds !== undefined) checkMembers(side, bounds, names);
  }
  let offset = 0;
  return names.map((name) => {
    const given = start[name];
    const size = typeof given === 'number' ? undefined : checkVector(`start.${name}`, given).length;
    const part: Part = {
      name,
      offset,
      size,
      start: entriesOf(`start.${name}`, given, size, false) as Float64Array,
      lower: entriesOf(`lower.${name}`, lower?.[name], size, true),
      upper: entriesOf(`upper.${name}`, upper?.[name], size, true),
    };
    offset += size ?? 1;
    return part;
  });
}

/** Numbers of a parameter: one is taken for all of its entries. */
function entriesOf(
  name: string,
  given: unknown,
  size: number | undefined,
  infinite: boolean,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'number') return checkVector(name, given, { length: size ?? 1, infinite }).slice();
  if (!(infinite && !Number.isNaN(given))) checkNumber(name, given);
  return new Float64Array(size ?? 1).fill(given);
}

/** Numbers by the names of parameters. */
export function byName(parts: readonly Part[], x: ArrayLike<number>): Record<string, number | Float64Array> {
  return Object.fromEntries(
    parts.map(({ name, offset, size }) => [
      name,
      size === undefined
        ? (x[offset] as number)
        : Float64Array.from({ length: size }, (_, k) => x[offset + k] as number),
    ]),
  );
}

/** The model with the variables of the parameters, and the curve at columns. */
function curveModel({ parts, curve }: Problem, { rows, values }: Columns): { model: Model; value: Expression } {
  const model = new Model();
  const variables: Record<string, Variable> = {};
  for (const { name, size, start, lower, upper } of parts) {
    const options = { ...(lower && { lower }), ...(upper && { upper }) };
    variables[name] =
      size === undefined
        ? model.variable({
            start: start[0] as number,
            ...(lower && { lower: lower[0] as number }),
            ...(upper && { upper: upper[0] as number }),
          })
        : model.variable(size, { start, ...options });
  }
  const value = curve(variables as never, values as never);
  if (!(value instanceof Expression)) {
    throw typeError(
      `curve(parameters, x) = ${show(value)}: expected an expression of the operators of nonconvex/model; rowwise: true takes functions of numbers`,
    );
  }
  const [length, ...others] = value.shape;
  if (others.length > 0 || (length !== undefined && length !== rows)) {
    throw rangeError(`curve(parameters, x): shape [${value.shape}]: expected ${rows} numbers, one for each row of x`);
  }
  return { model, value: value as Expression };
}

/** The residuals (f - y) / sigma of the data as a program. */
export function residualsOf(problem: Problem): Program {
  const { x, y, sigma } = problem;
  if (problem.rowwise) return rowwiseProgram(problem, x, (f, i) => (f - (y[i] as number)) / (sigma?.[i] ?? 1));
  const { model, value } = curveModel(problem, x);
  const difference = sub(value, y);
  return model.compileResiduals(sigma ? div(difference, sigma) : difference);
}

/** A program of callbacks, whose constraints are a function of the curve in each row. */
export function rowwiseProgram(
  { parts, curve, names }: Problem,
  x: Columns,
  of: (f: number, row: number) => number,
): Program {
  const all = (side: 'start' | 'lower' | 'upper', missing: number) =>
    parts.flatMap((part) => [...(part[side] ?? new Float64Array(part.size ?? 1).fill(missing))]);
  const rows = Array.from({ length: x.rows }, (_, i) => rowOf(x, i));
  return new CallbackProgram({
    n: names.length,
    m: x.rows,
    start: all('start', 0),
    lower: all('lower', Number.NEGATIVE_INFINITY),
    upper: all('upper', Number.POSITIVE_INFINITY),
    constraintsLower: Number.NEGATIVE_INFINITY,
    objective: () => 0,
    constraints: (b, c) => {
      const parameters = byName(parts, b);
      rows.forEach((row, i) => {
        const value = curve(parameters as never, row as never);
        if (typeof value !== 'number') throw typeError(`curve(parameters, row) = ${show(value)}: expected a number`);
        c[i] = of(value, i);
      });
    },
  });
}

function rowOf({ values }: Columns, i: number): number | Record<string, number> {
  if (isList(values)) return values[i] as number;
  return Object.fromEntries(Object.entries(values).map(([name, column]) => [name, column[i] as number]));
}

export function curveProgram(problem: Problem, columns: Columns): Program {
  const { model, value } = curveModel(problem, columns);
  return model.compileResiduals(sub(value, new Float64Array(columns.rows)));
}

export function requireSameColumns({ values: known }: Columns, { values }: Columns): void {
  if (isList(known) !== isList(values)) {
    throw typeError(`x: expected ${isList(known) ? 'a list of numbers' : 'columns by name'}, as in the data`);
  }
  if (!isList(known)) {
    for (const name of Object.keys(known)) {
      if (!(name in values)) throw typeError(`x: expected the column ${name}, as in the data`);
    }
  }
}

/** A fit's origin, for its functions. */
export interface Origin {
  problem: Problem;
  program: Program;
  settings: FitSettings;
}
