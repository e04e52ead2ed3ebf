// Conditions of optimality of  min f(x) subject to c(x) = 0, recomputed from the .nl file of a problem by dense
// algebra from textbooks. Nothing here is shared with the solver.
import type { Matrix } from '../../src/index.js';
import { inner, inverse, square } from './dense.js';
import type { NlFile } from './nl.js';

export interface Conditions {
  objective: number;
  /** ||(grad L, c)||_inf of the problem scaled by Ipopt's rule, the gradient divided as there for large multipliers. */
  residual: number;
  feasibility: number;
  /** Least eigenvalue of the Hessian of L on the null space of the Jacobian by the largest entry of the Hessian. */
  curvature: number;
}

const largest = (x: ArrayLike<number>): number => Array.from(x).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

export function conditions(nl: NlFile, x: Float64Array, multipliers: Float64Array): Conditions {
  const { n, m } = nl;
  const scale = (gradient: ArrayLike<number>) => Math.max(1e-8, Math.min(1, 100 / (largest(gradient) || 1)));
  const sf = scale(nl.gradient(nl.start));
  const atStart = nl.jacobian(nl.start);
  const sc = Float64Array.from({ length: m }, (_, i) => scale(row(atStart, i)));

  const c = nl.constraintValues(x);
  const J = nl.jacobian(x);
  const g = nl.gradient(x).map((value, j) => {
    let sum = value;
    for (let i = 0; i < m; ++i) sum += (J.data[i * n + j] as number) * (multipliers[i] as number);
    return sum;
  });
  // L = sf f + sum_i (sf lambda_i / sc_i) (sc_i c_i)
  const mean = multipliers.reduce((sum, value, i) => sum + Math.abs((sf * value) / (sc[i] as number)), 0) / (m || 1);
  const residual = Math.max(
    (sf * largest(g)) / Math.min(Math.max(100, mean) / 100, 1e8),
    largest(c.map((v, i) => v * (sc[i] ?? 1))),
  );

  // Multipliers of a gradient that is 0 are rounding.
  const H = nl.hessian(x, largest(nl.gradient(x)) > 0 ? multipliers : new Float64Array(m));
  const Z = nullSpace(J);
  const HZ = Z.map((z) => times(H, z));
  const reduced = square(Z.length, (i, j) => inner(Z[i] as Float64Array, HZ[j] as Float64Array));
  const size = Math.max(largest(H.data), Number.MIN_VALUE);
  return {
    objective: nl.value(x),
    residual,
    feasibility: largest(c),
    curvature: Z.length === 0 ? Number.POSITIVE_INFINITY : leastOf(reduced) / size,
  };
}

const row = ({ data, columns }: Matrix, i: number) => data.subarray(i * columns, (i + 1) * columns);

const times = (A: Matrix, x: Float64Array) => Float64Array.from({ length: A.rows }, (_, i) => inner(row(A, i), x));

/** Orthonormal vectors that span {z: J z = 0}: Householder's QR of J^T with pivoting, of its numerical rank. */
export function nullSpace(J: Matrix): Float64Array[] {
  const n = J.columns;
  const rows: Float64Array[] = Array.from({ length: J.rows }, (_, i) => Float64Array.from(row(J, i)));
  const reflectors: Float64Array[] = [];
  const reflect = (v: Float64Array, y: Float64Array) => {
    const along = 2 * inner(v, y);
    for (let k = 0; k < n; ++k) (y[k] as number) -= along * (v[k] as number);
  };
  const first = Math.max(0, ...rows.map((r) => Math.sqrt(inner(r, r))));
  for (let k = 0; k < Math.min(n, J.rows); ++k) {
    const lengths = rows.slice(k).map((r) => Math.sqrt(inner(r.subarray(k), r.subarray(k))));
    const most = lengths.reduce((best, length, i) => (length > (lengths[best] as number) ? i : best), 0);
    const length = lengths[most] as number;
    if (!(length > 1e-9 * first)) break;
    [rows[k], rows[k + most]] = [rows[k + most] as Float64Array, rows[k] as Float64Array];
    const v = (rows[k] as Float64Array).slice();
    v.fill(0, 0, k);
    (v[k] as number) += Math.sign(v[k] as number) * length || length;
    const norm = Math.sqrt(inner(v, v));
    for (let i = k; i < n; ++i) (v[i] as number) /= norm;
    reflectors.push(v);
    for (const r of rows.slice(k)) reflect(v, r);
  }
  return Array.from({ length: n - reflectors.length }, (_, j) => {
    const z = new Float64Array(n);
    z[reflectors.length + j] = 1;
    for (const v of reflectors.toReversed()) reflect(v, z);
    return z;
  });
}

/** Least eigenvalue of S, symmetric: Householder's tridiagonal form, then bisection by Sturm's sequence. */
export function leastOf(S: Matrix): number {
  const n = S.rows;
  const a = Array.from({ length: n }, (_, i) => Float64Array.from(row(S, i)));
  const at = (i: number, j: number) => a[i]?.[j] as number;
  for (let k = 0; k + 2 < n; ++k) {
    const v = Float64Array.from({ length: n }, (_, i) => (i > k ? at(i, k) : 0));
    const length = Math.sqrt(inner(v, v));
    if (length === 0) continue;
    (v[k + 1] as number) += (v[k + 1] as number) < 0 ? -length : length;
    const norm = Math.sqrt(inner(v, v));
    for (let i = k + 1; i < n; ++i) (v[i] as number) /= norm;
    // (I - 2 v v^T) S (I - 2 v v^T) = S - 2 v w^T - 2 w v^T with w = S v - (v^T S v) v
    const p = Float64Array.from(a, (r) => inner(r, v));
    const mid = inner(v, p);
    const w = p.map((value, i) => value - mid * (v[i] as number));
    for (let i = k; i < n; ++i) {
      const r = a[i] as Float64Array;
      for (let j = k; j < n; ++j) {
        (r[j] as number) -= 2 * ((v[i] as number) * (w[j] as number) + (w[i] as number) * (v[j] as number));
      }
    }
  }
  const d = Array.from({ length: n }, (_, i) => at(i, i));
  const e = Array.from({ length: n }, (_, i) => (i > 0 ? at(i, i - 1) : 0));
  const radius = d.map((_, i) => Math.abs(e[i] as number) + Math.abs(e[i + 1] ?? 0));
  let low = Math.min(...d.map((value, i) => value - (radius[i] as number)));
  let high = Math.min(...d);
  const isBelow = (shift: number) => {
    let q = 1;
    for (let i = 0; i < n; ++i) {
      q = (d[i] as number) - shift - (i > 0 ? (e[i] as number) ** 2 / q : 0);
      if (q < 0) return true;
      if (q === 0) q = Number.MIN_VALUE;
    }
    return false;
  };
  for (let step = 0; step < 120 && high - low > 1e-15 * Math.max(Math.abs(low), Math.abs(high)); ++step) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/**
 * The least of f - f(x) by max(1, |f(x)|) at `count` feasible points near x: x is moved along the null space of the Jacobian and
 * brought back to c = 0 by Gauss and Newton's method.
 */
export function leastNear(nl: NlFile, x: Float64Array, count: number, draw: () => number): number {
  const f = nl.value(x);
  const Z = nullSpace(nl.jacobian(x));
  const radius = 1e-3 * Math.max(1, largest(x));
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < count; ++k) {
    const y = x.slice();
    for (const z of Z) {
      const along = (radius * draw()) / Math.sqrt(Z.length);
      for (let j = 0; j < nl.n; ++j) (y[j] as number) += along * (z[j] as number);
    }
    for (let step = 0; step < 20 && largest(nl.constraintValues(y)) > 1e-12; ++step) {
      const J = nl.jacobian(y);
      const gram = square(nl.m, (i, j) => inner(row(J, i), row(J, j)));
      const weights = inverse(gram)(nl.constraintValues(y));
      for (let j = 0; j < nl.n; ++j) {
        for (let i = 0; i < nl.m; ++i) (y[j] as number) -= (J.data[i * nl.n + j] as number) * (weights[i] as number);
      }
    }
    least = Math.min(least, (nl.value(y) - f) / Math.max(1, Math.abs(f)));
  }
  return least;
}
