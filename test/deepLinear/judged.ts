// A linear network whose objective is recomputed from its layers, and its optimum from a dual point of the test's own.
import { trainLinearNetwork } from '../../src/deepLinear/index.js';
import type { Trial } from '../contract/problem.js';
import { type Rows, toMatrix, toRows } from '../problems/relu.js';

const transposed = (a: Rows): Rows => (a[0] ?? []).map((_, j) => a.map((row) => row[j] as number));
const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => transposed(b).map((column) => row.reduce((sum, value, k) => sum + value * (column[k] as number), 0)));
const inner = (a: Rows, b: Rows): number =>
  a.flat().reduce((sum, value, k) => sum + value * (b.flat()[k] as number), 0);

/** The largest singular value of a matrix of one or two columns: the root of the larger eigenvalue of A^T A. */
function largestSingularValue(a: Rows): number {
  const [[p = 0, q = 0] = [], [, r = 0] = []] = times(transposed(a), a);
  return Math.sqrt((p + r) / 2 + Math.hypot((p - r) / 2, q));
}

/** A network of those data, solved, and what of its result is not true. */
export async function judgedNetwork(
  x: Rows,
  y: Rows,
  { depth, parallel, lambda }: { depth: number; parallel: boolean; lambda: number },
  seed: number,
): ReturnType<Trial> {
  const result = await trainLinearNetwork(
    { x: toMatrix(x), y: toMatrix(y) },
    { depth, parallel, lambda, tolerance: 1e-6, seed },
  );
  const { status, objective, lowerBound, layers } = result;
  const wrong: string[] = [];
  const rows = layers.map(toRows);
  const rank = layers[0]?.columns ?? 0;
  const residual = (rank === 0 ? y : times(x, rows.reduce(times))).map((row, i) =>
    row.map((value, j) => (rank === 0 ? value : (y[i]?.[j] as number) - value)),
  );
  // Branches are the columns of the first layer with what belongs to them in the others; a layer that is no branch counts whole.
  const squares = rows.map((layer, l) =>
    Array.from({ length: rank }, (_, k) =>
      (l === 0 ? layer.map((row) => row[k] as number) : (layer[k] as number[])).reduce(
        (sum, value) => sum + value * value,
        0,
      ),
    ),
  );
  const penalty = parallel
    ? squares.flat().reduce((sum, each) => sum + each ** (depth / 2), 0)
    : squares.flat().reduce((sum, each) => sum + each, 0);
  const own = inner(residual, residual) / 2 + (lambda / 2) * penalty;
  const scale = inner(y, y) / 2; // the objective of the network that is 0
  if (Math.abs(own - objective) > 1e-8 * scale) wrong.push(`objective ${objective}, which is ${own}`);
  if (lowerBound > objective + 1e-9 * scale) wrong.push(`bound ${lowerBound} above ${objective}`);
  // min_W 1/2 ||X W - Y||^2 + mu ||W||_* is at least theta . Y - 1/2 ||theta||^2 wherever ||X^T theta|| <= mu.
  const mu = (lambda * depth) / 2;
  const size = largestSingularValue(times(transposed(x), residual));
  const factor = size > mu ? mu / size : 1;
  const theta = residual.map((row) => row.map((value) => factor * value));
  const bound = inner(theta, y) - inner(theta, theta) / 2;
  if (objective < bound - 1e-6 * scale) wrong.push(`objective ${objective} below a dual value of ${bound}`);
  if (status === 'solved' && objective - bound > 1e-3 * scale)
    wrong.push(`solved at ${objective}, where the own bound is ${bound}`);
  if (status === 'solved' && objective - lowerBound > 1e-5 * scale)
    wrong.push(`solved with a gap of ${objective - lowerBound}`);
  return { status, wrong };
}
