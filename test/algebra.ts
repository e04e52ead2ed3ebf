// Random data and plain algebra for tests, which share nothing with the solvers.

/** Uniform numbers in (0, 1), by a generator of the tests' own. */
export function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** Standard normal numbers. */
export function normals(seed: number): () => number {
  const draw = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
}

export const table = (rows: number, columns: number, draw: (i: number, j: number) => number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => draw(i, j)));

/** Changes that make other rows of those that a trial has drawn. */
export type Change = (x: number[][], seed: number) => number[][];
export const unchanged: Change = (x) => x;

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < a.length; ++k) sum += (a[k] as number) * (b[k] as number);
  return sum;
};

export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  norm(Array.from(a, (value, k) => value - (b[k] as number)));

/** The solution of A x = b by Gaussian elimination with the largest pivots. */
export function solved(A: number[][], b: readonly number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i] as number]);
  const n = rows.length;
  for (let k = 0; k < n; ++k) {
    let pivot = k;
    for (let i = k; i < n; ++i) {
      if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[pivot]?.[k] as number)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    const first = rows[k] as number[];
    for (let i = k + 1; i < n; ++i) {
      const row = rows[i] as number[];
      const factor = (row[k] as number) / (first[k] as number);
      for (let j = k; j <= n; ++j) row[j] = (row[j] as number) - factor * (first[j] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; --k) {
    const row = rows[k] as number[];
    let sum = row[n] as number;
    for (let j = k + 1; j < n; ++j) sum -= (row[j] as number) * (x[j] as number);
    x[k] = sum / (row[k] as number);
  }
  return x;
}

/** Derivatives of f at x by central differences. */
export function differences(f: (x: number[]) => number, x: ArrayLike<number>, h = 1e-5): number[] {
  return Array.from(x, (_, j) => {
    const moved = (t: number) => f(Array.from(x, (value, k) => (k === j ? value + t : value)));
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
