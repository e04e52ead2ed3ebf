// Variables and constraints of a result as the rows of a table.
import type { Bounds } from '../core/bounds.js';
import type { NlpSolution } from '../generated/nlp.js';
import type { ResultNames } from './names.js';

/** A variable or a constraint of a result. */
export interface TableRow {
  kind: 'variable' | 'constraint';
  /** The name that it was given, with its place in the block: 'reserve[5]'. */
  name: string;
  /** x_j or c_i(x). */
  value: number;
  /** -Infinity where there is none, and likewise `upper`. */
  lower: number;
  upper: number;
  /** The multiplier of a constraint; of a variable that of its upper bound less that of its lower one. In a minimisation it is >= 0 at an upper side, <= 0 at a lower one. */
  multiplier: number;
  /** True at a bound or side, and for equations. */
  active: boolean;
}

type Solution = Pick<
  NlpSolution,
  | 'x'
  | 'constraintValues'
  | 'multipliers'
  | 'lowerMultipliers'
  | 'upperMultipliers'
  | 'activeLower'
  | 'activeUpper'
  | 'activeConstraints'
>;

/** All variables, then all constraints. */
export function tableOf(result: Solution, bounds: Bounds, names: ResultNames): TableRow[] {
  const { lower, upper, constraintsLower, constraintsUpper } = bounds;
  const atBound = new Set([...result.activeLower, ...result.activeUpper]);
  const atSide = new Set(result.activeConstraints);
  const variables = Array.from(result.x, (value, j) => ({
    kind: 'variable' as const,
    name: names.variables[j] as string,
    value,
    lower: lower?.[j] ?? Number.NEGATIVE_INFINITY,
    upper: upper?.[j] ?? Number.POSITIVE_INFINITY,
    multiplier: (result.upperMultipliers[j] ?? 0) - (result.lowerMultipliers[j] ?? 0),
    active: atBound.has(j),
  }));
  const constraints = Array.from(result.constraintValues, (value, i) => {
    const [low, high] = [constraintsLower?.[i] ?? 0, constraintsUpper?.[i] ?? 0];
    return {
      kind: 'constraint' as const,
      name: names.constraints[i] as string,
      value,
      lower: low,
      upper: high,
      multiplier: result.multipliers[i] as number,
      active: low === high || atSide.has(i),
    };
  });
  return [...variables, ...constraints];
}
