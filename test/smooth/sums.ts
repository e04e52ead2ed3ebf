// Sums over rows as the tests compute them, and the methods' names.
import { addon } from '../../src/core/addon.js';
import { uniforms } from '../../src/core/random.js';
import type { Matrix } from '../../src/index.js';
import { generalizedLinearModel } from '../../src/nlp/index.js';
import type { SumCallbacks } from '../../src/smooth/index.js';
import type { MinimizeSumSettings } from '../flat.js';

type Loss = 'logistic' | 'squared' | 'poisson' | 'gamma';

type Method = Exclude<NonNullable<MinimizeSumSettings['method']>, 'auto' | object>;

const settings = addon().schema().solvers.minimizeSum?.settings ?? [];

/** The rows of the table of methods. */
export const methods = (settings.find(({ name }) => name === 'method')?.type ?? []) as Method[];
methods.splice(0, 1);

/** f(x) and its gradient, row after row. */
export function lossOf(
  loss: Loss,
  { data, rows, columns }: Matrix,
  y: ArrayLike<number>,
  ridge: number,
  x: ArrayLike<number>,
): { value: number; gradient: Float64Array } {
  const gradient = new Float64Array(columns);
  let value = 0;
  for (let i = 0; i < rows; ++i) {
    let t = 0;
    for (let j = 0; j < columns; ++j) t += (data[i * columns + j] as number) * (x[j] as number);
    const target = y[i] as number;
    const [f, slope] = at(loss, t, target);
    value += f / rows;
    for (let j = 0; j < columns; ++j)
      gradient[j] = (gradient[j] as number) + (slope * (data[i * columns + j] as number)) / rows;
  }
  for (let j = 0; j < columns; ++j) {
    value += (ridge / 2) * (x[j] as number) ** 2;
    gradient[j] = (gradient[j] as number) + ridge * (x[j] as number);
  }
  return { value, gradient };
}

function at(loss: Loss, t: number, y: number): readonly [number, number] {
  switch (loss) {
    case 'logistic':
      return [Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))) - y * t, 1 / (1 + Math.exp(-t)) - y];
    case 'squared':
      return [(t - y) ** 2 / 2, t - y];
    case 'poisson':
      return [Math.exp(t) - y * t, Math.exp(t) - y];
    case 'gamma':
      return [t + y * Math.exp(-t), 1 - y * Math.exp(-t)];
  }
}

/** Normal numbers, the same for a seed. */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A sum of functions of one's own. */
export function functionOf(
  rows: number,
  n: number,
  gradient: (x: Float64Array, g: Float64Array, rows: Int32Array) => number,
): SumCallbacks {
  return { rows, n, gradient: (x, chosen, g) => gradient(x, g, chosen) };
}

/** Least squares with normal entries, columns times `scale(j)`, and what is known of it: the gap of x, by the normal equations. */
export function leastSquares(
  rows: number,
  n: number,
  seed: number,
  scale: (j: number) => number = () => 1,
  noise = 0.1,
) {
  const normal = normals(seed);
  const data = Float64Array.from({ length: rows * n }, normal).map((value, k) => value * scale(k % n));
  const truth = Float64Array.from({ length: n }, normal).map((value, j) => value / scale(j));
  const y = Float64Array.from({ length: rows }, (_, i) => {
    let t = noise * normal();
    for (let j = 0; j < n; ++j) t += (data[i * n + j] as number) * (truth[j] as number);
    return t;
  });
  const x = { data, rows, columns: n };
  const solution = normalEquations(x, y);
  const least = lossOf('squared', x, y, 0, solution).value;
  return {
    problem: generalizedLinearModel({ loss: 'squared', x, y }),
    gap: (at: ArrayLike<number>) => lossOf('squared', x, y, 0, at).value - least,
    gradientNorm: (at: ArrayLike<number>) => Math.hypot(...lossOf('squared', x, y, 0, at).gradient),
    solution,
    x,
    y,
  };
}

/** The solution of A^T A x = A^T y, by elimination on columns of length 1. */
function normalEquations({ data, rows, columns: n }: Matrix, y: ArrayLike<number>): Float64Array {
  const entry = (i: number, j: number) => data[i * n + j] as number;
  const length = Array.from({ length: n }, (_, j) =>
    Math.hypot(...Array.from({ length: rows }, (__, i) => entry(i, j))),
  );
  const M = Array.from({ length: n }, (_, a) =>
    Array.from({ length: n + 1 }, (__, b) => {
      let sum = 0;
      for (let i = 0; i < rows; ++i) {
        sum += (entry(i, a) / (length[a] as number)) * (b < n ? entry(i, b) / (length[b] as number) : (y[i] as number));
      }
      return sum;
    }),
  );
  for (let k = 0; k < n; ++k) {
    const pivot = M[k] as number[];
    for (let i = 0; i < n; ++i) {
      if (i === k) continue;
      const row = M[i] as number[];
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j <= n; ++j) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return Float64Array.from(
    { length: n },
    (_, k) => (M[k]?.[n] as number) / (M[k]?.[k] as number) / (length[k] as number),
  );
}
