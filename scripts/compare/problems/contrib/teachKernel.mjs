// Rows that are taught to kernels.
import { gram, matrix, normals } from '../../random.mjs';

const normal = normals(85);
const x = matrix(40, 3, normal);
const y = matrix(40, 2, normal);
const learners = matrix(2, 2, (i, j) => (i === j ? 1 : 0.5));
const transposed = matrix(3, 40, (i, j) => x.data[3 * j + i]);

export function cases() {
  const kernels = {
    gaussian: [{ x, y }, { kernelWidth: 0.5 }],
    'gaussian, learners': [{ x, y, learners }, { kernelWidth: Math.sqrt(1 / 18) }],
    linear: [
      { x, y },
      { kernel: 'linear', maxIterations: 200 },
    ],
    precomputed: [
      { x: gram(transposed, 1), y },
      { kernel: 'precomputed', maxIterations: 500 },
    ],
  };
  return Object.entries(kernels).flatMap(([name, [data, settings]]) =>
    ['greedy', 'random'].map((teacher) => ({
      name: `${name}, ${teacher}`,
      run: ({ contrib }) => contrib.teachKernel(data, { teacher, seed: 3, tolerance: 0.05, ...settings }),
    })),
  );
}
