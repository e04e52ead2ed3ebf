// Functions of entries, and sums over them.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, show } from '../core/check.js';
import { Expression, nodeOf, type Operand, op, type ShapeOf, toEntries } from './expression.js';
import { transpose } from './indexing.js';
import { type Broadcast, broadcast, isMatrixShape, type Shape, scalar, showShape } from './shape.js';

type Unary = <A extends Operand>(a: A) => Expression<ShapeOf<A>>;
type Binary = <A extends Operand, B extends Operand>(a: A, b: B) => Expression<Broadcast<ShapeOf<A>, ShapeOf<B>>>;

function unary(name: string, code: number): Unary {
  return (a) => {
    const { shape, node } = toEntries('a', a);
    return new Expression(shape, nodeOf(name, { op: code, size: node.size, inputs: [node] }));
  };
}

function binary(name: string, code: number): Binary {
  return (a, b) => {
    const [left, right] = [toEntries('a', a), toEntries('b', b)];
    const shape = broadcast(name, left.shape, right.shape);
    const size = Math.max(left.size, right.size);
    return new Expression(shape, nodeOf(name, { op: code, size, inputs: [left.node, right.node] }));
  };
}

/** The shape of several operands, entry by entry. */
type BroadcastAll<S extends Shape, Rest extends readonly Operand[]> = number extends Rest['length']
  ? Shape
  : Rest extends readonly [infer First extends Operand, ...infer Others extends readonly Operand[]]
    ? BroadcastAll<Broadcast<S, ShapeOf<First>>, Others>
    : S;

interface Several {
  <A extends Operand, B extends Operand, Rest extends readonly Operand[]>(
    a: A,
    b: B,
    ...rest: Rest
  ): Expression<BroadcastAll<Broadcast<ShapeOf<A>, ShapeOf<B>>, Rest>>;
  (...operands: readonly Operand[]): Expression;
}

/** A binary operation of two operands or more, from left to right. */
function several(name: string, code: number): Several {
  const two = binary(name, code);
  return ((...operands: Operand[]): Expression => {
    if (operands.length < 2) throw typeError(`${name}: expected two operands or more, got ${operands.length}`);
    for (const operand of operands) {
      if (!Array.isArray(operand) || !operand.some((entry) => entry instanceof Expression)) continue;
      throw typeError(`${name}: got an array of expressions: write ${name}(...parts), not parts.reduce(${name})`);
    }
    const [first, ...others] = operands as [Operand, ...Operand[]];
    return others.reduce<Operand>((left, right) => two(left, right), first) as Expression;
  }) as Several;
}

/** a + b, or the sum of several operands, entry by entry; a scalar goes with any shape. */
export const add = several('add', op.add);
/** a - b, entry by entry; a scalar goes with any shape. */
export const sub = binary('sub', op.subtract);
/** a b, or the product of several operands, entry by entry; a scalar goes with any shape. Products of matrices are {@link matmul}. */
export const mul = several('mul', op.multiply);
/** a / b, entry by entry; a scalar goes with any shape. */
export const div = binary('div', op.divide);
/**
 * a^b, entry by entry; a scalar goes with any shape. Negative a only with constant integers b, or where the value of a variable
 * exponent happens to be one, and then without derivatives by it.
 */
export const pow = binary('pow', op.pow);
/** The angle of the point (x, y) = (b, a), in (-pi, pi], entry by entry; a scalar goes with any shape. */
export const atan2 = binary('atan2', op.atan2);

/** -a. */
export const neg = unary('neg', op.negate);
/** a^2. */
export const square = unary('square', op.square);
/** |a|^2: the same as {@link square}. */
export const abs2 = unary('abs2', op.abs2);
/** Square root: a >= 0, with derivatives for a > 0. */
export const sqrt = unary('sqrt', op.sqrt);
/** e^a. */
export const exp = unary('exp', op.exp);
/** e^a - 1, accurate for small a. */
export const expm1 = unary('expm1', op.expm1);
/** Natural logarithm, a > 0. */
export const log = unary('log', op.log);
/** log(1 + a), accurate for small a; a > -1. */
export const log1p = unary('log1p', op.log1p);
/** Decimal logarithm, a > 0. */
export const log10 = unary('log10', op.log10);
/** Sine of radians. */
export const sin = unary('sin', op.sin);
/** Cosine of radians. */
export const cos = unary('cos', op.cos);
/** Tangent of radians. */
export const tan = unary('tan', op.tan);
/** Inverse sine, -1 <= a <= 1. */
export const asin = unary('asin', op.asin);
/** Inverse cosine, -1 <= a <= 1. */
export const acos = unary('acos', op.acos);
/** Inverse tangent. */
export const atan = unary('atan', op.atan);
/** Hyperbolic sine. */
export const sinh = unary('sinh', op.sinh);
/** Hyperbolic cosine. */
export const cosh = unary('cosh', op.cosh);
/** Hyperbolic tangent. */
export const tanh = unary('tanh', op.tanh);
/** Inverse hyperbolic sine. */
export const asinh = unary('asinh', op.asinh);
/** Inverse hyperbolic cosine, a >= 1. */
export const acosh = unary('acosh', op.acosh);
/** Inverse hyperbolic tangent, -1 < a < 1. */
export const atanh = unary('atanh', op.atanh);
/** log(1 + e^a), without overflow. */
export const softplus = unary('softplus', op.softplus);
/** 1 / (1 + e^-a). */
export const sigmoid = unary('sigmoid', op.sigmoid);

/** Which entries of a matrix a sum goes over: those of each row, or of each column. */
export interface Per {
  per: 'row' | 'column';
}

type Grouped = Expression<readonly [number]>;
type Scalar = Expression<readonly []>;

/**
 * The sum of all entries; with `{ per: 'row' }` or `{ per: 'column' }` a vector of the sums of each row or column of a matrix.
 * @throws RangeError when `per` is given and a is no matrix.
 */
export function sum(a: Operand): Scalar;
export function sum(a: Operand, options: Per): Grouped;
export function sum(a: Operand, options?: Per): Expression {
  return reduction('sum', op.sum, a, options);
}

/** The sum of the squares of all entries, or of those of each row or column of a matrix, as {@link sum}. */
export function sumSquares(a: Operand): Scalar;
export function sumSquares(a: Operand, options: Per): Grouped;
export function sumSquares(a: Operand, options?: Per): Expression {
  return reduction('sumSquares', op.norm2Squared, a, options);
}

/**
 * The 2-norm of all entries, or of those of each row or column of a matrix, as {@link sum}: the root of {@link sumSquares}. It
 * has no derivatives where it is 0.
 */
export function norm2(a: Operand): Scalar;
export function norm2(a: Operand, options: Per): Grouped;
export function norm2(a: Operand, options?: Per): Expression {
  return sqrt(reduction('norm2', op.norm2Squared, a, options));
}

/** log(sum(exp(a))), without overflow, over all entries or those of each row or column of a matrix, as {@link sum}. */
export function logSumExp(a: Operand): Scalar;
export function logSumExp(a: Operand, options: Per): Grouped;
export function logSumExp(a: Operand, options?: Per): Expression {
  return reduction('logSumExp', op.logsumexp, a, options);
}

/**
 * The sum of the products of the entries of a and b, over all of them or those of each row or column of a matrix, as
 * {@link sum}. The shapes are equal, or one is a scalar.
 */
export function dot(a: Operand, b: Operand): Scalar;
export function dot(a: Operand, b: Operand, options: Per): Grouped;
export function dot(a: Operand, b: Operand, options?: Per): Expression {
  const [left, right] = [toEntries('a', a), toEntries('b', b)];
  const whole = broadcast('dot', left.shape, right.shape);
  const { shape, group, flip } = groups('dot', whole, options);
  const inputs = [left, right].map((each) => (flip && isMatrixShape(each.shape) ? transpose(each) : each).node);
  const size = shape[0] ?? 1;
  return new Expression(shape, nodeOf('dot', { op: op.dot, size, inputs, integers: [group] }));
}

function reduction(name: string, code: number, a: Operand, options: Per | undefined): Expression {
  const whole = toEntries('a', a);
  const { shape, group, flip } = groups(name, whole.shape, options);
  const { node } = flip ? transpose(whole as Expression<readonly [number, number]>) : whole;
  return new Expression(shape, nodeOf(name, { op: code, size: shape[0] ?? 1, inputs: [node], integers: [group] }));
}

/** The shape of what remains, how many entries go into each, and whether the matrix has to be transposed for it. */
function groups(
  name: string,
  shape: Shape,
  options: Per | undefined,
): { shape: readonly [] | readonly [number]; group: number; flip: boolean } {
  if (options === undefined) {
    return { shape: scalar, group: shape.reduce((product: number, length) => product * length, 1), flip: false };
  }
  const { per } = checkMembers('options', options, ['per'], 'option');
  if (typeof per !== 'string') throw typeError(`per = ${show(per)}: expected 'row' or 'column'`);
  if (per !== 'row' && per !== 'column') throw rangeError(`per = ${show(per)}: expected 'row' or 'column'`);
  if (!isMatrixShape(shape)) {
    throw rangeError(`${name}: per = '${per}' of shape ${showShape(shape)}: expected a matrix`);
  }
  const [rows, columns] = shape;
  return per === 'row' ? { shape: [rows], group: columns, flip: false } : { shape: [columns], group: rows, flip: true };
}
