// Dense linear algebra for references, written from textbooks: slow, and independent of the native library.
import type { Matrix } from '../../src/index.js';

type Vector = ArrayLike<number>;

const entry = ({ data, columns }: Matrix, i: number, j: number) => data[i * columns + j] as number;

export function square(n: number, f: (i: number, j: number) => number): Matrix & { data: Float64Array } {
  const data = Float64Array.from({ length: n * n }, (_, at) => f(Math.floor(at / n), at % n));
  return { data, rows: n, columns: n };
}

export const inner = (x: Vector, y: Vector): number => {
  let sum = 0;
  for (let i = 0; i < x.length; ++i) sum += (x[i] as number) * (y[i] as number);
  return sum;
};

/** L with L L^T = S, S symmetric positive definite. */
function cholesky(S: Matrix): Matrix {
  const n = S.rows;
  const L = square(n, () => 0);
  for (let j = 0; j < n; ++j) {
    for (let i = j; i < n; ++i) {
      let sum = entry(S, i, j);
      for (let k = 0; k < j; ++k) sum -= entry(L, i, k) * entry(L, j, k);
      L.data[i * n + j] = i === j ? Math.sqrt(sum) : sum / entry(L, j, j);
    }
  }
  return L;
}

/** L^-1 b */
function forward(L: Matrix, b: Vector): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < x.length; ++i) {
    let sum = x[i] as number;
    for (let k = 0; k < i; ++k) sum -= entry(L, i, k) * (x[k] as number);
    x[i] = sum / entry(L, i, i);
  }
  return x;
}

/** L^-T b */
function backward(L: Matrix, b: Vector): Float64Array {
  const x = Float64Array.from(b);
  for (let i = x.length - 1; i >= 0; --i) {
    let sum = x[i] as number;
    for (let k = i + 1; k < x.length; ++k) sum -= entry(L, k, i) * (x[k] as number);
    x[i] = sum / entry(L, i, i);
  }
  return x;
}

/** b -> S^-1 b, S symmetric positive definite, refined once. */
export function inverse(S: Matrix): (b: Vector) => Float64Array {
  const L = cholesky(S);
  const rows = Array.from({ length: S.rows }, (_, i) => S.data.subarray(i * S.rows, (i + 1) * S.rows));
  return (b) => {
    const x = backward(L, forward(L, b));
    const left = x.map((_, i) => (b[i] as number) - inner(rows[i] as Vector, x));
    const more = backward(L, forward(L, left));
    return x.map((value, i) => value + (more[i] as number));
  };
}

/** Eigenvalues of S, symmetric, from the smallest: Jacobi's rotations. */
export function eigenvalues(S: Matrix): number[] {
  const n = S.rows;
  const a = Float64Array.from(S.data);
  const rotate = (at: (k: number, of: number) => number, p: number, q: number, c: number, s: number) => {
    for (let k = 0; k < n; ++k) {
      const [x, y] = [a[at(k, p)] as number, a[at(k, q)] as number];
      a[at(k, p)] = c * x - s * y;
      a[at(k, q)] = s * x + c * y;
    }
  };
  let rotated = true;
  for (let sweep = 0; sweep < 60 && rotated; ++sweep) {
    rotated = false;
    for (let p = 0; p < n; ++p) {
      for (let q = p + 1; q < n; ++q) {
        const [app, aqq, apq] = [a[p * n + p], a[q * n + q], a[p * n + q]] as [number, number, number];
        if (Math.abs(apq) <= 1e-17 * Math.sqrt(Math.abs(app * aqq))) continue;
        rotated = true;
        const angle = 0.5 * Math.atan2(2 * apq, aqq - app);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        rotate((k, j) => k * n + j, p, q, c, s);
        rotate((k, i) => i * n + k, p, q, c, s);
      }
    }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i] as number).sort((x, y) => x - y);
}

/** The least lambda with W x = lambda B x, both symmetric, B positive definite. */
export function leastEigenvalue(W: Matrix, B: Matrix): number {
  const n = W.rows;
  const L = cholesky(B);
  // Rows of L^-1 W, then of L^-1 (L^-1 W)^T.
  const half = Array.from({ length: n }, (_, j) =>
    forward(
      L,
      Float64Array.from({ length: n }, (__, i) => entry(W, i, j)),
    ),
  );
  const whole = Array.from({ length: n }, (_, i) =>
    forward(
      L,
      half.map((column) => column[i] as number),
    ),
  );
  return eigenvalues(square(n, (i, j) => ((whole[i]?.[j] ?? 0) + (whole[j]?.[i] ?? 0)) / 2))[0] as number;
}

/** An orthogonal matrix from the rows of A, by Gram and Schmidt's process, twice. */
export function orthogonal(A: Matrix): Matrix {
  const n = A.rows;
  const rows: Float64Array[] = [];
  for (let i = 0; i < n; ++i) {
    const row = Float64Array.from(A.data.subarray(i * n, (i + 1) * n));
    for (const other of [...rows, ...rows]) {
      const along = inner(row, other);
      for (let k = 0; k < n; ++k) row[k] = (row[k] as number) - along * (other[k] as number);
    }
    const length = Math.sqrt(inner(row, row));
    rows.push(row.map((value) => value / length));
  }
  return square(n, (i, j) => rows[i]?.[j] as number);
}

/** The x >= 0 that minimises x^T S x / 2 - c^T x, S positive definite: Lawson and Hanson's active set. */
export function nonNegativeQuadratic(S: Matrix, c: Vector): Float64Array {
  const n = S.rows;
  const x = new Float64Array(n);
  const free = new Set<number>();
  const pull = (i: number) => (c[i] as number) - inner(S.data.subarray(i * n, (i + 1) * n), x);
  const onFree = () => {
    const at = [...free];
    const reduced = square(at.length, (i, j) => entry(S, at[i] as number, at[j] as number));
    const solution = inverse(reduced)(at.map((i) => c[i] as number));
    return new Map(at.map((i, k) => [i, solution[k] as number]));
  };
  for (let step = 0; step < 20 * n; ++step) {
    const held = Array.from({ length: n }, (_, i) => i).filter((i) => !free.has(i));
    const next = held.reduce((best, i) => (best < 0 || pull(i) > pull(best) ? i : best), -1);
    if (next < 0 || pull(next) <= 1e-13) break;
    free.add(next);
    for (let target = onFree(); ; target = onFree()) {
      const blocking = [...target].filter(([, value]) => value <= 0);
      const ratio = ([i, value]: [number, number]) => (x[i] as number) / ((x[i] as number) - value);
      const length = Math.min(1, ...blocking.map(ratio));
      for (const [i, value] of target) x[i] = (x[i] as number) + length * (value - (x[i] as number));
      if (blocking.length === 0) break;
      for (const each of blocking) {
        if (ratio(each) > length) continue;
        x[each[0]] = 0;
        free.delete(each[0]);
      }
    }
  }
  return x;
}
