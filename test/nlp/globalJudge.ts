// Small random models for minimizeGlobally, and a judge of its results that shares nothing with the package: it evaluates
// the drawn formulas itself, on a grid and around the best points of it.
import * as ops from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import type { Draw } from './draw.js';

/** A formula: a number, the variable x[index], or an operator with its operands. */
export type Tree = number | { variable: number } | readonly [string, ...Tree[]];

interface DrawnConstraint {
  tree: Tree;
  lower: number;
  upper: number;
}

export interface SmallModel {
  sense: 'minimize' | 'maximize';
  lower: number[];
  upper: number[];
  integers: number[];
  objective: Tree;
  inequalities: DrawnConstraint[];
  /** The equation x[variable] = value, where `value` is a formula of variables before that one. */
  equation?: { variable: number; value: Tree };
  /** Why no point is admissible, where none is by construction. */
  infeasible?: string;
}

/** The members of a result that the judge reads. */
export interface ClaimedMinimum {
  status: string;
  x: ArrayLike<number>;
  objective: number;
  /** No admissible point is better, in the sense of the objective. */
  bound: number;
}

export interface Gaps {
  gap: number;
  absoluteGap: number;
}

// Evaluation -----------------------------------------------------------------------------------------------------------

const functions: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
};

/** A value, NaN outside of the domain, and the largest number in size on the way to it, of which rounding errors are a share. */
interface Value {
  value: number;
  size: number;
}

/** `strict`: NaN also where a number on the way is infinite, as the logarithm of 0. */
export function evaluate(tree: Tree, x: ArrayLike<number>, strict = true): Value {
  let size = 0;
  const visit = (part: Tree): number => {
    if (typeof part === 'number') return part;
    if ('variable' in part) return x[part.variable] as number;
    const [name, a, b = 0] = part;
    const value = (functions[name] as (a: number, b: number) => number)(visit(a as Tree), visit(b));
    size = Math.max(size, Math.abs(value));
    return strict && !Number.isFinite(value) ? Number.NaN : value;
  };
  const value = visit(tree);
  return { value, size: Math.max(size, Math.abs(value)) };
}

type Scalar = ops.Expression<readonly []>;
type Binary = (a: Scalar, b: Scalar | number) => Scalar;

/** A model of the package. */
export function modelOf(small: SmallModel): Model {
  const model = new Model();
  const x = small.lower.map((lower, j) => {
    const upper = small.upper[j] as number;
    return model.variable({ lower, upper, start: (lower + upper) / 2, integer: small.integers.includes(j) });
  });
  const built = (tree: Tree): Scalar => {
    if (typeof tree === 'number') return ops.add(ops.mul(0, x[0] as ops.Variable<readonly []>), tree);
    if ('variable' in tree) return x[tree.variable] as ops.Variable<readonly []>;
    const [name, a, b] = tree;
    const [left, right] = [built(a as Tree), typeof b === 'number' ? b : b === undefined ? 0 : built(b)];
    const binary = { '+': ops.add, '-': ops.sub, '*': ops.mul, '/': ops.div, '^': ops.pow }[name] as Binary | undefined;
    if (binary) return binary(left, right);
    const unary = { exp: ops.exp, log: ops.log, sqrt: ops.sqrt, sin: ops.sin, cos: ops.cos, tanh: ops.tanh }[name];
    return unary?.(left) as Scalar;
  };
  model[small.sense](built(small.objective));
  for (const { tree, lower, upper } of small.inequalities) model.between(built(tree), lower, upper);
  const { equation } = small;
  if (equation) model.equal(x[equation.variable] as ops.Variable<readonly []>, built(equation.value));
  return model;
}

// Drawing --------------------------------------------------------------------------------------------------------------

/** A formula of the first n variables with at most `depth` operators above one another. */
function drawTree(draw: Draw, n: number, depth: number): Tree {
  if (depth === 0 || draw.chance(0.15))
    return draw.chance(0.8) ? { variable: draw.below(n) } : Math.round(draw.between(-30, 30)) / 10 || 1;
  const part = () => drawTree(draw, n, depth - 1);
  const choice = draw.uniform();
  if (choice < 0.22) return ['+', part(), part()];
  if (choice < 0.38) return ['-', part(), part()];
  if (choice < 0.6) return ['*', part(), part()];
  if (choice < 0.66) return ['/', part(), ['+', ['^', part(), 2], draw.of([0.5, 1, 2])]];
  if (choice < 0.7) {
    // The package takes a / a for 1, also where a is 0.
    const [above, below] = [part(), part()];
    return JSON.stringify(above) === JSON.stringify(below) ? above : ['/', above, below];
  }
  if (choice < 0.82) return ['^', part(), draw.of([2, 2, 3, 4, 0.5, 1.5, -1])];
  return [draw.of(['exp', 'log', 'sqrt', 'sin', 'cos', 'tanh', 'sin', 'cos']), part()];
}

/** Sides of a formula near the value that it has at a point of the box, so that there are points on either side. */
function drawSides(draw: Draw, tree: Tree, small: SmallModel): DrawnConstraint {
  const x = small.lower.map((low, j) => draw.between(low, small.upper[j] as number));
  const { value } = evaluate(tree, x);
  const side = Number.isFinite(value) && Math.abs(value) < 1e6 ? value : 0;
  const kind = draw.below(3);
  return {
    tree,
    lower: kind === 0 ? Number.NEGATIVE_INFINITY : side,
    upper: kind === 1 ? Number.POSITIVE_INFINITY : kind === 2 ? side + draw.between(0.1, 2) : side,
  };
}

/** Constraints that no point satisfies, and why. */
function contradiction(draw: Draw, n: number): { constraints: DrawnConstraint[]; why: string } {
  const [tree, margin] = [drawTree(draw, n, 2), draw.between(0.1, 1)];
  if (draw.chance(0.5)) {
    const squares: Tree = ['+', ['^', tree, 2], ['^', { variable: 0 }, 2]];
    return { constraints: [{ tree: squares, lower: -Infinity, upper: -margin }], why: 'a sum of squares is negative' };
  }
  const below = { tree, lower: -Infinity, upper: 1 };
  const above = { tree, lower: 1 + margin, upper: Infinity };
  return { constraints: [below, above], why: 'one formula is at most 1 and more than 1' };
}

export function drawSmall(draw: Draw): SmallModel {
  const n = 1 + draw.below(3);
  const integers = draw.chance(0.3) ? Array.from({ length: n }, (_, j) => j).filter(() => draw.chance(0.6)) : [];
  const lower = Array.from({ length: n }, () => Math.round(draw.between(-4, 2) * 2) / 2);
  const upper = lower.map((low) => low + 1 + Math.round(draw.between(0, 4) * 2) / 2);
  const small: SmallModel = {
    ...{ sense: draw.chance(0.8) ? 'minimize' : 'maximize', lower, upper, integers },
    ...{ objective: drawTree(draw, n, 3), inequalities: [] },
  };
  const last = n - 1;
  if (n > 1 && !integers.includes(last) && draw.chance(0.35)) {
    small.equation = { variable: last, value: drawTree(draw, last, 2) };
  }
  if (draw.chance(0.5)) small.inequalities.push(drawSides(draw, drawTree(draw, n, 2), small));
  if (draw.chance(0.08)) {
    const { constraints, why } = contradiction(draw, n);
    small.inequalities.push(...constraints);
    small.infeasible = why;
  }
  return small;
}

// Judging --------------------------------------------------------------------------------------------------------------

/** How many values of a variable the grid has, by the number of variables that it runs over. */
const places = [1, 4001, 161, 31];

export interface Best {
  x: number[];
  /** The objective in its own sense. */
  objective: number;
  /** An estimate of its rounding error. */
  error: number;
  /** True if a point was found that keeps a distance from all inequalities. */
  inside: boolean;
}

const rounding = 1e-14;

class Judge {
  readonly #small: SmallModel;
  readonly #sign: number;
  readonly #free: number[];

  constructor(small: SmallModel) {
    this.#small = small;
    this.#sign = small.sense === 'minimize' ? 1 : -1;
    this.#free = small.lower.map((_, j) => j).filter((j) => j !== small.equation?.variable);
  }

  /** The objective as it is minimised, and its error; undefined at a point that is not admissible. x gets the equation's variable. */
  #at(x: number[], margin = 0): { value: number; error: number } | undefined {
    const { equation, lower, upper, inequalities, objective } = this.#small;
    if (equation) x[equation.variable] = evaluate(equation.value, x).value;
    for (let j = 0; j < x.length; ++j) {
      if (!((x[j] as number) >= (lower[j] as number) && (x[j] as number) <= (upper[j] as number))) return undefined;
    }
    for (const { tree, lower: low, upper: high } of inequalities) {
      const { value, size } = evaluate(tree, x);
      const off = margin + rounding * size;
      if (!(value >= low + off && value <= high - off)) return undefined;
    }
    const { value, size } = evaluate(objective, x);
    return Number.isNaN(value) ? undefined : { value: this.#sign * value, error: rounding * size };
  }

  #values(j: number): number[] {
    const [low, high] = [this.#small.lower[j] as number, this.#small.upper[j] as number];
    if (this.#small.integers.includes(j)) {
      const first = Math.ceil(low);
      return Array.from({ length: Math.max(0, Math.floor(high) - first + 1) }, (_, k) => first + k);
    }
    const count = places[this.#free.length] as number;
    return Array.from({ length: count }, (_, k) => (k === count - 1 ? high : low + ((high - low) * k) / (count - 1)));
  }

  /** The best admissible points of the grid, best first. */
  #grid(): { best: { x: number[]; value: number }[]; inside: boolean } {
    const values = this.#free.map((j) => this.#values(j));
    const total = values.reduce((product, list) => product * list.length, 1);
    const best: { x: number[]; value: number }[] = [];
    const x = new Array<number>(this.#small.lower.length).fill(0);
    let inside = false;
    for (let k = 0; k < total; ++k) {
      let rest = k;
      this.#free.forEach((j, f) => {
        const list = values[f] as number[];
        x[j] = list[rest % list.length] as number;
        rest = Math.floor(rest / list.length);
      });
      const found = this.#at(x);
      if (!found) continue;
      inside ||= this.#at(x, 1e-6) !== undefined;
      if (best.length >= 6 && found.value >= (best[5] as { value: number }).value) continue;
      best.push({ x: x.slice(), value: found.value });
      best.sort((a, b) => a.value - b.value);
      best.length = Math.min(best.length, 6);
    }
    return { best, inside };
  }

  /** A descent by steps along the axes and diagonals, which shrink where none leads lower. */
  #polish(from: number[], value: number): { x: number[]; value: number } {
    const moved = this.#free.filter((j) => !this.#small.integers.includes(j));
    let [x, least] = [from.slice(), value];
    let share = 1 / 30;
    for (let turn = 0; turn < 1500 && share > 1e-13; ++turn) {
      let better = false;
      for (let k = 0; k < 3 ** moved.length && !better; ++k) {
        const next = x.slice();
        moved.forEach((j, place) => {
          const width = (this.#small.upper[j] as number) - (this.#small.lower[j] as number);
          const direction = (Math.floor(k / 3 ** place) % 3) - 1;
          const at = (x[j] as number) + direction * share * width;
          next[j] = Math.min(this.#small.upper[j] as number, Math.max(this.#small.lower[j] as number, at));
        });
        const found = this.#at(next);
        if (!found || !(found.value < least)) continue;
        [x, least, better] = [next, found.value, true];
      }
      share *= better ? 1.5 : 0.5;
    }
    return { x, value: least };
  }

  best(): Best | undefined {
    const { best, inside } = this.#grid();
    const polished = best.map(({ x, value }) => this.#polish(x, value)).sort((a, b) => a.value - b.value);
    const [first] = polished;
    if (!first) return undefined;
    const error = this.#at(first.x)?.error ?? 0;
    return { x: first.x, objective: this.#sign * first.value, error, inside };
  }

  /** The largest violation of the model at a point, relative to sides above 1. */
  violation(x: ArrayLike<number>): { violation: number; of: string } {
    const { lower, upper, integers, inequalities, equation } = this.#small;
    const found = [
      ...lower.map((low, j) => ({ violation: low - (x[j] as number), of: `lower[${j}]` })),
      ...upper.map((high, j) => ({ violation: (x[j] as number) - high, of: `upper[${j}]` })),
      ...integers.map((j) => ({
        violation: Math.abs((x[j] as number) - Math.round(x[j] as number)),
        of: `integer ${j}`,
      })),
      ...inequalities.map(({ tree, lower: low, upper: high }, i) => {
        const { value } = evaluate(tree, x);
        const scale = (side: number) => Math.max(1, Number.isFinite(side) ? Math.abs(side) : 1);
        const off = Math.max((low - value) / scale(low), (value - high) / scale(high));
        return { violation: Number.isNaN(value) ? Number.POSITIVE_INFINITY : off, of: `inequality ${i}` };
      }),
    ];
    if (equation) {
      const off = Math.abs((x[equation.variable] as number) - evaluate(equation.value, x).value);
      found.push({ violation: Number.isNaN(off) ? Number.POSITIVE_INFINITY : off, of: 'the equation' });
    }
    return found.reduce((worst, one) => (one.violation > worst.violation ? one : worst), {
      violation: 0,
      of: 'nothing',
    });
  }
}

/** The best point that the judge finds: an upper bound of the true minimum, or a lower one of the maximum. */
export const bestOf = (small: SmallModel): Best | undefined => new Judge(small).best();

/** The claims of a result that are not true; empty where nothing is refuted. */
export function refuted(small: SmallModel, result: ClaimedMinimum, { gap, absoluteGap }: Gaps): string[] {
  const judge = new Judge(small);
  const [sign, best] = [small.sense === 'minimize' ? 1 : -1, judge.best()];
  const { status, x, objective, bound } = result;
  const wrong: string[] = [];
  const tolerance = best ? 1e-9 * Math.max(1, Math.abs(best.objective)) + best.error : 0;
  const point = x.length === small.lower.length && Number.isFinite(objective);
  if (best && sign * bound > sign * best.objective + tolerance)
    wrong.push(`bound ${bound}: x = ${best.x} has ${best.objective}`);
  if (best?.inside && status === 'infeasible') wrong.push(`infeasible: x = ${best.x} is admissible`);
  if (small.infeasible && status === 'solved') wrong.push(`solved: no point is admissible, as ${small.infeasible}`);
  if (status === 'solved' && !point) wrong.push('solved without a point');
  if (status === 'solved' && best) {
    const allowed = Math.max(gap * Math.abs(objective), absoluteGap) + tolerance;
    if (sign * (objective - best.objective) > allowed)
      wrong.push(`objective ${objective} is called solved: x = ${best.x} has ${best.objective}`);
  }
  if (!point) return wrong;
  const { violation, of } = judge.violation(x);
  if (violation > 1e-6) wrong.push(`x = ${Array.from(x)} violates ${of} by ${violation}`);
  const { value, size } = evaluate(small.objective, x, false);
  if (!(Math.abs(value - objective) <= 1e-9 * Math.max(1, Math.abs(value)) + rounding * size))
    wrong.push(`objective ${objective}: f(x) = ${value}`);
  return wrong;
}
