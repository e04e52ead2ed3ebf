// The regressions of NIST in ../shared, with their curves as expressions.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  add,
  at,
  div,
  exp,
  log,
  mul,
  neg,
  type Operand,
  pow,
  square,
  sub,
  type Variable,
} from '../../src/expressions/index.js';

export interface Regression {
  formula: string;
  start1: number[];
  start2: number[];
  certified: number[];
  standardErrors: number[];
  residualSumOfSquares: number;
  y: number[];
  x: number[] | number[][];
}

// Tests and benchmarks run in the root of the repository; a bundled file knows no other place.
const file = resolve('../shared/problems/nist/problems.json');

/** The problems by name; undefined where the folder is not there. */
export const regressions: Record<string, Regression> | undefined = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : undefined;

type Vector = Variable<readonly [number]>;
type Curve = (b: Vector, x: { x1: Float64Array; x2?: Float64Array }) => Operand;

const parts = (b: Vector) => Array.from({ length: b.shape[0] }, (_, j) => at(b, j));
const gaussian = (height: Operand, center: Operand, width: Operand, x: Float64Array) =>
  mul(height, exp(neg(square(div(sub(x, center), width)))));
const decay = (height: Operand, rate: Operand, x: Float64Array) => mul(height, exp(neg(mul(rate, x))));
const rational: Curve = (b, { x1 }) => {
  const [b1, b2, b3, b4, b5, b6, b7] = parts(b) as [Operand, Operand, Operand, Operand, Operand, Operand, Operand];
  const cubic = (c0: Operand, c1: Operand, c2: Operand, c3: Operand) =>
    add(
      add(c0, mul(c1, x1)),
      add(
        mul(
          c2,
          x1.map((t) => t ** 2),
        ),
        mul(
          c3,
          x1.map((t) => t ** 3),
        ),
      ),
    );
  return div(cubic(b1, b2, b3, b4), cubic(1, b5, b6, b7));
};

const of =
  (curve: (b: Operand[], x1: Float64Array, x2: Float64Array) => Operand): Curve =>
  (b, { x1, x2 }) =>
    curve(parts(b), x1, x2 ?? new Float64Array(0));

/** The curves by their formulas. */
export const curves: Record<string, Curve> = {
  'b1 (b2 + x)^(-1/b3)': of(([b1, b2, b3], x) =>
    mul(b1 as Operand, exp(div(neg(log(add(b2 as Operand, x))), b3 as Operand))),
  ),
  'exp(-b1 x) / (b2 + b3 x)': of(([b1, b2, b3], x) =>
    div(exp(neg(mul(b1 as Operand, x))), add(b2 as Operand, mul(b3 as Operand, x))),
  ),
  'b1 x^b2': of(([b1, b2], x) => mul(b1 as Operand, exp(mul(b2 as Operand, x.map(Math.log))))),
  '(b1/b2) exp(-((x - b3)/b2)^2 / 2)': of(([b1, b2, b3], x) =>
    mul(div(b1 as Operand, b2 as Operand), exp(mul(-0.5, square(div(sub(x, b3 as Operand), b2 as Operand))))),
  ),
  'b1 exp(-b2 x) + b3 exp(-(x - b4)^2/b5^2) + b6 exp(-(x - b7)^2/b8^2)': of((b, x) => {
    const [b1, b2, b3, b4, b5, b6, b7, b8] = b as [
      Operand,
      Operand,
      Operand,
      Operand,
      Operand,
      Operand,
      Operand,
      Operand,
    ];
    return add(decay(b1, b2, x), add(gaussian(b3, b4, b5, x), gaussian(b6, b7, b8, x)));
  }),
  '(b1 + b2 x + b3 x^2 + b4 x^3) / (1 + b5 x + b6 x^2 + b7 x^3)': rational,
  'b1 exp(-b2 x) + b3 exp(-b4 x) + b5 exp(-b6 x)': of((b, x) => {
    const [b1, b2, b3, b4, b5, b6] = b as [Operand, Operand, Operand, Operand, Operand, Operand];
    return add(decay(b1, b2, x), add(decay(b3, b4, x), decay(b5, b6, x)));
  }),
  'b1 exp(b2/(x + b3))': of(([b1, b2, b3], x) => mul(b1 as Operand, exp(div(b2 as Operand, add(x, b3 as Operand))))),
  'b1 (1 - exp(-b2 x))': of(([b1, b2], x) => mul(b1 as Operand, sub(1, exp(neg(mul(b2 as Operand, x)))))),
  'b1 (1 - (1 + 2 b2 x)^-0.5)': of(([b1, b2], x) =>
    mul(b1 as Operand, sub(1, pow(add(1, mul(2, mul(b2 as Operand, x))), -0.5))),
  ),
  'log y = b1 - b2 x1 exp(-b3 x2)': of(([b1, b2, b3], x1, x2) =>
    sub(b1 as Operand, mul(mul(b2 as Operand, x1), exp(neg(mul(b3 as Operand, x2))))),
  ),
  'b1 / (1 + exp(b2 - b3 x))^(1/b4)': of(([b1, b2, b3, b4], x) =>
    mul(b1 as Operand, exp(div(neg(log(add(1, exp(sub(b2 as Operand, mul(b3 as Operand, x)))))), b4 as Operand))),
  ),
};

/** The least number of digits in which parameters agree. */
export function digits(found: ArrayLike<number>, certified: readonly number[]): number {
  return Math.min(16, ...certified.map((c, j) => -Math.log10(Math.abs((found[j] as number) - c) / Math.abs(c))));
}

const column = (rows: Regression['x'], j: number) => (rows as number[][]).map((row) => row[j] as number);

/** x as columns by name; one column under both names. */
export function columnsOf({ x }: Regression): { x1: number[]; x2: number[] } {
  return typeof x[0] === 'number' ? { x1: x as number[], x2: x as number[] } : { x1: column(x, 0), x2: column(x, 1) };
}

/** y, or its logarithm where the formula is of that. */
export function measuredOf({ formula, y }: Regression): number[] {
  return formula.startsWith('log y') ? y.map(Math.log) : y;
}
