import { rangeError } from '../../core/argumentError.js';
import { checkMembers, checkNumber, checkOneOf, checkVector } from '../../core/check.js';
import { fixDeadline } from '../../core/deadline.js';
import { type Matrix, type MatrixLike, toFloat64, toMatrix } from '../../core/matrix.js';
import { withMethods } from '../../core/methods.js';
import { checkFinite } from '../../core/operand.js';
import { checkOptions } from '../../core/settingNames.js';
import { pauses } from '../../core/yieldingLoops.js';
import { quadraticProgram } from '../../problems/quadratic.js';
import { type Doubles, marginProgram, type ReducedCosts, reducedCosts } from '../optimalCosts.js';
import { minimize, type NlpResult, type NlpSettings } from '../solver.js';

export interface InverseLinearProgramData {
  /** m x p, m <= p. */
  a: MatrixLike;
  /** m numbers: decisions are x >= 0 with a x = b. */
  b: ArrayLike<number>;
  /** n x q: the context of each observed decision. Default: the number 1, so that there is one cost for all. */
  contexts?: MatrixLike | undefined;
  /** n x p: the decisions, each a vertex of the set. */
  solutions: MatrixLike;
}

export interface InverseLinearProgramSettings extends Omit<NlpSettings, 'method' | 'warmStart'> {
  /** Weight of the squares of theta, > 0. Default 0.01. Change it when decisions for new contexts are worse than those that were observed (larger). */
  lambda?: number | undefined;
  /** `'margin'`, which there is alone. */
  method?: 'margin' | undefined;
}

export interface InverseLinearProgramResult extends Omit<NlpResult, 'x' | 'multipliers'> {
  /** p x q: costs are theta z. */
  theta: Matrix & { data: Float64Array };
  /** The mean over decisions of the sum of what reduced costs lack of 1. */
  loss: number;
  /** One for each reduced cost of each decision, in the order of columns, between 0 and 1/n: the dual variables. */
  multipliers: Float64Array;
  /** The costs in a context; without contexts in the data none is given. */
  cost(z?: ArrayLike<number>): Float64Array;
  /** The vertex with the least costs in a context, as {@link minimize} finds it by the simplex method. */
  decide(z?: ArrayLike<number>, settings?: NlpSettings): Promise<NlpResult>;
}

/**
 * Finds costs c = theta z, linear in a context z, for which observed decisions are optimal among all x >= 0 with a x = b:
 *
 *     minimise  (lambda / 2) ||theta||^2 + (1 / n) sum_i sum_j max(0, 1 - r_ij)
 *
 * over theta, where r_ij are the reduced costs of decision i at costs theta z_i for the columns with x_ij = 0. Where a decision is degenerate the multipliers
 * that its columns leave free are chosen, too, so that the loss is that of the whole cone of costs that it is optimal for. Convex.
 *
 * ```ts
 * const { theta, decide } = await inverseLinearProgram({ a, b, contexts, solutions }, { lambda: 0.01 });
 * const { x } = await decide(z);
 * ```
 *
 * C. Sun, S. Liu, X. Li, "Maximum optimality margin: a unified approach for contextual linear programming and inverse linear programming", ICML 2023.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value: a solution that is no vertex of the set; and as {@link minimize} does.
 */
export async function inverseLinearProgram(
  data: InverseLinearProgramData,
  settings: InverseLinearProgramSettings = {},
): Promise<InverseLinearProgramResult> {
  const { a, b, contexts, solutions } = checkMembers('data', data, ['a', 'b', 'contexts', 'solutions']);
  const {
    lambda = 0.01,
    method = 'margin',
    ...others
  } = fixDeadline(checkOptions('nlp', settings, ['lambda', 'method'], 'settings'));
  checkOneOf('method', method, ['margin']);
  if (!(checkNumber('lambda', lambda) > 0)) throw rangeError(`lambda = ${lambda}: expected a number > 0`);
  const A = numbersIn('a', a);
  const right = Float64Array.from(checkVector('b', b, { length: A.rows, per: 'one for each row of a' }));
  const X = numbersIn('solutions', solutions);
  if (X.columns !== A.columns) throw rangeError(`columns of solutions = ${X.columns}: expected ${A.columns}, as a has`);
  const Z = contexts === undefined ? constants(X.rows) : numbersIn('contexts', contexts);
  if (Z.rows !== X.rows) throw rangeError(`rows of contexts = ${Z.rows}: expected ${X.rows}, as solutions has`);
  const parts: ReducedCosts[] = [];
  const pause = pauses();
  for (let i = 0; i < X.rows; ++i) {
    parts.push(reducedCosts(A, right, X.data.slice(i * X.columns, (i + 1) * X.columns), `solutions[${i}]`));
    const due = pause();
    if (due) await due;
  }
  const { problem, first } = marginProgram(parts, Z, A.columns, lambda);
  const { x, multipliers, ...answer } = await minimize(quadraticProgram(problem), others);
  const result = {
    ...answer,
    theta: { data: x.slice(0, A.columns * Z.columns), rows: A.columns, columns: Z.columns },
    loss: x.subarray(first).reduce((sum, t) => sum + t, 0) / X.rows,
    multipliers: multipliers.map((value) => Math.min(Math.max(0, -value), 1 / X.rows)),
  };
  known.set(result, { A, right, alone: contexts === undefined });
  return withMethods(result, CostFunctions.prototype);
}

function numbersIn(name: string, value: MatrixLike): Doubles {
  const matrix = toMatrix(name, value);
  if (matrix.rows * matrix.columns === 0) throw rangeError(`${name}: expected at least one row and one column`);
  const data = Float64Array.from(toFloat64(matrix));
  checkFinite(name, data, (k) => `[${Math.floor(k / matrix.columns)}][${k % matrix.columns}]`);
  return { ...matrix, data };
}

const constants = (rows: number): Doubles => ({ data: new Float64Array(rows).fill(1), rows, columns: 1 });

const known = new WeakMap<object, { A: Matrix; right: Float64Array; alone: boolean }>();

/** Functions of results. */
class CostFunctions {
  cost(z?: ArrayLike<number>): Float64Array {
    const { theta } = this as unknown as InverseLinearProgramResult;
    const context = z === undefined && known.get(this)?.alone ? [1] : z;
    const numbers = checkVector('z', context as ArrayLike<number>, { length: theta.columns });
    return Float64Array.from({ length: theta.rows }, (_, j) =>
      numbers.reduce((sum, value, k) => sum + value * (theta.data[j * theta.columns + k] as number), 0),
    );
  }
  async decide(z?: ArrayLike<number>, settings: NlpSettings = {}): Promise<NlpResult> {
    const { A, right } = known.get(this) as { A: Matrix; right: Float64Array };
    const program = quadraticProgram({ c: this.cost(z), A, b: right, lower: 0 });
    return minimize(program, { method: 'simplex', ...settings });
  }
}
