// Random regressions and quadratic programs of any kind and scale under every inner solver: where a solve ends is held to the
// conditions of a minimum, written down here from the definitions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Matrix, matrix } from '../../src/index.js';
import { generalizedLinearModel, quadraticProgram, type RegressionLoss } from '../../src/nlp/index.js';
import { minimize, type NlpSettings } from '../flat.js';
import { Draw, sum } from '../fractional/values.js';
import { leastOf, nullSpace } from '../problems/conditions.js';
import { losses, toCsr } from '../problems/regression.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((total, value, i) => total + value * (b[i] as number), 0);
const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

const settings: fc.Arbitrary<NlpSettings> = fc.constantFrom<NlpSettings>(
  {},
  { inner: 'exact' },
  { accuracy: 'paper' },
  { inner: 'krylov' },
  { inner: 'krylov', preconditioner: 'diagonal' },
  { inner: 'krylov', preconditioner: 'lagged' },
  { inner: 'sketch', innerSteps: 3000 },
  { inner: 'sketch', sketch: 'count', accuracy: 'paper', innerSteps: 3000 },
);

/** ||grad L||_inf and the least eigenvalue of the Hessian of L on the null space of J by its largest entry. */
function conditions(g: number[], H: number[][], J: number[][], multipliers: ArrayLike<number>) {
  const n = g.length;
  const gradient = g.map((value, j) =>
    J.reduce((total, row, i) => total + (row[j] as number) * (multipliers[i] as number), value),
  );
  const Z: ArrayLike<number>[] = J.length
    ? nullSpace(matrix(J.length, n, J.flat()) as Matrix)
    : range(n).map((i) => range(n).map((j) => Number(i === j)));
  const HZ = Z.map((z) => H.map((row) => dot(row, z)));
  const reduced = Z.flatMap((z) => HZ.map((Hz) => dot(z, Hz)));
  const size = Math.max(largest(H.flat()), Number.MIN_VALUE);
  return {
    gradient: largest(gradient),
    curvature: Z.length ? leastOf(matrix(Z.length, Z.length, reduced)) / size : 0,
  };
}

interface Regression {
  loss: RegressionLoss;
  rows: number;
  columns: number;
  equations: number;
  density: number;
  levels: number;
  scale: number;
  seed: number;
  offset: number;
  weights: boolean;
  ridge: number;
  intercept: boolean;
  sphere: boolean;
  form: 'rows' | 'double' | 'single' | 'sparse';
  settings: NlpSettings;
}

const regression: fc.Arbitrary<Regression> = fc.record({
  loss: fc.constantFrom(...losses),
  rows: fc.integer({ min: 3, max: 50 }),
  columns: fc.integer({ min: 1, max: 10 }),
  equations: fc.integer({ min: 0, max: 4 }),
  density: fc.constantFrom(1, 1, 0.5, 0.2),
  levels: fc.constantFrom(0, 0, 2, 3),
  scale: fc.constantFrom(1, 1, 1e-3, 10),
  seed: fc.integer({ min: 1, max: 1e6 }),
  offset: fc.constantFrom(0, 0, 1, 20),
  weights: fc.boolean(),
  ridge: fc.constantFrom(1e-3, 0.1, 10),
  intercept: fc.boolean(),
  sphere: fc.boolean(),
  form: fc.constantFrom('rows', 'double', 'single', 'sparse'),
  settings,
});

const of: Record<RegressionLoss, (t: number, y: number) => readonly [value: number, slope: number, curvature: number]> =
  {
    logistic: (t, y) => {
      const p = 1 / (1 + Math.exp(-t));
      return [Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))) - y * t, p - y, p * (1 - p)];
    },
    squared: (t, y) => [(t - y) ** 2 / 2, t - y, 1],
    poisson: (t, y) => [Math.exp(t) - y * t, Math.exp(t) - y, Math.exp(t)],
    gamma: (t, y) => [t + y * Math.exp(-t), 1 - y * Math.exp(-t), y * Math.exp(-t)],
  };

function build(from: Regression) {
  const draw = new Draw(from.seed);
  const { rows, columns, loss, form } = from;
  const entry = () =>
    draw.uniform() >= from.density ? 0 : from.levels ? Math.floor(from.levels * draw.uniform()) : draw.normal();
  const round = form === 'single' ? Math.fround : (value: number) => value;
  const x = range(rows).map(() => range(columns).map((j) => round(entry() * (j % 2 ? from.scale : 1))));
  const response = {
    logistic: (i: number) => (i < 2 ? i : Number(draw.uniform() < 0.5)),
    squared: () => 3 * draw.normal(),
    poisson: (i: number) => (i < 2 ? 1 : Math.floor(6 * draw.uniform())),
    gamma: () => 0.05 + 2 * draw.uniform(),
  }[loss];
  const y = range(rows).map(response);
  const weights = range(rows).map((i) => (from.weights && i > 1 ? Math.floor(3 * draw.uniform()) : 1));
  const offset = range(rows).map(() => from.offset * (loss === 'gamma' ? -1 : 1) * (0.9 + 0.1 * draw.uniform()));
  const m = Math.min(from.equations, Math.max(0, columns - 2));
  const A = range(m).map(() => range(columns).map(() => draw.normal() / Math.max(from.scale, 1)));
  const b = range(m).map(() => 0.1 * draw.normal());
  const sphere = from.sphere && from.scale <= 1 && columns > m + 1;
  const features = {
    rows: () => x,
    double: () => matrix(rows, columns, x.flat()),
    single: () => matrix(rows, columns, Float32Array.from(x.flat())),
    sparse: () => toCsr(x),
  }[form]();
  const data = {
    ...{ loss, x: features, y, sampleWeight: weights, offset, ridge: from.ridge, intercept: from.intercept },
    ...(m > 0 && { A, b }),
    ...(sphere && { squaredNorm: 4 }),
  };
  return { data, x, y, weights, offset, A, b, sphere };
}

/** f, its gradient and Hessian at x, and how large the terms of f and of the gradient are. */
function evaluate(
  { loss, columns, ridge, intercept }: Regression,
  { x, y, weights, offset }: ReturnType<typeof build>,
  at: ArrayLike<number>,
) {
  const design = intercept ? x.map((row) => [...row, 1]) : x;
  const n = at.length;
  const total = sum(weights);
  const penalty = (j: number) => (j < columns ? ridge : 0);
  const f = { value: 0, size: 0, slopes: 0 };
  const g = range(n).map((j) => penalty(j) * (at[j] as number));
  const H = range(n).map((i) => range(n).map((j) => (i === j ? penalty(j) : 0)));
  design.forEach((row, k) => {
    const w = (weights[k] as number) / total;
    const [value, slope, curvature] = of[loss](dot(row, at) + (offset[k] as number), y[k] as number);
    f.value += w * value;
    f.size += w * Math.abs(value);
    const terms = loss === 'poisson' ? slope + 2 * (y[k] as number) : loss === 'gamma' ? 2 - slope : Math.abs(slope);
    f.slopes += w * terms * largest(row);
    row.forEach((a, i) => {
      g[i] = (g[i] as number) + w * slope * a;
      row.forEach((b, j) => {
        (H[i] as number[])[j] = ((H[i] as number[])[j] as number) + w * curvature * a * b;
      });
    });
  });
  for (let j = 0; j < n; ++j) f.value += (penalty(j) * (at[j] as number) ** 2) / 2;
  return { f: f.value, size: Math.max(1, f.size), slopes: Math.max(1, f.slopes), g, H };
}

/** Problems that were not solved once. */
const plain: Regression = {
  ...{ loss: 'poisson', rows: 3, columns: 3, equations: 1, density: 1, levels: 0, scale: 100, seed: 1, offset: 0 },
  ...{ weights: false, ridge: 1e-3, intercept: false, sphere: false, form: 'rows', settings: {} },
};
const examples: Regression[] = [
  { ...plain, seed: 990_025, weights: true }, // the point near the start where the equations hold overflows
  { ...plain, seed: 125_476, columns: 4, equations: 2 },
  { ...plain, seed: 702_378, columns: 2, equations: 0, offset: 20 }, // rounding is above 1e-8
  { ...plain, loss: 'gamma', rows: 11, columns: 1, equations: 0, scale: 1, offset: 20 },
  {
    ...plain, // a step to 1e56, since rounding of c = 0 fell
    ...{ loss: 'logistic', rows: 10, columns: 4, seed: 436_524, ridge: 10, intercept: true },
    settings: { inner: 'krylov', preconditioner: 'diagonal' },
  },
];

describe('random problems of the families', () => {
  it('regressions end in minima', async () => {
    await fc.assert(
      fc.asyncProperty(regression, async (from) => {
        const built = build(from);
        const { A, b, sphere } = built;
        const result = await minimize(generalizedLinearModel(built.data), from.settings);
        expect(result.status, result.message).toBe('solved');
        const { f, size, slopes, g, H } = evaluate(from, built, result.x);
        expect(Math.abs(result.objective - f)).toBeLessThanOrEqual(1e-10 * size);
        const x = result.x.subarray(0, from.columns);
        const wide = (row: number[]) => (from.intercept ? [...row, 0] : row);
        const J = A.map(wide);
        A.forEach((row, i) => {
          expect(Math.abs(dot(row, x) - (b[i] as number))).toBeLessThanOrEqual(1e-7);
        });
        if (sphere) {
          J.push(wide(Array.from(x, (value) => 2 * value)));
          const lambda = result.multipliers.at(-1) as number;
          for (let j = 0; j < from.columns; ++j) (H[j] as number[])[j] = ((H[j] as number[])[j] as number) + 2 * lambda;
          expect(Math.abs(dot(x, x) - 4)).toBeLessThanOrEqual(1e-7);
        }
        const found = conditions(g, H, J, result.multipliers);
        expect(found.gradient).toBeLessThanOrEqual(1e-6 * Math.max(slopes / 10, largest(result.multipliers) / 100, 1));
        expect(found.curvature).toBeGreaterThan(-1e-6);
      }),
      { numRuns: 150, seed: 4, examples: examples.map((example) => [example]) },
    );
  });

  it('quadratic programs end in minima, or are unbounded', async () => {
    const problem = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      share: fc.constantFrom(0, 0.3, 0.5, 1),
      lowered: fc.constantFrom(0, 0, 1, 3),
      density: fc.constantFrom(1, 0.3),
      unit: fc.constantFrom(1, 1, 1e-4, 1e8),
      dependent: fc.boolean(),
      sparse: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1e6 }),
      settings,
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, share, lowered, density, unit, dependent, sparse, seed, settings }) => {
        const draw = new Draw(seed);
        const B = range(n).map(() => range(n).map(() => (draw.uniform() < density ? draw.normal() : 0)));
        const Q = range(n).map((i) =>
          range(n).map(
            (j) =>
              unit * (sum(B.map((row) => (row[i] as number) * (row[j] as number))) + (i === j ? 0.5 - lowered : 0)),
          ),
        );
        const c = range(n).map(() => unit * draw.normal());
        const A = range(Math.floor(share * (n - 1))).map(() => range(n).map(() => draw.normal()));
        const b = A.map(() => draw.normal());
        if (dependent && A.length > 0 && A.length < n - 1) {
          A.push((A[0] as number[]).map((value) => 2 * value));
          b.push(2 * (b[0] as number));
        }
        const given = { Q: sparse ? toCsr(Q) : Q, c, ...(A.length > 0 && { A: sparse ? toCsr(A) : A, b }) };
        const { status, x, multipliers, message } = await minimize(quadraticProgram(given), settings);
        const g = Q.map((row, i) => dot(row, x) + (c[i] as number));
        const found = conditions(g, Q, A, multipliers);
        if (Math.abs(found.curvature) < 1e-6) return; // nearly singular
        expect(status, message).toBe(found.curvature > 0 ? 'solved' : 'unbounded');
        if (status === 'unbounded') return;
        expect(found.gradient).toBeLessThanOrEqual(1e-6 * Math.max(1, unit, largest(multipliers) / 100));
        A.forEach((row, i) => {
          expect(Math.abs(dot(row, x) - (b[i] as number))).toBeLessThanOrEqual(1e-7 * Math.max(1, largest(x)));
        });
      }),
      { numRuns: 150, seed: 4 },
    );
  });
});
