// The covariance of parameters on the tangent space of the constraints that hold with equality.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { Steps } from '../core/yieldingLoops.js';
import type { FitSolution } from '../generated/fit.js';
import { type ColumnsOf, cholesky, complement, type Factors, factor, solveUpper } from './orthogonal.js';

/** safeguard: most free parameters of a covariance, which is dense, and most entries of the Jacobian on the tangent space. */
const mostParameters = 1000;
const mostEntries = 2e7;
/** safeguard: entries of a direction that count, beside the largest one. */
const share = 1e-3;

/** The derivatives at a solution. */
export interface AtSolution {
  /** The Jacobian of the residuals, by rows. */
  J: SparseMatrix;
  /** The derivative of the loss of each residual in r^2 / 2: 1 for squares. */
  weights: Float64Array;
  /** weights_i r_i: the gradient of row i is this times row i of J. */
  pulls: Float64Array;
  /** The Jacobian of the constraints, by rows, and which of them hold with equality. */
  A: SparseMatrix;
  active: readonly number[];
  /** Which parameters bounds hold. */
  held: readonly boolean[];
  /** The Hessian of the Lagrangian, its lower triangle by columns. */
  hessian: () => SparseMatrix;
}

export type Kind = 'jacobian' | 'hessian' | 'sandwich';

export interface Errors
  extends Pick<FitSolution, 'covariance' | 'covarianceOf' | 'undetermined' | 'residualDeviation'> {
  degreesOfFreedom: number;
  because?: string;
}

/** The free parameters in units in which columns of J have length 1. */
interface Units {
  free: number[];
  place: Int32Array;
  unit: Float64Array;
}

function unitsOf({ J, weights, held }: AtSolution): Units {
  const squares = new Float64Array(J.columns);
  for (let i = 0; i < J.rows; ++i) {
    for (let k = J.offsets[i] as number; k < (J.offsets[i + 1] as number); ++k) {
      const j = J.indices[k] as number;
      squares[j] = (squares[j] as number) + (weights[i] as number) * (J.values[k] as number) ** 2;
    }
  }
  const free = Array.from(held.keys()).filter((j) => !held[j]);
  const place = new Int32Array(J.columns).fill(-1);
  for (const [c, j] of free.entries()) place[j] = c;
  return { free, place, unit: squares.map((square) => (square > 0 ? Math.sqrt(square) : 1)) };
}

/** Row i of a matrix times the free parameters, in their units. */
function rowTimes(M: SparseMatrix, i: number, { place, unit }: Units, z: Float64Array): number {
  let sum = 0;
  for (let k = M.offsets[i] as number; k < (M.offsets[i + 1] as number); ++k) {
    const j = M.indices[k] as number;
    const c = place[j] as number;
    if (c >= 0) sum += ((M.values[k] as number) / (unit[j] as number)) * (z[c] as number);
  }
  return sum;
}

/** An orthonormal basis of the directions that all active constraints allow. */
function* tangentOf({ A, active }: AtSolution, units: Units): Steps<ColumnsOf> {
  const gradients = active.map((i) => {
    const gradient = new Float64Array(units.free.length);
    for (let k = A.offsets[i] as number; k < (A.offsets[i + 1] as number); ++k) {
      const j = A.indices[k] as number;
      const c = units.place[j] as number;
      if (c >= 0) gradient[c] = (gradient[c] as number) + (A.values[k] as number) / (units.unit[j] as number);
    }
    const length = Math.hypot(...gradient);
    return length > 0 ? gradient.map((value) => value / length) : gradient;
  });
  const factors = yield* factor(gradients, units.free.length);
  return yield* complement(factors, units.free.length);
}

function* jacobianOn(Z: ColumnsOf, { J }: AtSolution, units: Units, rowWeight: Float64Array): Steps<ColumnsOf> {
  const made: ColumnsOf = [];
  for (const z of Z) {
    made.push(Float64Array.from(rowWeight, (weight, i) => weight * rowTimes(J, i, units, z)));
    yield;
  }
  return made;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** Z^T H Z. */
function* hessianOn(Z: ColumnsOf, { hessian }: AtSolution, { place, unit }: Units): Steps<ColumnsOf> {
  const H = hessian();
  const made: ColumnsOf = [];
  for (const z of Z) {
    const Hz = new Float64Array(z.length);
    for (let j = 0; j < H.columns; ++j) {
      for (let k = H.offsets[j] as number; k < (H.offsets[j + 1] as number); ++k) {
        const i = H.indices[k] as number;
        const [c, d] = [place[i] as number, place[j] as number];
        if (c < 0 || d < 0) continue;
        const value = (H.values[k] as number) / ((unit[i] as number) * (unit[j] as number));
        Hz[c] = (Hz[c] as number) + value * (z[d] as number);
        if (c !== d) Hz[d] = (Hz[d] as number) + value * (z[c] as number);
      }
    }
    made.push(Float64Array.from(Z, (other) => dot(other, Hz)));
    yield;
  }
  return made;
}

/** The columns sum_k c_k Z_k. */
const combined = (Z: ColumnsOf, c: Float64Array, order: Int32Array): Float64Array => {
  const made = new Float64Array(Z[0]?.length ?? 0);
  for (const [k, factor] of c.entries()) {
    const z = Z[order[k] as number] as Float64Array;
    for (let i = 0; i < made.length; ++i) made[i] = (made[i] as number) + factor * (z[i] as number);
  }
  return made;
};

/** The columns of Z P R^-1, T with T T^T = Z (R^T R)^-1 Z^T. */
function* rootOf(Z: ColumnsOf, factors: Factors): Steps<ColumnsOf> {
  const made: ColumnsOf = [];
  for (let c = 0; c < Z.length; ++c) {
    const unit = new Float64Array(Z.length);
    unit[c] = 1;
    made.push(combined(Z, solveUpper(factors, unit), factors.order));
    yield;
  }
  return made;
}

/** factor T S T^T as a covariance of all parameters, S the unit matrix where none is given. */
function* covarianceBy(T: ColumnsOf, units: Units, factor: number, S?: ColumnsOf): Steps<Matrix> {
  const n = units.unit.length;
  const data = new Float64Array(n * n);
  const identity = Int32Array.from(T.keys());
  for (const [c, column] of T.entries()) {
    const right = S ? combined(T, S[c] as Float64Array, identity) : column;
    for (const [a, i] of units.free.entries()) {
      const left = (factor * (right[a] as number)) / (units.unit[i] as number);
      for (const [b, j] of units.free.entries())
        data[n * i + j] = (data[n * i + j] as number) + (left * (column[b] as number)) / (units.unit[j] as number);
    }
    yield;
  }
  return { data, rows: n, columns: n };
}

const none: Matrix = { data: new Float64Array(0), rows: 0, columns: 0 };

/** The parameters of a direction of the tangent space in which the residuals do not change. */
function undeterminedBy(Z: ColumnsOf, factors: Factors, { free }: Units): Int32Array {
  const { columns, rank, order } = factors;
  const last = Float64Array.from({ length: rank }, (_, k) => -((columns[rank] as Float64Array)[k] as number));
  const direction = combined(Z, Float64Array.from([...solveUpper(factors, last), 1]), order);
  const most = direction.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  return Int32Array.from(free.filter((_, c) => Math.abs(direction[c] as number) > share * most));
}

/**
 * C = Z (Z^T M Z)^-1 Z^T s^2, Z a basis of the directions that active constraints and bounds allow, M = J^T J or the Hessian of the
 * Lagrangian, s^2 the sum of squares over the residuals less the dimension of that space.
 */
export function* errorsOn(at: AtSolution, kind: Kind, sumOfSquares: number): Steps<Errors> {
  const units = unitsOf(at);
  const m = at.J.rows;
  const without = (because: string, more: Partial<Errors> = {}): Errors => ({
    ...{ covariance: none, covarianceOf: 'auto', undetermined: new Int32Array(0), degreesOfFreedom: Number.NaN },
    ...more,
    because,
  });
  if (units.free.length > mostParameters) return without(`more than ${mostParameters} parameters are free`);
  const Z = yield* tangentOf(at, units);
  const degreesOfFreedom = m - Z.length;
  const s = degreesOfFreedom > 0 ? { residualDeviation: Math.sqrt(sumOfSquares / degreesOfFreedom) } : {};
  const known = { ...s, degreesOfFreedom };
  if (Z.length === 0) return without('the constraints leave no parameter free', known);
  if (m * Z.length > mostEntries) return without(`the Jacobian has more than ${mostEntries} entries`, known);
  const JZ = yield* jacobianOn(Z, at, units, at.weights.map(Math.sqrt));
  const factors = yield* factor(JZ, m);
  if (factors.rank < Z.length) {
    const undetermined = undeterminedBy(Z, factors, units);
    return without('the data and the constraints do not determine all parameters', { ...known, undetermined });
  }
  if (degreesOfFreedom <= 0) return without('there are no more residuals than free parameters', known);
  const curved = kind === 'jacobian' ? undefined : yield* cholesky(yield* hessianOn(Z, at, units));
  const T = yield* rootOf(Z, curved ?? factors);
  const made = { ...known, undetermined: new Int32Array(0) };
  if (kind !== 'sandwich') {
    const covariance = yield* covarianceBy(T, units, sumOfSquares / degreesOfFreedom);
    return { ...made, covariance, covarianceOf: curved ? 'hessian' : 'jacobian' };
  }
  const rows = yield* jacobianOn(T, at, units, at.pulls);
  const S = rows.map((row) => Float64Array.from(rows, (other) => dot(row, other)));
  const covariance = yield* covarianceBy(T, units, m / degreesOfFreedom, S);
  return { ...made, covariance, covarianceOf: 'sandwich' };
}
