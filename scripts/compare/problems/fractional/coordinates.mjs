// Functions of JavaScript, one coordinate after the other.
import { gram, matrix, multiply, normals, vector } from '../../random.mjs';

export function cases() {
  const normal = normals(4);
  const [m, n] = [8, 4];
  const A = matrix(m, n, normal);
  const b = vector(m, normal);
  const start = vector(n, (i) => 1 + i / 4);
  const sizes = (x) => Array.from(x, Math.abs).sort((p, q) => q - p);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const squares = (x) => sum(Array.from(x, (u) => u * u));
  const above = (x) => squares(multiply(A, x).map((value, i) => value - b[i])) / 2 + 0.1 * sum(sizes(x));
  const below = {
    norm1: (x) => sum(sizes(x)),
    norm2: (x) => Math.sqrt(squares(x)),
    topK: (x) => sum(sizes(x).slice(0, 2)),
    squaredNorm: (x) => squares(x) + 1,
    'squared norm of a product': (x) => squares(multiply(A, x)) + 1,
  };
  const ratios = Object.entries(below).map(([name, g]) => ({
    name: `coordinates, over ${name}`,
    run: ({ fractional }) =>
      fractional.minimizeByCoordinates({ start, objective: (x) => above(x) / g(x) }, { maxIterations: 12 }),
  }));
  const bounded = {
    name: 'coordinates, bounds',
    run: ({ fractional }) =>
      fractional.minimizeByCoordinates({ start, objective: above, lower: 0.2, upper: vector(n, (i) => 1 + i) }),
  };
  const stepped = {
    name: 'coordinates, steps of its own',
    run: ({ fractional }) => {
      const Q = gram(A, 1);
      const gradient = multiply(Q, start);
      return fractional.minimizeByCoordinates({
        start,
        objective: (x) => sum(Array.from(x, (u, i) => (u * multiply(Q, x)[i]) / 2 - u)),
        step: (_, i) => (1 - gradient[i]) / Q.data[i * n + i],
        moved: (_, i, t) => {
          for (let j = 0; j < n; ++j) gradient[j] += t * Q.data[j * n + i];
        },
      });
    },
  };
  const along = {
    name: 'coordinates, along a line',
    run: ({ fractional }) =>
      fractional.minimizeAlong((t) => Math.cos(3 * t) + t * t, { lower: -5, upper: 4, scale: 2 }),
  };
  return [...ratios, bounded, stepped, along];
}
