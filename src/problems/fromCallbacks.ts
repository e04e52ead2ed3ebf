// Problems of the user's own functions: an objective with constraints, or residuals.
import { chain } from '../core/callbacks.js';
import { checkFunction, checkInteger, checkMembers } from '../core/check.js';
import { CallbackProgram, type Callbacks, type Entries } from './callbacks.js';

/** A sum of squares of your own functions for {@link fromCallbacks}. They read x and write as those of {@link Callbacks} do. */
export interface ResidualCallbacks extends Pick<Callbacks, 'n' | 'start' | 'lower' | 'upper'> {
  /** How many residuals there are. */
  m: number;
  /** Writes r(x), m numbers. */
  residuals: NonNullable<Callbacks['constraints']>;
  /** Writes the derivatives of r: m x n numbers, row after row, or one for each of `jacobianEntries`. Default: differences. */
  jacobian?: Callbacks['jacobian'];
  /** Entries where the Jacobian may be other than zero. Default: everywhere. */
  jacobianEntries?: Entries | undefined;
}

/**
 * A problem for {@link minimize} of functions of your own, for black boxes; a {@link Model} needs no derivatives and is faster.
 *
 * ```ts
 * const program = fromCallbacks({
 *   n: 2,
 *   m: 1,
 *   start: [1, 1],
 *   objective: (x) => x[0] + x[1],
 *   gradient: (x, g) => g.fill(1),
 *   constraints: (x, c) => {
 *     c[0] = x[0] ** 2 + x[1] ** 2 - 2;
 *   },
 *   jacobian: (x, values) => {
 *     values[0] = 2 * x[0];
 *     values[1] = 2 * x[1];
 *   },
 *   hessian: (x, multipliers, values) => {
 *     values[0] = values[3] = 2 * multipliers[0];
 *   },
 * });
 * ```
 *
 * A sum of squares has its `residuals` instead, for {@link minimizeSquares} or `minimize`, which then minimises half the sum:
 *
 * ```ts
 * const program = fromCallbacks({ n: 2, m: 10, residuals: (x, r) => { ... }, jacobian: (x, values) => { ... } });
 * ```
 *
 * The solve runs on a thread of its own and calls them on this one, some microseconds a call. A callback that throws, rejects,
 * returns what it must not, or writes what is not finite at the start, ends the solve with a {@link SolverError}
 * `CALLBACK_FAILED`. At later points NaN says that a function is not defined there. {@link checkDerivatives} finds mistakes.
 *
 * Callbacks may be asynchronous: the solve waits for their promises, one after the other, but not longer than `timeLimit` or
 * an abort allow; without these, for ever. It occupies a thread of the pool meanwhile, so a callback should not wait for another
 * solve. The functions of the program itself, such as `program.gradient(x)`, and {@link checkDerivatives} take synchronous
 * callbacks only.
 *
 * @throws TypeError or RangeError that names the member and the value.
 */
export function fromCallbacks(callbacks: Callbacks): CallbackProgram;
export function fromCallbacks(callbacks: ResidualCallbacks): ResidualProgram;
export function fromCallbacks(callbacks: Callbacks | ResidualCallbacks): CallbackProgram {
  return 'residuals' in Object(callbacks)
    ? new ResidualProgram(callbacks as ResidualCallbacks)
    : new CallbackProgram(callbacks as Callbacks);
}

const members = ['n', 'm', 'residuals', 'jacobian', 'jacobianEntries', 'start', 'lower', 'upper'];

/** The problem that {@link fromCallbacks} makes of residuals: half the sum of their squares. */
export class ResidualProgram extends CallbackProgram {
  /** @internal The program whose constraints are the residuals. */
  readonly residuals: CallbackProgram;

  /** @internal */
  constructor(callbacks: ResidualCallbacks) {
    const { m, residuals, jacobian, jacobianEntries, ...others } = checkMembers('callbacks', callbacks, members);
    checkInteger('m', m, 1);
    checkFunction('residuals', residuals);
    const inner = new CallbackProgram(
      {
        ...{ ...others, m, jacobian, jacobianEntries, constraints: residuals },
        ...{ constraintsLower: Number.NEGATIVE_INFINITY, objective: () => 0, gradient: () => {} },
      },
      { constraints: 'residuals' },
    );
    super({ ...others, ...objectiveOf(callbacks) }, { objective: 'residuals', gradient: 'jacobian' });
    this.residuals = inner;
  }
}

/** Half the sum of squares, with its gradient J^T r where J is given. */
function objectiveOf({
  n,
  m,
  residuals,
  jacobian,
  jacobianEntries,
}: ResidualCallbacks): Pick<Callbacks, 'objective' | 'gradient'> {
  const r = new Float64Array(m);
  const values = new Float64Array(jacobianEntries?.rows.length ?? m * n);
  const evaluate = <T>(x: Float64Array, then: () => T) => chain(residuals(x, r.fill(0)), then);
  const transposedProduct = (g: Float64Array): void => {
    for (const [k, value] of values.entries()) {
      const [i, j] = jacobianEntries
        ? [jacobianEntries.rows[k] as number, jacobianEntries.columns[k] as number]
        : [Math.floor(k / n), k % n];
      g[j] = (g[j] as number) + value * (r[i] as number);
    }
  };
  return {
    objective: (x) => evaluate(x, () => r.reduce((sum, value) => sum + value * value, 0) / 2),
    ...(jacobian && {
      gradient: (x, g) => evaluate(x, () => chain(jacobian(x, values.fill(0)), () => transposedProduct(g))),
    }),
  };
}
