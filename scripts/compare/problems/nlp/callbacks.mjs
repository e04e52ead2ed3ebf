// Functions of JavaScript.
import { vector } from '../../random.mjs';
import { nlpSolve } from './shared/solve.mjs';

export function cases() {
  const n = 12;
  // sum_i (x_i^4 / 4 - x_i x_(i + 1)) on a sphere.
  const objective = (x) => x.reduce((sum, u, i) => sum + u ** 4 / 4 - u * (x[i + 1] ?? 0), 0);
  const gradient = (x, g) => {
    for (let i = 0; i < n; ++i) g[i] = x[i] ** 3 - (x[i + 1] ?? 0) - (x[i - 1] ?? 0);
  };
  const constraints = (x, c) => {
    c[0] = x.reduce((sum, u) => sum + u * u, -n);
  };
  const jacobian = (x, values) => {
    for (let i = 0; i < n; ++i) values[i] = 2 * x[i];
  };
  const shared = { n, m: 1, objective, gradient, constraints, jacobian, start: vector(n, (i) => 1 + i / n) };
  const entries = Array.from({ length: 2 * n - 1 }, (_, k) => [Math.ceil(k / 2), Math.floor(k / 2)]);
  const hessianEntries = { rows: entries.map(([i]) => i), columns: entries.map(([, j]) => j) };
  const diagonal = (x, [lambda]) => x.map((u) => 3 * u * u + 2 * lambda);
  const ways = {
    dense: {
      hessian: (x, multipliers, values) => {
        diagonal(x, multipliers).forEach((value, i) => {
          values[i * n + i] = value;
          if (i > 0) values[i * n + i - 1] = -1;
        });
      },
    },
    sparse: {
      hessianEntries,
      hessian: (x, multipliers, values) => {
        const curvature = diagonal(x, multipliers);
        entries.forEach(([i, j], k) => {
          values[k] = i === j ? curvature[i] : -1;
        });
      },
    },
    products: {
      hessianVector: (x, multipliers, v, product) => {
        diagonal(x, multipliers).forEach((value, i) => {
          product[i] = value * v[i] - (v[i + 1] ?? 0) - (v[i - 1] ?? 0);
        });
      },
    },
  };
  return Object.entries(ways).map(([name, way]) =>
    nlpSolve(`callbacks, ${name}`, ({ nlp }) => nlp.fromCallbacks({ ...shared, ...way })),
  );
}
