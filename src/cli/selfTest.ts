// Small problems whose solutions are known in closed form, which a machine has to solve right.
import { Model } from '../expressions/model.js';
import { sub, sum, sumSquares } from '../expressions/operators.js';
import { minimize } from '../nlp/solver.js';
import { sparseRegression } from '../sparse/index.js';

export interface TestResult {
  name: string;
  passed: boolean;
  /** The finding, or the message of an error. */
  message: string;
  seconds: number;
}

/** How far from the exact solution what is found may be. */
const accepted = 1e-6;

/** The largest difference of entries. */
function distance(found: ArrayLike<number>, exact: readonly number[]): number {
  return Math.max(...exact.map((value, k) => Math.abs(value - (found[k] ?? Number.NaN))));
}

/** The point of the plane sum(x) = 1 that is nearest to `a`: a minus a multiple of ones. */
async function projection(): Promise<number> {
  const a = Array.from({ length: 50 }, (_, k) => Math.sin(k + 1));
  const surplus = (a.reduce((total, value) => total + value, 0) - 1) / a.length;
  const model = new Model();
  const x = model.variable(a.length);
  model.minimize(sumSquares(sub(x, a)));
  model.equal(sum(x), 1);
  const { x: found } = await minimize(model.compile());
  return distance(
    found,
    a.map((value) => value - surplus),
  );
}

/** The lasso with orthogonal columns of squared norm n: the least squares coefficients, each lambda nearer to 0. */
async function softThreshold(): Promise<number> {
  const [rows, lambda] = [64, 0.25];
  const columns = [1, 2, 4, 8, 16];
  // Walsh functions: products of signs of the bits of the row.
  const sign = (i: number, bits: number): number => ((i & bits) === 0 ? 1 : -1);
  const truth = [2, -1, 0.2, 0, 0.75];
  const data = Float64Array.from({ length: rows * columns.length }, (_, k) =>
    sign(Math.floor(k / columns.length), columns[k % columns.length] as number),
  );
  const y = Array.from({ length: rows }, (_, i) =>
    truth.reduce((total, value, j) => total + value * sign(i, columns[j] as number), 0),
  );
  const x = { data, rows, columns: columns.length };
  const { coefficients } = await sparseRegression({ x, y }, { lambda, tolerance: 1e-12 });
  return distance(
    coefficients,
    truth.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - lambda)),
  );
}

const tests: Record<string, () => Promise<number>> = {
  'nearest point of a plane (Newton)': projection,
  'lasso with orthogonal columns (coordinate descent)': softThreshold,
};

/** Solves all of them; takes some hundredths of a second. */
export async function selfTest(): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const [name, test] of Object.entries(tests)) {
    const start = performance.now();
    const [passed, message] = await test().then(
      (error) => [error <= accepted, `within ${error.toExponential(1)} of the exact solution`] as const,
      (error: Error) => [false, error.message] as const,
    );
    results.push({ name, passed, message, seconds: (performance.now() - start) / 1000 });
  }
  return results;
}
