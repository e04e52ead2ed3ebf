// Small trainings for what the solver can do beside the six problems.
import { matrix, multiply, normals, vector } from '../../random.mjs';
import { reluSolve } from './shared/solve.mjs';

export function cases() {
  const normal = normals(1);
  const [n, d] = [80, 4];
  const x = matrix(n, d, normal);
  const hidden = matrix(2 * d, d, normal);
  const outputs = vector(n, (i) => {
    const z = multiply(hidden, x.data.subarray(i * d, (i + 1) * d));
    return z.reduce((sum, value, j) => sum + (j % 2 ? -1 : 1) * Math.max(0, value), 0.1 * normal());
  });
  const labels = Array.from(outputs, (value) => (value > 0.3 ? 'high' : 'low'));
  const three = Array.from(outputs, (value) => (value > 1 ? 7 : value < -1 ? 2 : 5));
  const several = matrix(n, 3, (i, j) => outputs[i] * (j + 1) + 0.2 * normal());
  const signs = matrix(n, 2, (i, j) => (several.data[3 * i + j] > 0 ? 1 : -1));
  const single = { ...x, data: Float32Array.from(x.data) };
  const plane = matrix(12, 2, normal);
  const cases = {
    squared: [outputs, {}],
    'single precision': [outputs, {}, single],
    logistic: [labels, { loss: 'logistic' }],
    hinge: [labels, { loss: 'hinge' }],
    'softmax of classes': [three, { loss: 'softmax' }],
    huber: [outputs, { loss: 'huber', huberDelta: 0.3 }],
    'several outputs': [several, {}],
    frobenius: [several, { coupling: 'frobenius' }],
    'frobenius, gated': [several, { coupling: 'frobenius', activation: 'gated' }],
    'signs, logistic': [signs, { loss: 'logistic', coupling: 'frobenius' }],
    'no bias': [outputs, { bias: false }],
    'free bias': [outputs, { regularizeBias: false }],
    normalized: [outputs, { standardize: 'norm' }],
    'another seed': [outputs, { seed: 5 }],
    krylov: [outputs, { inner: 'krylov' }],
    'krylov, gated': [outputs, { inner: 'krylov', activation: 'gated' }],
    exact: [outputs, { inner: 'exact', checkInterval: 3 }],
    slack: [outputs, { splitting: 'slack', coupling: 'oneVsAll' }],
    'sampled, logistic': [labels, { method: 'sampled', loss: 'logistic' }],
    'fixed penalty': [outputs, { rho: 2, relaxation: 1 }],
    'all patterns': [outputs.subarray(0, plane.rows), { patterns: { exact: true } }, plane],
  };
  const usual = { lambda: 0.05, patterns: { sample: 25 }, maxIterations: 500 };
  const solves = Object.entries(cases).map(([name, [y, settings, inputs = x]]) =>
    reluSolve(name, () => ({ data: { x: inputs, y }, settings: { ...usual, ...settings } })),
  );
  const warm = {
    name: 'warm',
    run: async ({ relu }) => {
      const data = { x, y: outputs };
      const warmStart = await relu.trainReluNetwork(data, { ...usual, maxIterations: 30 });
      return relu.trainReluNetwork(data, { lambda: 0.02, warmStart, maxIterations: 500 });
    },
  };
  return [...solves, warm];
}
