// Bounds of programs that are convex, or nearly so: convex ones with a planted minimum, and functions of all kinds over boxes, whose least value a search
// over the box finds.
import {
  acos,
  acosh,
  add,
  asin,
  asinh,
  at,
  atan,
  atanh,
  cos,
  cosh,
  div,
  dot,
  type Expression,
  exp,
  expm1,
  log,
  log1p,
  logSumExp,
  matvec,
  max,
  min,
  mul,
  pow,
  sigmoid,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  sub,
  sumSquares,
  tan,
  tanh,
} from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import type { Claim, Shown, Trial } from '../contract/problem.js';
import { Draw } from './draw.js';

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** Returns the errors of the bound of a result, where no admissible point has a value below `least`; `known` is the value of one that has nearly that. */
function wrongBound({ objective, certificate }: NlpResult, known: number, nearly = 0): string[] {
  const { kind, lowerBound } = certificate;
  const allowed = 1e-8 * Math.max(1, Math.abs(known));
  const wrong: string[] = [];
  if (lowerBound !== undefined && lowerBound > known + allowed)
    wrong.push(`${kind} with bound ${lowerBound}, above ${known}`);
  if (kind === 'global' && objective > known + allowed + nearly) wrong.push(`global at ${objective}, above ${known}`);
  return wrong;
}

/** The kind of certificate of a solved problem, by which trials are counted. */
const outcome = ({ status, certificate }: NlpResult): Shown => (status === 'solved' ? certificate.kind : status);

// Planted minima -----------------------------------------------------------------------------------------------------

/** A convex function with its gradient and its expression. */
interface Term {
  value: (x: readonly number[]) => number;
  gradient: (x: readonly number[]) => number[];
  build: (x: Expression) => Expression;
}

/** f(a^T x + b) */
function ofForm(
  a: number[],
  b: number,
  f: (z: number) => number,
  slope: (z: number) => number,
  build: (z: Expression) => Expression,
): Term {
  const form = (x: readonly number[]) => inner(a, x) + b;
  return {
    value: (x) => f(form(x)),
    gradient: (x) => a.map((entry) => entry * slope(form(x))),
    build: (x) => build(add(dot(a, x), b)),
  };
}

/** A convex function of numbers in a box, with values that are no larger than some thousands. */
function convexTerm(draw: Draw, lower: number[], upper: number[]): Term {
  const n = lower.length;
  const a = draw.numbers(n);
  const ends = (pick: (low: number, high: number) => number) =>
    a.reduce((sum, entry, j) => sum + pick(entry * (lower[j] as number), entry * (upper[j] as number)), 0);
  const [least, most] = [ends(Math.min), ends(Math.max)];
  const size = Math.max(1, Math.abs(least), Math.abs(most));
  const scaled = a.map((entry) => entry / size);
  const above = 0.1 + draw.uniform() - least / size; // a form that is above 0 in the box
  const matrix = Array.from({ length: draw.chance(0.5) ? n : Math.max(1, n - 1) }, () => draw.numbers(n));
  const image = (x: readonly number[]) => matrix.map((row) => inner(row, x));
  const back = (of: readonly number[]) =>
    a.map((_, j) =>
      inner(
        of,
        matrix.map((row) => row[j] as number),
      ),
    );
  const gram = a.map((_, i) =>
    a.map((_, j) => matrix.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 0.1 : 0)),
  );
  const kinds: (() => Term)[] = [
    () =>
      ofForm(
        a,
        draw.number(),
        (z) => z * z,
        (z) => 2 * z,
        square,
      ),
    () => ofForm(scaled, draw.number(), Math.exp, Math.exp, exp),
    () =>
      ofForm(
        scaled,
        draw.number(),
        (z) => z ** 4,
        (z) => 4 * z ** 3,
        (z) => pow(z, 4),
      ),
    () =>
      ofForm(
        a,
        0,
        (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
        (z) => 1 / (1 + Math.exp(-z)),
        softplus,
      ),
    () =>
      ofForm(
        scaled,
        above,
        (z) => -Math.log(z),
        (z) => -1 / z,
        (z) => mul(-1, log(z)),
      ),
    () =>
      ofForm(
        scaled,
        above,
        (z) => 1 / z,
        (z) => -1 / (z * z),
        (z) => div(1, z),
      ),
    () =>
      ofForm(
        scaled,
        above,
        (z) => z ** 3,
        (z) => 3 * z * z,
        (z) => pow(z, 3),
      ),
    () =>
      ofForm(
        scaled,
        above,
        (z) => z * Math.log(z),
        (z) => Math.log(z) + 1,
        (z) => mul(z, log(z)),
      ),
    () =>
      ofForm(
        scaled,
        above,
        (z) => -Math.sqrt(z),
        (z) => -0.5 / Math.sqrt(z),
        (z) => mul(-1, sqrt(z)),
      ),
    () => ({
      value: (x) => Math.sqrt(1 + image(x).reduce((sum, y) => sum + y * y, 0)),
      gradient: (x) => {
        const y = image(x);
        const root = Math.sqrt(1 + inner(y, y));
        return back(y).map((entry) => entry / root);
      },
      build: (x) => sqrt(add(1, sumSquares(matvec(matrix, x)))),
    }),
    () => ({
      value: (x) => Math.log(image(x).reduce((sum, y) => sum + Math.exp(y), 0)),
      gradient: (x) => {
        const weights = image(x).map(Math.exp);
        const sum = weights.reduce((all, each) => all + each, 0);
        return back(weights).map((entry) => entry / sum);
      },
      build: (x) => logSumExp(matvec(matrix, x)),
    }),
    // x^T G x, whose products no rule takes.
    () => ({
      value: (x) =>
        inner(
          x,
          gram.map((row) => inner(row, x)),
        ),
      gradient: (x) => gram.map((row) => 2 * inner(row, x)),
      build: (x) => dot(x, matvec(gram, x)),
    }),
  ];
  return draw.of(kinds)();
}

const gradientOfSum = (terms: readonly Term[], x: readonly number[]): number[] =>
  x.map((_, j) => terms.reduce((sum, term) => sum + (term.gradient(x)[j] as number), 0));

/** A convex program whose minimum is x: linear terms cancel the gradient there, but for what bounds and constraints hold back. */
const planted: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 1 + draw.below(5);
  const x = Array.from({ length: n }, () => draw.between(0.1, 3));
  const lower = x.map((value) => (draw.chance(0.3) ? value : value - draw.between(0.05, 2)));
  const upper = x.map((value, j) =>
    draw.chance(0.3) && value > (lower[j] as number) ? value : value + draw.between(0.05, 2),
  );
  const terms = Array.from({ length: 1 + draw.below(4) }, () => convexTerm(draw, lower, upper));
  const rows = Array.from({ length: draw.below(3) }, () => ({
    term: convexTerm(draw, lower, upper),
    factor: draw.between(0.1, 2),
  }));
  const slope = gradientOfSum(terms, x).map((entry, j) => {
    const ofRows = rows.reduce((sum, { term, factor }) => sum + factor * (term.gradient(x)[j] as number), 0);
    const held = x[j] === lower[j] ? draw.uniform() : x[j] === upper[j] ? -draw.uniform() : 0;
    return held - entry - ofRows;
  });
  // Functions in the box alone, which gradients and logarithms know; some bounds are left out where the terms are smooth everywhere.
  const model = new Model();
  const variable = model.variable(n, {
    lower,
    upper,
    start: x.map((_, j) => draw.between(lower[j] as number, upper[j] as number)),
  });
  const value = (at: readonly number[]) => terms.reduce((sum, term) => sum + term.value(at), inner(slope, at));
  const [first, ...others] = terms.map((term) => term.build(variable)) as [Expression, ...Expression[]];
  const objective = add(
    dot(slope, variable),
    others.reduce((sum, term) => add(sum, term), first),
  );
  const maximise = draw.chance(0.2);
  if (maximise) model.maximize(mul(-1, objective));
  else model.minimize(objective);
  for (const { term } of rows) model.atMost(term.build(variable) as Expression<readonly []>, term.value(x));
  const result = await minimize(model, { timeLimit: 20 });
  return { status: outcome(result), wrong: wrongBound(maximise ? turned(result) : result, value(x)) };
};

/** The result of a maximisation as that of the minimisation of the negative. */
function turned(result: NlpResult): NlpResult {
  const { upperBound, ...certificate } = result.certificate;
  return {
    ...result,
    objective: -result.objective,
    certificate: { ...certificate, ...(upperBound !== undefined && { lowerBound: -upperBound }) },
  } as NlpResult;
}

// Impostors ----------------------------------------------------------------------------------------------------------

/** A function by its value and by its expression. */
interface Tree {
  value: (x: readonly number[]) => number;
  build: (x: readonly Expression[]) => Expression;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));
const unary: [(z: number) => number, (z: Expression) => Expression][] = [
  [(z) => z * z, square],
  [Math.sqrt, sqrt],
  [Math.exp, exp],
  [Math.log, log],
  [Math.log1p, log1p],
  [Math.expm1, expm1],
  [Math.sin, sin],
  [Math.cos, cos],
  [Math.tan, tan],
  [Math.asin, asin],
  [Math.acos, acos],
  [Math.atan, atan],
  [Math.sinh, sinh],
  [Math.cosh, cosh],
  [Math.tanh, tanh],
  [Math.asinh, asinh],
  [Math.acosh, acosh],
  [Math.atanh, atanh],
  [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), softplus],
  [logistic, sigmoid],
  [(z) => 1 / z, (z) => div(1, z)],
  ...[-2, -1, -0.5, 0.5, 1.5, 2, 3, 4].map((p): [(z: number) => number, (z: Expression) => Expression] => [
    (z) => z ** p,
    (z) => pow(z, p),
  ]),
];
const binary: [(a: number, b: number) => number, (a: Expression, b: Expression) => Expression][] = [
  [(a, b) => a + b, add],
  [(a, b) => a + b, add],
  [(a, b) => a - b, sub],
  [(a, b) => a * b, mul],
  [(a, b) => a / b, div],
  [Math.max, max],
  [Math.min, min],
];

function tree(draw: Draw, n: number, depth: number): Tree {
  if (depth === 0 || draw.chance(0.1)) {
    const [a, b] = draw.chance(0.5) ? [1, 0] : [draw.between(-2, 2), draw.number()];
    const j = draw.below(n);
    return {
      value: (x) => a * (x[j] as number) + b,
      build: (x) => (a === 1 && b === 0 ? (x[j] as Expression) : add(mul(a, x[j] as Expression), b)),
    };
  }
  if (draw.chance(0.5)) {
    const [f, build] = draw.of(unary);
    const of = tree(draw, n, depth - 1);
    return {
      value: (x) => f(of.value(x)),
      build: (x) => build(of.build(x)),
    };
  }
  const [f, build] = draw.of(binary);
  const left = tree(draw, n, depth - 1);
  const right = draw.chance(0.15) ? left : tree(draw, n, depth - 1);
  return {
    value: (x) => f(left.value(x), right.value(x)),
    build: (x) => build(left.build(x), right.build(x)),
  };
}

/** The least value that is found in a box: on a grid, then by smaller and smaller steps from the best points of it. */
function leastInBox(
  value: (x: readonly number[]) => number,
  lower: readonly number[],
  upper: readonly number[],
): number {
  const side = lower.length === 1 ? 201 : lower.length === 2 ? 25 : 9;
  const known = (x: readonly number[]) => {
    const f = value(x);
    return Number.isNaN(f) ? Number.POSITIVE_INFINITY : f;
  };
  const place = (j: number, k: number) =>
    (lower[j] as number) + (k / (side - 1)) * ((upper[j] as number) - (lower[j] as number));
  const points = Array.from({ length: side ** lower.length }, (_, index) => {
    const x = lower.map((_, j) => place(j, Math.floor(index / side ** j) % side));
    return { x, f: known(x) };
  });
  points.sort((a, b) => a.f - b.f);
  let least = Number.POSITIVE_INFINITY;
  for (const { x, f } of points.slice(0, 3)) {
    const at = [...x];
    let best = f;
    for (let share = 1 / (side - 1); share > 1e-9; ) {
      const before = best;
      for (let j = 0; j < at.length; ++j) {
        const step = share * ((upper[j] as number) - (lower[j] as number));
        for (const next of [(at[j] as number) - step, (at[j] as number) + step]) {
          const kept = at[j] as number;
          at[j] = Math.min(Math.max(next, lower[j] as number), upper[j] as number);
          const now = known(at);
          if (now < best) best = now;
          else at[j] = kept;
        }
      }
      if (best >= before) share /= 2;
    }
    least = Math.min(least, best);
  }
  return least;
}

function box(draw: Draw, n: number): { lower: number[]; upper: number[]; start: number[] } {
  const lower = Array.from({ length: n }, () => draw.of([-3, -1, -0.5, 0, 0, 0.1, 0.5, 1]));
  const upper = lower.map((low) => low + draw.of([0.5, 1, 2, 4]));
  return { lower, upper, start: lower.map((low, j) => draw.between(low, upper[j] as number)) };
}

async function judged(
  value: (x: readonly number[]) => number,
  build: (x: Expression) => Expression,
  { lower, upper, start }: ReturnType<typeof box>,
) {
  const model = new Model();
  const x = model.variable(lower.length, { lower, upper, start });
  model.minimize(build(x) as Expression<readonly []>);
  const result = await minimize(model, { nonsmooth: 'allow', timeLimit: 20, maxIterations: 300 });
  return { status: outcome(result), wrong: wrongBound(result, leastInBox(value, lower, upper)) };
}

/** Functions of all kinds over boxes, of which a few are convex. */
const composed: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 1 + draw.below(2);
  const drawn = tree(draw, n, 2 + draw.below(3));
  const ridge = draw.chance(0.3) ? draw.between(0, 2) : 0;
  const value = (x: readonly number[]) => drawn.value(x) + ridge * inner(x, x);
  const build = (x: Expression) =>
    add(drawn.build(Array.from({ length: n }, (_, j) => at(x, j))), mul(ridge, sumSquares(x)));
  return judged(value, build, box(draw, n));
};

/** Quadratic forms with an eigenvalue about 0, in two spellings and as a quadratic program. */
const indefinite: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 2 + draw.below(2);
  const v = draw.numbers(n).map((entry) => entry + 0.3);
  const basis = Array.from({ length: n - 1 }, () => draw.numbers(n)).map((row) => {
    const along = inner(row, v) / inner(v, v);
    return row.map((entry, j) => entry - along * (v[j] as number));
  });
  const small = draw.of([-1, -1, 1, 0]) * 10 ** -draw.below(10);
  const Q = v.map((_, i) =>
    v.map((_, j) =>
      basis.reduce(
        (sum, row) => sum + (row[i] as number) * (row[j] as number),
        (small * (v[i] as number) * (v[j] as number)) / inner(v, v),
      ),
    ),
  );
  const symmetric = Q.map((row, i) => row.map((entry, j) => (entry + ((Q[j] as number[])[i] as number)) / 2));
  const c = draw.numbers(n).map((entry) => (draw.chance(0.5) ? 0 : entry));
  const { lower, upper, start } = box(draw, n);
  const value = (x: readonly number[]) =>
    0.5 *
      inner(
        x,
        symmetric.map((row) => inner(row, x)),
      ) +
    inner(c, x);
  if (draw.chance(0.3)) {
    const result = await minimize(quadraticProgram({ Q: symmetric, c, lower, upper, start }));
    return { status: outcome(result), wrong: wrongBound(result, leastInBox(value, lower, upper)) };
  }
  const spelled = draw.chance(0.5);
  const build = (x: Expression) => {
    const entries = Array.from({ length: n }, (_, j) => at(x, j));
    const products = entries.flatMap((a, i) =>
      entries.map((b, j) => mul(0.5 * ((symmetric[i] as number[])[j] as number), a, b)),
    );
    const form = spelled ? products.reduce((sum, term) => add(sum, term)) : mul(0.5, dot(x, matvec(symmetric, x)));
    return add(form, dot(c, x));
  };
  return judged(value, build, { lower, upper, start });
};

/** The domain of a power is no convex set: (x^2 - 1)^1.5 + a x has a minimum on each side of the gap. */
const gapped: Trial = async (seed) => {
  const draw = new Draw(seed);
  const [a, p] = [draw.between(-1, 1), draw.of([1.5, 2.5, 0.5, -0.5])];
  const drawn = { lower: [-3], upper: [3], start: [draw.of([-2, 2])] };
  const value = ([x]: readonly number[]) => ((x as number) ** 2 - 1) ** p + a * (x as number);
  return judged(value, (x) => add(pow(sub(sumSquares(x), 1), p), mul(a, at(x, 0))), drawn);
};

/** A convex function on a circle: global only where the multiplier makes the Lagrangian convex. */
const onCircle: Trial = async (seed) => {
  const draw = new Draw(seed);
  const [c, d, radius] = [draw.numbers(2), draw.numbers(2).map(Math.abs), draw.between(0.5, 2)];
  const value = (x: readonly number[]) =>
    inner(c, x) +
    inner(
      d,
      x.map((entry) => entry * entry),
    );
  const model = new Model();
  const x = model.variable(2, { lower: -3, upper: 3, start: [draw.number(), draw.number()] });
  model.minimize(add(dot(c, x), dot(d, square(x))));
  if (draw.chance(0.5)) model.equal(sumSquares(x), radius ** 2);
  else model.atLeast(sumSquares(x), radius ** 2);
  const result = await minimize(model, { timeLimit: 20 });
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 20_000; ++k) {
    const angle = (k / 20_000) * 2 * Math.PI;
    least = Math.min(least, value([radius * Math.cos(angle), radius * Math.sin(angle)]));
  }
  return { status: outcome(result), wrong: wrongBound(result, least, 1e-5) };
};

const impostors = [composed, composed, composed, indefinite, gapped, onCircle];

export const convexClaims: Record<string, Claim> = {
  'convex programs': { cases: 5_000, shows: 'global', trial: planted },
  'programs that look convex': {
    cases: 6_000,
    shows: 'local',
    trial: (seed) => (impostors[seed % impostors.length] as Trial)(seed),
  },
};
