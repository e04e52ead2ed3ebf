// The subpath nonconvex/model: models of expressions, their operators, parts and products.
export { Constraint, type ConstraintOptions, type FlagsOf } from './constraint.js';
export type { Curvature } from './curvature.js';
export { type EvaluateOptions, evaluate, type OutputValue } from './evaluate.js';
export { Expression, type Operand } from './expression.js';
export { at, column, concat, gather, reshape, row, slice, transpose } from './indexing.js';
export { abs, clip, crossEntropy, gelu, hinge, huber, max, min, pick, relu, softmax } from './losses.js';
export { Model } from './model.js';
export { toOnnx } from './onnx.js';
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
export { Parameter, type ParameterOptions } from './parameter.js';
export { constant, type MatrixOperand, matmul, matvec } from './products.js';
export type { Program } from './program.js';
export type { ColumnLike, RowOf, Rows, RowTable } from './rows.js';
export type { NumbersLike, Shape } from './shape.js';
export type { BoundLike } from './sides.js';
export { glorot, he, type RandomStart, type RandomStartOptions } from './starts.js';
export { type BinaryOptions, Variable, type VariableOptions } from './variable.js';
