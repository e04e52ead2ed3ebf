// Functions of networks and losses, most of them made of other operations.
import { rangeError } from '../core/argumentError.js';
import { checkMembers, checkNumber } from '../core/check.js';
import { Expression, nodeOf, type Operand, op, type ShapeOf, toEntries } from './expression.js';
import { at, looked, slice } from './indexing.js';
import {
  add,
  div,
  dot,
  exp,
  log1p,
  logSumExp,
  mul,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
} from './operators.js';
import { type Broadcast, broadcast, type Shape, showShape } from './shape.js';

type Scalar = Expression<readonly []>;

/** An operation on entries, with the name of the function that has a kink there; without one where there is none after all. */
function entries(name: string, code: number, operands: readonly Operand[], kink?: string): Expression {
  const [first, ...others] = operands.map((operand, i) => toEntries('ab'[i] as string, operand)) as [
    Expression,
    ...Expression[],
  ];
  const shape = others.reduce<Shape>((left, right) => broadcast(name, left, right.shape), first.shape);
  const inputs = [first, ...others].map(({ node }) => node);
  const size = Math.max(...inputs.map((input) => input.size));
  return new Expression(shape, nodeOf(name, { op: code, size, inputs, ...(kink !== undefined && { kink }) }));
}

/** |a|, with a kink at 0. {@link minimize} takes functions with kinks if it is told `nonsmooth: 'allow'`. */
export function abs<A extends Operand>(a: A): Expression<ShapeOf<A>> {
  return entries('abs', op.abs, [a], 'abs') as Expression<ShapeOf<A>>;
}

/** max(a, 0), with a kink at 0. */
export function relu<A extends Operand>(a: A): Expression<ShapeOf<A>> {
  return entries('relu', op.max, [a, 0], 'relu') as Expression<ShapeOf<A>>;
}

/** a Phi(a), Phi the standard normal distribution: a smooth {@link relu}. */
export function gelu<A extends Operand>(a: A): Expression<ShapeOf<A>> {
  return mul(mul(0.5, a), add(1, entries('gelu', op.erf, [mul(Math.SQRT1_2, a)]))) as Expression<ShapeOf<A>>;
}

/** The larger of a and b, entry by entry, a scalar going with any shape; or the largest entry of a vector. With kinks where they are equal. */
export function max(a: Operand): Scalar;
export function max<A extends Operand, B extends Operand>(a: A, b: B): Expression<Broadcast<ShapeOf<A>, ShapeOf<B>>>;
export function max(a: Operand, b?: Operand): Expression {
  return b === undefined ? extreme('max', op.max, a) : entries('max', op.max, [a, b], 'max');
}

/** The smaller of a and b, entry by entry; or the least entry of a vector, as {@link max}. */
export function min(a: Operand): Scalar;
export function min<A extends Operand, B extends Operand>(a: A, b: B): Expression<Broadcast<ShapeOf<A>, ShapeOf<B>>>;
export function min(a: Operand, b?: Operand): Expression {
  return b === undefined ? extreme('min', op.min, a) : entries('min', op.min, [a, b], 'min');
}

/** One half of a vector against the other until one entry is left. */
function extreme(name: 'max' | 'min', code: number, a: Operand): Expression {
  let left: Expression = toEntries('a', a);
  if (left.shape.length !== 1)
    throw rangeError(`${name}: shape ${showShape(left.shape)}: expected a vector, or two operands`);
  for (let length = left.size; length > 1; length = left.size) {
    const half = length >> 1;
    const pairs = entries(name, code, [slice(left, 0, half), slice(left, half, 2 * half)], name);
    left = length % 2 === 0 ? pairs : entries(name, code, [pairs, at(left, length - 1)], name);
  }
  return at(left, 0);
}

/** a, but at least `lower` and at most `upper`, with kinks there. */
export function clip<A extends Operand>(a: A, lower: number, upper: number): Expression<ShapeOf<A>> {
  return clipped('clip', a, lower, upper, 'clip') as Expression<ShapeOf<A>>;
}

function clipped(name: string, a: Operand, lower: number, upper: number, kink?: string): Expression {
  if (!(checkNumber('lower', lower) <= checkNumber('upper', upper))) {
    throw rangeError(`${name}: lower = ${lower}, upper = ${upper}: expected lower <= upper`);
  }
  return entries(name, op.max, [entries(name, op.min, [a, upper], kink), lower], kink);
}

/** a^2 / 2 where |a| <= delta, otherwise delta (|a| - delta / 2): the loss of Huber. */
export function huber<A extends Operand>(a: A, delta = 1): Expression<ShapeOf<A>> {
  checkNumber('delta', delta, { lower: 0, open: true });
  const inside = clipped('huber', a, -delta, delta); // derivatives of the whole have no jump
  const { shape, node } = mul(inside, sub(a, mul(0.5, inside))) as Expression<ShapeOf<A>>;
  return new Expression(shape, { ...node, convexIn: toEntries('a', a).node });
}

/** @internal The objective of least squares, sum_i scale^2 rho((r_i / scale)^2) / 2 with the losses of native/functions/robust_losses.hpp. */
export function robustSum(
  loss: 'squared' | 'huber' | 'softL1' | 'cauchy' | 'tukey',
  scale: number,
  r: Operand,
): Expression {
  if (loss === 'squared') return mul(0.5, sumSquares(r));
  if (loss === 'huber') return sum(huber(r, scale));
  const z = square(div(r, scale));
  if (loss === 'softL1') return mul(scale * scale, sum(div(z, add(1, sqrt(add(1, z))))));
  if (loss === 'cauchy') return mul((scale * scale) / 2, sum(log1p(z)));
  const inside = entries('tukey', op.min, [z, 1]); // derivatives of the whole have no jump
  return mul((scale * scale) / 6, sum(mul(inside, add(3, mul(inside, sub(inside, 3))))));
}

/** max(1 - label t, 0), the loss of support vector machines, for labels -1 and 1; with a kink where label t = 1. */
export function hinge<T extends Operand, Y extends Operand>(
  t: T,
  label: Y,
): Expression<Broadcast<ShapeOf<T>, ShapeOf<Y>>> {
  return entries('hinge', op.max, [sub(1, mul(label, t)), 0], 'hinge') as Expression<Broadcast<ShapeOf<T>, ShapeOf<Y>>>;
}

/** exp(t_k) / sum_j exp(t_j) of a vector, without overflow. */
export function softmax(t: Operand): Expression<readonly [number]> {
  const vector = vectorOf('softmax', 't', t);
  return exp(sub(vector, logSumExp(vector)));
}

/**
 * Entry number `index` of a vector, where the index is an integer of each row, as {@link Model.rows} has them: pick(t, rows.label). With
 * several indices a row their entries, as a vector.
 * @throws RangeError when `t` is no vector, or the index is no column of integers.
 */
export function pick(t: Operand, index: number | Expression<readonly []>): Scalar;
export function pick(t: Operand, index: Expression<readonly [number]>): Expression<readonly [number]>;
export function pick(t: Operand, index: number | Expression): Expression;
export function pick(t: Operand, index: number | Expression): Expression {
  if (typeof index === 'number') return at(t, index);
  const { node } = vectorOf('pick', 't', t);
  return looked('pick', node, index, 1, []);
}

/**
 * The loss -log(softmax(t)_label) of logits t, for a label in 0, 1, ..., K - 1 of each row, or with `smoothing` s of the distribution that
 * has 1 - s there and s / K everywhere. `label` may be K probabilities instead. Where t is one number it is log(1 + e^t) - label t, for
 * labels 0 and 1.
 * @throws RangeError or TypeError that names the argument and what was expected.
 */
export function crossEntropy(
  t: Operand,
  label: number | Operand,
  options: { smoothing?: number | undefined } = {},
): Scalar {
  const { smoothing = 0 } = checkMembers('options', options, ['smoothing'], 'option');
  if (!(checkNumber('smoothing', smoothing, { lower: 0 }) <= 1)) {
    throw rangeError(`smoothing = ${smoothing}: expected a number in [0, 1]`);
  }
  const logits = toEntries('t', t);
  if (logits.shape.length === 0) {
    const y = toEntries('label', label);
    const target = smoothing === 0 ? y : add(mul(1 - smoothing, y), smoothing / 2);
    return sub(softplus(logits), mul(target, logits)) as Scalar;
  }
  const vector = vectorOf('crossEntropy', 't', logits);
  const distribution = label instanceof Expression && label.shape.length === 1 && label.size === vector.size;
  const likely = distribution ? dot(label, vector) : pick(vector, label as number | Expression);
  const total = distribution ? mul(sum(label), logSumExp(vector)) : logSumExp(vector);
  if (likely.shape.length > 0) throw rangeError('crossEntropy: expected one label for each row');
  if (smoothing === 0) return sub(total, likely) as Scalar;
  const even = div(sum(vector), vector.size);
  return sub(total, add(mul(1 - smoothing, likely), mul(smoothing, even))) as Scalar;
}

function vectorOf(name: string, argument: string, value: Operand): Expression<readonly [number]> {
  const found = toEntries(argument, value);
  if (found.shape.length === 1) return found as Expression<readonly [number]>;
  throw rangeError(`${name}: ${argument} has shape ${showShape(found.shape)}: expected a vector`);
}
