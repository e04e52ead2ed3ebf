// Formulas as curves of the operators of nonconvex/model.
import { isList } from '../core/check.js';
import { type Formula, foldTerm, type Operation, onColumns } from '../core/formula.js';
import { Expression, type Operand } from '../expressions/expression.js';
import * as operators from '../expressions/operators.js';

type Column = number | Float64Array;

const isColumn = (value: Operand): value is Column => !(value instanceof Expression);

/** The expression of an operation, or its numbers where no parameter is among the operands. */
function applied(operation: Operation, operands: Operand[]): Operand {
  if (operands.every(isColumn)) return onColumns(operation, operands);
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a formula may have any of them
  return (operators[operation] as (...operands: Operand[]) => Operand)(...operands);
}

/** The curve of a formula: of variables, and of columns by name or one that is called x. */
export function curveOf({ term }: Formula) {
  return (
    variables: Readonly<Record<string, Operand>>,
    columns: Float64Array | Record<string, Float64Array>,
  ): Operand => {
    const given = isList(columns) ? { x: columns } : columns;
    const named: Record<string, Operand> = { pi: Math.PI, ...given, ...variables };
    return foldTerm<Operand>(term, (name) => named[name] as Operand, applied);
  };
}
