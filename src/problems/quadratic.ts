// Quadratic programs under linear equations.
import { addon, type ProgramHandle, type ProgramRequest, type QuadraticRequest, type Solvers } from '../core/addon.js';
import { checkMembers, checkVector } from '../core/check.js';
import type { MatrixLike, SparseMatrix } from '../core/matrix.js';
import { toSymmetric } from '../core/operand.js';
import { checkLinearRows } from '../expressions/linearRows.js';
import { compiled, FamilyProgram, perAddon } from '../expressions/program.js';

export interface QuadraticProblem {
  /** n x n and symmetric, dense or sparse, with both triangles; positive definite where A x = 0, for there to be a minimum. */
  Q: MatrixLike | SparseMatrix;
  /** n numbers. Default 0. */
  c?: ArrayLike<number> | undefined;
  /** m x n, dense or sparse, m <= n. Default: no equations. */
  A?: MatrixLike | SparseMatrix | undefined;
  /** m numbers. */
  b?: ArrayLike<number> | undefined;
  /** n numbers to begin with. Default 0. */
  start?: ArrayLike<number> | undefined;
}

/** What {@link quadraticProgram} makes. */
export class QuadraticProgram extends FamilyProgram {
  readonly #elsewhere = perAddon((native) => native.compileQuadratic(this.#data()));

  /** @internal */
  constructor(m: number, start: Float64Array, handle: ProgramHandle) {
    super({ m, start, deviceSupport: { flops: 0 }, handle });
  }

  protected override request(native: Solvers): ProgramRequest {
    return native === addon() ? super.request(native) : { program: this.#elsewhere(native) };
  }

  /** Asked of the CPU's addon, so that they are not kept twice. */
  #data(): QuadraticRequest {
    const zero = new Float64Array(this.n);
    const lower = this.hessian(zero, new Float64Array(this.m));
    const linear = this.gradient(zero);
    const Q = { ...lower, format: 'csr' as const }; // the upper triangle
    return this.m === 0
      ? { Q, linear }
      : { Q, linear, A: this.jacobian(zero), b: this.constraints(zero).map((value) => -value) };
  }
}

/**
 * A quadratic program under linear equations as a problem for {@link minimize}, which needs one factorisation or two:
 *
 *     minimise  1/2 x^T Q x + c^T x  subject to  A x = b
 *
 * ```ts
 * const { x, multipliers } = await minimize(quadraticProgram({ Q: [[2, 0], [0, 2]], A: [[1, 1]], b: [1] })); // [0.5, 0.5], [-1]
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value: a NaN, a shape that does not fit, a Q that is not symmetric.
 * Equations that contradict one another reject the promise of {@link minimize}, which checks them beside this thread.
 */
export function quadraticProgram(problem: QuadraticProblem): QuadraticProgram {
  checkMembers('problem', problem, ['Q', 'c', 'A', 'b', 'start']);
  const Q = toSymmetric('Q', problem.Q);
  const n = Q.rows;
  const perUnknown = { length: n, per: 'one for each unknown' };
  const linear = problem.c === undefined ? new Float64Array(n) : checkVector('c', problem.c, perUnknown);
  const start =
    problem.start === undefined ? new Float64Array(n) : checkVector('start', problem.start, perUnknown).slice();
  const rows = checkLinearRows(problem.A, problem.b, n);
  const handle = compiled(() => addon().compileQuadratic({ Q, linear, ...rows }));
  return new QuadraticProgram(rows?.A.rows ?? 0, start, handle);
}
