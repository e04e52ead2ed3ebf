// The recipes, with options of each.
import { gram, matrix, multiply, normals, sparse, vector } from '../../random.mjs';

export function cases() {
  const normal = normals(3);
  const [m, n] = [120, 40];
  const A = matrix(m, n, normal);
  const wide = matrix(50, 90, normal);
  const truth = vector(90, (j) => (j % 18 === 0 ? 2 : 0));
  const image = multiply(wide, truth).map((value) => value + 0.01 * normal());
  const b = multiply(A, vector(n, normal)).map((value) => value + 0.1 * normal());
  const labels = Array.from(b, (value) => (value > 0 ? 'yes' : 'no'));
  const thin = matrix(m, n, () => (normal() > 0.8 ? normal() : 0));
  const heavy = matrix(m, 8, () => normal() ** 3);
  const mixed = matrix(m, 8, (i, j) => heavy.data[8 * i + j] + 0.5 * heavy.data[8 * i + ((j + 1) % 8)]);
  const [W, V] = [gram(A, 1), gram(thin, 2)];
  const gains = vector(30, (i) => (i % 7 === 0 ? 0 : Math.abs(normal())));
  const mu = vector(n, () => 0.05 + 0.03 * normal());
  const Sigma = gram(A, 5);
  const recipes = {
    sparseRecovery: {
      'k = 5': [
        { A: wide, b: image },
        { k: 5, lambda: 0.05 },
      ],
      l1l2: [{ A: wide, b: image }, { lambda: 0.05 }],
      sparse: [
        { A: sparse(thin, 'csc'), b },
        { k: 6, lambda: 0.1 },
      ],
      '3 starts': [
        { A: wide, b: image },
        { k: 5, lambda: 0.05, restarts: 2, sweepOrder: 'shuffled' },
      ],
    },
    totalLeastSquares: { '': [{ A, b }], l1: [{ A, b }, { lambda: 0.5 }], sparse: [{ A: sparse(thin, 'csr'), b }] },
    fisherDiscriminant: { '': [{ x: A, y: labels }], sparse: [{ x: A, y: labels }, { lambda: 0.1 }] },
    independentComponent: {
      '': [{ x: mixed }],
      whitened: [{ x: mixed }, { whitened: true, restarts: 1 }],
      'another seed': [{ x: mixed }, { seed: 4, restarts: 2 }],
    },
    lpPca: {
      ...Object.fromEntries([1, 2, 4, Infinity].map((p) => [`p = ${p}`, [{ G: A, p }, { maxIterations: 300 }]])),
      'not squared': [
        { G: A, p: 1 },
        { squared: false, maxIterations: 300 },
      ],
      'with Q': [
        { G: A, p: 4 },
        { Q: W, maxIterations: 300 },
      ],
      'Infinity, with Q': [
        { G: A, p: Infinity },
        { Q: W, maxIterations: 300 },
      ],
    },
    sparseGeneralizedEigen: {
      'lambda 0': [
        { W, B: V },
        { lambda: 0, maxIterations: 300 },
      ],
      'lambda 1': [{ W, B: V }, { lambda: 1 }],
      '2 starts': [
        { W, B: V },
        { lambda: 0.2, restarts: 1, seed: 1 },
      ],
    },
    energyEfficiency: {
      '': [{ gains }, { circuitPower: 1 }],
      limited: [{ gains }, { circuitPower: 0.5, maxPower: vector(30, (i) => 0.1 + i / 10) }],
    },
    maxSharpe: {
      '': [{ mu, Sigma }],
      capped: [
        { mu, Sigma },
        { bounds: { upper: 0.1 }, riskFree: 0.01 },
      ],
      'short positions': [
        { mu, Sigma },
        { bounds: { lower: -Infinity }, lambda: 0.01 },
      ],
      'both bounds': [{ mu, Sigma }, { bounds: { lower: -0.05, upper: 0.15 } }],
    },
  };
  return Object.entries(recipes).flatMap(([recipe, cases]) =>
    Object.entries(cases).map(([title, given]) => ({
      name: title ? `${recipe}, ${title}` : recipe,
      run: ({ fractional }) => fractional[recipe](...given),
    })),
  );
}
