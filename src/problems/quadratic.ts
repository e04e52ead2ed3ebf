// Quadratic and linear programs: linear equations and inequalities, and bounds.
import { addon, type PreparedHandle, type ProgramRequest, type QuadraticRequest, type Solvers } from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import { type Bounds, boundsOfVariables } from '../core/bounds.js';
import { checkMembers, checkNumber, checkVector } from '../core/check.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { checkSquare, hasManyEntries, toOperand, toSizedOperand, toSymmetric } from '../core/operand.js';
import {
  checkInequalityRows,
  checkLinearRows,
  type InequalityRows,
  type LinearRows,
} from '../expressions/linearRows.js';
import { compiled, FamilyProgram, PerAddon } from '../expressions/program.js';

export interface QuadraticProblem {
  /**
   * n x n and symmetric, dense or sparse, with both triangles. Default 0: a linear program. Where it is not positive semidefinite, a
   * result is a local minimum. Matrices of more than 500,000 entries are copied, and looked at for numbers that are not finite and for
   * symmetry, by the first solve, beside this thread: changes after it do not show.
   */
  Q?: MatrixLike | SparseMatrix | undefined;
  /** n numbers. Default 0. */
  c?: ArrayLike<number> | undefined;
  /** A number that is added to the objective. Default 0. */
  constant?: number | undefined;
  /** m x n, dense or sparse, m <= n. Default: no equations. */
  A?: MatrixLike | SparseMatrix | undefined;
  /** m numbers. */
  b?: ArrayLike<number> | undefined;
  /** k x n, dense or sparse, with `atMost`, `atLeast` or both. Default: no inequalities. */
  G?: MatrixLike | SparseMatrix | undefined;
  /** Upper sides of G x, one for all or k numbers; Infinity for none. Default: none. */
  atMost?: number | ArrayLike<number> | undefined;
  /** Lower sides of G x, likewise; -Infinity for none. Default: none. */
  atLeast?: number | ArrayLike<number> | undefined;
  /** Lower bounds of x, one for all or n numbers; -Infinity for none. Default: none. */
  lower?: number | ArrayLike<number> | undefined;
  /** Upper bounds of x, likewise. Default: none. */
  upper?: number | ArrayLike<number> | undefined;
  /** n numbers to begin with. Default 0. */
  start?: ArrayLike<number> | undefined;
}

const members = ['Q', 'c', 'constant', 'A', 'b', 'G', 'atMost', 'atLeast', 'lower', 'upper', 'start'];

/** The problem that {@link quadraticProgram} makes. */
export class QuadraticProgram extends FamilyProgram {
  readonly #elsewhere = new PerAddon(
    () => this.#data(),
    (native, data) => native.compileQuadratic(data),
  );
  readonly #large: boolean;

  /** @internal */
  constructor(parts: QuadraticParts) {
    const { Q, linear, constant, rows, inequalities, start, large } = parts;
    const bounds = boundsOf(parts);
    const m = (rows?.A.rows ?? 0) + (inequalities?.G.rows ?? 0);
    const request: QuadraticRequest = {
      ...{ Q, linear, constant, ...rows, G: inequalities?.G },
      ...(large && { unchecked: true as const }),
    };
    const free = Object.keys(bounds).length === 0;
    const deviceSupport = free ? { flops: 0 } : { cpuOnly: 'quadratic programs with bounds or inequalities' };
    const compile = (native: Solvers, data: QuadraticRequest) => native.compileQuadratic(data);
    const handle = large ? new PerAddon(() => request, compile) : compiled(() => compile(addon(), request));
    super({ m, start, bounds, deviceSupport, handle });
    this.#large = large;
  }

  /** @internal The program with other vectors, which an addon has prepared. */
  prepared?: PreparedHandle;

  protected override request(native: Solvers): ProgramRequest {
    if (this.#large || native === addon()) {
      return { ...super.request(native), ...(this.prepared && { prepared: this.prepared }) };
    }
    return { program: this.#elsewhere.handle(native) };
  }

  /** Request of the CPU's addon, so that they are not kept twice. */
  #data(): QuadraticRequest {
    const zero = new Float64Array(this.n);
    const lower = this.hessian(zero, new Float64Array(this.m));
    const linear = this.gradient(zero);
    const constant = this.objective(zero);
    const Q = { ...lower, format: 'csr' as const }; // the upper triangle
    return this.m === 0
      ? { Q, linear, constant }
      : { Q, linear, constant, A: this.jacobian(zero), b: this.constraints(zero).map((value) => -value) };
  }
}

/**
 * A quadratic or linear program as a problem for {@link minimize}:
 *
 *     minimise  1/2 x^T Q x + c^T x + constant  subject to  A x = b,  atLeast <= G x <= atMost,  lower <= x <= upper
 *
 * ```ts
 * const { x, multipliers } = await minimize(quadraticProgram({ Q: [[2, 0], [0, 2]], A: [[1, 1]], b: [1] })); // [0.5, 0.5], [-1]
 * ```
 *
 * With equations alone it needs one factorisation or two. The constraints are the rows of A and then those of G: `multipliers` come in
 * this order, those of G >= 0 where `atMost` holds x back and <= 0 where `atLeast` does.
 *
 * @throws TypeError or RangeError that names the argument and the value: a NaN, a shape that does not fit, a Q that is not symmetric,
 * a lower bound above the upper one. Equations that contradict one another reject the promise of {@link minimize}, which checks them
 * beside this thread, as do the numbers of large matrices.
 */
export function quadraticProgram(problem: QuadraticProblem): QuadraticProgram {
  return new QuadraticProgram(partsOf(problem));
}

/** A quadratic program whose members were checked. */
export interface QuadraticParts {
  Q: Matrix | SparseMatrix;
  linear: Float64Array;
  constant: number;
  rows: LinearRows | undefined;
  inequalities: InequalityRows | undefined;
  lower: Float64Array | undefined;
  upper: Float64Array | undefined;
  start: Float64Array;
  /** True if the first solve looks at the numbers of the matrices. */
  large: boolean;
}

/** Checks the members of a problem. */
export function partsOf(problem: QuadraticProblem): QuadraticParts {
  checkMembers('problem', problem, members);
  const large = [problem.Q, problem.A, problem.G].some(hasManyEntries);
  const read = large ? toSizedOperand : toOperand;
  const symmetric = (matrix: unknown) => (large ? checkSquare('Q', read('Q', matrix)) : toSymmetric('Q', matrix));
  const given = problem.Q === undefined ? undefined : symmetric(problem.Q);
  const n = given?.rows ?? unknownsOf(problem);
  const perUnknown = { length: n, per: 'one for each unknown' };
  const vector = (name: 'c' | 'start') => {
    const value = problem[name];
    return value === undefined ? new Float64Array(n) : checkVector(name, value, perUnknown);
  };
  return {
    Q: given ?? zeros(n),
    linear: vector('c'),
    constant: problem.constant === undefined ? 0 : checkNumber('constant', problem.constant),
    start: vector('start').slice(),
    rows: checkLinearRows(problem.A, problem.b, n, read),
    inequalities: checkInequalityRows(problem, n, read),
    ...(boundsOfVariables(problem, n) as Pick<QuadraticParts, 'lower' | 'upper'>),
    large,
  };
}

/** n, from the first member beside Q that shows it. */
function unknownsOf({ c, A, G, lower, upper, start }: QuadraticProblem): number {
  if (c !== undefined) return checkVector('c', c).length;
  if (A !== undefined) return toSizedOperand('A', A).columns;
  if (G !== undefined) return toSizedOperand('G', G).columns;
  for (const [name, given] of Object.entries({ lower, upper, start })) {
    if (typeof given === 'object') return checkVector(name, given, { infinite: true }).length;
  }
  throw typeError('Q = undefined: expected a matrix, or another member that shows how many unknowns there are');
}

const zeros = (n: number): SparseMatrix => ({
  format: 'csr',
  rows: n,
  columns: n,
  offsets: new Int32Array(n + 1),
  indices: new Int32Array(0),
  values: new Float64Array(0),
});

function boundsOf({ lower, upper, rows, inequalities }: QuadraticParts): Bounds {
  const bounds: Bounds = { ...(lower && { lower }), ...(upper && { upper }) };
  if (inequalities) {
    const equations = rows?.A.rows ?? 0;
    const behindEquations = (sides: Float64Array): Float64Array => {
      const all = new Float64Array(equations + sides.length);
      all.set(sides, equations);
      return all;
    };
    bounds.constraintsLower = behindEquations(inequalities.lower);
    bounds.constraintsUpper = behindEquations(inequalities.upper);
  }
  return bounds;
}
