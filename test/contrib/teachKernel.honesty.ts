// Random lessons, whose errors are computed anew from the coefficients.
import { teachKernel } from '../../src/contrib/index.js';
import { normals, table } from '../algebra.js';
import type { Trial } from '../contract/problem.js';

export const gaussian = (a: readonly number[], b: readonly number[], width: number): number =>
  Math.exp((-0.5 / width ** 2) * a.reduce((sum, value, j) => sum + (value - (b[j] as number)) ** 2, 0));

/** The width for which the kernel is exp(-3 ||a - b||^2). */
const width = Math.sqrt(1 / 6);

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const [n, d] = [5 + (seed % 20), 1 + (seed % 3)];
  const [x, y] = [table(n, 2, draw), table(n, d, draw)];
  const B = table(d, d, draw);
  const learners = B.map((_, k) =>
    B.map((__, l) => B.reduce((sum, row) => sum + (row[k] as number) * (row[l] as number), k === l ? 0.1 : 0)),
  );
  const result = await teachKernel(
    { x, y, learners },
    { kernelWidth: width, seed, teacher: seed % 2 ? 'random' : 'greedy' },
  );
  const wrong: string[] = [];
  let worst = 0;
  for (let i = 0; i < n; ++i) {
    let squares = 0;
    for (let k = 0; k < d; ++k) {
      const known = x.reduce(
        (sum, row, t) => sum + gaussian(row, x[i] as number[], width) * (result.coefficients.data[t * d + k] as number),
        0,
      );
      const error = known - (y[i]?.[k] as number);
      if (Math.abs(error - (result.errors.data[i * d + k] as number)) > 1e-8)
        wrong.push(`errors[${i}][${k}] is ${error}`);
      squares += error ** 2;
    }
    worst = Math.max(worst, squares);
  }
  const scale = Math.max(...y.map((row) => row.reduce((sum, value) => sum + value ** 2, 0)));
  const residual = Math.sqrt(worst / scale);
  if (result.status === 'solved' && residual > 1.0001e-2) wrong.push(`solved, with a residual of ${residual}`);
  return { status: result.status, wrong };
};
