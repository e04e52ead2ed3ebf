// Trainings that look for patterns, with an adversary, and whose weight of the regulariser is chosen.
import { matrix, multiply, normals, vector } from '../../random.mjs';
import { reluSolve } from './shared/solve.mjs';

const normal = normals(31);
const [n, d] = [50, 3];
const x = matrix(n, d, normal);
const hidden = matrix(4, d, normal);
const y = vector(n, (i) =>
  multiply(hidden, x.data.subarray(i * d, (i + 1) * d)).reduce(
    (sum, z, j) => sum + (j % 2 ? -1 : 1) * Math.max(0, z),
    0,
  ),
);
const labels = Array.from(y, (value) => (value > 0.2 ? 'high' : 'low'));
const three = Array.from(y, (value) => (value > 1 ? 7 : value < -1 ? 2 : 5));
const several = matrix(n, 2, (i, k) => y[i] * (k + 1) + 0.2 * normal());

export function cases() {
  const refine = { rounds: 4, restarts: 1 };
  const trainings = {
    squared: [y, {}],
    huber: [y, { loss: 'huber', huberDelta: 0.3 }],
    logistic: [labels, { loss: 'logistic' }],
    hinge: [labels, { loss: 'hinge' }],
    softmax: [three, { loss: 'softmax' }],
    'several outputs': [several, {}],
    'no program': [y, { patterns: { refine: { ...refine, program: false } } }],
    estimate: [y, { patterns: { refine: { ...refine, estimate: true } } }],
    'an adversary': [y, { adversary: { norm: 'inf', radius: 0.05 }, patterns: { sample: 15 } }],
    'an adversary, logistic': [
      labels,
      { loss: 'logistic', adversary: { norm: 'inf', radius: 0.05 }, patterns: { sample: 15 } },
    ],
    'lambda by itself': [y, { lambda: 'auto', patterns: { sample: 15 } }],
    'lambda by cross-validation': [y, { lambda: 'crossValidated', patterns: { sample: 15 } }],
  };
  const usual = { lambda: 0.2, patterns: { refine }, maxIterations: 500, seed: 4 };
  return Object.entries(trainings).map(([name, [targets, settings]]) =>
    reluSolve(name, () => ({ data: { x, y: targets }, settings: { ...usual, ...settings } })),
  );
}
