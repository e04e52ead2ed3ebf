// Small problems at random, with all kinds of bounds and sides: contradictory rows, sides that are none, fixed variables, starts outside
// of the bounds, more constraints than variables, duplicate rows, no objective.
import { add, at, dot, type Expression, exp, log, matvec, mul, sin, square } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { uniforms } from './relu.js';

export type Kind = 'linear' | 'convex' | 'indefinite' | 'nonlinear';
type Term = { form: 'exp' | 'sin' | 'square' | 'softLog' | 'product'; factor: number; j: number; k: number };

/** A function: linear, a quadratic form and further terms. */
interface Formula {
  linear: number[];
  quadratic?: number[][] | undefined;
  terms: Term[];
}

export interface RandomProblem {
  kind: Kind;
  n: number;
  sense: 'minimize' | 'maximize' | 'none';
  objective: Formula;
  rows: (Formula & { low: number; high: number })[];
  lower: number[];
  upper: number[];
  start: number[];
  /** A point that meets all bounds and sides, where one is known. */
  feasible: number[] | undefined;
}

const infinity = Number.POSITIVE_INFINITY;

/** A drawn problem. Numbers are halves mostly, so that ties and degenerate points occur. */
class Draw {
  readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = uniforms(seed);
  }

  chance = (probability: number): boolean => this.uniform() < probability;
  below = (count: number): number => Math.floor(this.uniform() * count);
  number = (): number => (this.chance(0.7) ? (this.below(9) - 4) / 2 : 4 * this.uniform() - 2);
  numbers = (count: number): number[] => Array.from({ length: count }, () => this.number());
  of = <T>(choices: readonly T[]): T => choices[this.below(choices.length)] as T;
}

export function randomProblem(seed: number): RandomProblem {
  const draw = new Draw(seed);
  const kind = (['linear', 'convex', 'indefinite', 'nonlinear'] as const)[seed % 4] as Kind;
  const n = 1 + draw.below(6);
  const { lower, upper } = bounds(draw, n);
  const inside = lower.map((low, j) => between(draw, low, upper[j] as number));
  const isFeasible = draw.chance(0.75);
  const rows = constraints(draw, kind, n, isFeasible ? inside : undefined);
  const start = draw.chance(0.3)
    ? draw.numbers(n).map((value) => 10 * value)
    : inside.map((x) => x + draw.number() / 4);
  const sense = draw.chance(0.1) ? 'none' : draw.chance(0.25) ? 'maximize' : 'minimize';
  const objective = formula(draw, kind, n, kind === 'nonlinear' ? 2 : 0, sense === 'maximize' ? -1 : 1);
  return { kind, n, sense, objective, rows, lower, upper, start, feasible: isFeasible ? inside : undefined };
}

function bounds(draw: Draw, n: number): { lower: number[]; upper: number[] } {
  const [lower, upper]: [number[], number[]] = [[], []];
  const none = (sign: number) => draw.of([sign * infinity, sign * 1e19, sign * 1e30]);
  for (let j = 0; j < n; ++j) {
    const low = 2 * draw.number();
    const width = draw.chance(0.1) ? 0 : draw.chance(0.1) ? 1e-3 : 4 * draw.uniform();
    const which = draw.uniform();
    lower.push(which < 0.2 ? none(-1) : which < 0.4 ? none(-1) : low);
    upper.push(which < 0.2 ? none(1) : which > 0.6 ? none(1) : low + width);
    if (which > 0.8) upper[j] = low + width;
  }
  return { lower, upper };
}

/** A number inside of bounds, sometimes on them. */
function between(draw: Draw, low: number, high: number): number {
  const [isLower, isUpper] = [low > -1e19, high < 1e19];
  const away = draw.chance(0.3) ? 0 : draw.uniform();
  if (isLower && isUpper) return low + away * (high - low);
  if (isLower) return low + 3 * away;
  return isUpper ? high - 3 * away : 2 * draw.number();
}

function formula(draw: Draw, kind: Kind, n: number, terms: number, sign: number): Formula {
  const made: Formula = { linear: draw.numbers(n), terms: [] };
  if (kind === 'convex' || kind === 'indefinite') {
    const rank = kind === 'convex' ? draw.below(n + 1) : n;
    const factors = Array.from({ length: rank }, () => draw.numbers(n));
    const signs = factors.map(() => (kind === 'indefinite' && draw.chance(0.4) ? -sign : sign));
    made.quadratic = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) =>
        factors.reduce((sum, f, r) => sum + (signs[r] as number) * (f[i] as number) * (f[j] as number), 0),
      ),
    );
  }
  for (let t = 0; t < terms; ++t) {
    const form = draw.of(['exp', 'sin', 'square', 'softLog', 'product'] as const);
    made.terms.push({ form, factor: draw.number(), j: draw.below(n), k: draw.below(n) });
  }
  return made;
}

/** Rows with sides that a point meets, if there is one; some of them twice. */
function constraints(draw: Draw, kind: Kind, n: number, inside: number[] | undefined): RandomProblem['rows'] {
  const rows: RandomProblem['rows'] = [];
  const count = draw.below(n + 4);
  while (rows.length < count) {
    const twice = rows.length > 0 && draw.chance(0.15);
    const made = twice
      ? (rows[draw.below(rows.length)] as Formula)
      : formula(draw, 'linear', n, kind === 'nonlinear' ? draw.below(3) : 0, 1);
    const about = inside ? evaluate(made, inside) : draw.number();
    const form = draw.uniform();
    const room = () => (draw.chance(0.3) ? 0 : 2 * draw.uniform());
    const equation = form < 0.25 && rows.filter(({ low, high }) => low === high).length < n + 1;
    const low = equation ? about : form < 0.5 ? -infinity : about - room();
    const high = equation ? about : form > 0.75 ? infinity : about + room();
    rows.push({ linear: made.linear, terms: made.terms, low, high });
  }
  return rows;
}

/** The value of a formula at x, by itself. */
export function evaluate({ linear, quadratic, terms }: Formula, x: readonly number[]): number {
  let sum = 0;
  linear.forEach((factor, j) => {
    sum += factor * (x[j] as number);
    quadratic?.[j]?.forEach((entry, k) => {
      sum += 0.5 * entry * (x[j] as number) * (x[k] as number);
    });
  });
  for (const { form, factor, j, k } of terms) {
    const [a, b] = [x[j] as number, x[k] as number];
    const value = {
      exp: Math.exp(a / 2),
      sin: Math.sin(a),
      square: a * a,
      softLog: Math.log(1 + a * a),
      product: a * b,
    };
    sum += factor * value[form];
  }
  return sum;
}

/** The model of a problem. Sides are written in each of the ways that there are. */
export function modelOf({ n, sense, objective, rows, lower, upper, start }: RandomProblem): Model {
  const model = new Model();
  const x = model.variable(n, { lower, upper, start });
  const expression = ({ linear, quadratic, terms }: Formula): Expression<readonly []> => {
    let sum: Expression<readonly []> = dot(linear, x);
    if (quadratic) sum = add(sum, mul(0.5, dot(x, matvec(quadratic, x))));
    for (const { form, factor, j, k } of terms) {
      const [a, b] = [at(x, j), at(x, k)];
      const made = () => {
        if (form === 'exp') return exp(mul(0.5, a));
        if (form === 'sin') return sin(a);
        if (form === 'square') return square(a);
        return form === 'softLog' ? log(add(1, square(a))) : mul(a, b);
      };
      sum = add(sum, mul(factor, made()));
    }
    return sum;
  };
  if (sense !== 'none') model[sense](expression(objective));
  for (const row of rows) {
    const c = expression(row);
    if (row.low === row.high) model.equal(c, row.low);
    else if (row.low === -infinity) model.atMost(c, row.high);
    else if (row.high === infinity) model.atLeast(c, row.low);
    else model.between(c, row.low, row.high);
  }
  return model;
}

/** The largest violation of bounds and sides at x, relative to max(1, |side|). */
export function violationAt({ rows, lower, upper }: RandomProblem, x: ArrayLike<number>): number {
  const point = Array.from(x);
  const beyond = (value: number, low: number, high: number) =>
    Math.max(
      0,
      low > -1e19 ? (low - value) / Math.max(1, Math.abs(low)) : 0,
      high < 1e19 ? (value - high) / Math.max(1, Math.abs(high)) : 0,
    );
  const ofRows = rows.map((row) => beyond(evaluate(row, point), row.low, row.high));
  return Math.max(0, ...ofRows, ...point.map((value, j) => beyond(value, lower[j] as number, upper[j] as number)));
}
