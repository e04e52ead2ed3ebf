// Trends of signals, and matrices of low rank.
import { matrix, multiply, normals, sparse, uniforms, vector } from '../../random.mjs';

function trendCases() {
  const normal = normals(41);
  const y = vector(200, (i) => Math.sin(i / 20) + (i > 120 ? 1 : 0) + 0.2 * normal());
  const uniform = uniforms(42);
  const sampleWeight = vector(200, () => 0.3 + uniform());
  return [0, 1, 2].flatMap((degree) =>
    Object.entries({ plain: { y }, weighted: { y, sampleWeight } }).map(([name, data]) => ({
      name: `trendFilter, order ${degree}, ${name}`,
      run: ({ sparse: library }) => library.trendFilter(data, { degree, lambdas: [20, 2, 0.3] }),
    })),
  );
}

function completionCases() {
  const [normal, uniform] = [normals(43), uniforms(44)];
  const [left, right] = [matrix(30, 3, normal), matrix(20, 3, normal)];
  const low = matrix(30, 20, (i, j) => multiply(left, right.data.subarray(3 * j, 3 * j + 3))[i] + 0.1 * normal());
  const known = matrix(30, 20, (i, j) => (uniform() < 0.4 ? low.data[20 * i + j] : 0));
  return ['csc', 'csr'].flatMap((format) =>
    [0.5, 3].map((lambda) => ({
      name: `matrixCompletion, ${format}, lambda ${lambda}`,
      run: ({ sparse: library }) => library.matrixCompletion(sparse(known, format), { lambdas: [2 * lambda, lambda] }),
      also: (_, completed) => ({ predictions: completed.predict([0, 1, 2], [3, 4, 5]) }),
    })),
  );
}

export const cases = () => [...trendCases(), ...completionCases()];
