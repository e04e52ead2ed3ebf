// Results of a rolling horizon some steps on.
import { typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkObject } from '../core/check.js';
import type { Constraint } from '../expressions/constraint.js';
import { dependences } from '../expressions/dependence.js';
import type { Shape } from '../expressions/shape.js';
import { Variable } from '../expressions/variable.js';
import { type NlpResult, type NlpSettings, programOf } from './solver.js';

export interface ShiftOptions {
  /** The steps by which the horizon has moved on. Default 1. */
  by?: number | undefined;
  /** The axis of matrices that is time: 0, down a column, or 1, along a row. Vectors have one alone. Default 1. */
  axis?: 0 | 1 | undefined;
  /** Variables and constraints that are not over time, which stay. Default none; those without a shape always stay. */
  except?: readonly (Variable | Constraint)[] | undefined;
}

/**
 * The result of a {@link Model} as the start of its next horizon: x, multipliers and scales of all variables and constraints move along
 * their time axis, and the last step is repeated.
 *
 * ```ts
 * let last = await minimize(model);
 * prices.set(nextPrices);
 * last = await minimize(model, { warmStart: shifted(last) });
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function shifted(result: NlpResult, options: ShiftOptions = {}): NonNullable<NlpSettings['warmStart']> {
  checkMembers('options', options, ['by', 'axis', 'except'], 'option');
  const by = checkInteger('by', options.by ?? 1, 1);
  const axis = checkInteger('axis', options.axis ?? 1, 0, 1);
  const program = programOf(checkObject('result', result));
  const parts = program && dependences.get(program)?.parts;
  if (!parts) throw typeError('result: expected the result of a Model, whose variables have shapes');
  const staying = new Set<unknown>(options.except);
  for (const block of staying) {
    if (block instanceof Variable ? parts.variables.includes(block) : parts.constraints.includes(block as Constraint))
      continue;
    throw typeError('except: expected variables and constraints of the model');
  }
  const moved = (values: Float64Array, blocks: readonly Block[]) => {
    const next = values.slice();
    for (const block of blocks) if (!staying.has(block)) moveBlock(values, next, block, by, axis);
    return next;
  };
  const { variables, constraints } = parts;
  return {
    x: moved(result.x, variables),
    multipliers: moved(result.multipliers, constraints),
    lowerMultipliers: moved(result.lowerMultipliers, variables),
    upperMultipliers: moved(result.upperMultipliers, variables),
    objectiveScale: result.objectiveScale,
    constraintScales: moved(result.constraintScales, constraints),
  };
}

interface Block {
  readonly shape: Shape;
  readonly offset: number;
}

/** Moves the numbers of a block by some steps of its time. */
function moveBlock(from: Float64Array, to: Float64Array, { shape, offset }: Block, by: number, axis: number): void {
  const [rows = 1, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (columns === undefined) return;
  const alongRows = shape.length === 1 || axis === 1;
  for (let i = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j) {
      const [row, column] = alongRows ? [i, Math.min(j + by, columns - 1)] : [Math.min(i + by, rows - 1), j];
      to[offset + i * columns + j] = from[offset + row * columns + column] as number;
    }
  }
}
