// Trainings on more rows, for what small ones do not reach: systems by conjugate gradients, coupled outputs in single precision, the best of
// several random networks, exact prices of few columns.
import { matrix, multiply, normals, vector } from '../../random.mjs';
import { reluSolve } from './shared/solve.mjs';

/** Normal rows, and outputs of a planted network with noise. */
function planted(n, d, seed) {
  const normal = normals(seed);
  const x = matrix(n, d, normal);
  const hidden = matrix(6, d, normal);
  const outputs = vector(n, (i) =>
    multiply(hidden, x.data.subarray(i * d, (i + 1) * d)).reduce(
      (sum, z, j) => sum + (j % 2 ? -1 : 1) * Math.max(0, z),
      0.3 * normal(),
    ),
  );
  return { x, outputs };
}

export function cases() {
  const wide = planted(400, 12, 5);
  const few = planted(70, 3, 6);
  const medium = planted(90, 8, 7);
  const classes = (values) => Array.from(values, (value) => Math.max(0, Math.min(4, Math.round(value + 2))));
  const labels = (values) => Array.from(values, (value) => (value > 0.2 ? 'high' : 'low'));
  const trainings = {
    'krylov, squared': [wide, ({ outputs }) => outputs, { inner: 'krylov' }],
    'krylov, logistic': [wide, ({ outputs }) => labels(outputs), { inner: 'krylov', loss: 'logistic' }],
    'softmax of five': [wide, ({ outputs }) => classes(outputs), { loss: 'softmax' }],
    'exact to 1e-8': [wide, ({ outputs }) => outputs, { tolerance: 1e-8 }],
    'refinement of few columns': [few, ({ outputs }) => outputs, { patterns: 'refine' }],
    'refinement, logistic': [
      medium,
      ({ outputs }) => labels(outputs),
      { loss: 'logistic', patterns: { refine: { rounds: 2 } } },
    ],
  };
  const usual = { lambda: 0.5, patterns: { sample: 40 }, maxIterations: 1000 };
  return Object.entries(trainings).map(([name, [data, targets, settings]]) =>
    reluSolve(name, () => ({ data: { x: data.x, y: targets(data) }, settings: { ...usual, ...settings } })),
  );
}
