// Programs that are known to have a minimum, or to have none, and what is wrong with an answer about that.
import { add, at, dot, type Expression, exp, mul, pow } from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import type { Claim } from '../contract/problem.js';
import { uniforms } from '../problems/relu.js';

/** factor times a product of powers of variables, or times a power or exp of a linear form. */
type Term = { factor: number } & (
  | { powers: number[] }
  | { form: number[]; power: number }
  | { form: number[]; exp: true }
);

interface Row {
  terms: Term[];
  low: number;
  high: number;
}

interface Drawn {
  terms: Term[];
  rows: Row[];
  lower: number[];
  upper: number[];
  /** Meets all bounds and rows. */
  start: number[];
  /** True if f and the feasible set are convex. */
  convex?: boolean;
  /** The least f, where it is known. */
  minimum?: number;
}

type Proof = NonNullable<NlpResult['certificate']['proof']>;

const infinity = Number.POSITIVE_INFINITY;
const descents = ['lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'] as const;

class Draw {
  readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = uniforms(seed);
  }

  chance = (probability: number): boolean => this.uniform() < probability;
  below = (count: number): number => Math.floor(this.uniform() * count);
  integer = (low: number, high: number): number => low + this.below(high - low + 1);
  between = (low: number, high: number): number => low + (high - low) * this.uniform();
  power = (low: number, high: number): number => 10 ** this.between(low, high);
  of = <T>(choices: readonly T[]): T => choices[this.below(choices.length)] as T;
  list = <T>(count: number, make: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => make(k));
}

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
const unit = (n: number, j: number): number[] => Array.from({ length: n }, (_, k) => (k === j ? 1 : 0));
const linear = (form: number[]): Term => ({ factor: 1, form, power: 1 });

function sumAt(terms: readonly Term[], x: readonly number[]): number {
  return terms.reduce((sum, term) => {
    if ('powers' in term) return sum + term.factor * term.powers.reduce((of, p, j) => of * (x[j] as number) ** p, 1);
    const at = inner(term.form, x);
    return sum + term.factor * ('exp' in term ? Math.exp(at) : at ** term.power);
  }, 0);
}

/** The sum of the sizes of what a term is the sum of. */
function sizeOf(term: Term, x: readonly number[]): number {
  if ('powers' in term) return Math.abs(sumAt([term], x));
  const form = term.form.map(Math.abs);
  return sumAt([{ ...term, factor: Math.abs(term.factor), form }], x.map(Math.abs));
}

function modelOf({ terms, rows, lower, upper, start }: Drawn): Model {
  const model = new Model();
  const x = model.variable(start.length, { lower, upper, start });
  const expression = (of: readonly Term[]): Expression<readonly []> =>
    of
      .map((term): Expression<readonly []> => {
        if ('powers' in term) {
          const factors = term.powers.flatMap((p, j) => (p === 0 ? [] : [p === 1 ? at(x, j) : pow(at(x, j), p)]));
          return mul(
            term.factor,
            factors.reduce((a, b) => mul(a, b)),
          );
        }
        const form = dot(term.form, x);
        return mul(term.factor, 'exp' in term ? exp(form) : term.power === 1 ? form : pow(form, term.power));
      })
      .reduce((a, b) => add(a, b));
  model.minimize(expression(terms));
  for (const { terms: row, low, high } of rows) {
    if (low === high) model.equal(expression(row), low);
    else if (low === -infinity) model.atMost(expression(row), high);
    else if (high === infinity) model.atLeast(expression(row), low);
    else model.between(expression(row), low, high);
  }
  return model;
}

/** The methods in turn that take the program. */
function methodFor({ rows, lower, upper }: Drawn, turn: number) {
  if (rows.length === 0) return (['auto', 'interiorPoint', ...descents] as const)[turn % 7];
  const isFree = lower.every((low) => low === -infinity) && upper.every((high) => high === infinity);
  const equations = isFree && rows.every(({ low, high }) => low === high);
  return (['auto', 'interiorPoint', equations ? 'exactAugmentedLagrangian' : 'auto'] as const)[turn % 3];
}

const solve = (drawn: Drawn, turn: number): Promise<NlpResult> =>
  minimize(modelOf(drawn), { method: methodFor(drawn, turn), timeLimit: 5 });

/** Monomials of total degree up to four. */
function monomials(draw: Draw, n: number, size: number): Term[] {
  return draw.list(draw.integer(1, 5), () => {
    const powers = draw.list(n, () => 0);
    const degree = draw.integer(1, 4);
    for (let k = 0; k < degree; ++k) ++(powers[draw.below(n)] as number);
    return { factor: draw.of([-1, 1, -0.5, 2, -3]) * draw.power(0, size), powers };
  });
}

/** Rows that are linear and hold at x, with room or as equations, no more of them than variables. */
function rowsAt(draw: Draw, count: number, x: readonly number[]): Row[] {
  return draw.list(Math.min(count, x.length), () => {
    const form = draw.list(x.length, () => draw.integer(-2, 2));
    const c = inner(form, x);
    return {
      terms: [linear(form)],
      ...draw.of([
        { low: -infinity, high: c + draw.power(-1, 3) },
        { low: c - draw.power(-1, 3), high: infinity },
        { low: c, high: c },
      ]),
    };
  });
}

/** All bounds are finite. */
function inBox(draw: Draw): Drawn {
  const n = draw.integer(1, 4);
  const size = draw.power(0, 6);
  const lower = draw.list(n, () => draw.of([0, -size, 1]));
  const upper = lower.map((low) => low + size);
  const start = lower.map((low) => low + draw.of([0.5, 1e-3, 1 / size]) * Math.min(size, 1));
  const terms = monomials(draw, n, 2);
  if (draw.chance(0.2)) terms.push({ factor: -1, form: unit(n, draw.below(n)).map((e) => (30 * e) / size), exp: true });
  return { terms, rows: rowsAt(draw, draw.of([0, 0, 1, 2]), start), lower, upper, start };
}

/** Terms of degree six are added, which are above all others far away. */
function coercive(draw: Draw): Drawn {
  const n = draw.integer(1, 4);
  const start = draw.list(n, () => draw.between(-2, 2));
  const lower = start.map((x) => draw.of([-infinity, -infinity, x - 1]));
  const upper = start.map((x) => draw.of([infinity, infinity, x + 1]));
  const sixth = draw.list(n, (j): Term => ({ factor: 10 ** -draw.integer(0, 18), form: unit(n, j), power: 6 }));
  return {
    ...{ terms: [...monomials(draw, n, 3), ...sixth], lower, upper, start },
    rows: rowsAt(draw, draw.of([0, 0, 0, 1, 2]), start),
  };
}

/** A ball or a simplex holds x. */
function compact(draw: Draw): Drawn {
  const n = draw.integer(2, 4);
  const size = draw.power(0, 6);
  const ball = draw.chance(0.5);
  const all = draw.list(n, (j): Term => ({ factor: 1, form: unit(n, j), power: ball ? 2 : 1 }));
  return {
    terms: draw.chance(0.3) ? [{ factor: -1, powers: draw.list(n, () => 1) }] : monomials(draw, n, 1),
    rows: [{ terms: all, low: -infinity, high: ball ? size ** 2 : size }],
    ...{ lower: draw.list(n, () => (ball ? -infinity : 0)), upper: draw.list(n, () => infinity) },
    start: draw.list(n, () => draw.between(0.1, 0.9 / n)),
  };
}

/** Orthogonal vectors: the last one is the direction of next to no curvature. */
const bases = [
  [[1]],
  [
    [1, -1],
    [1, 1],
  ],
  [
    [1, -1, 0],
    [1, 1, -2],
    [1, 1, 1],
  ],
  [
    [0, 1],
    [1, 0],
  ],
];

/** sum_i (a_i^T x - b_i)^2 / 2 + 10^-k (v^T x)^2 / 2 - v^T x, a_i and v orthogonal: -10^k / 2 at v^T x = 10^k. */
function flat(draw: Draw): Drawn {
  const basis = draw.of(bases);
  const v = basis.at(-1) as number[];
  const curvature = 10 ** -draw.integer(6, 25);
  const squares = basis.slice(0, -1).map((form): Term => ({ factor: 0.5, form, power: 2 }));
  const start = v.map(() => draw.integer(0, 2));
  return {
    terms: [...squares, { factor: 0.5 * curvature, form: v, power: 2 }, { factor: -1, form: v, power: 1 }],
    ...{ rows: [], lower: v.map(() => draw.of([-infinity, 0])), upper: v.map(() => infinity), start },
    ...{ convex: true, minimum: -0.5 / curvature },
  };
}

/** Returns the errors of an answer to a program that has a minimum. */
function wrongOfBounded({ minimum }: Drawn, { status, objective }: NlpResult): string[] {
  if (status === 'unbounded') return [`unbounded, f = ${objective}`];
  if (status !== 'solved' || minimum === undefined) return [];
  return Math.abs(objective - minimum) <= 1e-6 * Math.abs(minimum) ? [] : [`solved at ${objective}, not ${minimum}`];
}

/** A linear program with a direction in which f falls. */
function fallingLinear(draw: Draw): Drawn {
  const n = draw.integer(1, 5);
  const d = draw.list(n, () => draw.integer(0, 3));
  d[draw.below(n)] = 1;
  const turned = (sign: number) => {
    const form = draw.list(n, () => draw.integer(-3, 3));
    return inner(form, d) * sign > 0 ? form.map((value) => -value) : form;
  };
  const start = draw.list(n, () => draw.between(0, 2));
  const c = turned(1);
  if (inner(c, d) === 0)
    c.forEach((value, j) => {
      c[j] = value - (d[j] as number);
    });
  const rows = draw.list(draw.below(4), (): Row => {
    const form = turned(1);
    return { terms: [linear(form)], low: -infinity, high: inner(form, start) + draw.between(0, 2) };
  });
  const lower = draw.list(n, () => draw.of([0, -infinity]));
  return { terms: [linear(c)], rows, lower, upper: lower.map(() => infinity), start, convex: true };
}

/** A convex quadratic program whose curvature vanishes in a direction in which f falls. */
function fallingQuadratic(draw: Draw): Drawn {
  const program = fallingLinear(draw);
  const n = program.start.length;
  const [c] = program.terms as [Term & { form: number[] }];
  // A vector without its part along c has no slope along c; so f falls along -c where no row is.
  const forms = draw.list(draw.integer(1, 3), () => {
    const form = draw.list(n, () => draw.integer(-2, 2));
    return form.map((value, j) => value * inner(c.form, c.form) - inner(form, c.form) * (c.form[j] as number));
  });
  const squares = forms.map((form): Term => ({ factor: draw.power(-6, 2), form, power: 2 }));
  const free = program.lower.map(() => -infinity);
  return { ...program, terms: [c, ...squares], rows: [], lower: free };
}

/** Functions that fall faster and faster. */
function fallingCurved(draw: Draw): Drawn {
  const n = draw.integer(1, 3);
  const j = draw.below(n);
  const start = draw.list(n, () => draw.between(0.5, 2));
  const squares = draw.list(n, (k): Term => ({ factor: k === j ? 1 : draw.power(-2, 2), form: unit(n, k), power: 2 }));
  const falling = draw.of<Term>([
    { factor: -draw.power(-3, 2), form: unit(n, j), power: 3 },
    { factor: -1, form: unit(n, j), power: 4 },
    { factor: -draw.power(-3, 2), form: unit(n, j), exp: true },
    { factor: -1, powers: start.map(() => 3) },
  ]);
  const lower = draw.list(n, () => 0);
  return { terms: [...squares, falling], rows: [], lower, upper: lower.map(() => infinity), start };
}

/** The way down is a curve: x_0 falls while x_1 stays on or above its square. */
function fallingCurve(draw: Draw): Drawn {
  const row = {
    terms: [
      { factor: 1, form: [0, 1], power: 1 },
      { factor: -1, form: [1, 0], power: 2 },
    ] as Term[],
    low: 0,
  };
  const start = [-draw.between(0, 2), draw.between(4, 5)];
  const onCurve = draw.chance(0.5);
  if (onCurve) start[1] = (start[0] as number) ** 2;
  return {
    terms: [{ factor: draw.power(-1, 1), form: [1, 0], power: draw.of([1, 3]) }],
    rows: [{ ...row, high: onCurve ? 0 : infinity }],
    ...{ lower: [-infinity, -infinity], upper: [infinity, infinity], start },
  };
}

/** Points of a ray, or of a curve, that a proof is made of. */
export function pointsOf({ kind, x, direction, points }: Proof): number[][] {
  const [from, along, all] = [Array.from(x ?? []), Array.from(direction ?? []), Array.from(points ?? [])];
  const [n, size] = [from.length, Math.max(1, ...from.map(Math.abs))];
  if (kind === 'curve') return [from, ...Array.from({ length: all.length / n }, (_, k) => all.slice(k * n, k * n + n))];
  const distances = [0, ...Array.from({ length: 5 }, (_, k) => 100 ** k * size)];
  return distances.map((t) => from.map((value, j) => (t === 0 ? value : value + t * (along[j] as number))));
}

/** Returns the errors of a proof that a program has no minimum, by values of its functions. */
function wrongProof(
  { terms, rows, lower }: Pick<Drawn, 'terms' | 'rows' | 'lower'>,
  proof: Proof | undefined,
): string[] {
  if (proof?.kind !== 'ray' && proof?.kind !== 'curve') return ['unbounded without a ray or a curve'];
  const points = pointsOf(proof);
  const values = points.map((point) => sumAt(terms, point));
  const wrong: string[] = [];
  if (points.length < 3 && values.at(-1) !== -infinity) wrong.push('too few points along which f falls');
  values.forEach((value, k) => {
    if (k === 0) return;
    const before = values[k - 1] as number;
    // An f below all numbers cannot fall, but it has to stay there.
    const falls = value < before || (value === -infinity && before === -infinity);
    if (!falls) wrong.push(`f does not fall at point ${k}: ${values}`);
  });
  for (const point of points) {
    rows.forEach(({ terms: row, low, high }, i) => {
      const c = sumAt(row, point);
      const size = row.reduce((sum, term) => sum + sizeOf(term, point), 1);
      if (low - c > 1e-6 * size || c - high > 1e-6 * size) wrong.push(`a proof where row ${i} is ${c}`);
    });
    const size = Math.max(1, ...point.map(Math.abs));
    point.forEach((value, j) => {
      if ((lower[j] as number) - value > 1e-9 * size) wrong.push(`a proof where x[${j}] is ${value}`);
    });
  }
  return wrong;
}

/** Returns the errors of an answer to a program without a minimum. */
function wrongOfUnbounded(
  { terms, rows, lower, start, convex }: Drawn,
  { status, objective, x, certificate }: NlpResult,
): string[] {
  if (status === 'infeasible') return ['infeasible, though the start is feasible'];
  if (status === 'solved') return convex ? [`solved at ${objective}, though f falls for ever`] : [];
  if (status !== 'unbounded') return [];
  const point = Array.from(x);
  const wrong = wrongProof({ terms, rows, lower }, certificate.proof);
  if (!(sumAt(terms, point) < sumAt(terms, start))) wrong.push(`unbounded at ${objective}, above the start`);
  // Rounding of terms is all that a row may miss, up to what its sides are relaxed by.
  rows.forEach(({ terms: row, low, high }, i) => {
    const c = sumAt(row, point);
    const size = row.reduce((sum, term) => sum + sizeOf(term, point), 1);
    if (low - c > 1e-6 * size || c - high > 1e-6 * size) wrong.push(`unbounded where row ${i} is ${c}`);
  });
  point.forEach((value, j) => {
    if ((lower[j] as number) - value > 1e-6) wrong.push(`unbounded where x[${j}] is ${value}`);
  });
  return wrong;
}

const bounded = [inBox, coercive, compact, flat];
const falling = [fallingLinear, fallingQuadratic, fallingCurved, fallingCurve];

export const unboundedClaims: Record<string, Claim> = {
  'programs with a minimum': {
    cases: 10_000,
    async trial(seed) {
      const draw = new Draw(seed);
      if (seed % 20 === 0) {
        const { program, minimum } = flatProgram(draw);
        const result = await minimize(program, { timeLimit: 5 });
        return { status: result.status, wrong: wrongOfBounded({ minimum } as Drawn, result) };
      }
      const drawn = (bounded[seed % bounded.length] as (draw: Draw) => Drawn)(draw);
      const result = await solve(drawn, Math.floor(seed / bounded.length));
      return { status: result.status, wrong: wrongOfBounded(drawn, result) };
    },
  },
  'programs that fall for ever': {
    cases: 2_000,
    shows: 'unbounded',
    async trial(seed) {
      const drawn = (falling[seed % falling.length] as (draw: Draw) => Drawn)(new Draw(seed));
      const result = await solve(drawn, Math.floor(seed / falling.length));
      return { status: result.status, wrong: wrongOfUnbounded(drawn, result) };
    },
  },
};

/** A quadratic program by its matrices: x_j^2 / 2 and 10^-k y^2 / 2 - y. */
function flatProgram(draw: Draw) {
  const n = draw.integer(1, 4);
  const curvature = 10 ** -draw.integer(6, 25);
  const Q = draw.list(n, (i) => draw.list(n, (j) => (i === j ? (i === 0 ? curvature : 1) : 0)));
  const c = unit(n, 0).map((value) => -value);
  return { program: quadraticProgram({ Q, c, lower: 0 }), minimum: -0.5 / curvature };
}
