// Random quadratic functions in boxes, stated in several ways, and their least values by the enumeration of all faces.
import { add, div, dot, type Expression, Model, matvec, mul, neg, square } from '../../src/expressions/index.js';
import type { Draw } from './draw.js';

type Scalar = Expression<readonly []>;

export interface BoxProblem {
  /** f(x) = sum over i <= j of products[i][j] x_i x_j + slope . x + constant. */
  products: number[][];
  slope: number[];
  constant: number;
  lower: number[];
  upper: number[];
  /** Variables that are whole numbers. */
  whole: boolean[];
  x: Scalar[];
  model: Model;
}

const kinds = ['any', 'convex', 'concave', 'sparse', 'products', 'wide', 'far'] as const;
type Kind = (typeof kinds)[number];

/** A linear function a.x + p. */
interface Affine {
  a: number[];
  p: number;
}

/** A quadratic function that is summed up, and the same as expressions. */
class Sum {
  readonly products: number[][];
  readonly slope: number[];
  constant = 0;
  readonly parts: Scalar[] = [];

  constructor(private readonly x: Scalar[]) {
    this.products = x.map(() => new Array<number>(x.length).fill(0));
    this.slope = x.map(() => 0);
  }

  addLinear(slope: number[]): void {
    for (const [i, s] of slope.entries()) {
      this.slope[i] = (this.slope[i] as number) + s;
      this.parts.push(mul(s, this.x[i] as Scalar) as Scalar);
    }
  }

  /** Adds factor f g, which `stated` makes of the expressions of f and g. */
  addProduct(factor: number, f: Affine, g: Affine, stated: (f: Scalar, g: Scalar) => unknown): void {
    for (const [i, s] of f.a.entries()) {
      for (const [j, t] of g.a.entries()) {
        const row = this.products[Math.min(i, j)] as number[];
        row[Math.max(i, j)] = (row[Math.max(i, j)] as number) + factor * s * t;
      }
      this.slope[i] = (this.slope[i] as number) + factor * (g.p * s + f.p * (g.a[i] as number));
    }
    this.constant += factor * f.p * g.p;
    this.parts.push(stated(this.expressionOf(f), this.expressionOf(g)) as Scalar);
  }

  private expressionOf({ a, p }: Affine): Scalar {
    return a.reduce<Scalar>(
      (sum, s, i) => (s === 0 ? sum : (add(sum, mul(s, this.x[i] as Scalar)) as Scalar)),
      add(mul(0, this.x[0] as Scalar), p) as Scalar,
    );
  }
}

function addDrawn(sum: Sum, draw: Draw, n: number, kind: Kind): void {
  const affine = (): Affine => {
    const few = kind === 'sparse' || kind === 'products' || draw.chance(0.4);
    const one = draw.below(n);
    const a = Array.from({ length: n }, (_, i) => (few ? Number(i === one) : draw.of([0, 1, -1, draw.number()])));
    return { a, p: kind === 'products' ? 0 : draw.number() };
  };
  const [f, g, factor] = [affine(), affine(), draw.of([1, -2, 0.1, draw.number()])];
  if (kind === 'convex' || kind === 'concave') {
    const curved = kind === 'convex' ? Math.abs(factor) : -Math.abs(factor);
    sum.addProduct(curved, f, f, (a) => mul(curved, square(a)));
  } else if (draw.chance(0.2)) {
    sum.addProduct(1 / 3, f, g, (a, b) => div(mul(a, b), 3));
  } else {
    sum.addProduct(factor, f, g, (a, b) => mul(factor, mul(a, b)));
  }
}

/** A problem with n variables, a share of which are whole. */
export function drawnBox(draw: Draw, n: number, share: number): BoxProblem {
  const kind = draw.of(kinds);
  const whole = Array.from({ length: n }, () => draw.chance(share));
  const size = kind === 'wide' ? 1000 : 1;
  const lower = whole.map((integer) => {
    const low = kind === 'far' ? 30 : size * draw.number();
    return integer ? Math.round(low) : low;
  });
  const upper = lower.map((low, i) => low + (whole[i] ? 1 : size * (draw.chance(0.1) ? 0 : 3 * draw.uniform())));
  const model = new Model();
  const x = lower.map((low, i) => model.variable({ lower: low, upper: upper[i], integer: whole[i] }));
  const sum = new Sum(x);
  sum.addLinear(draw.numbers(n));
  for (let k = 0; k < n + 1; ++k) addDrawn(sum, draw, n, kind);
  const f = sum.parts.reduce((a, b) => add(a, b) as Scalar);
  if (draw.chance(0.5)) model.minimize(f);
  else model.maximize(neg(f));
  const { products, slope, constant } = sum;
  return { products, slope, constant, lower, upper, whole, x, model };
}

/** A box with constraints, which the middle of the box satisfies, or a corner of it where all are whole. */
export interface ConstrainedProblem extends BoxProblem {
  constraints: { of: Pick<BoxProblem, 'products' | 'slope' | 'constant'>; low: number; high: number }[];
}

/** Adds up to three constraints, linear ones and quadratic ones, inequalities and equations. */
export function drawnConstrained(draw: Draw, n: number, share: number): ConstrainedProblem {
  const box = drawnBox(draw, n, share);
  const { model, lower, upper, whole, x } = box;
  const inner = lower.map((low, i) => (whole[i] ? low : (low + (upper[i] as number)) / 2));
  const constraints: ConstrainedProblem['constraints'] = [];
  const equations = draw.below(2) * (whole.every((each) => !each) ? 1 : 0);
  for (let k = 0; k < 1 + draw.below(3); ++k) {
    const sum = new Sum(x);
    sum.addLinear(draw.numbers(n));
    if (draw.chance(0.5)) addDrawn(sum, draw, n, draw.of(kinds));
    const stated = sum.parts.reduce((a, b) => add(a, b) as Scalar);
    const at = objectiveOf(sum, inner);
    const equation = k < equations;
    const [low, high] = equation
      ? [at, at]
      : draw.chance(0.5)
        ? [at - draw.uniform(), Number.POSITIVE_INFINITY]
        : [Number.NEGATIVE_INFINITY, at];
    model.between(stated, low, high);
    constraints.push({ of: sum, low, high });
  }
  return { ...box, constraints };
}

/** Solves A y = b; undefined where a pivot is small. */
function solved(A: number[][], b: number[]): number[] | undefined {
  const rows = A.map((row, i) => [...row, b[i] as number]);
  for (let k = 0; k < rows.length; ++k) {
    let best = k;
    for (let i = k; i < rows.length; ++i)
      if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[best]?.[k] as number)) best = i;
    const pivot = rows[best] as number[];
    rows[best] = rows[k] as number[];
    rows[k] = pivot;
    if (Math.abs(pivot[k] as number) < 1e-11) return undefined;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[k] as number) / (pivot[k] as number);
      for (const [j, value] of pivot.entries()) row[j] = (row[j] as number) - factor * value;
    }
  }
  return rows.map((row, k) => (row.at(-1) as number) / (row[k] as number));
}

export function objectiveOf(
  { products, slope, constant }: Pick<BoxProblem, 'products' | 'slope' | 'constant'>,
  x: ArrayLike<number>,
): number {
  let sum = constant;
  for (const [i, s] of slope.entries()) {
    sum += s * (x[i] as number);
    for (const [j, q] of (products[i] as number[]).entries()) sum += q * (x[i] as number) * (x[j] as number);
  }
  return sum;
}

/** The least value of all stationary points of all faces, in which the minimum is: whole numbers are at a bound. */
export function leastValue(problem: BoxProblem): number {
  const { products, slope, lower, upper, whole } = problem;
  const n = slope.length;
  const hessian = (i: number, j: number) =>
    i === j ? 2 * (products[i]?.[i] as number) : (products[Math.min(i, j)]?.[Math.max(i, j)] as number);
  let least = Number.POSITIVE_INFINITY;
  for (let code = 0; code < 3 ** n; ++code) {
    const place = Array.from({ length: n }, (_, i) => Math.floor(code / 3 ** i) % 3);
    if (place.some((p, i) => p === 2 && whole[i])) continue;
    const x = place.map((p, i) => (p === 0 ? lower[i] : p === 1 ? upper[i] : 0) as number);
    const inner = place.flatMap((p, i) => (p === 2 ? [i] : []));
    const right = inner.map((i) => -(slope[i] as number) - x.reduce((sum, xj, j) => sum + hessian(i, j) * xj, 0));
    const found = solved(
      inner.map((i) => inner.map((j) => hessian(i, j))),
      right,
    );
    if (
      !found?.every((y, k) => y >= (lower[inner[k] as number] as number) && y <= (upper[inner[k] as number] as number))
    )
      continue;
    for (const [k, i] of inner.entries()) x[i] = found[k] as number;
    least = Math.min(least, objectiveOf(problem, x));
  }
  return least;
}

/** The size of the numbers that f is summed up of, of which rounding errors are a share. */
export function sizeOf({ products, slope, constant, lower, upper }: BoxProblem): number {
  const most = lower.map((low, i) => Math.max(Math.abs(low), Math.abs(upper[i] as number)));
  let sum = Math.abs(constant) + 1;
  for (const [i, s] of slope.entries()) {
    sum += Math.abs(s) * (most[i] as number);
    for (const [j, q] of (products[i] as number[]).entries()) {
      sum += Math.abs(q) * (most[i] as number) * (most[j] as number);
    }
  }
  return sum;
}

/** max 1/2 x^T Q x + c^T x, 0 <= x <= 1, with whole numbers from -50 to 50, a share of Q zero. */
export function drawnSpar(draw: Draw, n: number, density: number, binary = false): Model {
  const whole = () => draw.below(101) - 50;
  const Q = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j <= i; ++j) (Q[i] as number[])[j] = (Q[j] as number[])[i] = draw.chance(density) ? whole() : 0;
  }
  const model = new Model();
  const x = binary ? model.binary(n) : model.variable(n, { lower: 0, upper: 1 });
  model.maximize(add(mul(0.5, dot(x, matvec(Q, x))), dot(Array.from({ length: n }, whole), x)));
  return model;
}

/** Points of a grid that satisfy the constraints up to rounding errors. */
export function* gridOf({ lower, upper, whole, constraints }: ConstrainedProblem, steps: number): Generator<number[]> {
  const n = lower.length;
  const places = whole.map((each) => (each ? 2 : steps + 1));
  const count = places.reduce((a, b) => a * b, 1);
  for (let code = 0; code < count; ++code) {
    let rest = code;
    const x = Array.from({ length: n }, (_, i) => {
      const place = rest % (places[i] as number);
      rest = Math.floor(rest / (places[i] as number));
      const [low, high] = [lower[i] as number, upper[i] as number];
      return low + ((high - low) * place) / ((places[i] as number) - 1);
    });
    const holds = constraints.every(({ of, low, high }) => {
      const value = objectiveOf(of, x);
      return value >= low && value <= high;
    });
    if (holds) yield x;
  }
}
