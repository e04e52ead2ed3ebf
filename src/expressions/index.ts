// The subpath nonconvex/model: models of expressions, their operators, parts and products.
export { Expression, type Operand } from './expression.js';
export { at, column, concat, gather, reshape, row, slice, transpose } from './indexing.js';
export {
  Constraint,
  type ConstraintOptions,
  Model,
  type NumbersLike,
  Parameter,
  type ParameterOptions,
  Variable,
  type VariableOptions,
} from './model.js';
export {
  abs2,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  div,
  dot,
  exp,
  expm1,
  log,
  log1p,
  log10,
  logSumExp,
  mul,
  neg,
  norm2,
  type Per,
  pow,
  sigmoid,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
  tan,
  tanh,
} from './operators.js';
export { constant, type MatrixOperand, matmul, matvec } from './products.js';
export type { Program } from './program.js';
export type { Shape } from './shape.js';
