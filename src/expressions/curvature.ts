// Convexity of expressions, by the rules of disciplined convex programming: M. Grant, S. Boyd, Y. Ye, "Disciplined convex
// programming", 2006. What they do not know may be convex all the same.
import { type Node, op } from './expression.js';
import { RowTable } from './rows.js';

/** The values of {@link Model.curvature}. */
export type Curvature = 'constant' | 'affine' | 'convex' | 'concave' | 'unknown';

// Curvatures and signs are sets of what is known, so that a sum has what all of its terms have.
const [convex, concave, affine, constant] = [1, 2, 3, 7];
const [nonNegative, nonPositive] = [1, 2];
const unknown = 0;

/** Swaps curvatures, or signs, as a negative does. */
const negated = (known: number): number => (known & 4) | ((known & 1) << 1) | ((known & 2) >> 1);
/** Multiplies by a factor of this sign. */
const times = (known: number, sign: number): number =>
  ((sign & nonNegative) !== 0 ? known : unknown) | ((sign & nonPositive) !== 0 ? negated(known) : unknown);

/** How a function of one number bends, and over which arguments it grows; one that does not grow over all falls over the others. */
interface Curve {
  bends: number;
  grows: 'everywhere' | 'nonNegative';
}
const absolute: Curve = { bends: convex, grows: 'nonNegative' };
const functions = new Map<number, Curve>([
  [op.abs, absolute],
  [op.square, absolute],
  [op.abs2, absolute],
  [op.cosh, absolute],
  [op.norm2Squared, absolute],
  [op.exp, { bends: convex, grows: 'everywhere' }],
  [op.expm1, { bends: convex, grows: 'everywhere' }],
  [op.softplus, { bends: convex, grows: 'everywhere' }],
  [op.logsumexp, { bends: convex, grows: 'everywhere' }],
  [op.sqrt, { bends: concave, grows: 'everywhere' }],
  [op.log, { bends: concave, grows: 'everywhere' }],
  [op.log1p, { bends: concave, grows: 'everywhere' }],
  [op.log10, { bends: concave, grows: 'everywhere' }],
]);
/** Functions whose values are >= 0 whatever their argument. */
const neverNegative = new Set<number>([
  ...[op.abs, op.square, op.abs2, op.cosh, op.norm2Squared, op.exp, op.softplus, op.sqrt, op.sigmoid],
]);

/** @internal How a node bends, for values of the parameters; NaN where there is none. */
export function curvatureOf(node: Node, parameters: Float64Array): Curvature {
  return nameOf(new Bends(parameters).of(node));
}

function nameOf(known: number): Curvature {
  if (known === constant) return 'constant';
  return (['unknown', 'convex', 'concave', 'affine'] as const)[known & affine] as Curvature;
}

/** A function whose value may have a lower and an upper side; both of an equation. */
export interface Sided {
  node: Node;
  lower: boolean;
  upper: boolean;
}

/** @internal Returns true if an objective, to be minimised, is convex, and the points that functions with sides allow are a convex set. */
export function isConvexProgram(
  objective: Node | undefined,
  constraints: readonly Sided[],
  parameters: Float64Array,
): boolean {
  const bends = new Bends(parameters);
  if (objective && (bends.of(objective) & convex) === 0) return false;
  return constraints.every(({ node, lower, upper }) => {
    const wanted = (upper ? convex : unknown) | (lower ? concave : unknown);
    return (bends.of(node) & wanted) === wanted;
  });
}

/** Facts about an objective for `minimizeSum`. */
export interface Convexity {
  convex: boolean;
  /** mu >= 0, by which f(x) - mu / 2 ||x||^2 is also convex: that of its squares of all variables; 0 where it is not convex. */
  strongConvexity: number;
}

/** @internal Facts about an objective of n variables, for values of the parameters. */
export function convexityOf(objective: Node, n: number, parameters: Float64Array): Convexity {
  if ((new Bends(parameters).of(objective) & convex) === 0) return { convex: false, strongConvexity: 0 };
  return { convex: true, strongConvexity: leastRidge(objective, n, parameters) };
}

/** A value of each node of a graph, from those of its inputs; graphs may be deeper than calls. */
function overGraph(
  root: Node,
  known: Map<Node, number>,
  inputsOf: (node: Node) => readonly Node[],
  rule: (node: Node) => number,
): number {
  const waiting = [root];
  for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
    const missing = known.has(node) ? [] : inputsOf(node).filter((input) => !known.has(input));
    for (const input of missing) waiting.push(input); // one by one: there may be more than a call has arguments
    if (missing.length > 0) continue;
    waiting.pop();
    if (!known.has(node)) known.set(node, rule(node));
  }
  return known.get(root) as number;
}

/** The facts that all inputs of a node share; all facts of a node without inputs. */
const ofAll = ({ inputs }: Node, known: ReadonlyMap<Node, number>): number =>
  inputs.reduce((all, input) => all & (known.get(input) ?? unknown), constant);

/** The facts of a sum of entries, or of a part of them, by those of its inputs, curvatures or signs; unknown of other operations. */
function ofSum(node: Node, known: ReadonlyMap<Node, number>): number {
  const [a = unknown, b = unknown] = node.inputs.map((input) => known.get(input) ?? unknown);
  switch (node.op) {
    case op.negate:
      return negated(a);
    case op.subtract:
      return a & negated(b);
    case op.add:
    case op.concatenate:
      return ofAll(node, known);
    case op.sum:
    case op.slice:
    case op.gather:
    case op.lookup:
      return a;
    default:
      return unknown;
  }
}

class Bends {
  readonly #parameters: Float64Array;
  readonly #curvatures = new Map<Node, number>();
  readonly #signs = new Map<Node, number>();

  constructor(parameters: Float64Array) {
    this.#parameters = parameters;
  }

  of(root: Node): number {
    const inputsOf = (node: Node): readonly Node[] =>
      node.closing ? [node.closing.of] : node.convexIn ? [node.convexIn] : node.inputs;
    return overGraph(root, this.#curvatures, inputsOf, (node) => this.#curvature(node));
  }

  #signOf(root: Node): number {
    const inputsOf = (node: Node): readonly Node[] => {
      if (node.closing) return [node.closing.of];
      return node.convexIn || neverNegative.has(node.op) ? [] : node.inputs;
    };
    return overGraph(root, this.#signs, inputsOf, (node) => this.#sign(node));
  }

  #curvature(node: Node): number {
    if (node.closing) return this.#ofClosing(node.closing);
    if (node.convexIn) return this.#composed(node.convexIn, absolute);
    if (node.op === op.variables) return affine;
    if (ofAll(node, this.#curvatures) === constant) return constant;
    const [a = unknown, b = unknown] = node.inputs.map((input) => this.#curvatures.get(input) ?? unknown);
    const curve = functions.get(node.op);
    if (curve) return isNorm(node) ? this.#ofNorm(node) : this.#composed(node.inputs[0] as Node, curve);
    switch (node.op) {
      case op.multiply:
      case op.dot:
      case op.rowMatvec:
        return this.#ofProduct(node, a, b);
      case op.divide:
        return b === constant ? this.#scaled(a, node.inputs[1] as Node) : unknown;
      case op.pow:
        return this.#ofPower(node, a);
      case op.max:
        return a & b & convex;
      case op.min:
        return a & b & concave;
      case op.matvec:
        return affineIn(a);
      default:
        return ofSum(node, this.#curvatures);
    }
  }

  #ofClosing({ kind, of }: NonNullable<Node['closing']>): number {
    const each = this.#curvatures.get(of) ?? unknown;
    return kind === 'max' && each !== constant ? each & convex : each;
  }

  /** Knows f(a) of a convex f where a is affine, or f grows and a is convex, or f falls and a is concave; a concave f likewise. */
  #composed(input: Node, { bends, grows }: Curve): number {
    const a = this.#curvatures.get(input) ?? unknown;
    if (a === constant) return constant;
    if ((a & affine) === affine) return bends;
    if (grows === 'everywhere') return a & bends;
    const sign = a === unknown ? unknown : this.#signOf(input);
    return times(a, sign) & bends;
  }

  #ofNorm(node: Node): number {
    const [of] = (node.inputs[0] as Node).inputs as [Node];
    return this.#composed(of, absolute);
  }

  #ofProduct(node: Node, a: number, b: number): number {
    const [left, right] = node.inputs as [Node, Node];
    if (a === constant) return this.#scaled(b, left);
    if (b === constant) return this.#scaled(a, right);
    const isSquare = left === right && node.op !== op.rowMatvec;
    return isSquare ? this.#composed(left, absolute) : unknown;
  }

  #scaled(known: number, factor: Node): number {
    const linear = affineIn(known);
    return linear !== unknown || known === unknown ? linear : times(known, this.#signOf(factor));
  }

  #ofPower(node: Node, a: number): number {
    const [base, exponent] = node.inputs as [Node, Node];
    const [c] = exponent.numbers ?? [];
    if (exponent.op !== op.constant || exponent.size !== 1 || c === undefined) return unknown;
    if (c === 1) return a;
    if (c > 0 && c % 2 === 0) return this.#composed(base, absolute);
    const positive = (this.#signOf(base) & nonNegative) !== 0;
    if (Number.isInteger(c) && !positive) return unknown;
    if (c < 0) return negated(a) & convex;
    if (c < 1) return a & concave;
    // Arguments below 0 have no such powers, and the points where a convex function is >= 0 are no convex set.
    return positive || affineIn(a) !== unknown ? a & convex : unknown;
  }

  #sign(node: Node): number {
    const [a = unknown, b = unknown] = node.inputs.map((input) => this.#signs.get(input) ?? unknown);
    if (node.closing) return this.#signs.get(node.closing.of) ?? unknown;
    if (node.convexIn || neverNegative.has(node.op)) return nonNegative;
    switch (node.op) {
      case op.constant:
        return signOfNumbers(node.numbers);
      case op.parameters:
        return signOfNumbers(valuesOf(node, this.#parameters));
      case op.rowColumn:
        return node.rows instanceof RowTable ? node.rows.signOf(node.column as string, signOfNumbers) : unknown;
      case op.multiply:
      case op.divide:
      case op.dot:
      case op.rowMatvec:
        return node.inputs[0] === node.inputs[1] ? nonNegative : times(a, b);
      case op.max:
        return ((a | b) & nonNegative) | (a & b);
      case op.min:
        return ((a | b) & nonPositive) | (a & b);
      case op.expm1:
      case op.log1p:
      case op.tanh:
        return a;
      default:
        return ofSum(node, this.#signs);
    }
  }
}

/** Keeps what is affine, as products with numbers of any sign do. */
const affineIn = (known: number): number => ((known & affine) === affine ? known : unknown);

/** norm2(a): the root of a sum of squares, which bends as an absolute value does. */
const isNorm = ({ op: code, inputs: [of] }: Node): boolean => code === op.sqrt && of?.op === op.norm2Squared;

/** How many numbers are looked at, for about a millisecond; the sign of more stays unknown. */
const most = 1 << 20;

function signOfNumbers(numbers: ArrayLike<number> | undefined): number {
  if (numbers === undefined || numbers.length > most) return unknown;
  let sign = nonNegative | nonPositive;
  for (let k = 0; k < numbers.length && sign !== unknown; ++k) {
    const value = numbers[k] as number;
    if (!(value >= 0)) sign &= ~nonNegative;
    if (!(value <= 0)) sign &= ~nonPositive;
  }
  return sign;
}

const valuesOf = ({ integers, size }: Node, parameters: Float64Array): Float64Array => {
  const first = integers?.[0] as number;
  return parameters.subarray(first, first + size);
};

/** How many terms are looked at; more are taken to have no ridge. */
const mostTerms = 10_000;

/** The least of what terms c ||x||^2 with c > 0 add to the second derivatives by the variables, in a sum that is convex. */
function leastRidge(objective: Node, n: number, parameters: Float64Array): number {
  const ridges = new Float64Array(n);
  const terms: [Node, number][] = [[objective, 1]];
  for (let k = 0; k < terms.length; ++k) {
    if (k === mostTerms) return 0;
    const [node, factor] = terms[k] as [Node, number];
    if (node.size === 1) addSquares(node, factor, ridges);
    terms.push(...termsOf(node, factor, parameters));
  }
  return ridges.reduce((least, ridge) => Math.min(least, ridge), Number.POSITIVE_INFINITY);
}

/** The terms of a sum or of a multiple of it, with their factors; none of what is neither. */
function termsOf(node: Node, factor: number, parameters: Float64Array): [Node, number][] {
  const { closing } = node;
  if (closing?.kind === 'mean') return [[closing.of, factor]];
  if (closing?.kind === 'sum') return [[closing.of, factor * (closing.of.rows as RowTable).count]];
  const [a, b] = node.inputs as [Node, Node];
  switch (node.op) {
    case op.add:
      return [
        [a, factor],
        [b, factor],
      ];
    case op.subtract:
      return [[a, factor]];
    case op.multiply: {
      const [left, right] = [numberOf(a, parameters), numberOf(b, parameters)];
      return left !== undefined ? [[b, factor * left]] : right !== undefined ? [[a, factor * right]] : [];
    }
    case op.divide: {
      const divisor = numberOf(b, parameters);
      return divisor !== undefined ? [[a, factor / divisor]] : [];
    }
    default:
      return [];
  }
}

/** Adds 2 c to the entries of variables whose squares node is the sum of. */
function addSquares(node: Node, factor: number, ridges: Float64Array): void {
  const ofSquares = node.op === op.sum ? node.inputs[0] : node;
  const squared = ofSquares?.op === op.square || ofSquares?.op === op.abs2 || ofSquares?.op === op.norm2Squared;
  const [variables] = ofSquares?.inputs ?? [];
  if (!squared || variables?.op !== op.variables || !(factor > 0)) return;
  const [offset] = variables.integers as [number];
  for (let j = offset; j < offset + variables.size; ++j) ridges[j] = (ridges[j] as number) + 2 * factor;
}

/** The value of a constant number or of a parameter. */
function numberOf(node: Node, parameters: Float64Array): number | undefined {
  if (node.size !== 1) return undefined;
  if (node.op === op.constant) return node.numbers?.[0];
  return node.op === op.parameters ? valuesOf(node, parameters)[0] : undefined;
}
