// How the classical problems are written down.
import { add, at, type Expression, mul, slice } from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';

export type Scalar = Expression<readonly []>;
export type Vector = Expression<readonly [number]>;

export interface Problem {
  readonly name: string;
  /** Source of the formula and the values. */
  readonly source: string;
  readonly build: () => Model;
  /** The objective at local minima: that of the source first, then what else is known. */
  readonly minima: readonly number[];
  /** How well the minima are determined, relative. Default 1e-6. */
  readonly accuracy?: number;
  /** Name of this problem in ../shared/problems/nl. */
  readonly nl?: string;
  /** Places of x_0, x_1, ... in that file; AMPL moves linear variables behind the others. */
  readonly order?: readonly number[];
}

export const hs = 'W. Hock, K. Schittkowski, Test examples for nonlinear programming codes, Springer 1981';
export const bt = 'P. T. Boggs, J. W. Tolle, SIAM J. Numer. Anal. 26(3), 1989';
export const cute = 'I. Bongartz, A. R. Conn, N. Gould, P. L. Toint, CUTE, ACM TOMS 21(1), 1995';

/** Ten scalars, of which a problem takes the first. */
type Scalars = readonly [Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar];

export interface Formulas {
  /** Left out: f = 0. */
  f?: Scalar | number;
  /** Pairs of equal values. */
  c: readonly (readonly [Scalar, number])[];
}

/** A problem in few scalars. */
export function small(
  name: string,
  source: string,
  minima: readonly number[],
  start: readonly number[],
  formulas: (x: Scalars) => Formulas,
  more: Partial<Problem> = {},
): Problem {
  const build = () => {
    const model = new Model();
    const { f, c } = formulas(scalars(model.variable(start.length, { start })) as unknown as Scalars);
    if (f !== undefined) model.minimize(f);
    for (const [left, right] of c) model.equal(left, right);
    return model;
  };
  return { name, source, minima, build, ...more };
}

export const scalars = (x: Vector): Scalar[] => Array.from({ length: x.size }, (_, i) => at(x, i));

export const total = (...terms: (Scalar | number)[]): Scalar =>
  terms.reduce<Scalar | number>((a, b) => add(a, b) as Scalar, 0) as Scalar;
export const product = (...factors: (Scalar | number)[]): Scalar =>
  factors.reduce<Scalar | number>((a, b) => mul(a, b) as Scalar, 1) as Scalar;

/** x_first, x_(first + step), ...: `count` of them. */
export const every = (x: Vector, first: number, step: number, count: number): Vector =>
  slice(x, first, first + step * (count - 1) + 1, step);

export const range = <T = number>(count: number, f: (i: number) => T = (i) => i as T): T[] =>
  Array.from({ length: count }, (_, i) => f(i));

/** A row of numbers over and over. */
export const repeated = (pattern: readonly number[], count: number): number[] =>
  range(count, (i) => pattern[i % pattern.length] as number);
